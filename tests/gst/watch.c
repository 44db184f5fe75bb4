/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What heapupload says of a neighbour that cannot import the memory it was offered. */
#include "fake-importer.h"
#include "heap-fixture.h"

#include "gst/elements/gstheapupload.h"

static gchar *
pop_error (GstBus *bus, gchar **name)
{
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_ERROR);
  GError *error = NULL;
  gchar *text;

  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  text = g_strdup (error->message);
  *name = g_strdup (GST_MESSAGE_SRC_NAME (message));
  g_clear_error (&error);
  gst_message_unref (message);
  return text;
}

typedef struct {
  const gchar *what;
  const gchar *between; /* an element between heapupload and the importer, or NULL */
  const gchar *heap, *io_mode;
  gboolean is_silent;
  guint n_taken;
  const gchar *said; /* part of what heapupload says, or NULL */
} Case;

static GstElement *
new_pipeline (const Case *test)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = gst_element_factory_make ("videotestsrc", NULL);
  GstElement *upload = gst_element_factory_make ("heapupload", "upload");
  GstElement *between = gst_element_factory_make (test->between ? test->between : "queue", NULL);
  GstElement *sink = g_object_new (fake_importer_get_type (), "name", "importer", NULL);

  gst_util_set_object_arg (G_OBJECT (upload), "heap-name", test->heap);
  gst_util_set_object_arg (G_OBJECT (sink), "io-mode", test->io_mode);
  ((FakeImporter *) sink)->fails = TRUE;
  ((FakeImporter *) sink)->is_silent = test->is_silent;
  ((FakeImporter *) sink)->n_taken = test->n_taken;
  gst_bin_add_many (GST_BIN (pipeline), source, upload, between, sink, NULL);
  fail_unless (gst_element_link_many (source, upload, test->between ? between : sink, NULL));
  if (test->between)
    fail_unless (gst_element_link (between, sink));
  else
    gst_bin_remove (GST_BIN (pipeline), between);
  return pipeline;
}

/* What heapupload says, if it is the first to post an error; and the next error. */
static void
first_messages (const Case *test, gchar **said, gchar **next)
{
  GstElement *pipeline = new_pipeline (test);
  GstBus *bus = gst_element_get_bus (pipeline);
  gchar *name;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  *said = NULL;
  *next = pop_error (bus, &name);
  if (g_str_equal (name, "upload")) {
    *said = *next;
    g_free (name);
    *next = pop_error (bus, &name);
  }
  g_free (name);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

#define NOT_CONTIGUOUS                                                                                                 \
  "importer, which imports dma-bufs, failed with memory of heap \"system\". That memory is not known"
#define NO_REASON                                                                                                      \
  "importer, which imports dma-bufs, failed with memory of heap \"default_cma_region\" and does not say why: run "     \
  "again "                                                                                                             \
  "with GST_DEBUG=2."
#define IMPORT "dmabuf-import"

static const Case cases[] = {
  { "not contiguous", NULL, "system", IMPORT, FALSE, 0, NOT_CONTIGUOUS },
  { "it does not import", NULL, "system", "auto", FALSE, 0, NULL },
  { "contiguous", NULL, "default_cma_region", IMPORT, FALSE, 0, NULL },
  { "after long", NULL, "system", IMPORT, FALSE, 80, NULL },
  { "behind a queue", "queue", "system", IMPORT, FALSE, 0, NOT_CONTIGUOUS },
  { "behind what makes other buffers", "videoconvert", "system", IMPORT, FALSE, 0, NOT_CONTIGUOUS },
  { "silent, not contiguous", NULL, "system", IMPORT, TRUE, 0, NOT_CONTIGUOUS },
  { "silent, it does not import", NULL, "system", "auto", TRUE, 0, NULL },
  { "silent, contiguous", NULL, "default_cma_region", IMPORT, TRUE, 0, NO_REASON },
  { "silent, after long", NULL, "system", IMPORT, TRUE, 80, NULL },
  { "silent, behind a queue", "queue", "system", IMPORT, TRUE, 0, NOT_CONTIGUOUS },
};

GST_START_TEST (test_failing_importer_is_explained_first)
{
  const Case *test = &cases[__i__];
  gchar *said, *next;

  first_messages (test, &said, &next);
  if (test->said)
    fail_unless (said && strstr (said, test->said), "%s: %s", test->what, said);
  else
    fail_unless (said == NULL, "%s: %s", test->what, said);
  fail_unless_equals_int (g_str_equal (next, "cannot queue"), !test->is_silent);
  g_free (said);
  g_free (next);
}

GST_END_TEST

/* The memory of the first heap is contiguous, and that of the one which stands in is not. */
GST_START_TEST (test_memory_that_stood_in_is_blamed)
{
  const Case test = { "fallback", NULL, "default_cma_region;system", IMPORT, FALSE, 3, NOT_CONTIGUOUS };
  gchar *said, *next;

  fake_set_capacity ("default_cma_region", 1);
  first_messages (&test, &said, &next);
  fail_unless (said && strstr (said, test.said), "%s", said);
  fail_unless_equals_string (next, "cannot queue");
  g_free (said);
  g_free (next);
}

GST_END_TEST

/* A source that imports as those of V4L2 do, which the test speaks for. */
static GstElement *
new_capture (void)
{
  GstElement *capture = g_object_new (fake_importer_get_type (), "name", "capture", NULL);
  GstPad *sinkpad = gst_element_get_static_pad (capture, "sink");

  gst_element_remove_pad (capture, sinkpad);
  gst_object_unref (sinkpad);
  gst_element_add_pad (capture, gst_pad_new ("src", GST_PAD_SRC));
  gst_util_set_object_arg (G_OBJECT (capture), "io-mode", IMPORT);
  return capture;
}

static void
ask_for_pool (GstElement *capture, const gchar *caps)
{
  GstPad *srcpad = gst_element_get_static_pad (capture, "src");
  GstCaps *parsed = gst_caps_from_string (caps);
  GstQuery *query = gst_query_new_allocation (parsed, TRUE);

  gst_pad_peer_query (srcpad, query);
  gst_query_unref (query);
  gst_caps_unref (parsed);
  gst_object_unref (srcpad);
}

static const struct {
  const gchar *what, *between, *caps, *debug, *said;
} captures[] = {
  { "no pool for coded frames", NULL, "video/x-fwht", "When importing DMABUF or USERPTR, we need a pool to import from",
      "capture with io-mode=dmabuf-import needs a pool, and heapupload could offer none: the size of a buffer does not "
      "follow from the caps (video/x-fwht). Leave io-mode out." },
  { "no pool through a tee", "tee", "video/x-raw,format=I420,width=32,height=16",
      "When importing DMABUF or USERPTR, we need a pool to import from",
      "capture with io-mode=dmabuf-import needs a pool, and between passes none on: put heapupload before between." },
  { "refused", NULL, "video/x-raw,format=I420,width=32,height=16", "Buffer pool activation failed",
      "capture, which imports dma-bufs, failed while it was offered memory of heap \"system\". That memory is not "
      "known" },
  { "refused memory that is not ours", "tee", "video/x-raw,format=I420,width=32,height=16", "Failed to start", NULL },
};

GST_START_TEST (test_failing_capture_is_explained_first)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *capture = new_capture ();
  GstElement *between =
      gst_element_factory_make (captures[__i__].between ? captures[__i__].between : "identity", "between");
  GstElement *upload = gst_element_factory_make ("heapupload", "upload");
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  gchar *name, *said;

  gst_util_set_object_arg (G_OBJECT (upload), "heap-name", "system");
  gst_bin_add_many (GST_BIN (pipeline), capture, between, upload, sink, NULL);
  fail_unless (gst_element_link_many (capture, between, upload, sink, NULL));
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  ask_for_pool (capture, captures[__i__].caps);
  GST_ELEMENT_ERROR (capture, RESOURCE, SETTINGS, ("failed"), ("%s", captures[__i__].debug));

  said = pop_error (bus, &name);
  fail_unless_equals_string (name, captures[__i__].said ? "upload" : "capture");
  fail_unless (
      strstr (said, captures[__i__].said ? captures[__i__].said : "failed"), "%s: %s", captures[__i__].what, said);
  g_free (said);
  g_free (name);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

GST_END_TEST

static Suite *
watch_suite (void)
{
  Suite *suite = suite_create ("watch");
  TCase *tcase = heap_fixture_add_case (suite, "watch");

  GST_ELEMENT_REGISTER (heapupload, NULL);
  tcase_add_loop_test (tcase, test_failing_importer_is_explained_first, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tcase, test_memory_that_stood_in_is_blamed);
  tcase_add_loop_test (tcase, test_failing_capture_is_explained_first, 0, G_N_ELEMENTS (captures));
  return suite;
}

GST_CHECK_MAIN (watch)
