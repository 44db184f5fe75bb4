/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload, asked for a layout: who gets it, who cannot, and what comes of downstream's own wishes. */
#include "heap-fixture.h"
#include "upload-harness.h"

#include <gst/video/video.h>

#define NV12 "video/x-raw,format=NV12,width=640,height=480,framerate=25/1"
#define SOURCE "videotestsrc name=source num-buffers=10 ! " NV12
#define FRAMES 10

/* What leaves an element has to satisfy params. */
typedef struct {
  GstHeapLayoutParams *params;
  guint n_accepted;
} Expectation;

static GstPadProbeReturn
expect_layout (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Expectation *expectation = data;
  GError *error = NULL;
  GstVideoInfo video;
  GstCaps *caps = gst_pad_get_current_caps (pad);

  gst_video_info_from_caps (&video, caps);
  gst_caps_unref (caps);
  if (gst_heap_layout_params_accepts_buffer (expectation->params, &video, GST_PAD_PROBE_INFO_BUFFER (info), &error))
    expectation->n_accepted++;
  g_clear_error (&error);
  return GST_PAD_PROBE_OK;
}

static void
add_expectation (GstElement *pipeline, Expectation *expectation, const gchar *layout)
{
  GstElement *up = gst_bin_get_by_name (GST_BIN (pipeline), "up");
  GstPad *pad = gst_element_get_static_pad (up, "src");

  expectation->n_accepted = 0;
  expectation->params = gst_heap_layout_params_new_from_string (layout, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, expect_layout, expectation, NULL);
  gst_object_unref (pad);
  gst_object_unref (up);
}

static const struct {
  const gchar *properties, *layout;
} asked[] = {
  { "planes=split", "layout, planes=split" },
  { "planes=single", "layout, planes=single" },
  { "stride-align=256", "layout, stride-align=256" },
  { "stride-align=512,256", "layout, stride-align=<512,256>" },
  { "plane-offset-align=65536", "layout, plane-offset-align=65536" },
  { "height-align=64", "layout, min-height=512" },
  { "size-align=65536", "layout, size-align=65536" },
  { "planes=split stride-align=256 height-align=64 size-align=4096",
      "layout, planes=split, stride-align=256, min-height=512, size-align=4096" },
};

GST_START_TEST (test_upstream_writes_frames_as_asked)
{
  GstElement *pipeline =
      test_pipeline_new (SOURCE " ! heapupload name=up require-zero-copy=true %s ! queue ! fakevideosink sync=false",
          asked[__i__].properties);
  Expectation expectation;

  add_expectation (pipeline, &expectation, asked[__i__].layout);
  test_play_to_eos (pipeline);
  fail_unless_equals_int (expectation.n_accepted, FRAMES);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), FRAMES);
  test_pipeline_free (pipeline);
  gst_heap_layout_params_free (expectation.params);
}

GST_END_TEST

GST_START_TEST (test_copies_lie_as_asked)
{
  GstElement *pipeline =
      test_pipeline_new (SOURCE " ! tee ! heapupload name=up %s ! fakevideosink sync=false", asked[__i__].properties);
  TestWatch *in = test_watch_new (pipeline, "up", "sink", NULL, TRUE);
  TestWatch *out = test_watch_new (pipeline, "up", "src", "system", TRUE);
  Expectation expectation;

  add_expectation (pipeline, &expectation, asked[__i__].layout);
  test_play_to_eos (pipeline);
  fail_unless_equals_int (expectation.n_accepted, FRAMES);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), FRAMES);
  test_assert_same_digests (in, out);
  test_pipeline_free (pipeline);
  gst_heap_layout_params_free (expectation.params);
  test_watch_free (in);
  test_watch_free (out);
}

GST_END_TEST

static const struct {
  const gchar *properties, *behind, *message;
} misread[] = {
  { "planes=split", "fakesink", "fakesink0 does not read GstVideoMeta" },
  { "stride-align=256", "queue ! identity ! fakesink name=last", "last does not read GstVideoMeta" },
  { "stride-align=256", "tee name=t ! queue ! fakesink t. ! queue ! fakesink", "t does not read GstVideoMeta" },
  { "plane-offset-align=65536 height-align=64", "fakesink",
      "would misread frames that lie as asked for (plane-offset-align=65536 height-align=64)" },
};

GST_START_TEST (test_who_would_misread_the_frames_is_named)
{
  GstElement *pipeline =
      test_pipeline_new (SOURCE " ! heapupload %s ! %s", misread[__i__].properties, misread[__i__].behind);
  gchar *error = test_play_to_error (pipeline);

  fail_unless (strstr (error, misread[__i__].message), "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_default_layout_needs_no_reader)
{
  GstElement *pipeline = test_pipeline_new (
      SOURCE " ! heapupload name=up require-zero-copy=true stride-align=64 planes=single size-align=4096 ! fakesink");

  test_play_to_eos (pipeline);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), FRAMES);
  test_pipeline_free (pipeline);
}

GST_END_TEST

static const struct {
  const gchar *properties, *message;
} nonsense[] = {
  { "stride-align=48", "stride-align cannot be 48: it is a power of two, 1048576 at the most" },
  { "stride-align=wide", "stride-align is a number, and \"wide\" is none" },
  { "plane-offset-align=1,2,4,8,16", "plane-offset-align takes one number, or up to four with commas in between" },
  { "height-align=3", "height-align cannot be 3" },
};

GST_START_TEST (test_properties_that_make_no_sense_are_an_error)
{
  GstElement *pipeline = test_pipeline_new (SOURCE " ! heapupload %s ! fakevideosink", nonsense[__i__].properties);
  gchar *error = test_play_to_error (pipeline);

  fail_unless (strstr (error, nonsense[__i__].message), "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}

GST_END_TEST

GST_START_TEST (test_what_has_no_planes_cannot_be_laid_out)
{
  GstElement *pipeline = test_pipeline_new ("audiotestsrc num-buffers=5 ! heapupload planes=split ! fakesink");
  gchar *error = test_play_to_error (pipeline);

  fail_unless (strstr (error, "a layout is asked for, and audio/x-raw is no raw video"), "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}

GST_END_TEST

/* A harness whose sink reads GstVideoMeta, and says params of it. */
static Upload
upload_to_reader (const gchar *properties, const gchar *params_string)
{
  Upload upload = upload_new (properties, NULL);
  GstStructure *params = params_string ? gst_structure_from_string (params_string, NULL) : NULL;

  gst_harness_add_propose_allocation_meta (upload.harness, GST_VIDEO_META_API_TYPE, params);
  gst_harness_set_src_caps_str (upload.harness, I420);
  g_clear_pointer (&params, gst_structure_free);
  return upload;
}

/* Of a pool by itself, as another process may have it. */
static GstBuffer *
heap_frame_new (const gchar *layout)
{
  GstHeapLayoutParams *params = gst_heap_layout_params_new_from_string (layout, NULL);
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string (I420);
  GstBuffer *buffer;

  gst_buffer_pool_config_set_params (config, caps, 0, 0, 0);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_HEAP_LAYOUT);
  gst_heap_buffer_pool_config_set_layout (config, params);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_object_unref (allocator);
  gst_caps_unref (caps);
  gst_heap_layout_params_free (params);
  return buffer;
}

GST_START_TEST (test_frames_that_lie_as_asked_pass)
{
  Upload upload = upload_to_reader ("planes=split stride-align=64", NULL);
  GstBuffer *buffer = heap_frame_new ("layout, planes=split, stride-align=128");
  GstBuffer *out = gst_harness_push_and_pull (upload.harness, gst_buffer_ref (buffer));

  fail_unless (out == buffer);
  upload_assert_counts (&upload, 1, 0, 0);
  gst_buffer_unref (out);
  gst_buffer_unref (buffer);
  upload_free (&upload);
}

GST_END_TEST

/* Memory of the heap, in the layout of who was not offered another. */
GST_START_TEST (test_frames_that_lie_otherwise_are_copied)
{
  Upload upload = upload_to_reader ("stride-align=64", NULL);
  GstBuffer *buffer = heap_frame_new ("layout");
  GstBuffer *out = upload_assert_copies (&upload, buffer, "system");

  fail_unless_equals_int (gst_buffer_get_video_meta (out)->stride[1], 64);
  fail_unless_equals_int (test_count_messages (upload.bus, GST_MESSAGE_WARNING), 1);
  gst_buffer_unref (out);
  gst_buffer_unref (buffer);
  upload_free (&upload);
}

GST_END_TEST

GST_START_TEST (test_frames_that_lie_otherwise_are_refused)
{
  Upload upload = upload_to_reader ("stride-align=64 require-zero-copy=true", NULL);

  fail_unless_equals_int (
      gst_harness_push (upload.harness, buffer_of (heap_memory_new ("system", I420_SIZE), NULL)), GST_FLOW_ERROR);
  upload_assert_error (&upload, GST_RESOURCE_ERROR_SETTINGS,
      "lays frames out otherwise than is asked for: plane 0 has 32 bytes to a line, and is to have a multiple of 64. "
      "It asks for no GstVideoMeta");
  upload_free (&upload);
}

GST_END_TEST

/* v4l2sink says what its device wants in these, and misreads anything else. */
GST_START_TEST (test_copies_have_the_padding_downstream_wants)
{
  Upload upload = upload_to_reader ("", "video-meta, padding-bottom=(uint)16, stride-align0=(uint)127");
  GstBuffer *buffer = pattern_new (I420_SIZE);
  GstBuffer *out = upload_assert_copies (&upload, buffer, "system");

  fail_unless_equals_int (gst_buffer_get_video_meta (out)->stride[0], 128);
  fail_unless_equals_int (gst_buffer_get_video_meta (out)->offset[1], 128 * 32);
  gst_buffer_unref (out);
  gst_buffer_unref (buffer);
  upload_free (&upload);
}

GST_END_TEST

GST_START_TEST (test_what_downstream_cannot_mean_is_left_out)
{
  Upload upload = upload_to_reader ("", "video-meta, padding-bottom=(uint)4294967295");
  GstBuffer *buffer = pattern_new (I420_SIZE);
  GstBuffer *out = upload_assert_copies (&upload, buffer, "system");

  fail_unless_equals_int (gst_buffer_get_size (out), I420_SIZE);
  gst_buffer_unref (out);
  gst_buffer_unref (buffer);
  upload_free (&upload);
}

GST_END_TEST

/* One that is in two memories is as large as both. */
GST_START_TEST (test_least_size_is_that_of_the_whole_buffer)
{
  Upload upload = upload_new ("min-size=8192", I420);
  GstBuffer *large = buffer_of (heap_memory_new ("system", 512), heap_memory_new ("system", 256));
  GstBuffer *out = gst_harness_push_and_pull (upload.harness, gst_buffer_ref (large));

  fail_unless (out == large);
  gst_buffer_unref (out);
  gst_buffer_unref (large);
  upload_free (&upload);
}

GST_END_TEST

/* Two frames are allocated in advance. */
GST_START_TEST (test_copy_that_has_no_room_for_a_plane_is_an_error)
{
  Upload upload = upload_to_reader ("planes=split", NULL);

  fake_set_capacity ("system", (__i__ - 1) * HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (gst_harness_push (upload.harness, pattern_new (I420_SIZE)), GST_FLOW_ERROR);
  fail_unless_equals_int (test_count_messages (upload.bus, GST_MESSAGE_ERROR), 1);
  upload_free (&upload);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
}

GST_END_TEST

static Suite *
upload_layout_suite (void)
{
  Suite *suite = suite_create ("upload-layout");
  TCase *tcase = test_case_new (suite, "upload-layout", test_setup);

  tcase_add_loop_test (tcase, test_upstream_writes_frames_as_asked, 0, G_N_ELEMENTS (asked));
  tcase_add_loop_test (tcase, test_copies_lie_as_asked, 0, G_N_ELEMENTS (asked));
  tcase_add_loop_test (tcase, test_who_would_misread_the_frames_is_named, 0, G_N_ELEMENTS (misread));
  tcase_add_test (tcase, test_default_layout_needs_no_reader);
  tcase_add_loop_test (tcase, test_properties_that_make_no_sense_are_an_error, 0, G_N_ELEMENTS (nonsense));
  tcase_add_test (tcase, test_what_has_no_planes_cannot_be_laid_out);
  tcase_add_test (tcase, test_frames_that_lie_as_asked_pass);
  tcase_add_test (tcase, test_frames_that_lie_otherwise_are_copied);
  tcase_add_test (tcase, test_frames_that_lie_otherwise_are_refused);
  tcase_add_test (tcase, test_copies_have_the_padding_downstream_wants);
  tcase_add_test (tcase, test_what_downstream_cannot_mean_is_left_out);
  tcase_add_test (tcase, test_least_size_is_that_of_the_whole_buffer);
  tcase_add_loop_test (tcase, test_copy_that_has_no_room_for_a_plane_is_an_error, 1, 7);
  return suite;
}

GST_CHECK_MAIN (upload_layout)
