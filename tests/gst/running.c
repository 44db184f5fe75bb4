/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload in pipelines that change while they run, and in those an application feeds. */
#include "testing.h"

#define SINK "fakevideosink sync=false"

/* appsrc asks for an allocation without caps, which fakevideosink of 1.22 does not expect. */
#define APP_SINK "fakesink"

#define APP_CAPS "video/x-raw,format=I420,width=64,height=48,framerate=25/1"
#define APP_SIZE (64 * 48 * 3 / 2)

/* Takes the buffers of the pool, or makes some where there is none. */
static void
push_frames (GstElement *pipeline, GstBufferPool *pool, guint n)
{
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "app");
  GstFlowReturn flow;

  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = pool ? NULL : gst_buffer_new_allocate (NULL, APP_SIZE, NULL);

    fail_unless (buffer || gst_buffer_pool_acquire_buffer (pool, &buffer, NULL) == GST_FLOW_OK);
    gst_buffer_memset (buffer, 0, i, APP_SIZE);
    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  gst_object_unref (source);
}

GST_START_TEST (test_buffers_of_an_application_are_copied)
{
  GstElement *pipeline =
      test_pipeline_new ("appsrc name=app format=time caps=" APP_CAPS " ! queue ! heapupload name=up ! " APP_SINK);
  TestWatch *in = test_watch_new (pipeline, "up", "sink", NULL, TRUE);
  TestWatch *out = test_watch_new (pipeline, "up", "src", "system", TRUE);

  test_play (pipeline);
  push_frames (pipeline, NULL, 10);
  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (out, 10);
  test_assert_same_digests (in, out);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 10);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "bytes-copied"), 10 * APP_SIZE);
  test_pipeline_free (pipeline);
  test_watch_free (in);
  test_watch_free (out);
}
GST_END_TEST

GST_START_TEST (test_an_application_is_told_what_to_do)
{
  GstElement *pipeline = test_pipeline_new (
      "appsrc name=app format=time caps=" APP_CAPS " ! queue name=q ! heapupload require-zero-copy=true ! " APP_SINK);
  gchar *error;

  test_play (pipeline);
  push_frames (pipeline, NULL, 1);
  error = test_play_to_error (pipeline);
  fail_unless (strstr (error, "app (through q)"), "%s", error);
  fail_unless (strstr (error, "gst_heap_buffer_pool_new"), "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_an_application_fills_heap_buffers)
{
  GstElement *pipeline = test_pipeline_new (
      "appsrc name=app format=time caps=" APP_CAPS " ! queue ! heapupload name=up require-zero-copy=true ! " APP_SINK);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "system", FALSE);
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string (APP_CAPS);

  gst_buffer_pool_config_set_params (config, caps, APP_SIZE, 2, 0);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));

  test_play (pipeline);
  push_frames (pipeline, pool, 10);
  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 10);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), 10);

  test_pipeline_free (pipeline);
  test_watch_free (watch);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_object_unref (allocator);
  gst_caps_unref (caps);
}
GST_END_TEST

static void
wait_for_buffers (TestWatch *watch, guint n)
{
  for (gint i = 0; i < 2000; i++) {
    guint seen;

    g_mutex_lock (&watch->lock);
    seen = watch->n_buffers;
    g_mutex_unlock (&watch->lock);
    if (seen >= n)
      return;
    g_usleep (10000);
  }
  fail ("%u buffers did not come", n);
}

static gint
width_at (GstPad *pad)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gint width = 0;

  if (caps)
    gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &width);
  gst_clear_caps (&caps);
  return width;
}

/* Waits for it to arrive, as capsfilter takes no two changes at a time. */
static void
change_size (GstElement *pipeline, gint width, gint height)
{
  GstElement *filter = gst_bin_get_by_name (GST_BIN (pipeline), "filter");
  GstElement *up = gst_bin_get_by_name (GST_BIN (pipeline), "up");
  GstPad *pad = gst_element_get_static_pad (up, "src");
  GstCaps *caps = gst_caps_new_simple ("video/x-raw", "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL);

  g_object_set (filter, "caps", caps, NULL);
  for (gint i = 0; i < 2000 && width_at (pad) != width; i++)
    g_usleep (10000);
  fail_unless_equals_int (width_at (pad), width);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  gst_object_unref (up);
  gst_object_unref (filter);
}

static void
renegotiate (const gchar *description)
{
  GstElement *pipeline = test_pipeline_new ("%s", description);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "system", FALSE);

  test_play (pipeline);
  for (guint i = 1; i <= 20; i++) {
    wait_for_buffers (watch, watch->n_buffers + 3);
    change_size (pipeline, 64 + 38 * i, 48 + 22 * i);
  }
  wait_for_buffers (watch, watch->n_buffers + 3);
  fail_unless_equals_int (watch->n_elsewhere, 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_START_TEST (test_size_changes_while_running)
{
  renegotiate ("videotestsrc ! capsfilter name=filter ! heapupload name=up require-zero-copy=true ! " SINK);
  renegotiate (
      "videotestsrc ! capsfilter name=filter ! queue ! heapupload name=up require-zero-copy=true ! queue ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_size_changes_while_copying)
{
  renegotiate ("videotestsrc ! capsfilter name=filter ! tee ! queue ! heapupload name=up ! " SINK);
}
GST_END_TEST

static void
seek_to_start (GstElement *pipeline)
{
  fail_unless (gst_element_seek_simple (pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, 0));
}

GST_START_TEST (test_flushing_seeks)
{
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc ! queue ! heapupload name=up ! queue ! fakevideosink sync=false");
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "system", FALSE);

  test_play (pipeline);
  for (guint i = 0; i < 20; i++) {
    wait_for_buffers (watch, watch->n_buffers + 3);
    seek_to_start (pipeline);
  }
  wait_for_buffers (watch, watch->n_buffers + 3);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  fail_unless_equals_int (watch->n_elsewhere, 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

GST_START_TEST (test_flushing_seeks_while_copying)
{
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc ! tee ! queue ! heapupload name=up ! queue ! fakevideosink sync=false");
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "system", FALSE);

  test_play (pipeline);
  for (guint i = 0; i < 20; i++) {
    wait_for_buffers (watch, watch->n_buffers + 3);
    seek_to_start (pipeline);
  }
  wait_for_buffers (watch, watch->n_buffers + 3);
  fail_unless_equals_int (watch->n_elsewhere, 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

static void
cycle (const gchar *description, const GstState *states, guint n_states)
{
  GstElement *pipeline = test_pipeline_new ("%s", description);

  for (guint i = 0; i < 50; i++) {
    for (guint j = 0; j < n_states; j++) {
      fail_if (gst_element_set_state (pipeline, states[j]) == GST_STATE_CHANGE_FAILURE);
      fail_if (gst_element_get_state (pipeline, NULL, NULL, TEST_TIMEOUT) == GST_STATE_CHANGE_FAILURE);
    }
    if (states[n_states - 1] <= GST_STATE_READY)
      fail_unless_equals_int (fake_open_fds (), 0);
  }
  test_pipeline_free (pipeline);
}

GST_START_TEST (test_50_cycles_leave_nothing_open)
{
  const GstState full[] = { GST_STATE_PLAYING, GST_STATE_NULL };
  const GstState half[] = { GST_STATE_PAUSED, GST_STATE_READY };

  cycle ("videotestsrc ! queue ! heapupload ! queue ! fakevideosink", full, 2);
  cycle ("videotestsrc ! heapupload ! fakevideosink", half, 2);
  cycle ("videotestsrc ! tee ! queue ! heapupload ! fakevideosink", full, 2);
  cycle ("audiotestsrc ! tee ! queue ! heapupload ! fakesink", half, 2);
}
GST_END_TEST

static Suite *
running_suite (void)
{
  Suite *suite = suite_create ("running");
  TCase *application = test_case_new (suite, "application", test_setup);
  TCase *running = test_case_new (suite, "running", test_setup);

  tcase_add_test (application, test_buffers_of_an_application_are_copied);
  tcase_add_test (application, test_an_application_is_told_what_to_do);
  tcase_add_test (application, test_an_application_fills_heap_buffers);

  tcase_add_test (running, test_size_changes_while_running);
  tcase_add_test (running, test_size_changes_while_copying);
  tcase_add_test (running, test_flushing_seeks);
  tcase_add_test (running, test_flushing_seeks_while_copying);
  tcase_add_test (running, test_50_cycles_leave_nothing_open);
  return suite;
}

GST_CHECK_MAIN (running)
