/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A pipeline whose buffers are all kept somewhere: the warning says where. Takes the five seconds that this takes. */
#include "testing.h"

#define HEAP "default_cma_region"
#define N_BUFFERS 6
#define SOURCE                                                                                                         \
  "videotestsrc ! video/x-raw,format=I420,width=32,height=16,framerate=25/1 ! heapupload heap-name=" HEAP " ! "

static GstPadProbeReturn
keep (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* Nothing that comes to the pad goes on. */
static void
block (GstElement *pipeline, const gchar *name, const gchar *pad_name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, keep, NULL, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

/* Returns: (transfer full): the first warning */
static gchar *
wait_for_warning (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message =
      gst_bus_timed_pop_filtered (bus, TEST_TIMEOUT, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  GError *error = NULL;
  gchar *text;

  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING);
  gst_message_parse_warning (message, &error, NULL);
  text = g_strdup (error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
  return text;
}

/* One of the buffers is at the pad that is blocked, where nobody tells of it. */
GST_START_TEST (test_who_keeps_the_buffers_is_named)
{
  GstElement *pipeline = test_pipeline_new (SOURCE "queue name=delay max-size-buffers=100 ! fakesink async=false");
  gchar *text;

  fake_set_capacity (HEAP, N_BUFFERS * HEAP_FIXTURE_PAGE);
  block (pipeline, "delay", "src");
  test_play (pipeline);
  text = wait_for_warning (pipeline);
  fail_unless (strstr (text, "all 6 of them are in use: delay keeps 5, and") != NULL, "%s", text);
  g_free (text);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_the_last_sample_of_a_sink_is_named)
{
  GstElement *pipeline = test_pipeline_new (
      SOURCE "tee name=t ! queue name=delay max-size-buffers=100 ! fakesink async=false t. ! fakesink name=shown "
             "async=false sync=false");
  gchar *text;

  fake_set_capacity (HEAP, N_BUFFERS * HEAP_FIXTURE_PAGE);
  block (pipeline, "delay", "src");
  test_play (pipeline);
  text = wait_for_warning (pipeline);
  fail_unless (
      strstr (text, "shown 1 (its last sample)") || strstr (text, "shown keeps 1 (its last sample)"), "%s", text);
  fail_unless (strstr (text, "delay keeps 5") || strstr (text, "delay 5"), "%s", text);
  g_free (text);
  test_pipeline_free (pipeline);
}

GST_END_TEST

static Suite *
starved_suite (void)
{
  Suite *suite = suite_create ("starved");
  TCase *tcase = test_case_new (suite, "starved", test_setup);

  tcase_add_test (tcase, test_who_keeps_the_buffers_is_named);
  tcase_add_test (tcase, test_the_last_sample_of_a_sink_is_named);
  return suite;
}

GST_CHECK_MAIN (starved)
