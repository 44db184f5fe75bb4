/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How much of a heap an allocator may hold. */
#include "testing.h"

#include <errno.h>

#define PAGE HEAP_FIXTURE_PAGE

static GstAllocator *
new_allocator (guint64 max_bytes)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");

  g_object_set (allocator, "max-bytes", max_bytes, NULL);
  return allocator;
}

static GstMemory *
try_alloc (GstAllocator *allocator, gsize size, GError **error)
{
  return gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), size, NULL, error);
}

GST_START_TEST (test_there_is_no_limit_unless_told)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  guint64 max_bytes;

  g_object_get (allocator, "max-bytes", &max_bytes, NULL);
  fail_unless_equals_uint64 (max_bytes, 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_true_sizes_count)
{
  GstAllocator *allocator = new_allocator (4 * PAGE);
  GstMemory *memory = try_alloc (allocator, 2 * PAGE + 1, NULL);
  GError *error = NULL;

  fail_if (try_alloc (allocator, PAGE + 1, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_string (error->message,
      "8192 bytes of heap \"system\" are beyond the budget: of 16384 bytes (max-bytes) 12288 are taken");
  g_clear_error (&error);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  gst_memory_unref (try_alloc (allocator, PAGE, NULL));
  gst_memory_unref (memory);
  gst_memory_unref (try_alloc (allocator, 4 * PAGE, NULL));
  fail_if (try_alloc (allocator, 4 * PAGE + 1, NULL));
  gst_object_unref (allocator);
}

GST_END_TEST

static gpointer
ask_for_too_much (gpointer allocator)
{
  for (guint i = 0; i < 5000; i++)
    fail_if (gst_allocator_alloc (allocator, 5 * PAGE, NULL));
  return NULL;
}

GST_START_TEST (test_who_asks_for_too_much_takes_nothing_from_others)
{
  GstAllocator *allocator = new_allocator (4 * PAGE);
  GThread *thread = g_thread_new ("greedy", ask_for_too_much, allocator);

  for (guint i = 0; i < 5000; i++)
    gst_memory_unref (try_alloc (allocator, 4 * PAGE, NULL));
  g_thread_join (thread);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_failures_take_nothing_of_it)
{
  GstAllocator *allocator = new_allocator (4 * PAGE);

  fake_fail (FAKE_HEAP_ALLOC, 1, ENOMEM);
  fail_if (gst_allocator_alloc (allocator, 4 * PAGE, NULL));
  fail_if (gst_allocator_alloc (allocator, G_MAXSSIZE, NULL));
  gst_memory_unref (try_alloc (allocator, 4 * PAGE, NULL));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_what_nobody_uses_gives_way)
{
  GstAllocator *allocator = new_allocator (4 * PAGE);

  g_object_set (allocator, "cache-bytes", G_MAXUINT64, "cache-age", 3600 * GST_SECOND, NULL);
  gst_memory_unref (try_alloc (allocator, 3 * PAGE, NULL));
  fail_unless_equals_int (fake_open_buffers ("system"), 1);
  gst_memory_unref (try_alloc (allocator, 2 * PAGE, NULL));
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 2 * PAGE);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_pool_waits_for_a_buffer_to_come_back)
{
  GstBufferPoolAcquireParams no_wait = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  GstAllocator *allocator = new_allocator (2 * PAGE);
  GstBufferPool *pool = heap_fixture_pool (allocator, "application/octet-stream", PAGE, 0, 0);
  GstBuffer *one, *two, *three;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &one, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &two, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &three, &no_wait), GST_FLOW_EOS);
  gst_buffer_unref (one);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &three, NULL), GST_FLOW_OK);
  gst_buffer_unref (three);
  gst_buffer_unref (two);
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_pool_does_not_wait_when_no_buffer_is_out)
{
  GstAllocator *allocator = new_allocator (PAGE / 2);
  GstBufferPool *pool = heap_fixture_pool (allocator, "application/octet-stream", PAGE, 0, 0);
  GstBuffer *buffer;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_ERROR);
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_element_lives_within_its_budget)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc num-buffers=30 ! video/x-raw,format=RGBA,width=64,height=64 "
                                            "! heapupload name=up max-bytes=49152 ! queue ! fakevideosink sync=false");

  test_play_to_eos (pipeline);
  fail_unless (test_allocator_stat (pipeline, "up", "bytes-peak") <= 49152);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_element_says_what_its_budget_cannot_meet)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc num-buffers=30 ! video/x-raw,format=RGBA,width=64,height=64 "
                                            "! heapupload name=up max-bytes=16383 ! fakevideosink sync=false");
  gchar *error = test_play_to_error (pipeline);

  fail_unless (
      strstr (error, "16384 bytes of heap \"system\" are beyond the budget: of 16383 bytes (max-bytes) 0 are taken"),
      "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("budget");
  TCase *allocators, *elements;

  gst_check_init (&argc, &argv);
  allocators = heap_fixture_add_case (suite, "allocators");
  tcase_add_test (allocators, test_there_is_no_limit_unless_told);
  tcase_add_test (allocators, test_true_sizes_count);
  tcase_add_test (allocators, test_who_asks_for_too_much_takes_nothing_from_others);
  tcase_add_test (allocators, test_failures_take_nothing_of_it);
  tcase_add_test (allocators, test_what_nobody_uses_gives_way);
  tcase_add_test (allocators, test_pool_waits_for_a_buffer_to_come_back);
  tcase_add_test (allocators, test_pool_does_not_wait_when_no_buffer_is_out);
  elements = test_case_new (suite, "elements", test_setup);
  tcase_add_test (elements, test_element_lives_within_its_budget);
  tcase_add_test (elements, test_element_says_what_its_budget_cannot_meet);
  return gst_check_run_suite (suite, "budget", __FILE__);
}
