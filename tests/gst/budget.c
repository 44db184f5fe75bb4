/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How much of a heap an allocator may hold. */
#include "testing.h"

#include "heaps/sys.h"

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

/* Sets how much the process may hold of a heap that allocator is of, through another object for the same heap. */
static void
limit_process (GstAllocator *allocator, guint64 max_bytes)
{
  const gchar *name = gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)));
  GList *heaps = gst_heap_list ();

  for (GList *item = heaps; item; item = item->next) {
    if (g_str_equal (gst_heap_get_name (item->data), name))
      gst_heap_set_max_bytes (item->data, max_bytes);
  }
  fail_unless_equals_uint64 (
      gst_heap_get_max_bytes (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator))), max_bytes);
  g_list_free_full (heaps, g_object_unref);
}

GST_START_TEST (test_process_has_one_budget_for_both_names_of_a_heap)
{
  GstAllocator *one = heap_fixture_allocator ("default_cma_region"), *other = heap_fixture_allocator ("reserved");
  GstMemory *memory = try_alloc (one, 2 * PAGE, NULL), *more;
  GError *error = NULL;

  limit_process (other, 4 * PAGE);
  fail_unless_equals_uint64 (gst_heap_get_max_bytes (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (one))), 4 * PAGE);
  more = try_alloc (other, PAGE, NULL);
  fail_if (try_alloc (other, PAGE + 1, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_string (error->message,
      "8192 bytes of heap \"reserved\" are beyond the budget of this process: of 16384 bytes (max-bytes of the heap) "
      "12288 are taken, by 2 allocators");
  g_clear_error (&error);
  gst_memory_unref (memory);
  gst_memory_unref (try_alloc (other, 3 * PAGE, NULL));
  gst_memory_unref (more);
  fail_if (try_alloc (other, 5 * PAGE, NULL));
  limit_process (one, 0);
  gst_memory_unref (try_alloc (other, 5 * PAGE, NULL));
  gst_object_unref (other);
  gst_object_unref (one);
}

GST_END_TEST

/* As somebody is handed one of the names, and finds the other one. */
GST_START_TEST (test_heap_of_an_open_node_has_the_budget_of_both_names)
{
  GstAllocator *one = heap_fixture_allocator ("default_cma_region"), *other;
  int fd = sys_open_heap ("/dev/dma_heap/reserved");
  GstHeap *heap = gst_heap_new_from_fd (fd, NULL);
  GstMemory *memory;

  sys_close (fd);
  fail_unless_equals_string (gst_heap_get_twin_of (heap), "default_cma_region");
  other = gst_heap_allocator_new_for_heap (heap, NULL);
  limit_process (one, 2 * PAGE);
  fail_unless_equals_uint64 (gst_heap_get_max_bytes (heap), 2 * PAGE);
  memory = try_alloc (one, PAGE, NULL);
  fail_if (try_alloc (other, 2 * PAGE, NULL));
  gst_memory_unref (memory);
  limit_process (one, 0);
  gst_object_unref (other);
  gst_object_unref (one);
  g_object_unref (heap);
}

GST_END_TEST

GST_START_TEST (test_budget_of_the_process_is_of_one_heap)
{
  GstAllocator *one = heap_fixture_allocator ("reserved"), *other = heap_fixture_allocator ("system");

  limit_process (one, PAGE);
  gst_memory_unref (try_alloc (other, 2 * PAGE, NULL));
  gst_object_unref (other);
  gst_object_unref (one);
}

GST_END_TEST

GST_START_TEST (test_failures_take_nothing_of_the_process_budget)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));

  limit_process (allocator, 4 * PAGE);
  fake_fail (FAKE_HEAP_ALLOC, 1, ENOMEM);
  fail_if (gst_allocator_alloc (allocator, 4 * PAGE, NULL));
  fake_fail (FAKE_HEAP_ALLOC, 1, ENOMEM);
  fail_if (gst_heap_allocator_new_carved (heap, 4 * PAGE, NULL));
  gst_memory_unref (try_alloc (allocator, 4 * PAGE, NULL));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_what_is_carved_counts_as_a_whole)
{
  GstAllocator *allocator = heap_fixture_allocator ("system"), *carved;
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));
  GError *error = NULL;

  limit_process (allocator, 4 * PAGE);
  fail_if (gst_heap_allocator_new_carved (heap, 5 * PAGE, &error));
  fail_unless (strstr (error->message, "beyond the budget of this process"), "%s", error->message);
  g_clear_error (&error);
  carved = gst_heap_allocator_new_carved (heap, 3 * PAGE, NULL);
  gst_memory_unref (try_alloc (carved, 3 * PAGE, NULL));
  fail_if (try_alloc (allocator, 2 * PAGE, NULL));
  gst_object_unref (carved);
  gst_memory_unref (try_alloc (allocator, 4 * PAGE, NULL));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_what_other_allocators_keep_gives_way_to_the_process_budget)
{
  GstAllocator *keeping = heap_fixture_allocator ("default_cma_region"), *asking = heap_fixture_allocator ("reserved");

  g_object_set (keeping, "cache-bytes", G_MAXUINT64, "cache-age", 3600 * GST_SECOND, NULL);
  limit_process (keeping, 4 * PAGE);
  gst_memory_unref (try_alloc (keeping, 3 * PAGE, NULL));
  gst_memory_unref (try_alloc (asking, 2 * PAGE, NULL));
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-cached"), 0);
  gst_object_unref (asking);
  gst_object_unref (keeping);
}

GST_END_TEST

/* As when the heap is full; the budget of an allocator makes nobody fall back. */
GST_START_TEST (test_another_heap_stands_in_when_the_process_budget_is_used_up)
{
  GstAllocator *allocator = heap_fixture_allocator ("heap-name=\"default_cma_region;system\"");
  GstMemory *memory, *more;

  limit_process (allocator, PAGE);
  memory = try_alloc (allocator, PAGE, NULL);
  more = try_alloc (allocator, PAGE, NULL);
  fail_unless_equals_string (gst_heap_get_name (gst_heap_memory_get_heap (more)), "system");
  gst_memory_unref (more);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

static gpointer
acquire_one (gpointer pool)
{
  GstBuffer *buffer;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  return buffer;
}

/* Without a word from the other one it would look again once in a second. */
GST_START_TEST (test_pool_that_waits_is_woken_by_what_others_free)
{
  GstAllocator *allocator = heap_fixture_allocator ("default_cma_region"), *other = heap_fixture_allocator ("reserved");
  gint64 waited = 0;

  limit_process (allocator, 2 * PAGE);
  for (guint i = 0; i < 4; i++) {
    GstBufferPool *pool = heap_fixture_pool (allocator, "application/octet-stream", PAGE, 0, 0);
    GstMemory *memory = try_alloc (other, PAGE, NULL);
    GstBuffer *first = acquire_one (pool);
    GThread *thread = g_thread_new ("acquire", acquire_one, pool);

    g_usleep (G_USEC_PER_SEC / 10);
    waited -= g_get_monotonic_time ();
    gst_memory_unref (memory);
    gst_buffer_unref (g_thread_join (thread));
    waited += g_get_monotonic_time ();
    gst_buffer_unref (first);
    heap_fixture_pool_free (pool);
  }
  fail_unless (waited < 2 * G_USEC_PER_SEC);
  gst_object_unref (other);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_larger_budget_wakes_a_pool_that_waits)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = heap_fixture_pool (allocator, "application/octet-stream", PAGE, 0, 0);
  GstBuffer *first;
  GThread *thread;

  limit_process (allocator, PAGE);
  first = acquire_one (pool);
  thread = g_thread_new ("acquire", acquire_one, pool);
  g_usleep (G_USEC_PER_SEC / 10);
  limit_process (allocator, 2 * PAGE);
  gst_buffer_unref (g_thread_join (thread));
  gst_buffer_unref (first);
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Of its own allocator, each with room for one buffer to wait for. */
static gpointer
take_turns (gpointer unused)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = heap_fixture_pool (allocator, "application/octet-stream", PAGE, 1, 0);

  for (guint i = 0; i < 200; i++) {
    GstBuffer *one = acquire_one (pool), *copy = gst_buffer_copy (one);
    GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL);

    gst_buffer_unref (one);
    gst_buffer_unref (copy);
    g_clear_pointer (&memory, gst_memory_unref);
    fail_unless (fake_open_buffers ("system") <= 8);
  }
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
  return NULL;
}

GST_START_TEST (test_threads_share_the_budget_of_the_process)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GThread *threads[4];

  limit_process (allocator, 8 * PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("take-turns", take_turns, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  gst_memory_unref (try_alloc (allocator, 8 * PAGE, NULL));
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
  tcase_add_test (allocators, test_process_has_one_budget_for_both_names_of_a_heap);
  tcase_add_test (allocators, test_heap_of_an_open_node_has_the_budget_of_both_names);
  tcase_add_test (allocators, test_budget_of_the_process_is_of_one_heap);
  tcase_add_test (allocators, test_failures_take_nothing_of_the_process_budget);
  tcase_add_test (allocators, test_what_is_carved_counts_as_a_whole);
  tcase_add_test (allocators, test_what_other_allocators_keep_gives_way_to_the_process_budget);
  tcase_add_test (allocators, test_another_heap_stands_in_when_the_process_budget_is_used_up);
  tcase_add_test (allocators, test_pool_that_waits_is_woken_by_what_others_free);
  tcase_add_test (allocators, test_larger_budget_wakes_a_pool_that_waits);
  tcase_add_test (allocators, test_threads_share_the_budget_of_the_process);
  elements = test_case_new (suite, "elements", test_setup);
  tcase_add_test (elements, test_element_lives_within_its_budget);
  tcase_add_test (elements, test_element_says_what_its_budget_cannot_meet);
  return gst_check_run_suite (suite, "budget", __FILE__);
}
