/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload in whole pipelines: where the frames lie, and that nothing is copied. */
#include "testing.h"

#define SINK "fakevideosink sync=false"
/* A pool has as many buffers as are held: a queue that holds them all would keep one from seeing any used again. */
#define SHORT_QUEUE "queue max-size-buffers=3"

static void
assert_passed (GstElement *pipeline, guint frames)
{
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), frames);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "bytes-copied"), 0);
}

/* Runs the pipeline, in which heapupload is called "up": all frames pass, in memory of heap, of which there are as many
 * as the pool has. */
static void
assert_zero_copy (const gchar *heap, guint frames, const gchar *description)
{
  GstElement *pipeline = test_pipeline_new ("%s", description);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", heap, FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, frames);
  fail_unless (g_hash_table_size (watch->inodes) < MAX (frames / 2, 5));
  assert_passed (pipeline, frames);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_START_TEST (test_1080p_lies_in_the_default_heap)
{
  assert_zero_copy ("system", 30,
      "videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=1920,height=1080 ! heapupload name=up ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_1080p_lies_in_the_named_heap)
{
  assert_zero_copy ("default_cma_region", 30,
      "videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=1920,height=1080 "
      "! heapupload name=up heap-name=default_cma_region require-zero-copy=true ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_1080p_lies_in_the_heap_with_the_property)
{
  assert_zero_copy ("default_cma_region", 30,
      "videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=1920,height=1080 "
      "! heapupload name=up heap-require=contiguous ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_names_are_tried_in_order)
{
  assert_zero_copy ("default_cma_region", 30,
      "videotestsrc num-buffers=30 ! heapupload name=up heap-name=\"absent;default_cma_region;system\" ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_bare_machine_gives_process_memory)
{
  assert_zero_copy ("process", 300,
      "videotestsrc num-buffers=300 ! video/x-raw,format=NV12,width=320,height=240 ! heapupload name=up ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_sink_without_an_opinion)
{
  assert_zero_copy ("system", 30, "videotestsrc num-buffers=30 ! heapupload name=up ! fakesink");
}
GST_END_TEST

GST_START_TEST (test_queue_before_and_after)
{
  assert_zero_copy (
      "system", 60, "videotestsrc num-buffers=60 ! " SHORT_QUEUE " ! heapupload name=up ! " SHORT_QUEUE " ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_multiqueue_before)
{
  assert_zero_copy (
      "system", 60, "videotestsrc num-buffers=60 ! multiqueue max-size-buffers=3 ! heapupload name=up ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_capsfilter_and_identity_between)
{
  assert_zero_copy ("system", 30,
      "videotestsrc num-buffers=30 ! identity ! video/x-raw,format=I420,width=322,height=242 ! heapupload name=up "
      "! " SINK);
}
GST_END_TEST

GST_START_TEST (test_videoconvert_writes_into_the_heap)
{
  assert_zero_copy ("system", 30,
      "videotestsrc num-buffers=30 ! video/x-raw,format=I420 ! videoconvert ! video/x-raw,format=BGRA "
      "! heapupload name=up ! " SINK);
}
GST_END_TEST

/* Without an audit: the GstVideoAggregator of GStreamer 1.22 parses the allocator of the query twice and unrefs it
 * once. */
GST_START_TEST (test_compositor_writes_into_the_heap)
{
  assert_zero_copy ("system", 30,
      "compositor name=c ! heapupload name=up ! " SINK
      " videotestsrc num-buffers=30 ! video/x-raw,framerate=30/1 ! c.");
}
GST_END_TEST

GST_START_TEST (test_in_place_filter_before)
{
  assert_zero_copy ("system", 30,
      "videotestsrc num-buffers=30 ! video/x-raw,format=I420 ! videobalance saturation=0 ! heapupload name=up ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_tee_after_passes_to_both)
{
  assert_zero_copy ("system", 60,
      "videotestsrc num-buffers=60 ! heapupload name=up ! tee name=t ! " SHORT_QUEUE " ! " SINK " t. ! " SHORT_QUEUE
      " ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_heapupload_twice)
{
  assert_zero_copy ("default_cma_region", 30,
      "videotestsrc num-buffers=30 ! heapupload heap-name=default_cma_region ! heapupload name=up "
      "heap-require=contiguous ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_in_a_bin)
{
  assert_zero_copy ("system", 30,
      "( videotestsrc num-buffers=30 ! " SHORT_QUEUE " ) ! ( heapupload name=up ! " SHORT_QUEUE " ) ! " SINK);
}
GST_END_TEST

GST_START_TEST (test_jpegenc_reads_from_the_heap)
{
  assert_zero_copy ("system", 10, "videotestsrc num-buffers=10 ! heapupload name=up ! jpegenc ! fakesink");
}
GST_END_TEST

GST_START_TEST (test_x264enc_reads_from_the_heap)
{
  GstElement *pipeline = test_pipeline_new (
      "videotestsrc num-buffers=60 ! heapupload name=up ! x264enc speed-preset=ultrafast ! fakesink");
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "system", FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 60);
  assert_passed (pipeline, 60);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

GST_START_TEST (test_as_many_buffers_as_the_pool_has)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc num-buffers=60 ! heapupload name=up min-buffers=7 ! " SINK);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "system", FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 60);
  fail_unless (g_hash_table_size (watch->inodes) <= 7);
  fail_unless_equals_uint64 (test_allocator_stat (pipeline, "up", "allocations"), 7);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

/* videorate pushes copies of a buffer, which GStreamer's pools give up for it: once for each second of these. */
static guint64
count_allocations_at_videorate (guint64 cache_bytes)
{
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc num-buffers=30 ! video/x-raw,framerate=10/1 ! videorate "
                         "! video/x-raw,framerate=20/1 ! heapupload name=up cache-bytes=%" G_GUINT64_FORMAT
                         " require-zero-copy=true ! " SINK,
          cache_bytes);
  guint64 allocations;

  test_play_to_eos (pipeline);
  allocations = test_allocator_stat (pipeline, "up", "allocations");
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "bytes-copied"), 0);
  test_pipeline_free (pipeline);
  return allocations;
}

GST_START_TEST (test_copies_upstream_cost_no_allocation)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  if (minor < 24) /* what has to be done about; newer ones make fewer copies */
    fail_unless (count_allocations_at_videorate (0) >= 25);
  fail_unless (count_allocations_at_videorate (100000000) <= 5);
}
GST_END_TEST

static void
assert_all_in_heap (const gchar *description)
{
  GstElement *pipeline = test_pipeline_new ("%s", description);
  TestWatch *in = test_watch_new (pipeline, "up", "sink", NULL, TRUE);
  TestWatch *out = test_watch_new (pipeline, "up", "src", "system", TRUE);

  test_play_to_eos (pipeline);
  fail_unless_equals_int (out->n_elsewhere, 0);
  test_assert_same_digests (in, out);
  test_pipeline_free (pipeline);
  test_watch_free (in);
  test_watch_free (out);
}

GST_START_TEST (test_any_media)
{
  assert_all_in_heap ("audiotestsrc num-buffers=20 ! heapupload name=up ! fakesink");
  assert_all_in_heap ("audiotestsrc num-buffers=20 ! audioconvert ! vorbisenc ! heapupload name=up ! fakesink");
  assert_all_in_heap ("videotestsrc num-buffers=20 ! jpegenc ! heapupload name=up ! jpegdec ! fakesink");
  assert_all_in_heap (
      "fakesrc num-buffers=50 sizetype=random sizemin=1 sizemax=70000 filltype=random ! heapupload name=up "
      "! fakesink");
}
GST_END_TEST

GST_START_TEST (test_pulls)
{
  test_run ("fakesrc num-buffers=20 sizetype=fixed sizemax=5000 can-activate-pull=true can-activate-push=false "
            "! heapupload ! fakesink can-activate-pull=true can-activate-push=false num-buffers=20");
}
GST_END_TEST

/* A tee passes no offers on: what is behind it is copied, and the warning says so, once. */
GST_START_TEST (test_after_a_tee_frames_are_copied)
{
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=320,height=240 ! tee ! queue ! "
                         "heapupload name=up ! " SINK);
  TestWatch *in = test_watch_new (pipeline, "up", "sink", NULL, TRUE);
  TestWatch *out = test_watch_new (pipeline, "up", "src", "system", TRUE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (out, 20);
  test_assert_same_digests (in, out);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 20);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "bytes-copied"), 20 * 320 * 240 * 3 / 2);
  test_pipeline_free (pipeline);
  test_watch_free (in);
  test_watch_free (out);
}
GST_END_TEST

GST_START_TEST (test_after_a_tee_zero_copy_is_refused)
{
  GstElement *pipeline = test_pipeline_new (
      "videotestsrc name=source ! tee name=t ! queue name=q ! heapupload require-zero-copy=true ! " SINK);
  gchar *error = test_play_to_error (pipeline);

  fail_unless (strstr (error, "source (through t, q) does not write into heap \"system\""), "%s", error);
  fail_unless (strstr (error, "SystemMemory"), "%s", error);
  fail_unless (strstr (error, "Put heapupload before t"), "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}
GST_END_TEST

/* Room for three frames of the four that the queue would hold: upstream waits, and nothing fails. */
GST_START_TEST (test_full_heap_holds_upstream_back)
{
  fake_set_capacity ("system", 3 * 116 * 1024);
  assert_zero_copy ("system", 60,
      "videotestsrc num-buffers=60 ! video/x-raw,format=I420,width=320,height=240 ! heapupload name=up "
      "! queue max-size-buffers=4 ! fakevideosink sync=false enable-last-sample=false");
}
GST_END_TEST

GST_START_TEST (test_heap_too_small_for_a_frame_is_an_error)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc ! heapupload ! fakevideosink");
  gchar *error;

  fake_set_capacity ("system", 4096);
  error = test_play_to_error (pipeline);
  g_free (error);
  test_pipeline_free (pipeline);
}
GST_END_TEST

/* The sink keeps the only frame there is room for, so that waiting for it would be for ever. */
GST_START_TEST (test_heap_with_room_for_one_frame_is_an_error)
{
  const gchar *descriptions[] = {
    "videotestsrc ! video/x-raw,format=I420,width=320,height=240 ! heapupload ! fakesink",
    "videotestsrc ! video/x-raw,format=I420,width=320,height=240 ! tee ! heapupload ! fakesink",
    "videotestsrc ! video/x-raw,format=I420,width=320,height=240 ! tee ! queue ! heapupload ! fakevideosink",
  };

  fake_set_capacity ("system", 116 * 1024);
  for (guint i = 0; i < G_N_ELEMENTS (descriptions); i++) {
    GstElement *pipeline = test_pipeline_new ("%s", descriptions[i]);

    g_free (test_play_to_error (pipeline));
    test_pipeline_free (pipeline);
  }
}
GST_END_TEST

static Suite *
pipelines_suite (void)
{
  Suite *suite = suite_create ("pipelines");
  TCase *heaps = test_case_new (suite, "heaps", test_setup);
  TCase *links = test_case_new (suite, "links", test_setup);
  TCase *bare = test_case_new (suite, "bare", test_setup_bare);
  TCase *leaky = tcase_create ("leaky");

  tcase_add_test (heaps, test_1080p_lies_in_the_default_heap);
  tcase_add_test (heaps, test_1080p_lies_in_the_named_heap);
  tcase_add_test (heaps, test_1080p_lies_in_the_heap_with_the_property);
  tcase_add_test (heaps, test_names_are_tried_in_order);
  tcase_add_test (heaps, test_as_many_buffers_as_the_pool_has);
  tcase_add_test (heaps, test_full_heap_holds_upstream_back);
  tcase_add_test (heaps, test_heap_too_small_for_a_frame_is_an_error);
  tcase_add_test (heaps, test_heap_with_room_for_one_frame_is_an_error);

  tcase_add_test (links, test_sink_without_an_opinion);
  tcase_add_test (links, test_queue_before_and_after);
  tcase_add_test (links, test_multiqueue_before);
  tcase_add_test (links, test_capsfilter_and_identity_between);
  tcase_add_test (links, test_videoconvert_writes_into_the_heap);
  tcase_add_test (links, test_in_place_filter_before);
  tcase_add_test (links, test_tee_after_passes_to_both);
  tcase_add_test (links, test_heapupload_twice);
  tcase_add_test (links, test_in_a_bin);
  tcase_add_test (links, test_jpegenc_reads_from_the_heap);
  tcase_add_test (links, test_x264enc_reads_from_the_heap);
  tcase_add_test (links, test_any_media);
  tcase_add_test (links, test_pulls);
  tcase_add_test (links, test_copies_upstream_cost_no_allocation);
  tcase_add_test (links, test_after_a_tee_frames_are_copied);
  tcase_add_test (links, test_after_a_tee_zero_copy_is_refused);

  tcase_add_test (bare, test_bare_machine_gives_process_memory);

  tcase_add_unchecked_fixture (leaky, test_setup, NULL);
  tcase_add_test (leaky, test_compositor_writes_into_the_heap);
  tcase_set_tags (leaky, "leaky");
  suite_add_tcase (suite, leaky);
  return suite;
}

GST_CHECK_MAIN (pipelines)
