/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload lays frames out as the device wants them, that it is told or finds. */
#include "fake-driver.h"
#include "fake-importer.h"
#include "heap-fixture.h"
#include "testing.h"

#define SOURCE "videotestsrc num-buffers=3 ! video/x-raw,format=NV12,width=600,height=300,framerate=25/1"

#define ENDLESS "videotestsrc is-live=true ! video/x-raw,format=NV12,width=600,height=300,framerate=100/1"

static void
setup (void)
{
  test_setup ();
  fake_driver_setup ();
  fake_importer_device_fd = fake_driver_fd ();
  gst_element_register (NULL, "importsink", GST_RANK_NONE, fake_importer_get_type ());
}

/* The strides, offset and size of the last frame that left. */
typedef struct {
  guint n, n_memories;
  gint strides[2];
  gsize offset, behind;
} Seen;

static GstPadProbeReturn
look (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  Seen *seen = data;

  seen->n_memories = gst_buffer_n_memory (buffer);
  seen->behind = gst_buffer_peek_memory (buffer, 0)->maxsize;
  for (guint i = 0; i < 2; i++)
    seen->strides[i] = meta ? meta->stride[i] : 600;
  seen->offset = meta ? meta->offset[1] : 600 * 300;
  g_atomic_int_inc (&seen->n);
  return GST_PAD_PROBE_OK;
}

static void
run (const gchar *properties, const gchar *downstream, Seen *seen)
{
  GstElement *pipeline =
      test_pipeline_new (SOURCE " ! heapupload name=up require-zero-copy=true %s ! %s", properties, downstream);
  GstElement *up = gst_bin_get_by_name (GST_BIN (pipeline), "up");
  GstPad *pad = gst_element_get_static_pad (up, "src");

  *seen = (Seen){ 0 };
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, look, seen, NULL);
  test_play_to_eos (pipeline);
  fail_unless_equals_int (seen->n, 3);
  gst_object_unref (pad);
  gst_object_unref (up);
  test_pipeline_free (pipeline);
}

static void
wish_for_640_by_304 (void)
{
  fake_driver.stride_align = 128;
  fake_driver.height_align = 16;
  fake_driver.extra_size = 1 << 20;
}

static void
assert_640_by_304 (const Seen *seen)
{
  fail_unless_equals_int (seen->strides[0], 640);
  fail_unless_equals_int (seen->strides[1], 640);
  fail_unless_equals_uint64 (seen->offset, 640 * 304);
  fail_unless (seen->behind >= 640 * 304 * 2 + (1 << 20));
}

GST_START_TEST (test_device_that_is_named_is_asked)
{
  gchar *property = g_strdup_printf ("layout-device=%s", fake_driver_path);
  Seen seen;

  wish_for_640_by_304 ();
  run (property, "queue ! importsink", &seen);
  assert_640_by_304 (&seen);
  g_free (property);
}

GST_END_TEST

GST_START_TEST (test_importer_that_is_found_is_asked)
{
  Seen seen;

  wish_for_640_by_304 ();
  run ("layout-device=auto", "queue ! importsink io-mode=dmabuf-import", &seen);
  assert_640_by_304 (&seen);
}

GST_END_TEST

GST_START_TEST (test_planes_are_split_where_the_importer_has_that)
{
  Seen seen;

  fake_driver.caps = V4L2_CAP_VIDEO_OUTPUT_MPLANE;
  fake_driver.formats[1] = V4L2_PIX_FMT_NV12M;
  run ("layout-device=auto", "queue ! importsink io-mode=dmabuf-import", &seen);
  fail_unless_equals_int (seen.n_memories, 2);
  run ("layout-device=auto planes=single", "queue ! importsink io-mode=dmabuf-import", &seen);
  fail_unless_equals_int (seen.n_memories, 1);
}

GST_END_TEST

/* Nobody imports, or it does not say: the layout is GStreamer's. */
GST_START_TEST (test_without_an_answer_nothing_is_asked_for)
{
  Seen seen;

  wish_for_640_by_304 ();
  run ("layout-device=auto", "queue ! importsink", &seen);
  fail_unless_equals_int (seen.strides[0], 600);
  fail_unless_equals_uint64 (seen.offset, 600 * 300);
  fake_driver.formats[0] = 0;
  run ("layout-device=auto", "queue ! importsink io-mode=dmabuf-import", &seen);
  fail_unless_equals_int (seen.strides[0], 600);
}

GST_END_TEST

GST_START_TEST (test_nobody_is_asked_unless_told_to)
{
  Seen seen;

  wish_for_640_by_304 ();
  run ("", "queue ! importsink io-mode=dmabuf-import", &seen);
  fail_unless_equals_int (seen.strides[0], 600);
  fail_unless_equals_int (fake_driver.n_tries, 0);
}

GST_END_TEST

GST_START_TEST (test_what_the_user_asks_for_counts_too)
{
  gchar *properties = g_strdup_printf ("layout-device=%s stride-align=1024", fake_driver_path);
  Seen seen;

  wish_for_640_by_304 ();
  run (properties, "queue ! importsink", &seen);
  fail_unless_equals_int (seen.strides[0], 1024);
  fail_unless_equals_uint64 (seen.offset, 1024 * 304);
  g_free (properties);
}

GST_END_TEST

/* Has what is linked to pad, which sends nothing now, be sink, in its state. */
static GstPadProbeReturn
relink (GstPad *pad, GstPadProbeInfo *info, gpointer sink)
{
  GstPad *input = gst_pad_get_peer (pad), *other = gst_element_get_static_pad (sink, "sink");

  gst_pad_unlink (pad, input);
  fail_unless_equals_int (gst_pad_link (pad, other), GST_PAD_LINK_OK);
  gst_object_unref (input);
  gst_object_unref (other);
  return GST_PAD_PROBE_REMOVE;
}

/* Two sinks, of which the second imports; frames go to one after the other, under the same caps. */
typedef struct {
  GstElement *pipeline, *sinks[2], *up;
  GstPad *srcpad;
  Seen seen;
} Relinked;

static Relinked *
relinked_new (const gchar *properties)
{
  Relinked *relinked = g_new0 (Relinked, 1);

  relinked->pipeline = test_pipeline_new (ENDLESS " ! heapupload name=up %s ! importsink name=sink0 "
                                                  "importsink name=sink1 io-mode=dmabuf-import",
      properties);
  relinked->up = gst_bin_get_by_name (GST_BIN (relinked->pipeline), "up");
  relinked->srcpad = gst_element_get_static_pad (relinked->up, "src");
  for (guint i = 0; i < 2; i++) {
    gchar *name = g_strdup_printf ("sink%u", i);

    relinked->sinks[i] = gst_bin_get_by_name (GST_BIN (relinked->pipeline), name);
    g_free (name);
  }
  gst_pad_add_probe (relinked->srcpad, GST_PAD_PROBE_TYPE_BUFFER, look, &relinked->seen, NULL);
  gst_element_set_state (relinked->pipeline, GST_STATE_PLAYING);
  return relinked;
}

static void
relinked_free (Relinked *relinked)
{
  gst_object_unref (relinked->srcpad);
  gst_object_unref (relinked->up);
  for (guint i = 0; i < 2; i++)
    gst_object_unref (relinked->sinks[i]);
  test_pipeline_free (relinked->pipeline);
  g_free (relinked);
}

static void
relinked_to (Relinked *relinked, guint i)
{
  gst_pad_add_probe (relinked->srcpad, GST_PAD_PROBE_TYPE_IDLE, relink, relinked->sinks[i], NULL);
}

/* Frames that are on their way may lie as before. What was seen is of a whole frame. */
static void
wait_for_stride (Relinked *relinked, gint stride)
{
  gint64 end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;
  guint last = G_MAXUINT;

  while (last == G_MAXUINT || (guint) g_atomic_int_get (&relinked->seen.n) <= last) {
    fail_unless (g_get_monotonic_time () < end, "stride %d", relinked->seen.strides[0]);
    if (last == G_MAXUINT && g_atomic_int_get (&relinked->seen.strides[0]) == stride)
      last = g_atomic_int_get (&relinked->seen.n) + 1;
    g_usleep (1000);
  }
}

GST_START_TEST (test_neighbour_that_is_linked_later_is_asked)
{
  Relinked *relinked = relinked_new ("layout-device=auto");

  wish_for_640_by_304 ();
  wait_for_stride (relinked, 600);
  relinked_to (relinked, 1);
  wait_for_stride (relinked, 640);
  assert_640_by_304 (&relinked->seen);
  relinked_to (relinked, 0);
  wait_for_stride (relinked, 600);
  /* None but what was on its way. */
  fail_unless (test_stat (relinked->pipeline, "up", "frames-copied") <= 2);
  relinked_free (relinked);
}
GST_END_TEST

/* Has what pad sends, which sends nothing now, come by way of element. */
static GstPadProbeReturn
insert (GstPad *pad, GstPadProbeInfo *info, gpointer element)
{
  GstPad *input = gst_pad_get_peer (pad);
  GstPad *sinkpad = gst_element_get_static_pad (element, "sink"), *srcpad = gst_element_get_static_pad (element, "src");

  gst_pad_unlink (pad, input);
  fail_unless_equals_int (gst_pad_link (pad, sinkpad), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_pad_link (srcpad, input), GST_PAD_LINK_OK);
  gst_object_unref (srcpad);
  gst_object_unref (sinkpad);
  gst_object_unref (input);
  return GST_PAD_PROBE_REMOVE;
}

GST_START_TEST (test_device_is_asked_again_when_another_source_is_linked)
{
  gchar *property = g_strdup_printf ("layout-device=%s", fake_driver_path);
  Relinked *relinked = relinked_new (property);
  GstPad *sinkpad = gst_element_get_static_pad (relinked->up, "sink"), *source = gst_pad_get_peer (sinkpad);
  GstElement *another = gst_element_factory_make ("identity", NULL);

  gst_bin_add (GST_BIN (relinked->pipeline), another);
  fail_unless (gst_element_sync_state_with_parent (another));
  wait_for_stride (relinked, 600);
  wish_for_640_by_304 ();
  gst_pad_add_probe (source, GST_PAD_PROBE_TYPE_IDLE, insert, another, NULL);
  wait_for_stride (relinked, 640);
  gst_object_unref (source);
  gst_object_unref (sinkpad);
  relinked_free (relinked);
  g_free (property);
}
GST_END_TEST

static void
assert_error (const gchar *device, const gchar *part)
{
  GstElement *pipeline = test_pipeline_new (SOURCE " ! heapupload layout-device=%s ! importsink", device);
  gchar *error = test_play_to_error (pipeline);

  fail_unless (strstr (error, part), "%s", error);
  g_free (error);
  test_pipeline_free (pipeline);
}

GST_START_TEST (test_device_that_does_not_answer_is_an_error)
{
  fake_driver.formats[0] = V4L2_PIX_FMT_YUYV;
  assert_error (fake_driver_path, "does not take NV12 frames of 600x300: of its formats (YUYV) none is that");
  assert_error ("/nonexistent/video9", "layout-device: device /nonexistent/video9: No such file");
  assert_error ("/dev/null", "it is neither a V4L2 device nor a DRM device");
}

GST_END_TEST

static Suite *
upload_device_suite (void)
{
  Suite *suite = suite_create ("upload-device");
  TCase *tcase = test_case_new (suite, "upload-device", setup);

  tcase_add_checked_fixture (tcase, NULL, fake_driver_teardown);
  tcase_add_test (tcase, test_device_that_is_named_is_asked);
  tcase_add_test (tcase, test_importer_that_is_found_is_asked);
  tcase_add_test (tcase, test_planes_are_split_where_the_importer_has_that);
  tcase_add_test (tcase, test_without_an_answer_nothing_is_asked_for);
  tcase_add_test (tcase, test_nobody_is_asked_unless_told_to);
  tcase_add_test (tcase, test_what_the_user_asks_for_counts_too);
  tcase_add_test (tcase, test_neighbour_that_is_linked_later_is_asked);
  tcase_add_test (tcase, test_device_is_asked_again_when_another_source_is_linked);
  tcase_add_test (tcase, test_device_that_does_not_answer_is_an_error);
  return suite;
}

GST_CHECK_MAIN (upload_device)
