/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Software decoders write into the heap, and write there what they write elsewhere. */
#include "testing.h"

#include <glib/gstdio.h>

/* 2 s of a picture that moves, of a size that is no multiple of a macroblock. */
#define N_FRAMES 50
#define SOURCE "videotestsrc num-buffers=50 pattern=ball ! video/x-raw,format=I420,width=322,height=242,framerate=25/1"

static void
encode (const gchar *encoder, const gchar *path)
{
  test_run (SOURCE " ! %s ! matroskamux ! filesink location=%s", encoder, path);
}

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
    fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), N_FRAMES);
    fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
    GST_INFO ("%s: %u memories", decoder, g_hash_table_size (watch->inodes));
  }
  test_pipeline_free (pipeline);
  return watch;
}

static void
assert_decodes_into_heaps (const gchar *encoder, const gchar *decoder)
{
  gchar *directory = g_dir_make_tmp ("gst-heaps-XXXXXX", NULL);
  gchar *path = g_build_filename (directory, "encoded.mkv", NULL);
  TestWatch *plain, *in_default, *in_contiguous;

  encode (encoder, path);
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

GST_START_TEST (test_h264)
{
  assert_decodes_into_heaps ("x264enc speed-preset=ultrafast", "h264parse ! avdec_h264");
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
  assert_decodes_into_heaps ("theoraenc", "theoradec ! queue");
}
GST_END_TEST

static Suite *
decoders_suite (void)
{
  Suite *suite = suite_create ("decoders");
  TCase *codecs = test_case_new (suite, "codecs", test_setup);

  tcase_add_test (codecs, test_h264);
  tcase_add_test (codecs, test_theora);
  tcase_add_test (codecs, test_vp8);
  tcase_add_test (codecs, test_jpeg);
  tcase_add_test (codecs, test_decodebin);
  tcase_add_test (codecs, test_behind_a_queue);
  return suite;
}

GST_CHECK_MAIN (decoders)
