/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload when its heap is full, and another one satisfies what was asked for. */
#include "testing.h"

#define CAPS "video/x-raw,format=I420,width=32,height=16,framerate=25/1"
#define CMA "default_cma_region"
#define FULL                                                                                                           \
  "heap \"" CMA "\" does not give 768 bytes: Cannot allocate memory; the heap is too small, full or fragmented, the "  \
  "largest piece now 0 bytes; this process holds 8192 bytes of it in 2 buffers"

/* What is said on the bus of a pipeline, as it is said. */
typedef struct {
  GMutex lock; /* protects what follows */
  GString *text;
} Said;

static void
note_message (GstBus *bus, GstMessage *message, Said *said)
{
  GError *error = NULL;
  gchar *text = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, NULL);
    text = g_strdup_printf ("warning of %s: %s\n", GST_MESSAGE_SRC_NAME (message), error->message);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    text = gst_structure_to_string (gst_message_get_structure (message));
  }
  g_mutex_lock (&said->lock);
  g_string_append (said->text, text ? text : "");
  g_mutex_unlock (&said->lock);
  g_clear_error (&error);
  g_free (text);
}

/* Plays the pipeline to its end, and stops it. The caller frees what was said. */
static gchar *
play (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  Said said = { .text = g_string_new (NULL) };
  gulong handler;

  g_mutex_init (&said.lock);
  gst_bus_enable_sync_message_emission (bus);
  handler = g_signal_connect (bus, "sync-message", G_CALLBACK (note_message), &said);
  test_play_to_eos (pipeline);
  g_signal_handler_disconnect (bus, handler);
  gst_bus_disable_sync_message_emission (bus);
  gst_object_unref (bus);
  g_mutex_clear (&said.lock);
  return g_string_free (said.text, FALSE);
}

static GstElement *
new_pipeline (const gchar *upload)
{
  fake_set_capacity (CMA, 2 * HEAP_FIXTURE_PAGE);
  return test_pipeline_new ("videotestsrc num-buffers=20 ! " CAPS " ! %s ! fakesink name=sink", upload);
}

GST_START_TEST (test_frames_go_into_both_heaps)
{
  GstElement *pipeline = new_pipeline ("heapupload name=up min-buffers=4 heap-name=\"" CMA ";system\"");
  TestWatch *in_cma = test_watch_new (pipeline, "sink", "sink", CMA, FALSE);
  TestWatch *in_system = test_watch_new (pipeline, "sink", "sink", "system", FALSE);

  g_free (play (pipeline));
  fail_unless_equals_int (in_cma->n_buffers, 20);
  fail_unless_equals_int (in_cma->n_elsewhere + in_system->n_elsewhere, 20);
  fail_unless (in_cma->n_elsewhere > 0 && in_system->n_elsewhere > 0);
  fail_unless_equals_int (g_hash_table_size (in_cma->inodes), 2);
  fail_unless_equals_int (g_hash_table_size (in_system->inodes), 2);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), 20);
  fail_unless_equals_uint64 (test_allocator_stat (pipeline, "up", "fallbacks"), 2);
  fail_unless_equals_uint64 (test_allocator_stat (pipeline, "up", "memories"), 2);
  test_pipeline_free (pipeline);
  test_watch_free (in_cma);
  test_watch_free (in_system);
}

GST_END_TEST

static void
assert_said_once (const gchar *said)
{
  const gchar *warning = "warning of up: " FULL ". Memory of heap \"system\" is used where there is none of heap \"" CMA
                         "\": it satisfies the same selection. For no other memory than that of heap \"" CMA
                         "\", name it alone (heap-name); for more of it, make the heap larger or keep fewer buffers.\n";
  const gchar *found = strstr (said, warning);

  fail_unless (g_str_has_prefix (said, "heap-fallback, "), "%s", said);
  fail_unless (
      strstr (said, "from=(string)" CMA ", to=(string)system, size=(guint64)768, reason=(string)"), "%s", said);
  fail_unless (found && found[strlen (warning)] == '\0', "%s", said);
  fail_if (strstr (said + 1, "heap-fallback, "), "%s", said);
}

GST_START_TEST (test_it_is_said_once_for_each_start)
{
  GstElement *pipeline = new_pipeline ("heapupload name=up min-buffers=4 heap-name=\"" CMA ";system\"");

  for (guint i = 0; i < 2; i++) {
    gchar *said = play (pipeline);

    assert_said_once (said);
    g_free (said);
    gst_element_set_state (pipeline, GST_STATE_READY);
  }
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_copies_go_into_both_heaps)
{
  GstElement *pipeline =
      new_pipeline ("identity drop-allocation=true ! heapupload name=up heap-name=\"" CMA ";system\" ! "
                    "queue max-size-buffers=10 min-threshold-buffers=6");
  gchar *said = play (pipeline);

  fail_unless (strstr (said, "heap-fallback, from=(string)" CMA ", to=(string)system"), "%s", said);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 20);
  fail_unless (test_allocator_stat (pipeline, "up", "fallbacks") >= 3);
  g_free (said);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_without_another_heap_it_is_an_error)
{
  GstElement *pipeline = new_pipeline ("heapupload name=up min-buffers=4 heap-require=contiguous");
  gchar *text = test_play_to_error (pipeline);

  fail_unless (strstr (text, FULL), "%s", text);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  g_free (text);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_when_all_are_full_the_error_names_each)
{
  GstElement *pipeline = new_pipeline ("heapupload name=up min-buffers=4 heap-name=\"" CMA ";system\"");
  gchar *text;

  fake_set_capacity ("system", 1);
  text = test_play_to_error (pipeline);
  fail_unless (strstr (text, FULL "; nor does heap \"system\": Cannot allocate memory; "), "%s", text);
  g_free (text);
  test_pipeline_free (pipeline);
}

GST_END_TEST

static Suite *
fallback_upload_suite (void)
{
  Suite *suite = suite_create ("fallback-upload");
  TCase *tcase = test_case_new (suite, "fallback-upload", test_setup);

  tcase_add_test (tcase, test_frames_go_into_both_heaps);
  tcase_add_test (tcase, test_it_is_said_once_for_each_start);
  tcase_add_test (tcase, test_copies_go_into_both_heaps);
  tcase_add_test (tcase, test_without_another_heap_it_is_an_error);
  tcase_add_test (tcase, test_when_all_are_full_the_error_names_each);
  return suite;
}

GST_CHECK_MAIN (fallback_upload)
