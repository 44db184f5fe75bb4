/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Allocators that divide one large buffer of a heap. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>

#include <errno.h>
#include <string.h>

#define PAGE HEAP_FIXTURE_PAGE
#define WHOLE (1 << 20)
#define N_MEMORIES 64

static GstHeap *
select_heap (const gchar *string)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  GError *error = NULL;
  GstHeap *heap = gst_heap_selection_select (selection, &error);

  g_assert_no_error (error);
  gst_heap_selection_unref (selection);
  return heap;
}

static GstAllocator *
new_carved (const gchar *selection, gsize size)
{
  GstHeap *heap = select_heap (selection);
  GError *error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new_carved (heap, size, &error);

  g_assert_no_error (error);
  g_object_unref (heap);
  return allocator;
}

GST_START_TEST (test_many_memories_are_one_buffer_of_the_heap)
{
  GstAllocator *allocator = new_carved ("reserved", WHOLE);
  GstMemory *memories[N_MEMORIES];

  for (guint i = 0; i < N_MEMORIES; i++) {
    memories[i] = gst_allocator_alloc (allocator, 5000, NULL);
    fail_unless (gst_is_dmabuf_memory (memories[i]));
    fail_unless (GST_MEMORY_IS_PHYSICALLY_CONTIGUOUS (memories[i]));
    fail_unless_equals_int (gst_fd_memory_get_fd (memories[i]), gst_fd_memory_get_fd (memories[0]));
    fail_unless_equals_int (memories[i]->offset, i * 2 * PAGE);
    fail_unless_equals_int (memories[i]->size, 5000);
    heap_fixture_fill (memories[i], i + 1);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  fail_unless_equals_int (fake_open_buffers ("reserved"), 1);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 1);
  fail_unless_equals_int (fake_sync_starts (), N_MEMORIES);
  fail_unless_equals_int (fake_sync_ends (), N_MEMORIES);
  for (guint i = 0; i < N_MEMORIES; i++) {
    heap_fixture_assert_filled (memories[i], 5000, i + 1);
    gst_memory_unref (memories[i]);
  }
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_that_was_used_is_zero)
{
  GstAllocator *allocator = new_carved ("reserved", 4 * PAGE);
  GstMemory *memory = gst_allocator_alloc (allocator, 3 * PAGE, NULL);

  heap_fixture_fill (memory, 0x5a);
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_sync_ends (), 1);
  memory = gst_allocator_alloc (allocator, 4 * PAGE, NULL);
  /* The CPU clears it, which it has to tell. */
  fail_unless_equals_int (fake_sync_ends (), 2);
  heap_fixture_assert_filled (memory, 4 * PAGE, 0);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_full_is_an_error)
{
  GstAllocator *allocator = new_carved ("reserved", 10 * PAGE);
  GstMemory *memory = gst_allocator_alloc (allocator, 6 * PAGE, NULL), *rest;
  GError *error = NULL;

  fake_set_file ("/sys/kernel/mm/cma/reserved/total_pages", "4096\n");
  fake_set_file ("/sys/kernel/mm/cma/reserved/available_pages", "1024\n");
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 5 * PAGE, NULL, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_string (error->message,
      "heap \"reserved\" does not give 20480 bytes: Cannot allocate memory; of the 40960 bytes carved out of it 16384 "
      "are "
      "free, the largest piece now 16384 bytes; this process holds 40960 bytes of it in 1 buffers");
  g_clear_error (&error);
  fail_if (gst_allocator_alloc (allocator, 11 * PAGE, NULL));

  rest = gst_allocator_alloc (allocator, 4 * PAGE, NULL);
  fail_unless (rest != NULL);
  fail_if (gst_allocator_alloc (allocator, 1, NULL));
  gst_memory_unref (rest);
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_stats_tell_what_is_left)
{
  GstAllocator *allocator = new_carved ("reserved", 10 * PAGE - 1), *other = heap_fixture_allocator ("reserved");
  GstMemory *memories[3];
  GstStructure *stats = gst_heap_allocator_get_stats (GST_HEAP_ALLOCATOR (other));

  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    memories[i] = gst_allocator_alloc (allocator, 2 * PAGE, NULL);
  gst_memory_unref (memories[0]);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-held"), 10 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), 4 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-live"), 4 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "largest-hole"), 4 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "holes"), 2);
  gst_memory_unref (memories[1]);
  gst_memory_unref (memories[2]);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "largest-hole"), 10 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "holes"), 1);
  fail_if (gst_structure_has_field (stats, "bytes-held"), "the kernel divides this one");
  gst_structure_free (stats);
  gst_object_unref (other);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_allocator_tells_that_it_is_carved)
{
  GstAllocator *allocator = new_carved ("reserved", WHOLE), *other = heap_fixture_allocator ("reserved");

  fail_unless_equals_int (gst_heap_allocator_get_carve_size (GST_HEAP_ALLOCATOR (allocator)), WHOLE);
  fail_unless_equals_int (gst_heap_allocator_get_carve_size (GST_HEAP_ALLOCATOR (other)), 0);
  fail_unless_equals_string (
      gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator))), "reserved");
  gst_object_unref (allocator);
  gst_object_unref (other);
}

GST_END_TEST

/* Consumers would take the offsets of its memory for 0. */
GST_START_TEST (test_it_is_not_proposed)
{
  GstAllocator *allocator = new_carved ("reserved", WHOLE), *proposed;
  GstCaps *caps = gst_caps_from_string ("video/x-raw,format=NV12,width=640,height=480,framerate=30/1");
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  GstAllocationParams params = { .align = 31, .prefix = 16, .padding = 8 };
  GError *error = NULL;

  gst_query_add_allocation_param (query, NULL, &params);
  fail_if (gst_heap_allocator_propose (GST_HEAP_ALLOCATOR (allocator), query, 2, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  g_clear_error (&error);
  fail_unless_equals_int (gst_query_get_n_allocation_params (query), 1);
  fail_unless_equals_int (gst_query_get_n_allocation_pools (query), 0);
  gst_query_parse_nth_allocation_param (query, 0, &proposed, &params);
  fail_unless (proposed == NULL);
  fail_unless_equals_int (params.prefix, 16);
  gst_query_unref (query);
  gst_caps_unref (caps);
  gst_object_unref (allocator);
}

GST_END_TEST

static const struct {
  const gchar *heap;
  gsize size;
  gint code;
  const gchar *text;
} refused[] = {
  { "protected,secure-video", WHOLE, GST_HEAP_ERROR_INVALID, "1048576 bytes of heap \"protected,secure-video\"" },
  { "reserved", 0, GST_HEAP_ERROR_INVALID, "0 bytes of heap \"reserved\"" },
  { "reserved", G_MAXSIZE, GST_HEAP_ERROR_INVALID, "reserved" },
  { "reserved", 2 * WHOLE, GST_HEAP_ERROR_NO_MEMORY, "2097152 bytes of heap \"reserved\"" },
};

GST_START_TEST (test_what_cannot_be_carved_is_refused)
{
  GError *error = NULL;
  GstHeap *heap;

  fake_add_heap ("protected,secure-video");
  fake_set_capacity ("reserved", WHOLE);
  heap = select_heap (refused[__i__].heap);
  fail_if (gst_heap_allocator_new_carved (heap, refused[__i__].size, &error));
  g_assert_error (error, GST_HEAP_ERROR, refused[__i__].code);
  fail_unless (strstr (error->message, refused[__i__].text) != NULL, "%s", error->message);
  g_clear_error (&error);
  g_object_unref (heap);
}

GST_END_TEST

GST_START_TEST (test_memory_outlives_all_it_came_from)
{
  GstAllocator *allocator = new_carved ("reserved", WHOLE);
  GstMemory *one = gst_allocator_alloc (allocator, PAGE, NULL), *other = gst_allocator_alloc (allocator, PAGE, NULL);
  GstMemory *part = gst_memory_share (other, 96, 1000);

  gst_object_unref (allocator);
  fake_remove_heap ("reserved");
  gst_memory_unref (one);
  heap_fixture_fill (other, 3);
  gst_memory_unref (other);
  fail_unless_equals_int (part->offset, PAGE + 96);
  heap_fixture_assert_filled (part, 1000, 3);
  fail_unless_equals_int (fake_open_buffers ("reserved"), 1);
  gst_memory_unref (part);
  fail_unless_equals_int (fake_open_buffers ("reserved"), 0);
}

GST_END_TEST

/* Of memory that is at an offset itself, too. */
GST_START_TEST (test_process_contiguous_is_carved)
{
  GstAllocator *parent, *allocator;
  GstMemory *before, *memories[2];

  heap_fixture_reserve_huge_pages (8, 1);
  fake_set_udmabuf (__i__ == 0 ? 0 : ENOENT);
  parent = heap_fixture_allocator ("process-contiguous");
  before = gst_allocator_alloc (parent, 3 * PAGE, NULL);
  allocator = gst_heap_allocator_new_carved (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (parent)), WHOLE, NULL);
  for (guint i = 0; i < 2; i++) {
    memories[i] = gst_allocator_alloc (allocator, 2 * PAGE, NULL);
    fail_unless_equals_int (gst_is_dmabuf_memory (memories[i]), __i__ == 0);
    fail_unless_equals_int (memories[i]->offset, (__i__ == 0 ? 0 : 3 * PAGE) + i * 2 * PAGE);
    heap_fixture_fill (memories[i], i + 1);
  }
  heap_fixture_assert_filled (before, 3 * PAGE, 0);
  heap_fixture_fill (before, 9);
  for (guint i = 0; i < 2; i++) {
    heap_fixture_assert_filled (memories[i], 2 * PAGE, i + 1);
    gst_memory_unref (memories[i]);
  }
  fail_unless_equals_uint64 (heap_fixture_stat (parent, "bytes-used"), WHOLE + 3 * PAGE);
  gst_memory_unref (before);
  gst_object_unref (allocator);
  fail_unless_equals_uint64 (heap_fixture_stat (parent, "bytes-used"), 0);
  gst_object_unref (parent);
}

GST_END_TEST

GST_START_TEST (test_pool_of_carved_memory)
{
  GstAllocator *allocator = new_carved ("reserved", WHOLE);
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string ("video/x-raw,format=GRAY8,width=64,height=64,framerate=30/1");
  GstBuffer *frames[32];

  gst_buffer_pool_config_set_params (config, caps, 0, G_N_ELEMENTS (frames), 0);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &frames[i], NULL), GST_FLOW_OK);
    fail_unless_equals_int (gst_buffer_memset (frames[i], 0, i + 1, -1), 64 * 64);
  }
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    heap_fixture_assert_filled (gst_buffer_peek_memory (frames[i], 0), 64 * 64, i + 1);
    gst_buffer_unref (frames[i]);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_caps_unref (caps);
  gst_object_unref (allocator);
}

GST_END_TEST

static gpointer
take_and_give_back (gpointer allocator)
{
  for (guint i = 0; i < 500; i++) {
    GstMemory *memory = gst_allocator_alloc (allocator, (1 + i % 5) * PAGE, NULL);

    heap_fixture_assert_filled (memory, (1 + i % 5) * PAGE, 0);
    heap_fixture_fill (memory, 1 + i % 255);
    heap_fixture_assert_filled (memory, (1 + i % 5) * PAGE, 1 + i % 255);
    gst_memory_unref (memory);
  }
  return NULL;
}

GST_START_TEST (test_threads_share_it)
{
  GstAllocator *allocator = new_carved ("reserved", 40 * PAGE); /* never so scattered that 5 do not fit */
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("carved", take_and_give_back, allocator);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "largest-hole"), 40 * PAGE);
  gst_object_unref (allocator);
}

GST_END_TEST

static void
use (GstAllocator *allocator)
{
  for (guint i = 0; i < 2; i++) {
    GstMemory *memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), PAGE, NULL, NULL);
    GstMapInfo map;

    if (memory && gst_memory_map (memory, &map, GST_MAP_READWRITE)) {
      fail_unless_equals_int (map.data[0], 0);
      map.data[0] = 1;
      gst_memory_unmap (memory, &map);
    }
    g_clear_pointer (&memory, gst_memory_unref);
  }
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), 0);
}

GST_START_TEST (test_every_failing_call_leaves_nothing)
{
  const gchar *names[] = { "reserved", "process", "process-contiguous" };
  gboolean failed = TRUE;

  heap_fixture_reserve_huge_pages (8, 1);
  fake_set_udmabuf (0);
  for (guint n = 1; failed; n++) {
    GstHeapSelection *selection = gst_heap_selection_new_from_string (names[__i__], NULL);
    GstAllocator *allocator = NULL;
    GstHeap *heap;

    fake_fail_any (n, EIO);
    heap = gst_heap_selection_select (selection, NULL);
    if (heap)
      allocator = gst_heap_allocator_new_carved (heap, 4 * PAGE, NULL);
    if (allocator)
      use (allocator);
    gst_clear_object (&allocator);
    g_clear_object (&heap);
    gst_heap_selection_unref (selection);
    failed = fake_armed () == 0;
    heap_fixture_audit ();
    fail_unless (failed || n > 8, "only %u calls were made to fail", n);
  }
}

GST_END_TEST

static Suite *
carved_suite (void)
{
  Suite *suite = suite_create ("carved");
  TCase *tcase = heap_fixture_add_case (suite, "carved");

  tcase_add_test (tcase, test_many_memories_are_one_buffer_of_the_heap);
  tcase_add_test (tcase, test_memory_that_was_used_is_zero);
  tcase_add_test (tcase, test_full_is_an_error);
  tcase_add_test (tcase, test_stats_tell_what_is_left);
  tcase_add_test (tcase, test_allocator_tells_that_it_is_carved);
  tcase_add_test (tcase, test_it_is_not_proposed);
  tcase_add_loop_test (tcase, test_what_cannot_be_carved_is_refused, 0, G_N_ELEMENTS (refused));
  tcase_add_test (tcase, test_memory_outlives_all_it_came_from);
  tcase_add_loop_test (tcase, test_process_contiguous_is_carved, 0, 2);
  tcase_add_test (tcase, test_pool_of_carved_memory);
  tcase_add_test (tcase, test_threads_share_it);
  tcase_add_loop_test (tcase, test_every_failing_call_leaves_nothing, 0, 3);
  return suite;
}

GST_CHECK_MAIN (carved)
