/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What elements go by whose properties are not set: contexts of bins and pipelines, and $GST_HEAPS. */
#include "testing.h"

#define CONTIGUOUS "heap-require=contiguous"

static GstContext *
context_new (const gchar *selection_text)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (selection_text, NULL);
  GstContext *context = gst_heap_selection_to_context (selection);

  gst_heap_selection_unref (selection);
  return context;
}

static void
set_context (GstElement *element, const gchar *selection_text)
{
  GstContext *context = context_new (selection_text);

  gst_element_set_context (element, context);
  gst_context_unref (context);
}

/* A context that an application made by itself. value NULL: without the field */
static void
set_hand_made_context (GstElement *element, const gchar *value)
{
  GstContext *context = gst_context_new ("gst.heaps.Selection", TRUE);

  if (value)
    gst_structure_set (gst_context_writable_structure (context), "selection", G_TYPE_STRING, value, NULL);
  gst_element_set_context (element, context);
  gst_context_unref (context);
}

/* That element, or the one of that name in it, goes by expected; NULL: by nothing. */
static void
assert_selects (GstElement *element, const gchar *name, const gchar *expected)
{
  GstElement *found = name ? gst_bin_get_by_name (GST_BIN (element), name) : gst_object_ref (element);
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_element_find_selection (found, &error);
  gchar *text = selection ? gst_heap_selection_to_string (selection) : NULL;

  g_assert_no_error (error);
  fail_unless_equals_string (text, expected);
  g_free (text);
  g_clear_pointer (&selection, gst_heap_selection_unref);
  gst_object_unref (found);
}

static void
assert_selection_is_invalid (GstElement *element, const gchar *part)
{
  GError *error = NULL;

  fail_if (gst_heap_element_find_selection (element, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, part), "\"%s\" is not in: %s", part, error->message);
  g_error_free (error);
}

GST_START_TEST (test_context_holds_a_selection)
{
  const gchar *texts[] = { "", "heap-name=\"video@c000000;system\"",
    "heap-name=\"a\", heap-require=importable+contiguous, heap-prefer=cacheable, heap-forbid=protected" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    GstContext *context = context_new (texts[i]);
    GstHeapSelection *selection = gst_heap_selection_new_from_context (context, NULL);
    gchar *text = gst_heap_selection_to_string (selection);

    fail_unless_equals_string (text, texts[i]);
    fail_unless (gst_context_is_persistent (context));
    g_free (text);
    gst_heap_selection_unref (selection);
    gst_context_unref (context);
  }
}
GST_END_TEST

GST_START_TEST (test_context_of_a_pipeline_reaches_all_in_it)
{
  GstElement *pipeline = test_pipeline_new ("identity name=a ! bin.( identity name=b ! bin.( identity name=c ) )");
  GstElement *later = gst_bin_new (NULL);

  gst_bin_add (GST_BIN (later), gst_element_factory_make ("identity", "d"));
  set_context (pipeline, CONTIGUOUS);
  gst_bin_add (GST_BIN (pipeline), later);
  gst_bin_add (GST_BIN (later), gst_element_factory_make ("identity", "e"));
  for (const gchar *name = "a\0b\0c\0d\0e\0"; *name; name += 2)
    assert_selects (pipeline, name, CONTIGUOUS);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_context_of_a_bin_stays_in_it)
{
  GstElement *pipeline = test_pipeline_new ("identity name=a ! bin.( name=inner identity name=b ) ! identity name=c");
  GstElement *inner = gst_bin_get_by_name (GST_BIN (pipeline), "inner");

  set_context (inner, CONTIGUOUS);
  assert_selects (pipeline, "a", NULL);
  assert_selects (pipeline, "b", CONTIGUOUS);
  assert_selects (pipeline, "c", NULL);
  set_context (pipeline, "system");
  assert_selects (pipeline, "b", "heap-name=\"system\"");
  set_context (inner, CONTIGUOUS);
  assert_selects (pipeline, "b", CONTIGUOUS);
  gst_object_unref (inner);
  test_pipeline_free (pipeline);
}
GST_END_TEST

static const struct {
  const gchar *property, *context, *environment, *expected;
} precedence[] = {
  { NULL, NULL, NULL, NULL },
  { NULL, NULL, "", NULL },
  { NULL, NULL, "reserved;system", "heap-name=\"reserved;system\"" },
  { NULL, CONTIGUOUS, NULL, CONTIGUOUS },
  { NULL, CONTIGUOUS, "system", CONTIGUOUS },
  { NULL, CONTIGUOUS, "heap-require=nonsense", CONTIGUOUS },
  { NULL, "", "system", "" },
  { "system", NULL, NULL, "heap-name=\"system\"" },
  { "system", CONTIGUOUS, "heap-forbid=dma32", "heap-name=\"system\"" },
  { "", CONTIGUOUS, "system", "" },
};

GST_START_TEST (test_property_hides_context_and_context_hides_environment)
{
  GstElement *pipeline = test_pipeline_new ("heapupload name=up");
  GstElement *up = GST_IS_BIN (pipeline) ? gst_bin_get_by_name (GST_BIN (pipeline), "up") : gst_object_ref (pipeline);

  g_object_set (up, "heap-name", precedence[__i__].property, NULL);
  if (precedence[__i__].context)
    set_context (pipeline, precedence[__i__].context);
  if (precedence[__i__].environment)
    g_setenv ("GST_HEAPS", precedence[__i__].environment, TRUE);
  assert_selects (up, NULL, precedence[__i__].expected);
  gst_object_unref (up);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_what_makes_no_sense_names_its_place)
{
  GstElement *element = gst_element_factory_make ("identity", NULL);

  g_setenv ("GST_HEAPS", "heap-require=contigous", TRUE);
  assert_selection_is_invalid (element, "GST_HEAPS");
  assert_selection_is_invalid (element, "contigous");
  set_hand_made_context (element, "heap-require=");
  assert_selection_is_invalid (element, "gst.heaps.Selection");
  set_hand_made_context (element, NULL);
  assert_selection_is_invalid (element, "field selection");
  set_hand_made_context (element, "system");
  assert_selects (element, NULL, "heap-name=\"system\"");
  gst_object_unref (element);
}
GST_END_TEST

static GstBusSyncReply
give_context (GstBus *bus, GstMessage *message, gpointer n_asked)
{
  const gchar *type;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_NEED_CONTEXT && gst_message_parse_context_type (message, &type) &&
      g_str_equal (type, GST_HEAP_CONTEXT_TYPE)) {
    set_context (GST_ELEMENT (GST_MESSAGE_SRC (message)), CONTIGUOUS);
    ++*(guint *) n_asked;
  }
  return GST_BUS_PASS;
}

GST_START_TEST (test_asks_the_application)
{
  GstElement *pipeline = test_pipeline_new ("fakesrc name=a ! bin.( identity name=b ) ! fakesink name=c");
  GstBus *bus = gst_element_get_bus (pipeline);
  guint n_asked = 0;

  gst_bus_set_sync_handler (bus, give_context, &n_asked, NULL);
  for (const gchar *name = "a\0b\0c\0a\0"; *name; name += 2)
    assert_selects (pipeline, name, CONTIGUOUS);
  fail_unless_equals_int (n_asked, 3);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  gst_object_unref (bus);
  test_pipeline_free (pipeline);
}
GST_END_TEST

static GstPadProbeReturn
answer_context (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstContext *context;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CONTEXT)
    return GST_PAD_PROBE_OK;
  context = context_new (CONTIGUOUS);
  gst_query_set_context (query, context);
  gst_context_unref (context);
  return GST_PAD_PROBE_HANDLED;
}

GST_START_TEST (test_asks_its_neighbours)
{
  const gchar *neighbours[][2] = { { "a", "src" }, { "c", "sink" } };

  for (guint i = 0; i < G_N_ELEMENTS (neighbours); i++) {
    GstElement *pipeline = test_pipeline_new ("fakesrc name=a ! identity name=b ! fakesink name=c");
    GstElement *neighbour = gst_bin_get_by_name (GST_BIN (pipeline), neighbours[i][0]);
    GstPad *pad = gst_element_get_static_pad (neighbour, neighbours[i][1]);

    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_QUERY_BOTH | GST_PAD_PROBE_TYPE_PUSH, answer_context, NULL, NULL);
    assert_selects (pipeline, "b", CONTIGUOUS);
    gst_object_unref (pad);
    gst_object_unref (neighbour);
    test_pipeline_free (pipeline);
  }
}
GST_END_TEST

#define FRAMES "videotestsrc num-buffers=5 ! video/x-raw,width=32,height=16 ! "

static void
play_in_heap (GstElement *pipeline, const gchar *heap)
{
  TestWatch *watch = test_watch_new (pipeline, "sink", "sink", heap, FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 5);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_START_TEST (test_heapupload_goes_by_the_context)
{
  GstElement *pipeline = test_pipeline_new (FRAMES "bin.( heapupload name=up ) ! fakesink name=sink");

  set_context (pipeline, CONTIGUOUS);
  play_in_heap (pipeline, "default_cma_region");
}
GST_END_TEST

GST_START_TEST (test_heapupload_goes_by_the_environment)
{
  GstElement *pipeline = test_pipeline_new (FRAMES "heapupload name=up ! fakesink name=sink");

  g_setenv ("GST_HEAPS", CONTIGUOUS, TRUE);
  play_in_heap (pipeline, "default_cma_region");
}
GST_END_TEST

static void
assert_heap (GstElement *element, const gchar *expected)
{
  gchar *heap;

  g_object_get (element, "heap", &heap, NULL);
  fail_unless_equals_string (heap, expected);
  g_free (heap);
}

GST_START_TEST (test_a_context_takes_effect_at_the_next_start)
{
  GstElement *up = gst_element_factory_make ("heapupload", NULL);

  set_context (up, "system");
  gst_element_set_state (up, GST_STATE_PAUSED);
  set_context (up, "default_cma_region");
  assert_heap (up, "system");
  gst_element_set_state (up, GST_STATE_READY);
  gst_element_set_state (up, GST_STATE_PAUSED);
  assert_heap (up, "default_cma_region");
  gst_element_set_state (up, GST_STATE_NULL);
  gst_object_unref (up);
}
GST_END_TEST

static void
assert_does_not_start (const gchar *part)
{
  GstElement *pipeline = test_pipeline_new (FRAMES "heapupload ! fakesink");
  gchar *text = test_play_to_error (pipeline);

  fail_unless (strstr (text, part), "\"%s\" is not in: %s", part, text);
  g_free (text);
  test_pipeline_free (pipeline);
}

GST_START_TEST (test_an_environment_that_cannot_be_met_is_an_error)
{
  g_setenv ("GST_HEAPS", "heap-require=contigous", TRUE);
  assert_does_not_start ("GST_HEAPS: heap-require: ");
  g_setenv ("GST_HEAPS", "absent", TRUE);
  assert_does_not_start ("absent");
}
GST_END_TEST

GST_START_TEST (test_allocators_go_by_the_environment)
{
  GError *error = NULL;
  GstAllocator *allocator;

  g_setenv ("GST_HEAPS", "default_cma_region", TRUE);
  allocator = gst_heap_allocator_new (NULL, &error);
  g_assert_no_error (error);
  fail_unless_equals_string (
      gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator))), "default_cma_region");
  gst_object_unref (allocator);

  g_setenv ("GST_HEAPS", "x=y", TRUE);
  fail_if (gst_heap_allocator_new (NULL, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, "GST_HEAPS"), "%s", error->message);
  g_clear_error (&error);
}
GST_END_TEST

static Suite *
context_suite (void)
{
  Suite *suite = suite_create ("context");
  TCase *finding = test_case_new (suite, "finding", test_setup);
  TCase *using = test_case_new (suite, "using", test_setup);

  tcase_add_test (finding, test_context_holds_a_selection);
  tcase_add_test (finding, test_context_of_a_pipeline_reaches_all_in_it);
  tcase_add_test (finding, test_context_of_a_bin_stays_in_it);
  tcase_add_loop_test (
      finding, test_property_hides_context_and_context_hides_environment, 0, G_N_ELEMENTS (precedence));
  tcase_add_test (finding, test_what_makes_no_sense_names_its_place);
  tcase_add_test (finding, test_asks_the_application);
  tcase_add_test (finding, test_asks_its_neighbours);
  tcase_add_test (using, test_heapupload_goes_by_the_context);
  tcase_add_test (using, test_heapupload_goes_by_the_environment);
  tcase_add_test (using, test_a_context_takes_effect_at_the_next_start);
  tcase_add_test (using, test_an_environment_that_cannot_be_met_is_an_error);
  tcase_add_test (using, test_allocators_go_by_the_environment);
  return suite;
}

GST_CHECK_MAIN (context)
