/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Software decoders write into the heap, and write there what they write elsewhere. */
#include "testing.h"

#include <glib/gstdio.h>

#define N_FRAMES 50

/* Decodes the file, with what watched is put between decoder and sink. */
static TestWatch *
decode (const gchar *decoder, const gchar *path, const gchar *watched, const gchar *heap)
{
  GstElement *pipeline = test_pipeline_new (
      "filesrc location=%s ! matroskademux ! %s ! %s name=up ! fakevideosink sync=false", path, decoder, watched);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", heap, TRUE);

  test_play_to_eos (pipeline);
  if (heap) {
    test_watch_assert_in_heap (watch, N_FRAMES);
    fail_unless (g_hash_table_size (watch->inodes) < N_FRAMES, "memory is not used again");
    fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), N_FRAMES);
    fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
    GST_INFO ("%s: %u memories", decoder, g_hash_table_size (watch->inodes));
  }
  test_pipeline_free (pipeline);
  return watch;
}

static void
assert_decodes_into_heaps_of_size (const gchar *encoder, const gchar *decoder, gint width, gint height)
{
  gchar *directory = g_dir_make_tmp ("gst-heaps-XXXXXX", NULL);
  gchar *path = g_build_filename (directory, "encoded.mkv", NULL);
  TestWatch *plain, *in_default, *in_contiguous;

  test_run ("videotestsrc num-buffers=%d pattern=ball ! video/x-raw,format=I420,width=%d,height=%d,framerate=25/1 ! %s "
            "! matroskamux ! filesink location=%s",
      N_FRAMES, width, height, encoder, path);
  plain = decode (decoder, path, "identity", NULL);
  in_default = decode (decoder, path, "heapupload require-zero-copy=true", "system");
  in_contiguous =
      decode (decoder, path, "heapupload require-zero-copy=true heap-require=contiguous", "default_cma_region");
  test_assert_same_digests (plain, in_default);
  test_assert_same_digests (plain, in_contiguous);
  fail_unless_equals_int (plain->n_buffers, N_FRAMES);

  test_watch_free (plain);
  test_watch_free (in_default);
  test_watch_free (in_contiguous);
  g_unlink (path);
  g_rmdir (directory);
  g_free (path);
  g_free (directory);
}

/* Of a size that is no multiple of a macroblock's, and with chroma rows of an odd length. */
static void
assert_decodes_into_heaps (const gchar *encoder, const gchar *decoder)
{
  assert_decodes_into_heaps_of_size (encoder, decoder, 322, 242);
}

GST_START_TEST (test_h264)
{
  const gint sizes[][2] = { { 640, 362 }, { 1280, 720 }, { 320, 240 }, { 64, 48 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    assert_decodes_into_heaps_of_size (
        "x264enc speed-preset=ultrafast", "h264parse ! avdec_h264", sizes[i][0], sizes[i][1]);
}
GST_END_TEST

GST_START_TEST (test_h264_with_b_frames)
{
  assert_decodes_into_heaps_of_size (
      "x264enc speed-preset=fast bframes=3 rc-lookahead=10", "h264parse ! avdec_h264", 320, 240);
}
GST_END_TEST

GST_START_TEST (test_h264_in_decodebin)
{
  assert_decodes_into_heaps_of_size ("x264enc speed-preset=ultrafast", "decodebin", 320, 240);
}
GST_END_TEST

GST_START_TEST (test_h264_without_direct_rendering)
{
  assert_decodes_into_heaps_of_size (
      "x264enc speed-preset=ultrafast", "h264parse ! avdec_h264 direct-rendering=false", 320, 240);
}
GST_END_TEST

GST_START_TEST (test_theora)
{
  assert_decodes_into_heaps ("theoraenc", "theoradec");
}
GST_END_TEST

GST_START_TEST (test_vp8)
{
  assert_decodes_into_heaps ("vp8enc deadline=1", "vp8dec");
}
GST_END_TEST

GST_START_TEST (test_jpeg)
{
  assert_decodes_into_heaps ("jpegenc", "jpegdec");
}
GST_END_TEST

GST_START_TEST (test_decodebin)
{
  assert_decodes_into_heaps ("theoraenc", "decodebin");
}
GST_END_TEST

GST_START_TEST (test_behind_a_queue)
{
  assert_decodes_into_heaps ("theoraenc", "theoradec ! queue max-size-buffers=3");
}
GST_END_TEST

static Suite *
decoders_suite (void)
{
  Suite *suite = suite_create ("decoders");
  TCase *codecs = test_case_new (suite, "codecs", test_setup);

  tcase_add_test (codecs, test_h264);
  tcase_add_test (codecs, test_h264_with_b_frames);
  tcase_add_test (codecs, test_h264_in_decodebin);
  tcase_add_test (codecs, test_h264_without_direct_rendering);
  tcase_add_test (codecs, test_theora);
  tcase_add_test (codecs, test_vp8);
  tcase_add_test (codecs, test_jpeg);
  tcase_add_test (codecs, test_decodebin);
  tcase_add_test (codecs, test_behind_a_queue);
  return suite;
}

GST_CHECK_MAIN (decoders)
