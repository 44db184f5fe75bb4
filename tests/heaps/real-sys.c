/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The system calls on this machine's own kernel, as far as they need no heap. */
#include "heaps/sys.h"

#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static int
open_memfd (size_t size)
{
  int fd = sys_memfd_create ("real-sys");

  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (sys_ftruncate (fd, size), 0);
  return fd;
}

static void
assert_closes_on_exec (int fd)
{
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (fcntl (fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

START_TEST (test_fds_close_on_exec)
{
  int memfd = open_memfd (1), copy = sys_dup (memfd), node = sys_open_heap ("/dev/null");

  assert_closes_on_exec (memfd);
  assert_closes_on_exec (copy);
  assert_closes_on_exec (node);
  sys_close (node);
  sys_close (copy);
  sys_close (memfd);
}
END_TEST

START_TEST (test_failures_are_errno)
{
  struct sys_node node;
  unsigned count;
  uint64_t inode;
  struct sys_identity identity;
  size_t size;
  void *data;

  ck_assert_int_eq (sys_open_heap ("/nonexistent/system"), -ENOENT);
  ck_assert_int_eq (sys_dup (-1), -EBADF);
  ck_assert_int_eq (sys_heap_alloc (-1, 1), -EBADF);
  ck_assert_int_eq (sys_ftruncate (-1, 1), -EBADF);
  ck_assert_int_eq (sys_seal_size (-1), -EBADF);
  ck_assert_int_eq (sys_fallocate (-1, 0, 1), -EBADF);
  ck_assert_int_eq (sys_punch_hole (-1, 0, 1), -EBADF);
  ck_assert_int_eq (sys_udmabuf_create (-1, -1, 0, 1), -EBADF);
  ck_assert_int_eq (sys_dmabuf_sync (-1, 0), -EBADF);
  ck_assert_int_eq (sys_dmabuf_set_name (-1, "x"), -EBADF);
  ck_assert_int_eq (sys_dmabuf_references (-1, &count), -ENOENT);
  ck_assert_int_eq (sys_fd_size (-1, &size), -EBADF);
  ck_assert_int_eq (sys_fd_inode (-1, &inode), -EBADF);
  ck_assert_int_eq (sys_fd_identity (-1, &identity), -EBADF);
  ck_assert_int_eq (sys_mmap (-1, 1, &data), -EBADF);
  ck_assert_int_eq (sys_dont_fork ((void *) 1, 1), -EINVAL);
  ck_assert_int_eq (sys_stat_node ("/nonexistent", &node), -ENOENT);
  ck_assert_int_eq (sys_may_read ("/nonexistent"), -ENOENT);
}
END_TEST

START_TEST (test_small_file_is_read_whole_or_not_at_all)
{
  char path[] = "/tmp/real-sys-XXXXXX", text[8];
  int fd = mkstemp (path);

  ck_assert_int_eq (sys_read_file (path, text, sizeof text), 0);
  ck_assert_str_eq (text, "");
  ck_assert_int_eq (write (fd, "1234567", 7), 7);
  ck_assert_int_eq (sys_read_file (path, text, sizeof text), 0);
  ck_assert_str_eq (text, "1234567");
  ck_assert_int_eq (write (fd, "8", 1), 1);
  ck_assert_int_eq (sys_read_file (path, text, sizeof text), -EFBIG);
  ck_assert_int_eq (sys_read_file ("/nonexistent", text, sizeof text), -ENOENT);
  ck_assert_int_eq (sys_read_file ("/tmp", text, sizeof text), -EISDIR);
  close (fd);
  unlink (path);
}
END_TEST

/* Of /proc, whose files have no size. */
START_TEST (test_meminfo_is_read)
{
  char text[8192];

  ck_assert_int_eq (sys_read_file ("/proc/meminfo", text, sizeof text), 0);
  ck_assert_ptr_nonnull (strstr (text, "MemTotal:"));
}
END_TEST

START_TEST (test_what_is_no_heap_and_no_dmabuf_says_so)
{
  int node = sys_open_heap ("/dev/null"), memfd = open_memfd (1);

  ck_assert_int_eq (sys_heap_alloc (node, 1), -ENOTTY);
  ck_assert_int_eq (sys_udmabuf_create (node, memfd, 0, 1), -ENOTTY);
  ck_assert_int_eq (sys_dmabuf_sync (memfd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW), -ENOTTY);
  ck_assert_int_eq (sys_dmabuf_set_name (memfd, "x"), -ENOTTY);
  sys_close (memfd);
  sys_close (node);
}
END_TEST

START_TEST (test_exporter_of_what_is_no_dmabuf_is_absent)
{
  char name[64] = "before";
  int memfd = open_memfd (1);

  ck_assert_int_eq (sys_dmabuf_exporter (memfd, name, sizeof name), -ENOENT);
  ck_assert_int_eq (sys_dmabuf_exporter (9999, name, sizeof name), -ENOENT);
  ck_assert_str_eq (name, "before");
  sys_close (memfd);
}
END_TEST

START_TEST (test_size_is_that_of_the_file)
{
  int memfd = open_memfd (123456);
  size_t size;

  ck_assert_int_eq (sys_fd_size (memfd, &size), 0);
  ck_assert_uint_eq (size, 123456);
  sys_close (memfd);
}
END_TEST

START_TEST (test_inode_is_one_for_duplicates_and_another_for_others)
{
  int first = open_memfd (1), copy = sys_dup (first), second = open_memfd (1);
  struct sys_identity identity;
  uint64_t inodes[3] = { 0 };

  ck_assert_int_eq (sys_fd_inode (first, &inodes[0]), 0);
  ck_assert_int_eq (sys_fd_inode (copy, &inodes[1]), 0);
  ck_assert_int_eq (sys_fd_inode (second, &inodes[2]), 0);
  ck_assert_uint_eq (inodes[0], inodes[1]);
  ck_assert_uint_ne (inodes[0], inodes[2]);
  ck_assert_int_eq (sys_fd_identity (copy, &identity), 0);
  ck_assert_uint_eq (identity.inode, inodes[0]);
  ck_assert_uint_ne (identity.device, 0);
  sys_close (second);
  sys_close (copy);
  sys_close (first);
}
END_TEST

START_TEST (test_path_is_whole_or_refused)
{
  int fd = sys_open_heap ("/dev/null");
  char path[16] = "before";

  ck_assert_int_eq (sys_fd_path (fd, path, sizeof "/dev/null" - 1), -ENAMETOOLONG);
  ck_assert_str_eq (path, "before");
  ck_assert_int_eq (sys_fd_path (fd, path, sizeof "/dev/null"), 0);
  ck_assert_str_eq (path, "/dev/null");
  sys_close (fd);
}
END_TEST

START_TEST (test_mappings_share_memory)
{
  int memfd = open_memfd (1);
  void *first, *second;

  ck_assert_int_eq (sys_mmap (memfd, 1, &first), 0);
  ck_assert_int_eq (sys_mmap (memfd, 1, &second), 0);
  *(char *) first = 'x';
  ck_assert_int_eq (*(char *) second, 'x');
  sys_munmap (second, 1);
  sys_munmap (first, 1);
  sys_close (memfd);
}
END_TEST

START_TEST (test_sealed_memfd_keeps_its_size)
{
  int memfd = open_memfd (4096);

  ck_assert_int_eq (sys_seal_size (memfd), 0);
  ck_assert_int_eq (sys_ftruncate (memfd, 1), -EPERM);
  ck_assert_int_eq (sys_ftruncate (memfd, 8192), -EPERM);
  ck_assert_int_eq (fcntl (memfd, F_ADD_SEALS, F_SEAL_WRITE), -1);
  ck_assert_int_eq (errno, EPERM);
  sys_close (memfd);
}
END_TEST

static uint64_t
blocks_of (int fd)
{
  struct stat status;

  ck_assert_int_eq (fstat (fd, &status), 0);
  return (uint64_t) status.st_blocks;
}

/* As with huge pages, of which there may be none here. */
START_TEST (test_memory_is_taken_and_given_back)
{
  size_t page = sys_page_size ();
  int memfd = open_memfd (4 * page);
  unsigned char *data;
  uint64_t blocks;

  ck_assert_uint_eq (blocks_of (memfd), 0);
  ck_assert_int_eq (sys_fallocate (memfd, 0, 4 * page), 0);
  blocks = blocks_of (memfd);
  ck_assert_uint_gt (blocks, 0);
  ck_assert_int_eq (sys_mmap (memfd, 4 * page, (void **) &data), 0);
  memset (data, 1, 4 * page);
  ck_assert_int_eq (sys_punch_hole (memfd, page, 2 * page), 0);
  ck_assert_uint_eq (blocks_of (memfd), blocks / 2);
  ck_assert_int_eq (data[page - 1], 1);
  ck_assert_int_eq (data[page], 0);
  ck_assert_int_eq (data[3 * page - 1], 0);
  ck_assert_int_eq (data[3 * page], 1);
  sys_munmap (data, 4 * page);
  sys_close (memfd);
}
END_TEST

START_TEST (test_huge_page_size_that_there_is_not_is_refused)
{
  int fd = sys_memfd_create_huge ("real-sys", (size_t) 1 << 40);

  /* ENOSYS: a kernel without huge pages. */
  ck_assert (fd == -ENODEV || fd == -ENOSYS);
}
END_TEST

START_TEST (test_forked_process_lacks_what_is_kept_out_of_it)
{
  int memfd = open_memfd (1), status;
  void *data;
  pid_t pid;

  ck_assert_int_eq (sys_mmap (memfd, 1, &data), 0);
  ck_assert_int_eq (sys_dont_fork (data, 1), 0);
  pid = fork ();
  if (pid == 0) /* msync fails with ENOMEM where nothing is mapped */
    _exit (msync (data, 1, MS_ASYNC) < 0 && errno == ENOMEM ? 0 : 1);
  ck_assert_int_eq (waitpid (pid, &status, 0), pid);
  ck_assert_int_eq (status, 0);
  sys_munmap (data, 1);
  sys_close (memfd);
}
END_TEST

/* Two mappings of one page show the same frame, where this process may know it. */
START_TEST (test_frame_is_that_of_the_page)
{
  int memfd = open_memfd (1);
  uint64_t first, second;
  char *data, *other;
  int r;

  ck_assert_int_eq (sys_mmap (memfd, 1, (void **) &data), 0);
  ck_assert_int_eq (sys_mmap (memfd, 1, (void **) &other), 0);
  *data = *other + 1;
  r = sys_page_frame (data, &first);
  if (r == 0) {
    ck_assert_int_eq (sys_page_frame (other, &second), 0);
    ck_assert_uint_eq (first, second);
    ck_assert_uint_ne (first, 0);
  } else {
    ck_assert (r == -EPERM || r == -EACCES);
  }
  sys_munmap (other, 1);
  sys_munmap (data, 1);
  sys_close (memfd);
}
END_TEST

START_TEST (test_page_that_is_not_there_has_no_frame)
{
  int memfd = open_memfd (1);
  uint64_t frame = 42;
  void *data;

  ck_assert_int_eq (sys_mmap (memfd, 1, &data), 0);
  ck_assert_int_lt (sys_page_frame (data, &frame), 0);
  ck_assert_uint_eq (frame, 42);
  sys_munmap (data, 1);
  sys_close (memfd);
}
END_TEST

START_TEST (test_node_tells_owner_and_device)
{
  struct sys_node null, zero;

  ck_assert_int_eq (sys_stat_node ("/dev/null", &null), 0);
  ck_assert_int_eq (sys_stat_node ("/dev/zero", &zero), 0);
  ck_assert (S_ISCHR (null.mode));
  ck_assert_uint_eq (null.uid, 0);
  ck_assert_uint_eq (null.device, makedev (1, 3));
  ck_assert_uint_eq (zero.device, makedev (1, 5));
  ck_assert_int_eq (sys_may_read ("/dev/null"), 0);
}
END_TEST

START_TEST (test_reading_is_asked_by_effective_ids)
{
  char path[] = "/tmp/real-sys-XXXXXX";
  int fd = mkstemp (path);

  fchmod (fd, 0);
  close (fd);
  /* As root, give up nothing but the effective id. */
  if (geteuid () == 0)
    ck_assert_int_eq (seteuid (65534), 0);
  ck_assert_int_eq (sys_may_read (path), -EACCES);
  if (getuid () == 0)
    ck_assert_int_eq (seteuid (0), 0);
  unlink (path);
}
END_TEST

static int
count_entry (const char *name, void *data)
{
  unsigned *n = data;

  ck_assert_str_ne (name, ".");
  ck_assert_str_ne (name, "..");
  return ++*n == 2 ? 42 : 0;
}

START_TEST (test_directory_is_listed_until_told_to_stop)
{
  char directory[] = "/tmp/real-sys-XXXXXX", path[64];
  unsigned n = 0;

  ck_assert_ptr_nonnull (mkdtemp (directory));
  ck_assert_int_eq (sys_list_directory (directory, count_entry, &n), 0);
  ck_assert_uint_eq (n, 0);
  for (int i = 0; i < 3; i++) {
    snprintf (path, sizeof path, "%s/%d", directory, i);
    ck_assert_int_eq (mkdir (path, 0700), 0);
  }
  ck_assert_int_eq (sys_list_directory (directory, count_entry, &n), 42);
  ck_assert_uint_eq (n, 2);
  for (int i = 0; i < 3; i++) {
    snprintf (path, sizeof path, "%s/%d", directory, i);
    rmdir (path);
  }
  rmdir (directory);
  ck_assert_int_eq (sys_list_directory (directory, count_entry, &n), -ENOENT);
  ck_assert_int_eq (sys_list_directory ("/dev/null", count_entry, &n), -ENOTDIR);
}
END_TEST

START_TEST (test_only_an_open_node_of_a_heap_is_one)
{
  int null = open ("/dev/null", O_RDONLY | O_CLOEXEC), path = open ("/dev/null", O_PATH | O_CLOEXEC);
  int memory = sys_memfd_create ("x");
  struct sys_node by_path, by_fd;

  ck_assert_int_eq (sys_probe_heap (null), -ENOTTY);
  ck_assert_int_eq (sys_probe_heap (memory), -ENOTTY);
  ck_assert_int_eq (sys_probe_heap (path), -EBADF);
  ck_assert_int_eq (sys_stat_node ("/dev/null", &by_path), 0);
  ck_assert_int_eq (sys_stat_fd (null, &by_fd), 0);
  ck_assert_uint_eq (by_fd.device, by_path.device);
  ck_assert_uint_eq (by_fd.mode, by_path.mode);
  close (null);
  ck_assert_int_eq (sys_stat_fd (null, &by_fd), -EBADF);
  close (path);
  close (memory);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_only_an_open_node_of_a_heap_is_one,
    test_fds_close_on_exec,
    test_failures_are_errno,
    test_small_file_is_read_whole_or_not_at_all,
    test_meminfo_is_read,
    test_what_is_no_heap_and_no_dmabuf_says_so,
    test_exporter_of_what_is_no_dmabuf_is_absent,
    test_size_is_that_of_the_file,
    test_inode_is_one_for_duplicates_and_another_for_others,
    test_path_is_whole_or_refused,
    test_mappings_share_memory,
    test_sealed_memfd_keeps_its_size,
    test_memory_is_taken_and_given_back,
    test_huge_page_size_that_there_is_not_is_refused,
    test_forked_process_lacks_what_is_kept_out_of_it,
    test_frame_is_that_of_the_page,
    test_page_that_is_not_there_has_no_frame,
    test_node_tells_owner_and_device,
    test_reading_is_asked_by_effective_ids,
    test_directory_is_listed_until_told_to_stop,
  };

  return suite_run ("real-sys", NULL, NULL, tests, N_ELEMENTS (tests));
}
