/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The fake machine keeps its own promises. */
#include "heaps/sys.h"
#include "huge-machine.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH "/dev/dma_heap/system"

START_TEST (test_machine_is_bare_at_first)
{
  ck_assert_int_eq (sys_list_directory ("/dev/dma_heap", NULL, NULL), -ENOENT);
  ck_assert_int_eq (sys_open_heap (PATH), -ENOENT);
  ck_assert_int_eq (sys_open_udmabuf (), -ENOENT);
}
END_TEST

START_TEST (test_nth_call_fails_once)
{
  size_t size;
  int fd = sys_memfd_create ("x");

  fake_fail (FAKE_FD_SIZE, 2, EIO);
  fake_fail (FAKE_FD_SIZE, 3, ENXIO);
  ck_assert_uint_eq (fake_armed (), 2);
  ck_assert_int_eq (sys_fd_size (fd, &size), 0);
  ck_assert_int_eq (sys_fd_size (fd, &size), -EIO);
  ck_assert_int_eq (sys_fd_size (fd, &size), -ENXIO);
  ck_assert_int_eq (sys_fd_size (fd, &size), 0);
  ck_assert_uint_eq (fake_armed (), 0);
  ck_assert_uint_eq (fake_calls (FAKE_FD_SIZE), 4);
  ck_assert_uint_eq (fake_calls_total (), 5);
  sys_close (fd);
}
END_TEST

START_TEST (test_every_call_fails_until_disarmed)
{
  size_t size;
  int fd = sys_memfd_create ("x");

  fake_fail_every (FAKE_FD_SIZE, EIO);
  for (unsigned i = 0; i < 5; i++)
    ck_assert_int_eq (sys_fd_size (fd, &size), -EIO);
  fake_disarm ();
  ck_assert_int_eq (sys_fd_size (fd, &size), 0);
  sys_close (fd);
}
END_TEST

START_TEST (test_nth_call_of_any_kind_fails_but_close_does_not_count)
{
  size_t size;
  int fd = sys_memfd_create ("x");

  fake_fail_any (2, EIO);
  sys_close (sys_dup (fd));
  ck_assert_int_eq (sys_fd_size (fd, &size), -EIO);
  sys_close (fd);
}
END_TEST

START_TEST (test_failures_that_have_happened_make_room)
{
  for (unsigned i = 0; i < 1000; i++) {
    fake_fail (FAKE_OPEN_UDMABUF, 1, EIO);
    ck_assert_int_eq (sys_open_udmabuf (), -EIO);
  }
}
END_TEST

START_TEST (test_open_fds_are_found_however_they_are_closed)
{
  int node, buffer, copy;

  fake_add_heap ("system");
  node = sys_open_heap (PATH);
  buffer = sys_heap_alloc (node, sys_page_size ());
  copy = dup (buffer);
  ck_assert_uint_eq (fake_open_fds (), 3);
  ck_assert_uint_eq (fake_open_buffers ("system"), 2);
  ck_assert_uint_eq (fake_open_buffers ("other"), 0);
  close (copy);
  close (buffer);
  ck_assert_uint_eq (fake_open_fds (), 1);
  sys_close (node);
}
END_TEST

START_TEST (test_duplicates_do_not_fill_a_heap)
{
  size_t page = sys_page_size ();
  int node, first, copy, second;

  fake_add_heap ("system");
  fake_set_capacity ("system", 2 * page);
  node = sys_open_heap (PATH);
  first = sys_heap_alloc (node, page);
  copy = sys_dup (first);
  second = sys_heap_alloc (node, page);
  ck_assert_int_ge (second, 0);
  ck_assert_int_eq (sys_heap_alloc (node, page), -ENOMEM);
  sys_close (second);
  sys_close (copy);
  sys_close (first);
  sys_close (node);
}
END_TEST

START_TEST (test_buffer_keeps_its_size_and_knows_its_heap)
{
  char name[32];
  int node, buffer;

  fake_add_heap ("linux,cma@8000000");
  node = sys_open_heap ("/anywhere/linux,cma@8000000");
  buffer = sys_heap_alloc (node, sys_page_size ());
  ck_assert_int_lt (sys_ftruncate (buffer, 0), 0);
  ck_assert (fake_heap_of (buffer, name, sizeof name));
  ck_assert_str_eq (name, "linux,cma@8000000");
  ck_assert (!fake_heap_of (node, name, sizeof name));
  ck_assert_int_eq (sys_fd_path (node, name, sizeof name), 0);
  ck_assert_str_eq (name, "/anywhere/linux,cma@8000000");
  sys_close (buffer);
  sys_close (node);
}
END_TEST

START_TEST (test_udmabuf_insists_on_a_sealed_memfd)
{
  size_t page = sys_page_size ();
  int udmabuf, memfd, buffer;

  fake_set_udmabuf (0);
  udmabuf = sys_open_udmabuf ();
  memfd = sys_memfd_create ("x");
  ck_assert_int_eq (sys_ftruncate (memfd, page), 0);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, 0, page), -EINVAL);
  ck_assert_int_eq (sys_seal_size (memfd), 0);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, 0, 2 * page), -EINVAL);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, 0, page - 1), -EINVAL);
  buffer = sys_udmabuf_create (udmabuf, memfd, 0, page);
  ck_assert_int_ge (buffer, 0);
  sys_close (buffer);
  sys_close (memfd);
  sys_close (udmabuf);
}
END_TEST

START_TEST (test_udmabuf_takes_parts_up_to_its_limit)
{
  size_t page = sys_page_size (), size;
  int udmabuf, memfd, buffer;

  fake_set_udmabuf (0);
  udmabuf = sys_open_udmabuf ();
  memfd = sys_memfd_create ("x");
  ck_assert_int_eq (sys_ftruncate (memfd, 65 * MIB), 0);
  ck_assert_int_eq (sys_seal_size (memfd), 0);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, 0, 64 * MIB + page), -EINVAL);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, MIB + page, 64 * MIB), -EINVAL);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, SIZE_MAX - page + 1, page), -EINVAL);
  ck_assert_int_eq (sys_udmabuf_create (udmabuf, memfd, 1, page), -EINVAL);
  buffer = sys_udmabuf_create (udmabuf, memfd, MIB, 64 * MIB);
  ck_assert_int_eq (sys_fd_size (buffer, &size), 0);
  ck_assert_uint_eq (size, 64 * MIB);
  sys_close (buffer);
  sys_close (memfd);
  sys_close (udmabuf);
}
END_TEST

START_TEST (test_references_are_fds_mappings_and_others)
{
  unsigned count;
  void *data;
  int node, buffer, copy;

  fake_add_heap ("system");
  node = sys_open_heap (PATH);
  buffer = sys_heap_alloc (node, sys_page_size ());
  ck_assert_int_eq (sys_dmabuf_references (node, &count), -ENOENT);
  ck_assert_int_eq (sys_dmabuf_references (buffer, &count), 0);
  ck_assert_uint_eq (count, 1);
  copy = dup (buffer);
  ck_assert_int_eq (sys_mmap (buffer, 1, &data), 0);
  fake_set_references (3);
  ck_assert_int_eq (sys_dmabuf_references (buffer, &count), 0);
  ck_assert_uint_eq (count, 1 + 1 + 1 + 3);
  close (copy);
  sys_munmap (data, 1);
  sys_close (buffer);
  sys_close (node);
}
END_TEST

static int
open_huge (size_t n_pages)
{
  int fd = sys_memfd_create_huge ("x", HUGE_PAGE);

  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (sys_ftruncate (fd, n_pages * HUGE_PAGE), 0);
  return fd;
}

static void
assert_place (const unsigned char *data, unsigned place)
{
  uint64_t frame;

  ck_assert_int_eq (sys_page_frame (data, &frame), 0);
  ck_assert_uint_eq (frame * sys_page_size (), address_of (place));
}

START_TEST (test_huge_pages_are_handed_out_in_order_and_the_last_one_first)
{
  const unsigned places[] = { 7, 3, 5 };
  unsigned char *data;
  int fd;

  set_pages (places, 3);
  fd = open_huge (3);
  ck_assert_int_eq (sys_mmap (fd, 3 * HUGE_PAGE, (void **) &data), 0);
  ck_assert_int_eq (sys_fallocate (fd, 0, 2 * HUGE_PAGE), 0);
  assert_place (data, 7);
  assert_place (data + HUGE_PAGE, 3);
  data[0] = 1;
  ck_assert_int_eq (sys_punch_hole (fd, 0, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_fallocate (fd, 2 * HUGE_PAGE, HUGE_PAGE), 0);
  assert_place (data + 2 * HUGE_PAGE, 7);
  ck_assert_int_eq (sys_fallocate (fd, 0, HUGE_PAGE), 0);
  assert_place (data, 5);
  ck_assert_int_eq (data[0], 0);
  sys_munmap (data, 3 * HUGE_PAGE);
  sys_close (fd);
}
END_TEST

START_TEST (test_huge_pages_that_are_not_there_are_refused)
{
  const uint64_t frames[] = { 0x400000 };
  int fd;

  ck_assert_int_eq (sys_memfd_create_huge ("x", HUGE_PAGE), -ENODEV);
  fake_set_huge_pages (1024 * MIB, frames, 1);
  ck_assert_int_eq (sys_memfd_create_huge ("x", HUGE_PAGE), -ENODEV);
  set_pages_by (2, 1);
  fd = open_huge (3);
  ck_assert_int_eq (sys_ftruncate (fd, HUGE_PAGE + 1), -EINVAL);
  ck_assert_int_eq (sys_fallocate (fd, 0, 3 * HUGE_PAGE), -ENOSPC);
  /* As with the kernel. */
  ck_assert_uint_eq (fake_huge_pages_taken (), 2);
  sys_close (fd);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
  fd = sys_memfd_create ("x");
  ck_assert_int_eq (sys_fallocate (fd, 0, 1), -EOPNOTSUPP);
  ck_assert_int_eq (sys_punch_hole (fd, 0, 1), -EOPNOTSUPP);
  sys_close (fd);
}
END_TEST

START_TEST (test_huge_pages_stay_taken_while_anything_refers_to_them)
{
  int udmabuf, fd, copy, buffer;
  void *data;

  fake_set_udmabuf (0);
  set_pages_by (4, 1);
  udmabuf = sys_open_udmabuf ();
  fd = open_huge (4);
  ck_assert_int_eq (sys_seal_size (fd), 0);
  ck_assert_int_eq (sys_fallocate (fd, 0, 4 * HUGE_PAGE), 0);
  ck_assert_int_eq (sys_mmap (fd, 4 * HUGE_PAGE, &data), 0);
  buffer = sys_udmabuf_create (udmabuf, fd, HUGE_PAGE - sys_page_size (), 2 * sys_page_size ());
  copy = dup (fd);
  sys_close (fd);
  ck_assert_uint_eq (fake_huge_pages_taken (), 4);
  close (copy);
  ck_assert_uint_eq (fake_huge_pages_taken (), 4);
  sys_munmap (data, 4 * HUGE_PAGE);
  ck_assert_uint_eq (fake_huge_pages_taken (), 2);
  close (buffer);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
  sys_close (udmabuf);
}
END_TEST

START_TEST (test_frame_is_that_behind_an_address)
{
  size_t page = sys_page_size ();
  unsigned char *data;
  uint64_t frame;
  int fd;

  set_pages_by (2, 1);
  fd = open_huge (2);
  ck_assert_int_eq (sys_mmap (fd, 2 * HUGE_PAGE, (void **) &data), 0);
  ck_assert_int_eq (sys_page_frame (data, &frame), -ENODATA);
  ck_assert_int_eq (sys_fallocate (fd, 0, 2 * HUGE_PAGE), 0);
  ck_assert_int_eq (sys_page_frame (data + HUGE_PAGE + 5 * page, &frame), 0);
  ck_assert_uint_eq (frame * page, address_of (MAX_HUGE_PAGES + 1) + 5 * page);
  ck_assert_int_eq (sys_page_frame (&frame, &frame), -ENODATA);
  fake_set_pagemap (false);
  ck_assert_int_eq (sys_page_frame (data, &frame), -EPERM);
  sys_munmap (data, 2 * HUGE_PAGE);
  sys_close (fd);
}
END_TEST

static void
assert_figure (const char *file, const char *expected)
{
  char path[128], text[32];

  snprintf (path, sizeof path, "%s%s", HUGE_FILES, file);
  ck_assert_int_eq (sys_read_file (path, text, sizeof text), 0);
  ck_assert_str_eq (text, expected);
}

/* The names in the directory, with ";" between them. */
static int
append_name (const char *name, void *data)
{
  strcat (strcat (data, name), ";");
  return 0;
}

START_TEST (test_files_are_there_with_their_directories)
{
  char text[8], names[64] = "";

  ck_assert_int_eq (sys_list_directory ("/sys/a", append_name, names), -ENOENT);
  fake_set_file ("/sys/a/b/c", "1234567");
  fake_set_file ("/sys/a/d", "");
  fake_set_file ("/sys/a/b/e", "12345678");
  fake_set_file ("/sys/ab/f", "");
  ck_assert_int_eq (sys_list_directory ("/sys/a", append_name, names), 0);
  ck_assert_str_eq (names, "b;d;");
  ck_assert_int_eq (sys_may_read ("/sys/a/b"), 0);
  ck_assert_int_eq (sys_may_read ("/sys/a/b/c"), 0);
  ck_assert_int_eq (sys_may_read ("/sys/a/c"), -ENOENT);
  ck_assert_int_eq (sys_read_file ("/sys/a/b/c", text, sizeof text), 0);
  ck_assert_str_eq (text, "1234567");
  ck_assert_int_eq (sys_read_file ("/sys/a/b/e", text, sizeof text), -EFBIG);
  fake_set_file ("/sys/a/b/c", NULL);
  ck_assert_int_eq (sys_read_file ("/sys/a/b/c", text, sizeof text), -ENOENT);
}
END_TEST

START_TEST (test_figures_of_huge_pages_follow_what_is_taken)
{
  char names[64] = "";
  int fd;

  set_pages_by (3, 1);
  fake_set_file (HUGE_FILES "nr_overcommit_hugepages", "5\n");
  fd = open_huge (2);
  assert_figure ("free_hugepages", "3\n");
  ck_assert_int_eq (sys_fallocate (fd, 0, 2 * HUGE_PAGE), 0);
  assert_figure ("nr_hugepages", "3\n");
  assert_figure ("free_hugepages", "1\n");
  assert_figure ("resv_hugepages", "0\n");
  assert_figure ("surplus_hugepages", "0\n");
  assert_figure ("nr_overcommit_hugepages", "5\n");
  close (fd);
  assert_figure ("free_hugepages", "3\n");
  ck_assert_int_eq (sys_list_directory ("/sys/kernel/mm/hugepages", append_name, names), 0);
  ck_assert_str_eq (names, "hugepages-2048kB;");
}
END_TEST

START_TEST (test_mappings_are_counted)
{
  void *data;
  int fd = sys_memfd_create ("x");

  ck_assert_int_eq (sys_ftruncate (fd, 1), 0);
  ck_assert_int_eq (sys_mmap (fd, 1, &data), 0);
  ck_assert_uint_eq (fake_mappings (), 1);
  sys_munmap (data, 1);
  ck_assert_uint_eq (fake_mappings (), 0);
  sys_close (fd);
}
END_TEST

/* Runs this program again as a stranger to the fake; its exit status. */
static int
run_stranger (void)
{
  pid_t pid = fork ();
  int status = -1;

  if (pid == 0) {
    execl (program_invocation_name, program_invocation_name, "--as-stranger", NULL);
    _exit (127);
  }
  waitpid (pid, &status, 0);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

static int
expect_name (const char *name, void *data)
{
  unsigned *n = data;

  (*n)++;
  return strcmp (name, "system") == 0 || strcmp (name, "linux,cma") == 0 ? 0 : -EINVAL;
}

/* What a program finds that knows of the fake from the environment alone. */
static int
be_stranger (void)
{
  unsigned n = 0;
  char text[64];
  int fd;

  if (sys_list_directory ("/dev/dma_heap", expect_name, &n) < 0 || n != 2)
    return 1;
  fd = sys_open_udmabuf ();
  if (fd < 0)
    return 2;
  sys_close (fd);
  if (sys_read_file (HUGE_FILES "free_hugepages", text, sizeof text) < 0 || strcmp (text, "7\n") != 0)
    return 4;
  if (sys_read_file ("/proc/meminfo", text, sizeof text) < 0 || strcmp (text, "MemTotal: 1 kB\n") != 0)
    return 3;
  return 0;
}

START_TEST (test_environment_sets_up_and_gets_a_report)
{
  char path[] = "/tmp/fake-report-XXXXXX";
  int fd = mkstemp (path);
  char line[64];
  unsigned n_lines = 0, n_calls = 0;
  FILE *report;

  setenv ("FAKE_HEAPS", "system;linux,cma", true);
  setenv ("FAKE_UDMABUF", "1", true);
  setenv ("FAKE_FILES", "/sys/x=;/proc/meminfo=MemTotal: 1 kB\n", true);
  setenv ("FAKE_HUGE_PAGES", "7", true);
  setenv ("FAKE_REPORT", path, true);
  ck_assert_int_eq (run_stranger (), 0);
  ck_assert_int_eq (run_stranger (), 0);
  unsetenv ("FAKE_REPORT");
  report = fdopen (fd, "r");
  for (; fgets (line, sizeof line, report) != NULL; n_lines++)
    n_calls += (unsigned) atoi (strchr (line, ' '));
  fclose (report);
  unlink (path);
  ck_assert_uint_eq (n_lines, 2u * FAKE_N_CALLS);
  ck_assert_uint_eq (n_calls, 2 * 5);
}
END_TEST

int
main (int argc, char **argv)
{
  const TTest *tests[] = {
    test_machine_is_bare_at_first,
    test_nth_call_fails_once,
    test_every_call_fails_until_disarmed,
    test_nth_call_of_any_kind_fails_but_close_does_not_count,
    test_failures_that_have_happened_make_room,
    test_open_fds_are_found_however_they_are_closed,
    test_duplicates_do_not_fill_a_heap,
    test_buffer_keeps_its_size_and_knows_its_heap,
    test_udmabuf_insists_on_a_sealed_memfd,
    test_udmabuf_takes_parts_up_to_its_limit,
    test_references_are_fds_mappings_and_others,
    test_huge_pages_are_handed_out_in_order_and_the_last_one_first,
    test_huge_pages_that_are_not_there_are_refused,
    test_huge_pages_stay_taken_while_anything_refers_to_them,
    test_frame_is_that_behind_an_address,
    test_files_are_there_with_their_directories,
    test_figures_of_huge_pages_follow_what_is_taken,
    test_mappings_are_counted,
    test_environment_sets_up_and_gets_a_report,
  };

  if (argc > 1 && strcmp (argv[1], "--as-stranger") == 0)
    return be_stranger ();
  return suite_run ("fake", begin_on_machine, end_on_machine, tests, N_ELEMENTS (tests));
}
