/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst_heap_buffer_pool_new_for_caps(): a pool in one call, and appsrc with its buffers. */
#include "testing.h"

#include <errno.h>

#define CAPS "video/x-raw,format=NV12,width=64,height=48,framerate=30/1"
#define SIZE (64 * 48 * 3 / 2)

static GstBufferPool *
pool_new (const gchar *selection, const gchar *caps_text, guint size, guint min, guint max, GError **error)
{
  GstAllocator *allocator = heap_fixture_allocator (selection);
  GstCaps *caps = gst_caps_from_string (caps_text);
  GstBufferPool *pool = gst_heap_buffer_pool_new_for_caps (GST_HEAP_ALLOCATOR (allocator), caps, size, min, max, error);

  gst_caps_unref (caps);
  gst_object_unref (allocator);
  return pool;
}

static GstBuffer *
acquire (GstBufferPool *pool)
{
  GstBuffer *buffer = NULL;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  return buffer;
}

GST_START_TEST (test_frames_are_ready_to_be_taken)
{
  GstBufferPool *pool = pool_new ("default_cma_region", CAPS, 0, 3, 3, NULL);
  GstBuffer *taken[3];

  fail_unless (pool);
  fail_unless_equals_int (fake_open_buffers ("default_cma_region"), 3);
  for (guint i = 0; i < 3; i++) {
    taken[i] = acquire (pool);
    fail_unless_equals_int (gst_buffer_get_size (taken[i]), SIZE);
    fail_unless (test_is_of_heap (gst_buffer_peek_memory (taken[i], 0), "default_cma_region"));
    fail_unless (gst_buffer_get_video_meta (taken[i]));
  }
  for (guint i = 0; i < 3; i++)
    gst_buffer_unref (taken[i]);
  fail_unless_equals_int (fake_open_buffers ("default_cma_region"), 3);
  gst_object_unref (pool);
}
GST_END_TEST

GST_START_TEST (test_a_pool_may_go_before_its_buffers)
{
  GstBufferPool *pool = pool_new ("system", CAPS, 0, 2, 0, NULL);
  GstBuffer *buffer = acquire (pool);

  gst_object_unref (pool);
  gst_buffer_unref (buffer);
  fail_unless_equals_int (fake_open_fds (), 0);
}
GST_END_TEST

GST_START_TEST (test_bytes_of_any_kind_have_the_size_given)
{
  GstBufferPool *pool = pool_new ("system", "audio/x-raw,format=S16LE,rate=48000,channels=2", 5000, 1, 0, NULL);
  GstBuffer *buffer = acquire (pool);

  fail_unless_equals_int (gst_buffer_get_size (buffer), 5000);
  gst_buffer_unref (buffer);
  gst_object_unref (pool);
}
GST_END_TEST

static const struct {
  const gchar *heap, *caps;
  guint size, min, max;
  gint code;
  const gchar *part;
} wrong[] = {
  { "system", "video/x-h264", 0, 1, 0, GST_HEAP_ERROR_INVALID, "neither from the caps" },
  { "system", CAPS, 0, 3, 2, GST_HEAP_ERROR_INVALID, "at least 3 buffers and at most 2" },
  { "system", "video/x-raw,format=NV12", 0, 1, 0, GST_HEAP_ERROR_INVALID, "width and height" },
  { "system", "video/x-raw,format=NV12,width=100000,height=100000", 0, 1, 0, GST_HEAP_ERROR_INVALID, "layout" },
  { "system", "ANY", 0, 1, 0, GST_HEAP_ERROR_INVALID, "caps" },
  { "system", "video/x-raw(memory:GLMemory),format=NV12,width=64,height=48", 0, 1, 0, GST_HEAP_ERROR_UNSATISFIED,
      "memory:GLMemory" },
};

GST_START_TEST (test_what_cannot_be_is_an_error)
{
  GError *error = NULL;

  fail_if (
      pool_new (wrong[__i__].heap, wrong[__i__].caps, wrong[__i__].size, wrong[__i__].min, wrong[__i__].max, &error));
  g_assert_error (error, GST_HEAP_ERROR, wrong[__i__].code);
  fail_unless (strstr (error->message, wrong[__i__].part), "%s", error->message);
  g_error_free (error);
}
GST_END_TEST

GST_START_TEST (test_a_full_heap_is_an_error_and_leaves_nothing)
{
  GError *error = NULL;

  fake_set_capacity ("system", 5 * HEAP_FIXTURE_PAGE);
  fail_if (pool_new ("system", CAPS, 0, 3, 3, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless (strstr (error->message, "heap \"system\" does not give"), "%s", error->message);
  fail_unless_equals_int (fake_open_fds (), 0);
  g_error_free (error);
}
GST_END_TEST

typedef struct {
  GstBufferPool *pool;
  guint n_frames;
} Feed;

static void
give_frame (GstElement *source, guint length, Feed *feed)
{
  GstFlowReturn flow;
  GstBuffer *buffer;

  if (feed->n_frames++ == 20) {
    g_signal_emit_by_name (source, "end-of-stream", &flow);
    return;
  }
  buffer = acquire (feed->pool);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

GST_START_TEST (test_what_an_appsrc_pushes_is_not_copied)
{
  GstElement *pipeline = test_pipeline_new ("appsrc name=source caps=" CAPS " ! queue ! heapupload name=up "
                                            "heap-require=contiguous require-zero-copy=true ! fakesink name=sink");
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  TestWatch *watch = test_watch_new (pipeline, "sink", "sink", "default_cma_region", FALSE);
  Feed feed = { pool_new ("default_cma_region", CAPS, 0, 4, 4, NULL), 0 };

  g_signal_connect (source, "need-data", G_CALLBACK (give_frame), &feed);
  gst_object_unref (source);
  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 20);
  fail_unless (g_hash_table_size (watch->inodes) <= 4);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
  gst_object_unref (feed.pool);
}
GST_END_TEST

static Suite *
ready_pool_suite (void)
{
  Suite *suite = suite_create ("ready-pool");
  TCase *tcase = test_case_new (suite, "ready-pool", test_setup);

  tcase_add_test (tcase, test_frames_are_ready_to_be_taken);
  tcase_add_test (tcase, test_a_pool_may_go_before_its_buffers);
  tcase_add_test (tcase, test_bytes_of_any_kind_have_the_size_given);
  tcase_add_loop_test (tcase, test_what_cannot_be_is_an_error, 0, G_N_ELEMENTS (wrong));
  tcase_add_test (tcase, test_a_full_heap_is_an_error_and_leaves_nothing);
  tcase_add_test (tcase, test_what_an_appsrc_pushes_is_not_copied);
  return suite;
}

GST_CHECK_MAIN (ready_pool)
