/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload before a unixfdsink: what goes along with buffers, and what becomes of those that do not come back. The
 * sink is one of the test's own, which keeps what it gets, as for processes that have stopped. */
#include "testing.h"

#include <gst/base/gstbasesink.h>

#define CAPS "video/x-raw,format=NV12,width=64,height=32,framerate=30/1"
#define SOURCE "videotestsrc name=src ! " CAPS " ! heapupload name=up "

typedef struct {
  GstBaseSink parent;

  GMutex lock; /* protects what follows */
  GCond changed;
  GQueue kept;
  guint frames;
  gboolean keeps;
} KeepingSink;

typedef GstBaseSinkClass KeepingSinkClass;

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

GType keeping_sink_get_type (void);
G_DEFINE_TYPE (KeepingSink, keeping_sink, GST_TYPE_BASE_SINK)

static GstFlowReturn
keeping_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  KeepingSink *self = (KeepingSink *) sink;

  g_mutex_lock (&self->lock);
  self->frames++;
  if (self->keeps)
    g_queue_push_tail (&self->kept, gst_buffer_ref (buffer));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return GST_FLOW_OK;
}

static void
keeping_sink_finalize (GObject *object)
{
  KeepingSink *self = (KeepingSink *) object;

  g_queue_clear_full (&self->kept, (GDestroyNotify) gst_buffer_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (keeping_sink_parent_class)->finalize (object);
}

static void
keeping_sink_class_init (KeepingSinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = keeping_sink_finalize;
  klass->render = keeping_sink_render;
  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &sink_template);
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Keeping sink", "Sink", "Keeps buffers", "The gst-heaps authors");
}

static void
keeping_sink_init (KeepingSink *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->kept);
  self->keeps = TRUE;
  gst_base_sink_set_last_sample_enabled (GST_BASE_SINK (self), FALSE);
  gst_base_sink_set_sync (GST_BASE_SINK (self), FALSE);
}

static void
setup (void)
{
  test_setup ();
  gst_element_register (NULL, "unixfdsink", GST_RANK_NONE, keeping_sink_get_type ());
}

static KeepingSink *
get_sink (GstElement *pipeline)
{
  KeepingSink *sink = (KeepingSink *) gst_bin_get_by_name (GST_BIN (pipeline), "out");

  gst_object_unref (sink);
  return sink;
}

static void
wait_for_frames (KeepingSink *sink, guint all)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&sink->lock);
  while (sink->frames < all)
    fail_unless (g_cond_wait_until (&sink->changed, &sink->lock, end), "%u frames", sink->frames);
  g_mutex_unlock (&sink->lock);
}

static void
give_back (KeepingSink *sink, gboolean keep_others)
{
  GQueue kept = G_QUEUE_INIT;

  g_mutex_lock (&sink->lock);
  kept = sink->kept;
  g_queue_init (&sink->kept);
  sink->keeps = keep_others;
  g_mutex_unlock (&sink->lock);
  g_queue_clear_full (&kept, (GDestroyNotify) gst_buffer_unref);
}

static gchar *
wait_for_message (GstElement *pipeline, GstMessageType type)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, TEST_TIMEOUT, type | GST_MESSAGE_ERROR);
  GError *error = NULL;
  gchar *text;

  fail_unless (message && GST_MESSAGE_TYPE (message) == type, "%" GST_PTR_FORMAT, message);
  if (type == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  else
    gst_message_parse_info (message, &error, NULL);
  text = g_strdup (error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
  return text;
}

static void
assert_said (GstElement *pipeline, GstMessageType type, const gchar *part)
{
  gchar *text = wait_for_message (pipeline, type);

  fail_unless (strstr (text, part), "\"%s\" is not in: %s", part, text);
  g_free (text);
}

GST_START_TEST (test_what_another_process_needs_to_know_goes_along)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "max-lent=3 ! queue ! unixfdsink name=out");
  KeepingSink *sink = get_sink (pipeline);
  GstHeapMeta *meta;

  test_play (pipeline);
  wait_for_frames (sink, 3);
  g_mutex_lock (&sink->lock);
  meta = gst_buffer_get_heap_meta (g_queue_peek_head (&sink->kept));
  fail_unless (meta != NULL);
  fail_unless_equals_string (meta->heap, "system");
  fail_unless_equals_int (meta->n_memories, 1);
  fail_unless_equals_int (meta->sizes[0], HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (meta->n_planes, 2);
  fail_unless_equals_int (meta->stride[0], 64);
  g_mutex_unlock (&sink->lock);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  give_back (sink, FALSE);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_a_process_that_stops_keeps_so_many_and_the_rest_goes_on)
{
  GstElement *pipeline = test_pipeline_new (
      SOURCE "max-lent=4 ! tee name=t ! queue ! unixfdsink name=out   t. ! queue ! fakevideosink name=other sync=true");
  KeepingSink *sink = get_sink (pipeline);
  TestWatch *watch = test_watch_new (pipeline, "other", "sink", "system", FALSE);
  guint n;

  test_play (pipeline);
  assert_said (pipeline, GST_MESSAGE_WARNING, "out (no socket) has 4 buffers out");
  n = watch->n_buffers;
  g_usleep (500000);
  fail_unless (watch->n_buffers > n + 5, "the other branch stopped");
  fail_unless_equals_int (sink->frames, 4);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-lent"), 4);
  fail_unless (test_stat (pipeline, "up", "frames-dropped") > 0);

  give_back (sink, FALSE);
  assert_said (pipeline, GST_MESSAGE_INFO, "goes on");
  wait_for_frames (sink, 14);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_END_TEST

/* Who is slow gets all: nothing is dropped as long as buffers come back. */
GST_START_TEST (test_a_slow_process_is_waited_for)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "max-lent=2 ! unixfdsink name=out");
  KeepingSink *sink = get_sink (pipeline);

  test_play (pipeline);
  for (guint i = 0; i < 5; i++) {
    wait_for_frames (sink, 2 * (i + 1));
    g_usleep (300000);
    give_back (sink, TRUE);
  }
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-dropped"), 0);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_without_a_limit_the_heap_is_the_limit)
{
  GstElement *pipeline = test_pipeline_new (
      "videotestsrc num-buffers=40 ! " CAPS " ! heapupload name=up max-lent=0 ! unixfdsink name=out");
  KeepingSink *sink = get_sink (pipeline);

  test_play_to_eos (pipeline);
  fail_unless_equals_int (sink->frames, 40);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-lent"), 40);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_stopping_does_not_wait_for_processes)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "max-lent=2 ! unixfdsink name=out");
  KeepingSink *sink = get_sink (pipeline);
  gint64 begin;

  test_play (pipeline);
  wait_for_frames (sink, 2);
  g_usleep (100000);
  begin = g_get_monotonic_time ();
  gst_element_set_state (pipeline, GST_STATE_NULL);
  fail_unless (g_get_monotonic_time () - begin < 500000);
  test_pipeline_free (pipeline);
}

GST_END_TEST

static void
wait_for_lent (GstElement *pipeline, guint64 n)
{
  gint64 end = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (test_stat (pipeline, "up", "frames-lent") != n) {
    fail_unless (g_get_monotonic_time () < end, "%" G_GUINT64_FORMAT, test_stat (pipeline, "up", "frames-lent"));
    g_usleep (1000);
  }
}

/* Regression: each restart permitted as many again. */
GST_START_TEST (test_what_is_out_since_before_a_restart_counts)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "max-lent=3 ! unixfdsink name=out");
  KeepingSink *sink = get_sink (pipeline);

  test_play (pipeline);
  wait_for_frames (sink, 3);
  gst_element_set_state (pipeline, GST_STATE_READY);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-lent"), 3);

  test_play (pipeline);
  assert_said (pipeline, GST_MESSAGE_WARNING, "out (no socket) has 3 buffers out");
  fail_unless_equals_int (sink->frames, 3);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-lent"), 3);
  give_back (sink, TRUE);
  wait_for_frames (sink, 6);
  wait_for_lent (pipeline, 3);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_a_restart_takes_another_limit)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "max-lent=2 ! unixfdsink name=out");
  KeepingSink *sink = get_sink (pipeline);
  GstElement *up = gst_bin_get_by_name (GST_BIN (pipeline), "up");

  test_play (pipeline);
  assert_said (pipeline, GST_MESSAGE_WARNING, "has 2 buffers out");
  fail_unless (test_stat (pipeline, "up", "frames-dropped") > 0);
  gst_element_set_state (pipeline, GST_STATE_READY);
  g_object_set (up, "max-lent", 5, NULL);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-dropped"), 0);
  test_play (pipeline);
  wait_for_frames (sink, 5);
  wait_for_lent (pipeline, 5);
  gst_object_unref (up);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_buffers_come_back_after_the_pipeline_is_gone)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "max-lent=3 ! unixfdsink name=out");
  KeepingSink *sink = gst_object_ref (get_sink (pipeline));

  test_play (pipeline);
  wait_for_frames (sink, 3);
  test_pipeline_free (pipeline);
  fail_unless (fake_open_buffers ("system") >= 3);
  gst_object_unref (sink);
}

GST_END_TEST

GST_START_TEST (test_other_sinks_are_let_alone)
{
  GstElement *pipeline = test_pipeline_new (
      "videotestsrc num-buffers=20 ! " CAPS " ! heapupload name=up max-lent=1 ! fakevideosink sync=false");

  test_play_to_eos (pipeline);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), 20);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-lent"), 0);
  test_pipeline_free (pipeline);
}

GST_END_TEST

static Suite *
lending_suite (void)
{
  Suite *suite = suite_create ("lending");
  TCase *tcase = test_case_new (suite, "lending", setup);

  tcase_add_test (tcase, test_what_another_process_needs_to_know_goes_along);
  tcase_add_test (tcase, test_a_process_that_stops_keeps_so_many_and_the_rest_goes_on);
  tcase_add_test (tcase, test_a_slow_process_is_waited_for);
  tcase_add_test (tcase, test_without_a_limit_the_heap_is_the_limit);
  tcase_add_test (tcase, test_stopping_does_not_wait_for_processes);
  tcase_add_test (tcase, test_what_is_out_since_before_a_restart_counts);
  tcase_add_test (tcase, test_a_restart_takes_another_limit);
  tcase_add_test (tcase, test_buffers_come_back_after_the_pipeline_is_gone);
  tcase_add_test (tcase, test_other_sinks_are_let_alone);
  return suite;
}

GST_CHECK_MAIN (lending)
