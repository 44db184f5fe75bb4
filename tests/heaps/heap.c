/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Open heaps and the memory they give. */
#include "heaps/open.h"

#include "heaps/dmabuf.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define PATH "/dev/dma_heap/system"

static const struct heap_info system_info = { .name = "system" };

static struct heap_info
process_info (enum heap_answer importable)
{
  struct heap_info info = { .name = HEAP_PROCESS_NAME, .backend = HEAP_BACKEND_PROCESS };

  heap_facts_learn (&info.facts, HEAP_IMPORTABLE, importable, HEAP_SOURCE_BACKEND);
  return info;
}

static struct heap *
open_system (void)
{
  struct heap *heap = NULL;

  fake_add_heap ("system");
  ck_assert_int_eq (heap_open (&system_info, PATH, &heap), 0);
  return heap;
}

static struct heap *
open_process (enum heap_answer importable)
{
  struct heap_info info = process_info (importable);
  struct heap *heap = NULL;

  ck_assert_int_eq (heap_open (&info, NULL, &heap), 0);
  return heap;
}

static void
assert_comes_from (int fd, const char *heap_name)
{
  char name[HEAP_NAME_SIZE];

  ck_assert_int_eq (sys_dmabuf_exporter (fd, name, sizeof name), 0);
  ck_assert_str_eq (name, heap_name);
}

START_TEST (test_round_size_rounds_up_to_page)
{
  size_t page = sys_page_size ();
  const size_t rows[][2] = {
    { 1, page },
    { page - 1, page },
    { page, page },
    { page + 1, 2 * page },
    { (size_t) SSIZE_MAX - page, (size_t) SSIZE_MAX - page + 1 },
    { (size_t) SSIZE_MAX - page + 1, (size_t) SSIZE_MAX - page + 1 },
  };

  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    size_t rounded = 0;
    ck_assert_int_eq (heap_round_size (rows[i][0], &rounded), 0);
    ck_assert_uint_eq (rounded, rows[i][1]);
  }
}
END_TEST

START_TEST (test_round_size_refuses_nothing_and_too_much)
{
  size_t rounded = 42;

  ck_assert_int_eq (heap_round_size (0, &rounded), -EINVAL);
  ck_assert_int_eq (heap_round_size ((size_t) SSIZE_MAX - sys_page_size () + 2, &rounded), -EOVERFLOW);
  ck_assert_int_eq (heap_round_size (SSIZE_MAX, &rounded), -EOVERFLOW);
  ck_assert_int_eq (heap_round_size ((size_t) SSIZE_MAX + 1, &rounded), -EOVERFLOW);
  ck_assert_int_eq (heap_round_size (SIZE_MAX, &rounded), -EOVERFLOW);
  ck_assert_uint_eq (rounded, 42);
}
END_TEST

START_TEST (test_alloc_gives_memory_of_the_heap)
{
  struct heap *heap = open_system ();
  struct heap_buffer buffer;
  size_t size;

  ck_assert_int_eq (heap_alloc (heap, 5000, &buffer), 0);
  assert_comes_from (buffer.fd, "system");
  ck_assert_uint_eq (buffer.size % sys_page_size (), 0);
  ck_assert_uint_ge (buffer.size, 5000);
  ck_assert_int_eq (sys_fd_size (buffer.fd, &size), 0);
  ck_assert_uint_eq (size, buffer.size);
  sys_close (buffer.fd);
  heap_unref (heap);
}
END_TEST

START_TEST (test_alloc_refuses_sizes_before_the_backend)
{
  struct heap *heap = open_system ();
  struct heap_buffer buffer = { .fd = -1, .size = 42 };

  ck_assert_int_eq (heap_alloc (heap, 0, &buffer), -EINVAL);
  ck_assert_int_eq (heap_alloc (heap, SIZE_MAX, &buffer), -EOVERFLOW);
  ck_assert_uint_eq (fake_calls (FAKE_HEAP_ALLOC), 0);
  ck_assert_int_eq (buffer.fd, -1);
  ck_assert_uint_eq (buffer.size, 42);
  heap_unref (heap);
}
END_TEST

START_TEST (test_alloc_passes_on_what_the_heap_says)
{
  struct heap *heap = open_system ();
  struct heap_buffer buffer = { .fd = -1, .size = 42 };

  fake_fail (FAKE_HEAP_ALLOC, 1, ENOMEM);
  fake_fail (FAKE_HEAP_ALLOC, 2, EMFILE);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), -ENOMEM);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), -EMFILE);
  ck_assert_int_eq (buffer.fd, -1);
  heap_unref (heap);
}
END_TEST

START_TEST (test_finite_heap_has_room_again_after_close)
{
  struct heap *heap = open_system ();
  struct heap_buffer first, second;

  fake_set_capacity ("system", sys_page_size ());
  ck_assert_int_eq (heap_alloc (heap, 1, &first), 0);
  ck_assert_int_eq (heap_alloc (heap, 1, &second), -ENOMEM);
  sys_close (first.fd);
  ck_assert_int_eq (heap_alloc (heap, 1, &second), 0);
  sys_close (second.fd);
  heap_unref (heap);
}
END_TEST

START_TEST (test_free_closes_what_the_system_divides)
{
  struct heap *heap = open_system ();
  struct heap_buffer buffer;
  struct heap_usage usage = { .held = 42 };

  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
  ck_assert_uint_eq (buffer.offset, 0);
  ck_assert_ptr_null (buffer.data);
  ck_assert_uint_eq (buffer.address, 0);
  ck_assert (!heap_get_usage (heap, &usage));
  ck_assert_uint_eq (usage.held, 42);
  heap_free (heap, &buffer);
  ck_assert_uint_eq (fake_open_buffers ("system"), 0);
  heap_unref (heap);
}
END_TEST

START_TEST (test_kernel_heap_is_importable)
{
  struct heap *heap = open_system ();

  ck_assert_int_eq (heap->info.facts.of[HEAP_IMPORTABLE].answer, HEAP_YES);
  ck_assert_int_eq (heap->info.facts.of[HEAP_IMPORTABLE].source, HEAP_SOURCE_BACKEND);
  ck_assert_str_eq (heap->info.name, "system");
  heap_unref (heap);
}
END_TEST

START_TEST (test_last_reference_closes)
{
  struct heap *heap = open_system ();

  ck_assert_ptr_eq (heap_ref (heap), heap);
  ck_assert_ptr_eq (heap_ref (heap), heap);
  heap_unref (heap);
  heap_unref (heap);
  ck_assert_uint_eq (fake_open_fds (), 1);
  heap_unref (heap);
  ck_assert_uint_eq (fake_open_fds (), 0);
  heap_unref (NULL);
}
END_TEST

START_TEST (test_buffer_outlives_heap)
{
  struct heap *heap = open_system ();
  struct heap_buffer buffer;
  void *data;

  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
  heap_unref (heap);
  ck_assert_int_eq (sys_mmap (buffer.fd, buffer.size, &data), 0);
  memset (data, 1, buffer.size);
  sys_munmap (data, buffer.size);
  sys_close (buffer.fd);
}
END_TEST

START_TEST (test_open_failure_is_reported)
{
  struct heap *heap = NULL;

  ck_assert_int_eq (heap_open (&system_info, PATH, &heap), -ENOENT);
  fake_add_heap_full ("system", 0, 0, 0, 0600, EACCES);
  ck_assert_int_eq (heap_open (&system_info, PATH, &heap), -EACCES);
  ck_assert_ptr_null (heap);
}
END_TEST

START_TEST (test_open_fd_leaves_the_callers_fd_alone)
{
  struct heap *heap;
  struct heap_buffer buffer;
  int fd;

  fake_add_heap ("system");
  fd = sys_open_heap (PATH);
  ck_assert_int_eq (heap_open_fd (&system_info, fd, &heap), 0);
  sys_close (fd);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
  assert_comes_from (buffer.fd, "system");
  sys_close (buffer.fd);
  heap_unref (heap);
}
END_TEST

START_TEST (test_open_fd_failure_leaves_the_callers_fd_alone)
{
  struct heap *heap = NULL;
  int fd;

  fake_add_heap ("system");
  fd = sys_open_heap (PATH);
  fake_fail (FAKE_DUP, 1, EMFILE);
  ck_assert_int_eq (heap_open_fd (&system_info, fd, &heap), -EMFILE);
  ck_assert_ptr_null (heap);
  ck_assert_uint_eq (fake_open_fds (), 1);
  sys_close (fd);
}
END_TEST

START_TEST (test_process_heap_gives_dmabufs_of_udmabuf)
{
  struct heap *heap;
  struct heap_buffer buffer;

  fake_set_udmabuf (0);
  heap = open_process (HEAP_YES);
  ck_assert_int_eq (heap_alloc (heap, 5000, &buffer), 0);
  assert_comes_from (buffer.fd, "udmabuf");
  /* The heap's udmabuf and the buffer; the memfd behind it is closed. */
  ck_assert_uint_eq (fake_open_fds (), 2);
  sys_close (buffer.fd);
  heap_unref (heap);
}
END_TEST

START_TEST (test_process_heap_without_udmabuf_gives_no_dmabuf)
{
  struct heap *heap = open_process (HEAP_NO);
  struct heap_buffer buffer;
  char name[HEAP_NAME_SIZE];
  size_t size;

  ck_assert_int_eq (heap_alloc (heap, 5000, &buffer), 0);
  ck_assert_int_eq (sys_dmabuf_exporter (buffer.fd, name, sizeof name), -ENOENT);
  ck_assert_int_eq (sys_fd_size (buffer.fd, &size), 0);
  ck_assert_uint_eq (size, buffer.size);
  ck_assert_int_lt (sys_ftruncate (buffer.fd, 0), 0);
  ck_assert_uint_eq (fake_calls (FAKE_OPEN_UDMABUF), 0);
  sys_close (buffer.fd);
  heap_unref (heap);
}
END_TEST

START_TEST (test_process_heap_promised_importable_is_so_or_fails)
{
  struct heap_info info = process_info (HEAP_YES);
  struct heap *heap = NULL;

  ck_assert_int_eq (heap_open (&info, NULL, &heap), -ENOENT);
  ck_assert_ptr_null (heap);
}
END_TEST

START_TEST (test_process_heap_tells_the_limit_of_udmabuf)
{
  struct heap *heap;
  struct heap_buffer buffer;

  fake_set_udmabuf (0);
  heap = open_process (HEAP_YES);
  fake_fail (FAKE_UDMABUF_CREATE, 1, EINVAL);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), -EFBIG);
  fake_fail (FAKE_UDMABUF_CREATE, 1, ENOMEM);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), -ENOMEM);
  heap_unref (heap);
}
END_TEST

/* A heap from its opening to its end, with a buffer in use between. */
static int
live (const struct heap_info *info, const char *path)
{
  struct heap *heap;
  struct heap_buffer buffer;
  void *data;
  int r;

  r = heap_open (info, path, &heap);
  if (r < 0)
    return r;
  r = heap_alloc (heap, 5000, &buffer);
  if (r < 0)
    goto unref_heap;
  r = sys_mmap (buffer.fd, buffer.size, &data);
  if (r < 0)
    goto close_buffer;
  sys_munmap (data, buffer.size);
close_buffer:
  sys_close (buffer.fd);
unref_heap:
  heap_unref (heap);
  return r;
}

static void
assert_every_failure_leaves_nothing (const struct heap_info *info, unsigned n_calls)
{
  unsigned n;

  for (n = 1;; n++) {
    fake_fail_any (n, EIO);
    if (live (info, PATH) == 0)
      break;
    ck_assert_uint_eq (fake_armed (), 0);
    ck_assert_uint_eq (fake_open_fds (), 0);
    ck_assert_uint_eq (fake_mappings (), 0);
  }
  ck_assert_uint_eq (fake_armed (), 1);
  ck_assert_uint_eq (n - 1, n_calls);
}

START_TEST (test_every_failure_of_kernel_heap_leaves_nothing)
{
  fake_add_heap ("system");
  assert_every_failure_leaves_nothing (&system_info, 3);
}
END_TEST

START_TEST (test_every_failure_of_process_heap_leaves_nothing)
{
  struct heap_info with_udmabuf = process_info (HEAP_YES), without = process_info (HEAP_NO);

  fake_set_udmabuf (0);
  assert_every_failure_leaves_nothing (&with_udmabuf, 6);
  fake_disarm ();
  assert_every_failure_leaves_nothing (&without, 4);
}
END_TEST

static void *
allocate_often (void *data)
{
  struct heap *heap = data;
  struct heap_buffer buffer;

  for (unsigned i = 0; i < 200; i++) {
    heap_ref (heap);
    ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
    sys_close (buffer.fd);
    heap_unref (heap);
  }
  heap_unref (heap);
  return NULL;
}

START_TEST (test_threads_share_a_heap)
{
  struct heap *heap = open_system ();
  pthread_t threads[4];

  for (size_t i = 0; i < N_ELEMENTS (threads); i++)
    ck_assert_int_eq (pthread_create (&threads[i], NULL, allocate_often, heap_ref (heap)), 0);
  heap_unref (heap);
  for (size_t i = 0; i < N_ELEMENTS (threads); i++)
    pthread_join (threads[i], NULL);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_round_size_rounds_up_to_page,
    test_round_size_refuses_nothing_and_too_much,
    test_alloc_gives_memory_of_the_heap,
    test_alloc_refuses_sizes_before_the_backend,
    test_alloc_passes_on_what_the_heap_says,
    test_finite_heap_has_room_again_after_close,
    test_free_closes_what_the_system_divides,
    test_kernel_heap_is_importable,
    test_last_reference_closes,
    test_buffer_outlives_heap,
    test_open_failure_is_reported,
    test_open_fd_leaves_the_callers_fd_alone,
    test_open_fd_failure_leaves_the_callers_fd_alone,
    test_process_heap_gives_dmabufs_of_udmabuf,
    test_process_heap_without_udmabuf_gives_no_dmabuf,
    test_process_heap_promised_importable_is_so_or_fails,
    test_process_heap_tells_the_limit_of_udmabuf,
    test_every_failure_of_kernel_heap_leaves_nothing,
    test_every_failure_of_process_heap_leaves_nothing,
    test_threads_share_a_heap,
  };

  return suite_run ("heap", begin_on_machine, end_on_machine, tests, N_ELEMENTS (tests));
}
