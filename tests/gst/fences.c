/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers that come back while a device still uses them. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>

#include <limits.h>

#define SIZE HEAP_FIXTURE_PAGE

static GstBufferPool *
new_pool (const gchar *heap, guint min, guint max)
{
  GstAllocator *allocator = heap_fixture_allocator (heap);
  GstBufferPool *pool = heap_fixture_pool (allocator, "application/octet-stream", SIZE, min, max);

  gst_object_unref (allocator);
  return pool;
}

static GstBuffer *
acquire (GstBufferPool *pool)
{
  GstBuffer *buffer;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  return buffer;
}

static GstFlowReturn
try_acquire (GstBufferPool *pool, GstBuffer **ret_buffer)
{
  GstBufferPoolAcquireParams no_wait = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };

  return gst_buffer_pool_acquire_buffer (pool, ret_buffer, &no_wait);
}

/* A device uses it until it was polled so many times. */
static void
make_busy (GstBuffer *buffer, guint n_polls)
{
  fake_set_busy (gst_fd_memory_get_fd (gst_buffer_peek_memory (buffer, 0)), n_polls);
}

GST_START_TEST (test_one_poll_for_each_buffer_and_nothing_else)
{
  GstBufferPool *pool = new_pool ("system", 2, 2);
  unsigned calls = fake_calls_total ();

  for (guint i = 0; i < 50; i++)
    gst_buffer_unref (acquire (pool));
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_POLL), 50);
  fail_unless_equals_int (fake_calls_total () - calls, 50);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

GST_START_TEST (test_what_is_no_dmabuf_is_not_polled)
{
  GstBufferPool *pool = new_pool ("process", 2, 2);
  unsigned calls = fake_calls_total ();

  for (guint i = 0; i < 50; i++)
    gst_buffer_unref (acquire (pool));
  fail_unless_equals_int (fake_calls_total (), calls);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

GST_START_TEST (test_another_buffer_is_taken)
{
  GstBufferPool *pool = new_pool ("system", 2, 2);
  GstBuffer *used = acquire (pool), *other = acquire (pool), *buffer;

  make_busy (used, UINT_MAX);
  gst_buffer_unref (used);
  gst_buffer_unref (other);
  for (guint i = 0; i < 5; i++) {
    fail_unless_equals_int (try_acquire (pool, &buffer), GST_FLOW_OK);
    fail_unless (buffer == other);
    gst_buffer_unref (buffer);
  }
  heap_fixture_pool_free (pool);
}

GST_END_TEST

GST_START_TEST (test_acquire_waits_for_the_device)
{
  GstBufferPool *pool = new_pool ("system", 1, 1);
  GstBuffer *used = acquire (pool), *buffer;

  make_busy (used, 10);
  gst_buffer_unref (used);
  fail_unless_equals_int (try_acquire (pool, &buffer), GST_FLOW_EOS);
  fail_unless (buffer == NULL);
  buffer = acquire (pool);
  fail_unless (buffer == used);
  fail_unless (fake_calls (FAKE_DMABUF_POLL) >= 11);
  gst_buffer_unref (buffer);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

static gpointer
flush (gpointer pool)
{
  g_usleep (100000);
  gst_buffer_pool_set_flushing (pool, TRUE);
  return NULL;
}

GST_START_TEST (test_flush_ends_the_wait_for_a_device_that_never_lets_go)
{
  GstBufferPool *pool = new_pool ("system", 1, 1);
  GstBuffer *buffer = acquire (pool);
  GThread *thread;

  make_busy (buffer, UINT_MAX);
  gst_buffer_unref (buffer);
  thread = g_thread_new ("flush", flush, pool);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_FLUSHING);
  g_thread_join (thread);
  gst_buffer_pool_set_flushing (pool, FALSE);
  fail_unless_equals_int (try_acquire (pool, &buffer), GST_FLOW_EOS);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

static gpointer
release_later (gpointer buffer)
{
  g_usleep (100000);
  gst_buffer_unref (buffer);
  return NULL;
}

/* What comes back while one waits for a device is taken. */
GST_START_TEST (test_a_buffer_that_comes_back_ends_the_wait)
{
  GstBufferPool *pool = new_pool ("system", 2, 2);
  GstBuffer *used = acquire (pool), *other = acquire (pool), *buffer;
  GThread *thread;

  make_busy (used, UINT_MAX);
  gst_buffer_unref (used);
  thread = g_thread_new ("release", release_later, other);
  buffer = acquire (pool);
  fail_unless (buffer == other);
  g_thread_join (thread);
  gst_buffer_unref (buffer);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

static gpointer
look_for_a_while (gpointer pool)
{
  GstBuffer *buffer;

  for (guint i = 0; i < 200; i++) {
    if (try_acquire (pool, &buffer) == GST_FLOW_OK)
      gst_buffer_unref (buffer);
    g_usleep (100);
  }
  return NULL;
}

/* Who only looks puts a buffer back that another one waits for. */
GST_START_TEST (test_looking_at_a_buffer_does_not_hide_it)
{
  GstBufferPool *pool = new_pool ("system", 1, 1);
  GThread *thread = g_thread_new ("look", look_for_a_while, pool);
  gint64 begin = g_get_monotonic_time ();
  GstBuffer *buffer;

  for (guint i = 0; i < 20; i++) {
    buffer = acquire (pool);
    make_busy (buffer, 2);
    gst_buffer_unref (buffer);
  }
  fail_unless (g_get_monotonic_time () - begin < 4 * G_USEC_PER_SEC);
  g_thread_join (thread);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

static void
on_starved (GstBufferPool *pool, guint n_buffers, guint *ret_n_buffers)
{
  *ret_n_buffers = n_buffers;
  gst_buffer_pool_set_flushing (pool, TRUE);
}

GST_START_TEST (test_long_wait_for_a_device_is_said)
{
  GstBufferPool *pool = new_pool ("system", 1, 1);
  GstBuffer *buffer = acquire (pool);
  guint n_buffers = 0;

  g_signal_connect (pool, "starved", G_CALLBACK (on_starved), &n_buffers);
  make_busy (buffer, UINT_MAX);
  gst_buffer_unref (buffer);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_FLUSHING);
  fail_unless_equals_int (n_buffers, 1);
  heap_fixture_pool_free (pool);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("fences");
  TCase *tests;

  gst_check_init (&argc, &argv);
  tests = heap_fixture_add_case (suite, "fences");
  tcase_add_test (tests, test_one_poll_for_each_buffer_and_nothing_else);
  tcase_add_test (tests, test_what_is_no_dmabuf_is_not_polled);
  tcase_add_test (tests, test_another_buffer_is_taken);
  tcase_add_test (tests, test_acquire_waits_for_the_device);
  tcase_add_test (tests, test_flush_ends_the_wait_for_a_device_that_never_lets_go);
  tcase_add_test (tests, test_a_buffer_that_comes_back_ends_the_wait);
  tcase_add_test (tests, test_looking_at_a_buffer_does_not_hide_it);
  tcase_add_test (tests, test_long_wait_for_a_device_is_said);
  return gst_check_run_suite (suite, "fences", __FILE__);
}
