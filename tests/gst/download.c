/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapdownload: what it passes, copies and refuses, over heaps of either kind. */
#include "upload-harness.h"

#include "gst/elements/gstheapdownload.h"

#include <errno.h>

#define RAW "video/x-raw"
#define DMABUF "video/x-raw(memory:DMABuf)"
#define SIZE ",width=32,height=16,framerate=25/1"
#define N_FRAMES 6

static const gchar config[] = "[vault]\n"
                              "protected=yes\n"
                              "[slow]\n"
                              "cacheable=no\n";

static void
setup (void)
{
  test_setup ();
  GST_ELEMENT_REGISTER (heapdownload, NULL);
  fake_add_heap ("system-uncached");
  fake_add_heap ("slow");
  fake_add_heap ("vault");
  fake_add_heap ("board"); /* of which nothing is known */
}

/* heap, and whether its frames are copied; the form upstream; downstream. */
static const struct {
  const gchar *heap, *properties, *form;
  guint n_copied;
} pipelines[] = {
  { "system", "", DMABUF, 0 },
  { "system", "", RAW, 0 },
  { "system", "", DMABUF ",format=I420", 0 },
  { "system-uncached", "", DMABUF, N_FRAMES },
  { "system-uncached", "", RAW, N_FRAMES },
  { "slow", "", DMABUF ",format=I420", N_FRAMES },
  { "system-uncached", "copy=never", DMABUF, 0 },
  { "board", "", DMABUF, 0 },
  { "board", "copy=always", DMABUF, N_FRAMES },
  { "system", "copy=always", RAW, N_FRAMES },
};

GST_START_TEST (test_only_what_is_not_cached_is_copied)
{
  guint n = pipelines[__i__].n_copied;
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc num-buffers=%u ! " RAW ",format=I420" SIZE
                         " ! heapupload heap-name=%s ! %s ! heapdownload name=down %s ! videoconvert ! " RAW
                         ",format=BGRx ! fakesink name=sink",
          N_FRAMES, pipelines[__i__].heap, pipelines[__i__].form, pipelines[__i__].properties);
  GstElement *plain = test_pipeline_new ("videotestsrc num-buffers=%u ! " RAW ",format=I420" SIZE
                                         " ! videoconvert ! " RAW ",format=BGRx ! fakesink name=sink",
      N_FRAMES);
  TestWatch *in = test_watch_new (pipeline, "down", "sink", pipelines[__i__].heap, FALSE);
  TestWatch *out = test_watch_new (pipeline, "sink", "sink", NULL, TRUE);
  TestWatch *expected = test_watch_new (plain, "sink", "sink", NULL, TRUE);

  test_play_to_eos (pipeline);
  test_play_to_eos (plain);
  test_watch_assert_in_heap (in, N_FRAMES);
  test_assert_same_digests (out, expected);
  fail_unless_equals_uint64 (test_stat (pipeline, "down", "frames-copied"), n);
  fail_unless_equals_uint64 (test_stat (pipeline, "down", "frames-passed"), N_FRAMES - n);
  fail_unless_equals_uint64 (test_stat (pipeline, "down", "bytes-copied"), (guint64) n * I420_SIZE);
  test_pipeline_free (pipeline);
  test_pipeline_free (plain);
  test_watch_free (in);
  test_watch_free (out);
  test_watch_free (expected);
}
GST_END_TEST

/* With its messages, under caps. */
typedef struct {
  GstHarness *harness;
  GstBus *bus;
} Download;

static Download
download_new (const gchar *properties, const gchar *caps)
{
  gchar *launch = g_strdup_printf ("heapdownload %s", properties);
  GstElement *element = gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_NONE, NULL);
  Download download = { NULL, gst_bus_new () };

  gst_element_set_bus (element, download.bus);
  download.harness = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (download.harness, caps);
  gst_object_unref (element);
  g_free (launch);
  return download;
}

static void
download_free (Download *download)
{
  gst_element_set_bus (download->harness->element, NULL);
  gst_harness_teardown (download->harness);
  gst_bus_set_flushing (download->bus, TRUE);
  gst_object_unref (download->bus);
}

static void
assert_message (Download *download, GstMessageType type, const gchar *part, const gchar *other_part)
{
  GstMessage *message = gst_bus_pop_filtered (download->bus, type);
  GError *error = NULL;

  fail_unless (message != NULL, "nothing was said");
  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (strstr (error->message, part) && strstr (error->message, other_part), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
}

static void
assert_counts (Download *download, guint64 passed, guint64 copied, guint64 bytes)
{
  fail_unless_equals_uint64 (test_stat (download->harness->element, NULL, "frames-passed"), passed);
  fail_unless_equals_uint64 (test_stat (download->harness->element, NULL, "frames-copied"), copied);
  fail_unless_equals_uint64 (test_stat (download->harness->element, NULL, "bytes-copied"), bytes);
}

/* Memory of heap with a pattern in it. */
static GstMemory *
patterned_new (const gchar *heap, gsize size)
{
  GstMemory *memory = heap_memory_new (heap, size);
  GstBuffer *pattern = pattern_new (size);
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_WRITE));
  fail_unless_equals_uint64 (gst_buffer_extract (pattern, 0, map.data, size), size);
  gst_memory_unmap (memory, &map);
  gst_buffer_unref (pattern);
  return memory;
}

/* A frame of which each plane has a stride of 64. */
static GstBuffer *
wide_frame_new (const gchar *heap)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, 64 * 16, 64 * 24 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 64, 64, 64 };
  GstBuffer *buffer = buffer_of (patterned_new (heap, 64 * 32), NULL);

  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 32, 16, 3, offset, stride);
  return buffer;
}

static void
assert_same_frame (GstBuffer *out, GstBuffer *in)
{
  GstCaps *caps = gst_caps_from_string (I420);
  gchar *a = test_digest (in, caps), *b = test_digest (out, caps);

  fail_unless_equals_string (a, b);
  g_free (a);
  g_free (b);
  gst_caps_unref (caps);
}

GST_START_TEST (test_a_frame_that_passes_is_the_same_buffer_under_plain_caps)
{
  Download download = download_new ("", DMABUF ",format=I420" SIZE);
  GstBuffer *in = buffer_of (patterned_new ("system", I420_SIZE), NULL), *out;
  GstCaps *caps;

  out = gst_harness_push_and_pull (download.harness, gst_buffer_ref (in));
  fail_unless (out == in);
  caps = gst_pad_get_current_caps (download.harness->sinkpad);
  fail_unless (gst_caps_features_is_equal (gst_caps_get_features (caps, 0), GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY));
  fail_unless_equals_string (gst_structure_get_string (gst_caps_get_structure (caps, 0), "format"), "I420");
  fail_unless_equals_int (test_count_messages (download.bus, GST_MESSAGE_WARNING), 0);
  gst_caps_unref (caps);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  download_free (&download);
}
GST_END_TEST

GST_START_TEST (test_copies_out_of_uncached_memory_are_warned_of_once)
{
  Download download = download_new ("", DMABUF ",format=I420" SIZE);

  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = buffer_of (patterned_new ("system-uncached", I420_SIZE), NULL), *out;

    GST_BUFFER_PTS (in) = i * GST_SECOND;
    fake_fail_every (FAKE_HEAP_ALLOC, ENOMEM);
    out = gst_harness_push_and_pull (download.harness, gst_buffer_ref (in));
    fake_disarm ();
    fail_unless (out != in);
    fail_if (gst_is_heap_memory (gst_buffer_peek_memory (out, 0)));
    fail_unless_equals_uint64 (GST_BUFFER_PTS (out), i * GST_SECOND);
    assert_same_bytes (out, in);
    gst_buffer_unref (out);
    gst_buffer_unref (in);
  }
  assert_counts (&download, 0, 3, 3 * I420_SIZE);
  assert_message (&download, GST_MESSAGE_WARNING, "\"system-uncached\"", "heap-require=cacheable");
  fail_unless_equals_int (test_count_messages (download.bus, GST_MESSAGE_WARNING), 0);
  download_free (&download);
}
GST_END_TEST

/* The kernel brings them in and out of the caches of the CPU once, and not for each plane. */
GST_START_TEST (test_a_frame_is_synced_once)
{
  Download download = download_new ("", DMABUF ",format=I420" SIZE);
  GstBuffer *in = wide_frame_new ("system-uncached");
  guint starts = fake_sync_starts (), ends = fake_sync_ends ();

  gst_buffer_unref (gst_harness_push_and_pull (download.harness, in));
  fail_unless_equals_int (fake_sync_starts () - starts, 1);
  fail_unless_equals_int (fake_sync_ends () - ends, 1);
  download_free (&download);
}
GST_END_TEST

GST_START_TEST (test_dmabufs_of_others_are_judged_by_who_exported_them)
{
  Download download = download_new ("", DMABUF ",format=I420" SIZE);
  const gchar *const paths[] = { "/dev/dma_heap/system", "/dev/dma_heap/system-uncached", "/dev/dma_heap/board" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    gst_buffer_unref (
        gst_harness_push_and_pull (download.harness, buffer_of (foreign_memory_new (paths[i], 4096), NULL)));
  assert_counts (&download, 2, 1, I420_SIZE);
  assert_message (&download, GST_MESSAGE_WARNING, "\"system-uncached\"", "copied");
  download_free (&download);
}
GST_END_TEST

GST_START_TEST (test_several_memories_and_other_media_are_copied_byte_by_byte)
{
  Download download = download_new ("", "video/x-h264");
  GstBuffer *in = buffer_of (patterned_new ("system-uncached", 100), patterned_new ("slow", 333));
  GstBuffer *out = gst_harness_push_and_pull (download.harness, gst_buffer_ref (in));

  fail_unless_equals_int (gst_buffer_n_memory (out), 1);
  assert_same_bytes (out, in);
  assert_counts (&download, 0, 1, 433);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  download_free (&download);
}
GST_END_TEST

GST_START_TEST (test_strides_are_kept_for_who_reads_video_meta)
{
  Download download = download_new ("", DMABUF ",format=I420" SIZE);
  GstBuffer *in = wide_frame_new ("system"), *out;

  gst_harness_add_propose_allocation_meta (download.harness, GST_VIDEO_META_API_TYPE, NULL);
  out = gst_harness_push_and_pull (download.harness, gst_buffer_ref (in));
  fail_unless (out == in);
  assert_counts (&download, 1, 0, 0);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  download_free (&download);
}
GST_END_TEST

GST_START_TEST (test_strides_become_default_for_who_does_not)
{
  Download download = download_new ("", DMABUF ",format=I420" SIZE);
  GstBuffer *in = wide_frame_new ("system"), *out;

  out = gst_harness_push_and_pull (download.harness, gst_buffer_ref (in));
  fail_unless (gst_buffer_get_video_meta (out) == NULL);
  fail_unless_equals_uint64 (gst_buffer_get_size (out), I420_SIZE);
  assert_same_frame (out, in);
  assert_counts (&download, 0, 1, I420_SIZE);
  assert_message (&download, GST_MESSAGE_WARNING, "GstVideoMeta", "Each frame is copied");
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  download_free (&download);
}
GST_END_TEST

GST_START_TEST (test_without_copies_what_would_be_misread_is_an_error)
{
  Download download = download_new ("copy=never", DMABUF ",format=I420" SIZE);

  fail_unless_equals_int (gst_harness_push (download.harness, wide_frame_new ("system")), GST_FLOW_ERROR);
  assert_message (&download, GST_MESSAGE_ERROR, "would misread", "copy=never");
  assert_counts (&download, 0, 0, 0);
  download_free (&download);
}
GST_END_TEST

static const gchar *const settings[] = { "", "copy=always", "copy=never" };

GST_START_TEST (test_protected_memory_is_refused)
{
  Download download = download_new (settings[__i__], DMABUF ",format=I420" SIZE);
  guint maps = fake_calls (FAKE_MMAP);

  fail_unless_equals_int (
      gst_harness_push (download.harness, buffer_of (heap_memory_new ("vault", I420_SIZE), NULL)), GST_FLOW_ERROR);
  assert_message (&download, GST_MESSAGE_ERROR, "\"vault\" is protected", "memory:DMABuf");
  fail_unless_equals_int (
      gst_harness_push (download.harness, buffer_of (foreign_memory_new ("/dev/dma_heap/vault", 4096), NULL)),
      GST_FLOW_ERROR);
  assert_message (&download, GST_MESSAGE_ERROR, "\"vault\" is protected", "memory:DMABuf");
  fail_unless_equals_int (fake_calls (FAKE_MMAP), maps);
  assert_counts (&download, 0, 0, 0);
  download_free (&download);
}
GST_END_TEST

/* caps that come, and whether they can. */
static const struct {
  const gchar *caps;
  gboolean needs_drm, is_possible;
} forms[] = {
  { RAW ",format=I420" SIZE, FALSE, TRUE },
  { DMABUF ",format=NV12" SIZE, FALSE, TRUE },
  { DMABUF ",format=DMA_DRM,drm-format=NV12" SIZE, TRUE, TRUE },
  { DMABUF ",format=DMA_DRM,drm-format=(string)NV12:0x0100000000000002" SIZE, FALSE, FALSE },
  { "video/x-h264", FALSE, TRUE },
  { "video/x-raw(memory:GLMemory),format=RGBA" SIZE, FALSE, TRUE },
};

GST_START_TEST (test_what_is_linear_has_a_plain_form)
{
  GstElement *element = gst_element_factory_make ("heapdownload", NULL);
  GstPad *sinkpad = gst_element_get_static_pad (element, "sink"), *srcpad = gst_element_get_static_pad (element, "src");
  GstCaps *caps = gst_caps_from_string (forms[__i__].caps), *out;

  gst_element_set_state (element, GST_STATE_PAUSED);
  if (!forms[__i__].needs_drm || test_has_drm_caps ())
    fail_unless_equals_int (gst_pad_query_accept_caps (sinkpad, caps), forms[__i__].is_possible);
  /* in no case does it leave as it is when it is in dma-bufs */
  out = gst_pad_query_caps (srcpad, NULL);
  fail_unless (gst_caps_is_any (out));
  fail_unless_equals_int (gst_pad_query_accept_caps (srcpad, caps),
      !gst_caps_features_contains (gst_caps_get_features (caps, 0), "memory:DMABuf"));
  gst_caps_unref (out);
  gst_caps_unref (caps);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (srcpad);
  gst_object_unref (sinkpad);
  gst_object_unref (element);
}
GST_END_TEST

/* GStreamer alone says "not-negotiated". */
GST_START_TEST (test_tiled_frames_are_refused_with_the_reason)
{
  GstElement *pipeline =
      test_pipeline_new ("fakesrc sizetype=fixed num-buffers=3 ! capsfilter name=filter ! heapdownload ! fakesink");
  GstElement *filter = gst_bin_get_by_name (GST_BIN (pipeline), "filter");
  gchar *text;

  gst_util_set_object_arg (
      G_OBJECT (filter), "caps", DMABUF ",format=DMA_DRM,drm-format=(string)NV12:0x0100000000000002" SIZE);
  text = test_play_to_error (pipeline);
  fail_unless (strstr (text, "have no plain form") && strstr (text, "ask it for linear ones"), "%s", text);
  g_free (text);
  gst_object_unref (filter);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_errors_of_others_are_left_to_them)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc ! heapdownload ! identity error-after=2 ! fakesink");
  gchar *text = test_play_to_error (pipeline);

  fail_if (strstr (text, "plain form"), "%s", text);
  g_free (text);
  test_pipeline_free (pipeline);
}
GST_END_TEST

static Suite *
download_suite (void)
{
  Suite *suite = suite_create ("download");
  TCase *tcase = test_case_new (suite, "heapdownload", setup);

  tcase_add_loop_test (tcase, test_only_what_is_not_cached_is_copied, 0, G_N_ELEMENTS (pipelines));
  tcase_add_test (tcase, test_a_frame_that_passes_is_the_same_buffer_under_plain_caps);
  tcase_add_test (tcase, test_copies_out_of_uncached_memory_are_warned_of_once);
  tcase_add_test (tcase, test_a_frame_is_synced_once);
  tcase_add_test (tcase, test_dmabufs_of_others_are_judged_by_who_exported_them);
  tcase_add_test (tcase, test_several_memories_and_other_media_are_copied_byte_by_byte);
  tcase_add_test (tcase, test_strides_are_kept_for_who_reads_video_meta);
  tcase_add_test (tcase, test_strides_become_default_for_who_does_not);
  tcase_add_test (tcase, test_without_copies_what_would_be_misread_is_an_error);
  tcase_add_loop_test (tcase, test_protected_memory_is_refused, 0, G_N_ELEMENTS (settings));
  tcase_add_loop_test (tcase, test_what_is_linear_has_a_plain_form, 0, G_N_ELEMENTS (forms));
  tcase_add_test (tcase, test_tiled_frames_are_refused_with_the_reason);
  tcase_add_test (tcase, test_errors_of_others_are_left_to_them);
  return suite;
}

int
main (int argc, char **argv)
{
  return heap_fixture_run_with_config (config, download_suite, "download", argc, argv);
}
