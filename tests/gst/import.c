/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapimport: what comes from another process, in a pipeline. */
#include "sent.h"
#include "testing.h"

#include "gst/elements/gstheapimport.h"

#include <gst/check/gstharness.h>

#include <unistd.h>

static void
setup (void)
{
  test_setup_bare ();
  GST_ELEMENT_REGISTER (heapimport, NULL);
}

static GstHarness *
harness_new (GstBus *bus)
{
  GstHarness *harness = gst_harness_new ("heapimport");

  gst_element_set_bus (harness->element, bus);
  gst_harness_set_src_caps_str (harness, SENT_CAPS);
  return harness;
}

GST_START_TEST (test_frames_leave_in_known_memory)
{
  GstHarness *harness = harness_new (NULL);
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * HEAP_FIXTURE_PAGE);
  GstMemory *memory = NULL;

  for (guint i = 0; i < 5; i++) {
    GstBuffer *frame = gst_harness_push_and_pull (harness, sent_frame_new (fd));

    fail_unless (memory == NULL || memory == gst_buffer_peek_memory (frame, 0));
    memory = gst_buffer_peek_memory (frame, 0);
    fail_unless_equals_int (gst_buffer_get_video_meta (frame)->stride[0], SENT_STRIDE);
    gst_buffer_unref (frame);
  }
  fail_unless_equals_uint64 (test_stat (harness->element, NULL, "frames"), 5);
  fail_unless_equals_uint64 (test_stat (harness->element, NULL, "imports"), 1);
  gst_element_set_state (harness->element, GST_STATE_READY);
  fail_unless_equals_uint64 (test_stat (harness->element, NULL, "known"), 0);
  fail_unless_equals_int (fake_open_fds (), 1);
  gst_harness_teardown (harness);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_a_lie_is_an_error)
{
  GstBus *bus = gst_bus_new ();
  GstHarness *harness = harness_new (bus);
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * HEAP_FIXTURE_PAGE);
  GstBuffer *frame = sent_frame_new (fd);
  GstMessage *message;
  GError *error = NULL;

  gst_buffer_get_heap_meta (frame)->stride[0] = G_MAXINT;
  fail_unless_equals_int (gst_harness_push (harness, frame), GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, "plane 0"), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
  gst_object_unref (bus);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_what_is_made_here_passes)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc num-buffers=10 ! " SENT_CAPS
                                            " ! heapupload name=up ! heapimport name=in ! fakevideosink sync=false");
  TestWatch *watch = test_watch_new (pipeline, "in", "src", "system", FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 10);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  fail_unless_equals_uint64 (test_stat (pipeline, "in", "imports"), 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_END_TEST

static void
setup_with_heaps (void)
{
  test_setup ();
  GST_ELEMENT_REGISTER (heapimport, NULL);
}

static Suite *
import_suite (void)
{
  Suite *suite = suite_create ("import");
  TCase *tcase = test_case_new (suite, "import", setup), *with_heaps = test_case_new (suite, "heaps", setup_with_heaps);

  tcase_add_test (tcase, test_frames_leave_in_known_memory);
  tcase_add_test (tcase, test_a_lie_is_an_error);
  tcase_add_test (with_heaps, test_what_is_made_here_passes);
  return suite;
}

GST_CHECK_MAIN (import)
