/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst_heap_pad_offer(): a heap offered on a pad of any element. */
#include "testing.h"

#include <errno.h>

#define CAPS "video/x-raw,format=NV12,width=64,height=48,framerate=30/1"
#define SIZE (64 * 48 * 3 / 2)
#define HEAP "default_cma_region"

static GstPad *
get_pad (GstElement *pipeline, const gchar *element_name, const gchar *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), element_name);
  GstPad *pad = gst_element_get_static_pad (element, name);

  gst_object_unref (element);
  return pad;
}

/* Takes pad. Returns: the probe */
static gulong
offer (GstPad *pad, const gchar *heap, guint min_buffers)
{
  GstAllocator *allocator = heap_fixture_allocator (heap);
  gulong probe = gst_heap_pad_offer (pad, GST_HEAP_ALLOCATOR (allocator), min_buffers);

  fail_unless (probe != 0);
  gst_object_unref (allocator);
  gst_object_unref (pad);
  return probe;
}

static const struct {
  const gchar *pipeline, *element, *pad;
} places[] = {
  { "videotestsrc num-buffers=5 name=a ! " CAPS " ! fakesink name=sink", "a", "src" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! fakesink name=sink", "sink", "sink" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! fakevideosink name=sink", "sink", "sink" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! appsink sync=false wait-on-eos=false name=sink", "sink", "sink" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! queue ! identity ! fakesink name=sink", "sink", "sink" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! queue name=a ! fakesink name=sink", "a", "sink" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! queue name=a ! fakesink name=sink", "a", "src" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! tee name=a ! queue ! fakesink name=sink a. ! queue ! fakesink", "a",
      "sink" },
  { "videotestsrc num-buffers=5 ! video/x-raw,width=32,height=32 ! videoconvert ! videoscale ! " CAPS
    " ! fakesink name=sink",
      "sink", "sink" },
};

GST_START_TEST (test_upstream_writes_into_the_heap)
{
  GstElement *pipeline = test_pipeline_new ("%s", places[__i__].pipeline);
  TestWatch *watch;

  offer (get_pad (pipeline, places[__i__].element, places[__i__].pad), HEAP, 2);
  watch = test_watch_new (pipeline, "sink", "sink", HEAP, FALSE);
  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 5);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

/* Plays a source, a bin and a sink, with an offer on a pad of the bin. */
static void
play_with_bin (const gchar *source_text, const gchar *bin_text, const gchar *pad_name)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = source_text ? gst_parse_bin_from_description (source_text, TRUE, NULL) : NULL;
  GstElement *bin = gst_parse_bin_from_description (bin_text, TRUE, NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", "sink");
  TestWatch *watch;

  if (source)
    gst_bin_add (GST_BIN (pipeline), source);
  gst_bin_add_many (GST_BIN (pipeline), bin, sink, NULL);
  fail_unless (gst_element_link (bin, sink));
  fail_unless (!source || gst_element_link (source, bin));
  offer (gst_element_get_static_pad (bin, pad_name), HEAP, 2);
  watch = test_watch_new (pipeline, "sink", "sink", HEAP, FALSE);
  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 5);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_START_TEST (test_pads_of_bins_do_as_well)
{
  play_with_bin (NULL, "videotestsrc num-buffers=5 ! " CAPS " ! identity", "src");
  play_with_bin ("videotestsrc num-buffers=5 ! " CAPS, "identity ! queue", "sink");
  play_with_bin ("videotestsrc num-buffers=5 ! " CAPS, "identity ! queue", "src");
}
GST_END_TEST

/* Asks the pad of fakesink. Returns: (transfer full) (nullable): the query, if it was answered */
static GstQuery *
ask (GstElement *sink, const gchar *caps_text)
{
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstCaps *caps = gst_caps_from_string (caps_text);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  gboolean answered;

  gst_pad_set_active (pad, TRUE);
  answered = gst_pad_query (pad, query);
  gst_pad_set_active (pad, FALSE);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  if (!answered)
    g_clear_pointer (&query, gst_query_unref);
  return query;
}

static GstPadProbeReturn
wish (GstPad *pad, GstPadProbeInfo *info, gpointer unused)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  gst_query_add_allocation_pool (query, NULL, SIZE + 1000, 6, 9);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_PAD_PROBE_HANDLED;
}

GST_START_TEST (test_wishes_of_downstream_are_kept)
{
  GstElement *pipeline = test_pipeline_new ("identity name=a ! fakesink name=sink");
  GstPad *asked = get_pad (pipeline, "a", "sink"), *sinkpad = get_pad (pipeline, "sink", "sink");
  GstCaps *caps = gst_caps_from_string (CAPS);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  GstBufferPool *pool;
  guint size, min, max;

  gst_pad_add_probe (sinkpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, wish, NULL, NULL);
  offer (get_pad (pipeline, "a", "src"), HEAP, 2);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  fail_unless (gst_pad_query (asked, query));
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, &max);
  fail_unless (GST_IS_HEAP_BUFFER_POOL (pool));
  fail_unless_equals_int (size, SIZE + 1000);
  fail_unless_equals_int (min, 6);
  fail_unless_equals_int (max, 0);
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  gst_object_unref (pool);
  gst_query_unref (query);
  gst_caps_unref (caps);
  gst_object_unref (asked);
  gst_object_unref (sinkpad);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_the_offer_ends_with_the_probe)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  gulong probe = offer (gst_object_ref (pad), HEAP, 4);
  GstQuery *query = ask (sink, CAPS);
  guint min;

  gst_query_parse_nth_allocation_pool (query, 0, NULL, NULL, &min, NULL);
  fail_unless_equals_int (min, 4);
  gst_query_unref (query);
  gst_pad_remove_probe (pad, probe);
  fail_unless (ask (sink, CAPS) == NULL);
  fail_unless_equals_int (fake_open_fds (), 0);
  gst_object_unref (pad);
  gst_object_unref (sink);
}
GST_END_TEST

/* What is no dma-buf is not called one. */
GST_START_TEST (test_caps_of_another_memory_get_no_offer)
{
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  fake_set_udmabuf (ENOENT);
  offer (gst_element_get_static_pad (sink, "sink"), "process", 2);
  fail_unless (ask (sink, "video/x-raw(memory:DMABuf),format=NV12,width=64,height=48") == NULL);
  gst_object_unref (sink);
}
GST_END_TEST

GST_START_TEST (test_a_full_heap_is_an_error_of_the_element)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc ! " CAPS " ! fakesink name=sink");
  gchar *text;

  offer (get_pad (pipeline, "sink", "sink"), "system", 2);
  fake_fail_every (FAKE_HEAP_ALLOC, ENOMEM);
  text = test_play_to_error (pipeline);
  fail_unless (strstr (text, "heap \"system\" does not give"), "%s", text);
  g_free (text);
  fake_disarm ();
  test_pipeline_free (pipeline);
}
GST_END_TEST

static Suite *
pad_offer_suite (void)
{
  Suite *suite = suite_create ("pad-offer");
  TCase *tcase = test_case_new (suite, "pad-offer", test_setup);

  tcase_add_loop_test (tcase, test_upstream_writes_into_the_heap, 0, G_N_ELEMENTS (places));
  tcase_add_test (tcase, test_pads_of_bins_do_as_well);
  tcase_add_test (tcase, test_wishes_of_downstream_are_kept);
  tcase_add_test (tcase, test_the_offer_ends_with_the_probe);
  tcase_add_test (tcase, test_caps_of_another_memory_get_no_offer);
  tcase_add_test (tcase, test_a_full_heap_is_an_error_of_the_element);
  return suite;
}

GST_CHECK_MAIN (pad_offer)
