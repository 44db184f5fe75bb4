/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload between plain raw video and memory:DMABuf: what downstream takes decides, and nothing is copied for it. */
#include "upload-harness.h"

#include "gst/elements/gstheaptransformcaps.h"

#include <errno.h>

#define RAW "video/x-raw"
#define DMABUF "video/x-raw(memory:DMABuf)"
#define DRM DMABUF ",format=DMA_DRM"
#define SIZE ",width=32,height=16,framerate=25/1"
#define TILED "NV12:0x0100000000000001"

static void
assert_pad_has_caps (GstElement *element, const gchar *name, const gchar *string)
{
  GstPad *pad = gst_element_get_static_pad (element, name);
  GstCaps *caps = gst_pad_get_current_caps (pad), *expected = gst_caps_from_string (string);
  gchar *text = caps ? gst_caps_to_string (caps) : NULL;

  fail_unless (caps && gst_caps_can_intersect (caps, expected), "%s has %s, not %s", name, text, string);
  g_free (text);
  gst_caps_unref (expected);
  gst_clear_caps (&caps);
  gst_object_unref (pad);
}

static GstPadProbeReturn
count_described (GstPad *pad, GstPadProbeInfo *info, gpointer n)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (GST_PAD_PROBE_INFO_BUFFER (info));

  if (meta && meta->format == GST_VIDEO_FORMAT_I420 && meta->width == 32 && meta->height == 16 && meta->n_planes == 3)
    g_atomic_int_inc ((gint *) n);
  return GST_PAD_PROBE_OK;
}

/* downstream: what stands behind heapupload. form: of the caps it gets. */
static const struct {
  const gchar *downstream, *form;
  gboolean needs_drm;
} chains[] = {
  { "fakesink", RAW ",format=I420", FALSE },
  { RAW " ! fakesink", RAW ",format=I420", FALSE },
  { "queue ! tee ! queue ! fakesink", RAW ",format=I420", FALSE },
  { DMABUF ",format=I420 ! fakesink", DMABUF ",format=I420", FALSE },
  { DMABUF ",format={NV12,I420} ! queue ! fakesink", DMABUF ",format=I420", FALSE },
  { "queue ! tee ! queue ! " DMABUF ",format=I420 ! fakesink", DMABUF ",format=I420", FALSE },
  { "tee name=t ! queue ! fakesink t. ! queue ! " DMABUF ",format=I420 ! fakesink", DMABUF ",format=I420", FALSE },
  { "capsfilter caps=\"" RAW ";" DMABUF "\" ! fakesink", RAW ",format=I420", FALSE },
  { "capsfilter caps=\"" DMABUF ";" RAW "\" ! fakesink", RAW ",format=I420", FALSE },
  { DRM " ! fakesink", DRM ",drm-format=YU12", TRUE },
  { DMABUF " ! fakesink", DRM ",drm-format=YU12", TRUE },
  { "capsfilter caps=\"" DMABUF ",format=I420;" DRM "\" ! fakesink", DRM ",drm-format=YU12", TRUE },
  { DRM ",drm-format={" TILED ",YU12} ! tee ! queue ! fakesink", DRM ",drm-format=YU12", TRUE },
};

GST_START_TEST (test_downstream_decides_the_form_and_nothing_is_copied)
{
  gboolean is_dmabuf = strstr (chains[__i__].form, "DMABuf") != NULL;
  GstElement *pipeline, *upload;
  TestWatch *watch;
  GstPad *pad;
  gint n_described = 0;

  if (chains[__i__].needs_drm && !test_has_drm_caps ())
    return;
  pipeline =
      test_pipeline_new ("videotestsrc num-buffers=5 ! video/x-raw,format=I420" SIZE " ! heapupload name=upload ! %s",
          chains[__i__].downstream);
  watch = test_watch_new (pipeline, "upload", "src", "system", FALSE);
  upload = gst_bin_get_by_name (GST_BIN (pipeline), "upload");
  pad = gst_element_get_static_pad (upload, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_described, &n_described, NULL);

  test_play_to_eos (pipeline);
  assert_pad_has_caps (upload, "sink", RAW ",format=I420");
  assert_pad_has_caps (upload, "src", chains[__i__].form);
  test_watch_assert_in_heap (watch, 5);
  fail_unless_equals_uint64 (test_stat (pipeline, "upload", "frames-copied"), 0);
  if (is_dmabuf)
    fail_unless_equals_int (n_described, 5);
  gst_object_unref (pad);
  gst_object_unref (upload);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

/* What the pad called name can have, while the pads behind and before have caps filters. */
static void
assert_can_have (GstElement *upload, const gchar *name, const gchar *string, gboolean expected)
{
  GstPad *pad = gst_element_get_static_pad (upload, name);
  GstCaps *caps = gst_caps_from_string (string), *possible = gst_pad_query_caps (pad, NULL);
  GstCaps *filtered = gst_pad_query_caps (pad, caps);

  fail_unless_equals_int (gst_caps_can_intersect (possible, caps), expected);
  fail_unless_equals_int (!gst_caps_is_empty (filtered), expected);
  gst_caps_unref (filtered);
  gst_caps_unref (possible);
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

static const struct {
  const gchar *before, *after, *pad, *caps;
  gboolean expected;
} queries[] = {
  { "identity", "identity", "sink", RAW ",format=I420", TRUE },
  { "identity", DMABUF ",format=I420", "sink", RAW ",format=I420", TRUE },
  { "identity", DMABUF ",format=I420", "sink", DMABUF ",format=I420", TRUE },
  { "identity", DMABUF ",format=I420", "sink", RAW ",format=NV12", FALSE },
  { "identity", "queue ! tee ! queue ! " DMABUF ",format=I420", "sink", RAW ",format=I420", TRUE },
  { "identity", RAW ",format=I420", "sink", DMABUF ",format=I420", FALSE },
  { RAW ",format=I420", "identity", "src", DMABUF ",format=I420", TRUE },
  { RAW ",format=I420 ! queue", "queue", "src", DMABUF ",format=NV12", FALSE },
  { DMABUF ",format=I420", "identity", "src", RAW ",format=I420", FALSE },
  { "video/x-h264", "identity", "src", "video/x-h264", TRUE },
};

static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED };

GST_START_TEST (test_caps_queries_are_answered_in_all_states)
{
  GstElement *pipeline = test_pipeline_new (
      "fakesrc ! %s ! heapupload name=upload ! %s ! fakesink async=false", queries[__i__].before, queries[__i__].after);
  GstElement *upload = gst_bin_get_by_name (GST_BIN (pipeline), "upload");

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    gst_element_set_state (upload, states[i]);
    assert_can_have (upload, queries[__i__].pad, queries[__i__].caps, queries[__i__].expected);
  }
  gst_object_unref (upload);
  test_pipeline_free (pipeline);
}
GST_END_TEST

static gboolean
accepts (GstElement *upload, const gchar *name, const gchar *string)
{
  GstPad *pad = gst_element_get_static_pad (upload, name);
  GstCaps *caps = gst_caps_from_string (string);
  gboolean accepted = gst_pad_query_accept_caps (pad, caps);

  gst_caps_unref (caps);
  gst_object_unref (pad);
  return accepted;
}

GST_START_TEST (test_caps_are_accepted_in_ready)
{
  GstElement *upload = gst_element_factory_make ("heapupload", NULL);

  gst_element_set_state (upload, GST_STATE_READY);
  fail_unless (accepts (upload, "sink", RAW ",format=I420" SIZE));
  fail_unless (accepts (upload, "sink", DMABUF ",format=I420" SIZE));
  fail_unless (accepts (upload, "sink", DRM ",drm-format=" TILED SIZE));
  fail_unless (accepts (upload, "sink", "application/x-a"));
  fail_unless (accepts (upload, "src", DMABUF ",format=I420" SIZE));
  gst_element_set_state (upload, GST_STATE_NULL);
  gst_object_unref (upload);
}
GST_END_TEST

/* Downstream, as it answers: with wishes, in the caps that it gets. */
static GstPadProbeReturn
answer_with_wishes (GstPad *pad, GstPadProbeInfo *info, gpointer asked)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstAllocationParams params;
  GstCaps *caps;

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  gst_query_parse_allocation (query, &caps, NULL);
  gst_caps_replace (asked, caps);
  gst_allocation_params_init (&params);
  params.align = 63;
  gst_query_add_allocation_param (query, NULL, &params);
  gst_query_add_allocation_pool (query, NULL, 5000, 4, 0);
  gst_query_add_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, NULL);
  return GST_PAD_PROBE_HANDLED;
}

static void
assert_offers_pool (GstQuery *query, GstCaps *caps)
{
  GstBufferPool *pool;
  GstStructure *config;
  GstAllocationParams params;
  GstCaps *pool_caps;
  guint size, min;

  fail_unless_equals_int (gst_query_get_n_allocation_pools (query), 1);
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, NULL);
  fail_unless (GST_IS_HEAP_BUFFER_POOL (pool));
  fail_unless_equals_int (size, 5000);
  fail_unless_equals_int (min, 4);
  config = gst_buffer_pool_get_config (pool);
  fail_unless (gst_buffer_pool_config_get_params (config, &pool_caps, NULL, NULL, NULL));
  fail_unless (gst_caps_is_equal (pool_caps, caps));
  gst_structure_free (config);
  gst_object_unref (pool);
  gst_query_parse_nth_allocation_param (query, 0, NULL, &params);
  fail_unless_equals_int (params.align, 63);
}

GST_START_TEST (test_downstream_is_asked_in_its_caps_and_upstream_answered_in_its_own)
{
  Upload upload = upload_new ("", NULL);
  GstPad *srcpad = gst_element_get_static_pad (upload.harness->element, "src");
  GstCaps *caps = gst_caps_from_string (I420), *asked = NULL;
  GstQuery *query = gst_query_new_allocation (caps, TRUE);

  gst_harness_set_sink_caps_str (upload.harness, DMABUF ",format=I420" SIZE);
  gst_harness_set_src_caps_str (upload.harness, I420);
  gst_pad_add_probe (
      srcpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, answer_with_wishes, &asked, NULL);

  fail_unless (gst_pad_peer_query (upload.harness->srcpad, query));
  fail_unless (gst_heap_caps_are_dmabuf (asked));
  assert_offers_pool (query, caps);
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, NULL));
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  gst_query_unref (query);
  gst_caps_unref (asked);
  gst_caps_unref (caps);
  gst_object_unref (srcpad);
  upload_free (&upload);
}
GST_END_TEST

/* Caps that are the same cost a query no copy, and a buffer nothing. */
GST_START_TEST (test_same_caps_leave_query_and_buffer_alone)
{
  Upload upload = upload_new ("", I420);
  GstPad *srcpad = gst_element_get_static_pad (upload.harness->element, "src");
  GstBuffer *in = buffer_of (heap_memory_new ("system", I420_SIZE), NULL), *out;
  GstCaps *caps = gst_caps_from_string (I420), *asked = NULL;
  GstQuery *query = gst_query_new_allocation (caps, TRUE);

  gst_pad_add_probe (
      srcpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, answer_with_wishes, &asked, NULL);
  fail_unless (gst_pad_peer_query (upload.harness->srcpad, query));
  fail_unless (gst_caps_is_equal (asked, caps));
  fail_if (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  out = gst_harness_push_and_pull (upload.harness, in);
  fail_unless (out == in);
  fail_if (gst_buffer_get_video_meta (out));
  gst_buffer_unref (out);
  gst_query_unref (query);
  gst_caps_unref (asked);
  gst_caps_unref (caps);
  gst_object_unref (srcpad);
  upload_free (&upload);
}
GST_END_TEST

static Upload
upload_to_dmabuf (const gchar *properties)
{
  Upload upload = upload_new (properties, NULL);

  gst_harness_set_sink_caps_str (upload.harness, DMABUF ",format=I420" SIZE);
  gst_harness_set_src_caps_str (upload.harness, I420);
  return upload;
}

GST_START_TEST (test_dmabuf_without_a_layout_gets_that_of_its_caps)
{
  Upload upload = upload_to_dmabuf ("");
  GstBuffer *in = buffer_of (heap_memory_new ("system", I420_SIZE), NULL);
  GstMemory *memory = gst_buffer_peek_memory (in, 0);
  GstBuffer *out = gst_harness_push_and_pull (upload.harness, in);
  GstVideoMeta *meta = gst_buffer_get_video_meta (out);

  fail_unless (meta);
  fail_unless_equals_int (meta->stride[0], 32);
  fail_unless_equals_int (meta->stride[1], 16);
  fail_unless_equals_uint64 (meta->offset[1], 32 * 16);
  fail_unless (gst_buffer_peek_memory (out, 0) == memory);
  gst_buffer_unref (out);
  upload_assert_counts (&upload, 1, 0, 0);
  upload_free (&upload);
}
GST_END_TEST

/* Upstream's word counts, and a buffer that is too small for a frame is no frame. */
GST_START_TEST (test_dmabuf_with_a_layout_or_no_frame_stays_as_it_is)
{
  Upload upload = upload_to_dmabuf ("");
  GstBuffer *described = buffer_of (heap_memory_new ("system", 2 * I420_SIZE), NULL);
  GstBuffer *small = buffer_of (heap_memory_new ("system", 100), NULL), *out;
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, 64 * 16, 64 * 16 + 32 * 8 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 64, 32, 32 };

  gst_buffer_add_video_meta_full (described, 0, GST_VIDEO_FORMAT_I420, 32, 16, 3, offset, stride);
  out = gst_harness_push_and_pull (upload.harness, described);
  fail_unless (out == described);
  fail_unless_equals_int (gst_buffer_get_video_meta (out)->stride[0], 64);
  gst_buffer_unref (out);
  out = gst_harness_push_and_pull (upload.harness, small);
  fail_unless (out == small);
  fail_if (gst_buffer_get_video_meta (out));
  gst_buffer_unref (out);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_copies_go_out_as_dmabuf_with_their_layout)
{
  Upload upload = upload_to_dmabuf ("");
  GstBuffer *in = pattern_new (I420_SIZE), *out = upload_assert_copies (&upload, in, "system");

  fail_unless (gst_buffer_get_video_meta (out));
  assert_same_bytes (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

/* Both heaps were asked for, and one of them gives no dma-bufs. */
GST_START_TEST (test_what_is_no_dmabuf_is_copied_before_it_goes_out_as_one)
{
  Upload upload;
  GstBuffer *in, *out;

  fake_set_udmabuf (ENOENT);
  upload = upload_to_dmabuf ("heap-name=system;process");
  in = buffer_of (heap_memory_new ("process", I420_SIZE), NULL);
  out = gst_harness_push_and_pull (upload.harness, in);
  assert_in_heap (out, "system");
  gst_buffer_unref (out);
  upload_assert_counts (&upload, 0, 1, I420_SIZE);
  upload_free (&upload);
}
GST_END_TEST

/* As when another sink is linked, or a caps filter set otherwise. */
GST_START_TEST (test_form_changes_while_it_runs)
{
  const gchar *forms[] = { RAW ",format=I420" SIZE, DMABUF ",format=I420" SIZE, RAW ",format=I420" SIZE };
  Upload upload = upload_new ("", NULL);
  GstBuffer *out;

  gst_harness_set_caps_str (upload.harness, I420, forms[0]);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++) {
    gst_harness_set_sink_caps_str (upload.harness, forms[i]);
    out = gst_harness_push_and_pull (upload.harness, buffer_of (heap_memory_new ("system", I420_SIZE), NULL));
    assert_pad_has_caps (upload.harness->element, "src", forms[i]);
    fail_unless_equals_int (gst_buffer_get_video_meta (out) != NULL, i == 1);
    gst_buffer_unref (out);
  }
  upload_assert_counts (&upload, 3, 0, 0);
  upload_free (&upload);
}
GST_END_TEST

/* Who takes dma-bufs alone, called needy, where the heap has none. */
static const struct {
  const gchar *heap, *downstream;
} insisting[] = {
  { "", "capsfilter name=needy caps=\"" DMABUF "\" ! fakesink" },
  { "", "queue ! identity ! capsfilter name=needy caps=\"" DMABUF ",format=I420\" ! fakesink" },
  { "", "tee name=t ! queue ! fakesink t. ! queue ! capsfilter name=needy caps=\"" DMABUF "\" ! fakesink" },
  { "heap-name=process", "capsfilter name=needy caps=\"" DMABUF "\" ! fakesink" },
};

static gchar *
run_insisting (guint i)
{
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc num-buffers=3 ! heapupload %s ! %s", insisting[i].heap, insisting[i].downstream);
  gchar *text = test_play_to_error (pipeline);

  test_pipeline_free (pipeline);
  return text;
}

GST_START_TEST (test_without_dmabufs_who_insists_on_them_is_named)
{
  gchar *text = run_insisting (__i__);

  fail_unless (strstr (text, "needy takes only memory:DMABuf, and memory of heap \"process\" is no dma-buf: "
                             "no heap satisfies heap-require=importable:\nprocess: importable is required"),
      "%s", text);
  fail_unless (strstr (text, "/dev/dma_heap is not there"), "%s", text);
  fail_unless (strstr (text, "\"modprobe udmabuf\""), "%s", text);
  g_free (text);
}
GST_END_TEST

GST_START_TEST (test_without_dmabufs_a_heap_of_no_permission_is_shown)
{
  gchar *text;

  fake_add_heap_full ("system", 0, 0, 44, 0660, EACCES);
  text = run_insisting (0);
  fail_unless (strstr (text, "needy takes only memory:DMABuf"), "%s", text);
  fail_unless (strstr (text, "usermod --append --groups"), "%s", text);
  g_free (text);
}
GST_END_TEST

GST_START_TEST (test_heap_that_would_do_is_named_to_who_insists_on_dmabufs)
{
  gchar *text;

  fake_add_heap ("system");
  text = run_insisting (3);
  fail_unless (
      strstr (text, "memory of heap \"process\" is no dma-buf: ask for heap-require=importable, for which this "
                    "machine has heap \"system\"."),
      "%s", text);
  g_free (text);
}
GST_END_TEST

/* The error of an element, and then that of the source, which may be of caps. */
GST_START_TEST (test_without_dmabufs_other_errors_are_left_alone)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc ! heapupload ! identity error-after=2 ! fakesink");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (guint i = 0; i < 2; i++) {
    message = gst_bus_timed_pop_filtered (bus, TEST_TIMEOUT, GST_MESSAGE_ERROR);
    fail_unless (message);
    fail_if (g_str_has_prefix (GST_MESSAGE_SRC_NAME (message), "heapupload"));
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  test_pipeline_free (pipeline);
}
GST_END_TEST

static void
add_bare (Suite *suite)
{
  TCase *bare = test_case_new (suite, "bare", test_setup_bare);

  tcase_add_loop_test (bare, test_without_dmabufs_who_insists_on_them_is_named, 0, G_N_ELEMENTS (insisting));
  tcase_add_test (bare, test_without_dmabufs_a_heap_of_no_permission_is_shown);
  tcase_add_test (bare, test_heap_that_would_do_is_named_to_who_insists_on_dmabufs);
  tcase_add_test (bare, test_without_dmabufs_other_errors_are_left_alone);
}

static Suite *
dmabuf_caps_suite (void)
{
  Suite *suite = suite_create ("dmabuf-caps");
  TCase *tcase = test_case_new (suite, "caps", test_setup);

  tcase_add_loop_test (tcase, test_downstream_decides_the_form_and_nothing_is_copied, 0, G_N_ELEMENTS (chains));
  tcase_add_loop_test (tcase, test_caps_queries_are_answered_in_all_states, 0, G_N_ELEMENTS (queries));
  tcase_add_test (tcase, test_caps_are_accepted_in_ready);
  tcase_add_test (tcase, test_downstream_is_asked_in_its_caps_and_upstream_answered_in_its_own);
  tcase_add_test (tcase, test_same_caps_leave_query_and_buffer_alone);
  tcase_add_test (tcase, test_dmabuf_without_a_layout_gets_that_of_its_caps);
  tcase_add_test (tcase, test_dmabuf_with_a_layout_or_no_frame_stays_as_it_is);
  tcase_add_test (tcase, test_copies_go_out_as_dmabuf_with_their_layout);
  tcase_add_test (tcase, test_what_is_no_dmabuf_is_copied_before_it_goes_out_as_one);
  tcase_add_test (tcase, test_form_changes_while_it_runs);
  add_bare (suite);
  return suite;
}

GST_CHECK_MAIN (dmabuf_caps)
