/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* 1080 lines at a driver that has 1088: what heapupload lays out as the device wants it is encoded as it is, and is the
 * picture that was drawn. vicodec rounds up both sides of frames, to 16 where they are subsampled (vic_round_dim() in
 * drivers/media/test-drivers/vicodec, Linux 7.3). */
#include "device-test.h"
#include "dmabuf-trace.h"
#include "pad-watch.h"

#define N_FRAMES 1
#define DRAWN                                                                                                          \
  "videotestsrc num-buffers=1 pattern=smpte ! video/x-raw,width=1920,height=1080,framerate=25/1,format=%s ! "
#define UPLOAD "heapupload name=upload heap-name=system require-zero-copy=true "
#define IMPORT " ! v4l2fwhtenc output-io-mode=dmabuf-import ! fakesink name=sink"
#define SECOND_PLANE (1920 * 1088)

static const gchar *const formats[] = { "NV12", "I420" };

/* How heapupload comes to know of the 1088 lines. The encoders of GStreamer 1.26 and later answer an ALLOCATION query
 * with the padding of their driver. */
static const gchar *const ways[] = { "layout-device=auto", "" };

static gsize second_plane; /* of what left heapupload: where it begins */
static PadWatch *uploaded;

static GstPadProbeReturn
look_at_layout (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (GST_PAD_PROBE_INFO_BUFFER (info));

  second_plane = meta ? meta->offset[1] : 1920 * 1080;
  return GST_PAD_PROBE_OK;
}

static void
watch_upload (GstElement *pipeline)
{
  GstElement *upload = gst_bin_get_by_name (GST_BIN (pipeline), "upload");
  GstPad *pad = gst_element_get_static_pad (upload, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, look_at_layout, NULL, NULL);
  uploaded = pad_watch_new (pipeline, "upload", "src");
  gst_object_unref (pad);
  gst_object_unref (upload);
}

static void
assert_nothing_was_copied (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
}

/* Takes description. Returns: a digest of each coded frame, in lines; the caller frees it */
static gchar *
encode (gchar *description)
{
  gboolean has_upload = strstr (description, "heapupload") != NULL;
  GstElement *pipeline = gst_parse_launch (description, NULL);
  PadWatch *coded = pad_watch_new (pipeline, "sink", "sink");
  GString *digests = g_string_new (NULL);
  DeviceTestTraffic traffic;

  if (has_upload)
    watch_upload (pipeline);
  device_test_play (pipeline, &traffic, has_upload ? assert_nothing_was_copied : NULL);
  fail_unless_equals_int (traffic.frames, N_FRAMES);
  for (guint i = 0; i < coded->frames->len; i++)
    g_string_append_printf (digests, "%s\n", ((WatchedFrame *) coded->frames->pdata[i])->content);
  pad_watch_free (coded);
  device_test_traffic_clear (&traffic);
  g_free (description);
  return g_string_free (digests, FALSE);
}

/* Of the same frames in memory of the driver's own, laid out by GStreamer. */
static gchar *
encode_without_us (const gchar *format)
{
  return encode (g_strdup_printf (DRAWN "v4l2fwhtenc ! fakesink name=sink", format));
}

/* All that heapupload sent, at the first try. */
static void
assert_queue_took_all (DmabufTrace *trace)
{
  GHashTable *inodes = pad_watch_inodes (uploaded);
  GHashTableIter iter;
  gpointer inode;

  fail_unless_equals_int (pad_watch_count (uploaded, "system"), N_FRAMES);
  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL))
    fail_unless (dmabuf_trace_count (trace, GPOINTER_TO_SIZE (inode), "queued to stateful-encoder (VIDEO_OUTPUT)") > 0);
  fail_unless_equals_int (dmabuf_trace_count_refusals (trace), 0);
  g_hash_table_unref (inodes);
}

static void
assert_encoded_as_is (const gchar *format, const gchar *way, const gchar *expected)
{
  DmabufTrace *trace;
  gchar *digests;

  dmabuf_trace_begin ();
  digests = encode (g_strdup_printf (DRAWN UPLOAD "%s" IMPORT, format, way));
  trace = dmabuf_trace_end ();
  fail_unless_equals_uint64 (second_plane, SECOND_PLANE);
  fail_unless_equals_string (digests, expected);
  assert_queue_took_all (trace);
  pad_watch_free (uploaded);
  dmabuf_trace_free (trace);
  g_free (digests);
}

GST_START_TEST (test_frames_in_the_layout_of_the_device_are_encoded_as_they_are)
{
  gchar *expected = encode_without_us (formats[__i__]);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    assert_encoded_as_is (formats[__i__], ways[i], expected);
  g_free (expected);
}

GST_END_TEST

/* Nobody tells heapupload where lines lie, and the buffers are as large as the driver's: it takes them, looks for the
 * colours eight lines too far down, and nobody says anything. So the test above can fail. */
GST_START_TEST (test_in_another_layout_it_is_another_picture)
{
  gchar *expected = encode_without_us ("NV12"), *digests;

  digests = encode (g_strdup_printf (
      DRAWN UPLOAD "min-size=%u ! identity drop-allocation=true" IMPORT, "NV12", SECOND_PLANE * 3 / 2));
  fail_unless (second_plane < SECOND_PLANE, "the second plane begins at %" G_GSIZE_FORMAT, second_plane);
  fail_if (g_str_equal (digests, expected));
  pad_watch_free (uploaded);
  g_free (digests);
  g_free (expected);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("padded-lines");
  TCase *tcase = tcase_create ("padded-lines");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (
      tcase, test_frames_in_the_layout_of_the_device_are_encoded_as_they_are, 0, G_N_ELEMENTS (formats));
  tcase_add_test (tcase, test_in_another_layout_it_is_another_picture);
  return device_test_run ("padded-lines", suite, argc, argv);
}
