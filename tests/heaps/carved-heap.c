/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One buffer of a heap, divided. */
#include "heaps/carved-heap.h"

#include "heaps/open.h"
#include "huge-machine.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define PATH "/dev/dma_heap/system"

static size_t page;

static void
begin (void)
{
  page = sys_page_size ();
  begin_on_machine ();
  fake_add_heap ("system");
}

static struct heap *
open_system (enum heap_answer is_protected)
{
  struct heap_info info = { .name = "system" };
  struct heap *heap;

  heap_facts_learn (&info.facts, HEAP_PROTECTED, is_protected, HEAP_SOURCE_CONFIG);
  ck_assert_int_eq (heap_open (&info, PATH, &heap), 0);
  return heap;
}

/* The caller has no reference to the parent. */
static struct heap *
carve (size_t size)
{
  struct heap *parent = open_system (HEAP_NO), *heap;

  ck_assert_int_eq (carved_heap_new (parent, size, &heap), 0);
  heap_unref (parent);
  return heap;
}

static struct heap_buffer
alloc (struct heap *heap, size_t size)
{
  struct heap_buffer buffer;

  ck_assert_int_eq (heap_alloc (heap, size, &buffer), 0);
  return buffer;
}

static void
assert_fails (struct heap *heap, size_t size, int error)
{
  struct heap_buffer buffer = { .fd = 42 };

  ck_assert_int_eq (heap_alloc (heap, size, &buffer), -error);
  ck_assert_int_eq (buffer.fd, 42);
}

static void
assert_usage (struct heap *heap, size_t held, size_t used, size_t largest, uint64_t n_holes)
{
  struct heap_usage usage;

  ck_assert (heap_get_usage (heap, &usage));
  ck_assert_uint_eq (usage.held, held * page);
  ck_assert_uint_eq (usage.used, used * page);
  ck_assert_uint_eq (usage.largest, largest * page);
  ck_assert_uint_eq (usage.n_holes, n_holes);
}

static void
assert_filled (const struct heap_buffer *buffer, int byte)
{
  const unsigned char *data = buffer->data;

  ck_assert_int_eq (data[0], byte);
  ck_assert_mem_eq (data, data + 1, buffer->size - 1);
}

START_TEST (test_buffers_are_parts_of_one)
{
  struct heap *heap = carve (10 * page);
  struct heap_buffer buffers[5];
  size_t taken = 0;
  char name[HEAP_NAME_SIZE];

  for (size_t i = 0; i < 4; i++) {
    buffers[i] = alloc (heap, (i + 1) * page - 1);
    ck_assert_uint_eq (buffers[i].size, (i + 1) * page);
    ck_assert_int_eq (buffers[i].fd, buffers[0].fd);
    ck_assert_uint_le (buffers[i].offset + buffers[i].size, 10 * page);
    ck_assert_ptr_eq ((char *) buffers[i].data - buffers[i].offset, (char *) buffers[0].data - buffers[0].offset);
    memset (buffers[i].data, (int) i + 1, buffers[i].size);
    taken += buffers[i].size;
  }
  ck_assert_uint_eq (taken, 10 * page);
  for (size_t i = 0; i < 4; i++)
    assert_filled (&buffers[i], (int) i + 1);
  ck_assert_int_eq (sys_dmabuf_exporter (buffers[0].fd, name, sizeof name), 0);
  ck_assert_str_eq (name, "system");
  ck_assert_uint_eq (fake_calls (FAKE_HEAP_ALLOC), 1);
  ck_assert_uint_eq (fake_calls (FAKE_MMAP), 1);
  for (size_t i = 0; i < 4; i++)
    heap_free (heap, &buffers[i]);
  heap_unref (heap);
}
END_TEST

START_TEST (test_end_of_the_size_is_the_end)
{
  struct heap *heap = carve (4 * page - 1);
  struct heap_buffer first = alloc (heap, 3 * page), second;

  assert_fails (heap, 2 * page, ENOMEM);
  assert_fails (heap, 5 * page, ENOMEM);
  assert_fails (heap, (size_t) SSIZE_MAX - page, ENOMEM);
  assert_fails (heap, 0, EINVAL);
  assert_fails (heap, SIZE_MAX, EOVERFLOW);
  second = alloc (heap, 1);
  assert_fails (heap, 1, ENOMEM);
  heap_free (heap, &first);
  heap_free (heap, &second);
  first = alloc (heap, 4 * page);
  heap_free (heap, &first);
  heap_unref (heap);
}
END_TEST

START_TEST (test_usage_follows_what_happens)
{
  struct heap *heap = carve (10 * page);
  struct heap_buffer buffers[3];

  assert_usage (heap, 10, 0, 10, 1);
  for (size_t i = 0; i < 3; i++)
    buffers[i] = alloc (heap, 2 * page);
  assert_usage (heap, 10, 6, 4, 1);
  heap_free (heap, &buffers[1]);
  assert_usage (heap, 10, 4, 4, 2);
  heap_free (heap, &buffers[0]);
  heap_free (heap, &buffers[2]);
  assert_usage (heap, 10, 0, 10, 1);
  heap_unref (heap);
}
END_TEST

START_TEST (test_memory_of_another_user_is_cleared_within_a_sync)
{
  struct heap *heap = carve (4 * page);
  struct heap_buffer buffer = alloc (heap, 2 * page);

  /* Nobody has written to it yet. */
  ck_assert_uint_eq (fake_sync_starts (), 0);
  memset (buffer.data, 0x5a, buffer.size);
  heap_free (heap, &buffer);
  buffer = alloc (heap, 4 * page);
  assert_filled (&buffer, 0);
  ck_assert_uint_eq (fake_sync_starts (), 1);
  ck_assert_uint_eq (fake_sync_ends (), 1);
  heap_free (heap, &buffer);
  heap_unref (heap);
}
END_TEST

START_TEST (test_failure_to_clear_is_reported_and_changes_nothing)
{
  struct heap *heap = carve (4 * page);
  struct heap_buffer buffer = alloc (heap, 4 * page);

  memset (buffer.data, 0x5a, buffer.size);
  heap_free (heap, &buffer);
  fake_fail (FAKE_DMABUF_SYNC, 1, EIO);
  assert_fails (heap, page, EIO);
  fake_fail (FAKE_DMABUF_SYNC, 2, EIO);
  assert_fails (heap, page, EIO);
  assert_usage (heap, 4, 0, 4, 1);
  buffer = alloc (heap, 4 * page);
  assert_filled (&buffer, 0);
  heap_free (heap, &buffer);
  heap_unref (heap);
}
END_TEST

START_TEST (test_parent_is_kept_and_its_properties_are_inherited)
{
  struct heap *parent = open_system (HEAP_NO), *heap;

  ck_assert_int_eq (carved_heap_new (parent, page, &heap), 0);
  ck_assert_str_eq (heap->info.name, "system");
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++)
    ck_assert_int_eq (heap->info.facts.of[i].answer, parent->info.facts.of[i].answer);
  heap_unref (parent);
  ck_assert_uint_eq (fake_open_fds (), 2);
  heap_unref (heap);
  ck_assert_uint_eq (fake_open_fds (), 0);
}
END_TEST

START_TEST (test_what_cannot_be_carved_is_refused)
{
  struct heap *parent = open_system (HEAP_NO), *secret = open_system (HEAP_YES), *heap = NULL;

  ck_assert_int_eq (carved_heap_new (secret, page, &heap), -EOPNOTSUPP);
  ck_assert_int_eq (carved_heap_new (parent, 0, &heap), -EINVAL);
  ck_assert_int_eq (carved_heap_new (parent, SIZE_MAX, &heap), -EOVERFLOW);
  fake_set_capacity ("system", page);
  ck_assert_int_eq (carved_heap_new (parent, 2 * page, &heap), -ENOMEM);
  ck_assert_ptr_null (heap);
  heap_unref (secret);
  heap_unref (parent);
}
END_TEST

/* A memfd is as large as one likes while nobody writes to it, and so may its mapping be. */
START_TEST (test_more_pages_than_can_be_counted_are_refused)
{
  struct heap *parent = open_system (HEAP_NO), *heap = NULL;
  int r = carved_heap_new (parent, ((size_t) UINT32_MAX + 1) * page, &heap);

  ck_assert (r == -EOVERFLOW || r == -ENOMEM);
  ck_assert_ptr_null (heap);
  heap_unref (parent);
}
END_TEST

/* With what it knows of addresses, and with the mapping it has. */
static void
carve_contiguous (enum heap_answer importable)
{
  struct heap_info info = { .name = HEAP_CONTIGUOUS_NAME, .backend = HEAP_BACKEND_CONTIGUOUS };
  struct heap *parent, *heap;
  struct heap_buffer first, second, beside;

  set_pages_by (4, 1);
  fake_set_udmabuf (0);
  heap_facts_learn (&info.facts, HEAP_IMPORTABLE, importable, HEAP_SOURCE_BACKEND);
  ck_assert_int_eq (heap_open (&info, NULL, &parent), 0);
  beside = alloc (parent, page);
  ck_assert_int_eq (carved_heap_new (parent, 3 * MIB, &heap), 0);
  first = alloc (heap, MIB);
  second = alloc (heap, MIB);
  if (importable == HEAP_YES)
    ck_assert_uint_eq (second.address - first.address, second.offset - first.offset);
  else
    ck_assert_uint_eq (first.address, 0);
  ck_assert_int_eq (fake_mappings (), importable == HEAP_YES ? 2 : 1);
  memset (first.data, 0x5a, first.size);
  memset (second.data, 0x5b, second.size);
  assert_filled (&first, 0x5a);
  heap_free (heap, &first);
  first = alloc (heap, MIB);
  assert_filled (&first, 0);
  heap_free (heap, &first);
  heap_free (heap, &second);
  heap_free (parent, &beside);
  heap_unref (parent);
  heap_unref (heap);
}

START_TEST (test_contiguous_memory_is_carved)
{
  carve_contiguous (HEAP_YES);
  carve_contiguous (HEAP_NO);
}
END_TEST

static int
live (struct heap *parent)
{
  struct heap_buffer buffer;
  struct heap *heap;
  int r = carved_heap_new (parent, 4 * page, &heap);

  if (r < 0)
    return r;
  for (unsigned i = 0; i < 2 && r == 0; i++) {
    r = heap_alloc (heap, 3 * page, &buffer);
    if (r == 0)
      heap_free (heap, &buffer);
  }
  heap_unref (heap);
  return r;
}

START_TEST (test_every_failure_leaves_nothing)
{
  struct heap *parent = open_system (HEAP_NO);
  unsigned n;

  for (n = 1;; n++) {
    fake_fail_any (n, EIO);
    if (live (parent) == 0)
      break;
    ck_assert_uint_eq (fake_armed (), 0);
    ck_assert_uint_eq (fake_open_buffers ("system"), 0);
    ck_assert_uint_eq (fake_mappings (), 0);
  }
  /* To allocate and to map; to clear, a SYNC and another. */
  ck_assert_uint_eq (n - 1, 4);
  heap_unref (parent);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_buffers_are_parts_of_one,
    test_end_of_the_size_is_the_end,
    test_usage_follows_what_happens,
    test_memory_of_another_user_is_cleared_within_a_sync,
    test_failure_to_clear_is_reported_and_changes_nothing,
    test_parent_is_kept_and_its_properties_are_inherited,
    test_what_cannot_be_carved_is_refused,
    test_more_pages_than_can_be_counted_are_refused,
    test_contiguous_memory_is_carved,
    test_every_failure_leaves_nothing,
  };

  return suite_run ("carved-heap", begin, end_on_machine, tests, N_ELEMENTS (tests));
}
