/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The process backend on this machine's own kernel. */
#include "heaps/dmabuf.h"
#include "heaps/open.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static struct heap *heap;

static void
open_process (enum heap_answer importable)
{
  struct heap_info info = { .name = HEAP_PROCESS_NAME, .backend = HEAP_BACKEND_PROCESS };

  heap_facts_learn (&info.facts, HEAP_IMPORTABLE, importable, HEAP_SOURCE_BACKEND);
  ck_assert_int_eq (heap_open (&info, NULL, &heap), 0);
}

static void
begin (void)
{
  open_process (HEAP_NO);
}

static void
end (void)
{
  heap_unref (heap);
}

START_TEST (test_buffer_has_the_size_it_tells)
{
  struct heap_buffer buffer;
  size_t size;

  ck_assert_int_eq (heap_alloc (heap, 100000, &buffer), 0);
  ck_assert_int_eq (sys_fd_size (buffer.fd, &size), 0);
  ck_assert_uint_eq (size, buffer.size);
  ck_assert_uint_ge (size, 100000);
  ck_assert_uint_lt (size, 100000 + sys_page_size ());
  sys_close (buffer.fd);
}
END_TEST

START_TEST (test_buffer_is_zeroed_memory_that_lasts)
{
  struct heap_buffer buffer;
  unsigned char *data;
  int copy;

  ck_assert_int_eq (heap_alloc (heap, 8192, &buffer), 0);
  ck_assert_int_eq (sys_mmap (buffer.fd, buffer.size, (void **) &data), 0);
  for (size_t i = 0; i < buffer.size; i++)
    ck_assert_uint_eq (data[i], 0);
  memset (data, 0x5a, buffer.size);
  sys_munmap (data, buffer.size);
  copy = sys_dup (buffer.fd);
  sys_close (buffer.fd);
  ck_assert_int_eq (sys_mmap (copy, buffer.size, (void **) &data), 0);
  ck_assert_uint_eq (data[buffer.size - 1], 0x5a);
  sys_munmap (data, buffer.size);
  sys_close (copy);
}
END_TEST

START_TEST (test_buffer_keeps_its_pages)
{
  struct heap_buffer buffer;

  ck_assert_int_eq (heap_alloc (heap, 8192, &buffer), 0);
  ck_assert_int_eq (sys_ftruncate (buffer.fd, 0), -EPERM);
  ck_assert_int_eq (sys_ftruncate (buffer.fd, 2 * buffer.size), -EPERM);
  ck_assert_int_eq (fcntl (buffer.fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
  sys_close (buffer.fd);
}
END_TEST

START_TEST (test_shared_memory_is_never_called_a_dmabuf)
{
  struct heap_buffer buffer;
  char name[HEAP_NAME_SIZE];

  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
  ck_assert_int_eq (sys_dmabuf_exporter (buffer.fd, name, sizeof name), -ENOENT);
  ck_assert_int_eq (dmabuf_sync_start (buffer.fd, DMABUF_READ), -ENOTTY);
  sys_close (buffer.fd);
}
END_TEST

START_TEST (test_buffers_have_identities)
{
  struct heap_buffer first, second;
  uint64_t first_inode, second_inode;

  ck_assert_int_eq (heap_alloc (heap, 1, &first), 0);
  ck_assert_int_eq (heap_alloc (heap, 1, &second), 0);
  ck_assert_int_eq (sys_fd_inode (first.fd, &first_inode), 0);
  ck_assert_int_eq (sys_fd_inode (second.fd, &second_inode), 0);
  ck_assert_uint_ne (first_inode, second_inode);
  sys_close (first.fd);
  sys_close (second.fd);
}
END_TEST

START_TEST (test_size_beyond_the_largest_file_fails)
{
  struct heap_buffer buffer;
  size_t largest = (size_t) SSIZE_MAX & ~(sys_page_size () - 1);

  /* A sparse memfd may be that large; nothing is to be left of it when it may not. */
  if (heap_alloc (heap, largest, &buffer) == 0)
    sys_close (buffer.fd);
  ck_assert_int_eq (heap_alloc (heap, largest + 1, &buffer), -EOVERFLOW);
}
END_TEST

START_TEST (test_udmabuf_makes_dmabufs)
{
  struct heap_buffer buffer;
  char name[HEAP_NAME_SIZE];
  size_t size;

  heap_unref (heap);
  open_process (HEAP_YES);
  ck_assert_int_eq (heap_alloc (heap, 5000, &buffer), 0);
  ck_assert_int_eq (sys_dmabuf_exporter (buffer.fd, name, sizeof name), 0);
  ck_assert_str_eq (name, "udmabuf");
  ck_assert_int_eq (sys_fd_size (buffer.fd, &size), 0);
  ck_assert_uint_eq (size, buffer.size);
  ck_assert_int_eq (dmabuf_sync_start (buffer.fd, DMABUF_READ_WRITE), 0);
  ck_assert_int_eq (dmabuf_sync_end (buffer.fd, DMABUF_READ_WRITE), 0);
  ck_assert_int_eq (dmabuf_set_name (buffer.fd, "real-process"), 0);
  sys_close (buffer.fd);
}
END_TEST

static bool
udmabuf_works (void)
{
  int fd = sys_open_udmabuf ();

  if (fd >= 0)
    sys_close (fd);
  return fd >= 0;
}

int
main (void)
{
  const TTest *tests[] = {
    test_buffer_has_the_size_it_tells, test_buffer_is_zeroed_memory_that_lasts, test_buffer_keeps_its_pages,
    test_shared_memory_is_never_called_a_dmabuf, test_buffers_have_identities, test_size_beyond_the_largest_file_fails,
    test_udmabuf_makes_dmabufs, /* the last: left out without udmabuf */
  };
  size_t n_tests = N_ELEMENTS (tests);

  if (!udmabuf_works ()) {
    puts ("SKIP test_udmabuf_makes_dmabufs: /dev/udmabuf cannot be opened");
    n_tests--;
  }
  return suite_run ("real-process", begin, end, tests, n_tests);
}
