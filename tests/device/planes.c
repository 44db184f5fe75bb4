/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames with a dma-buf for each plane, at a camera that writes and a display that scans out: by the kernel's own
 * account of who attached to what, and by what shows. */
#include "device-test.h"
#include "display-crc.h"
#include "dmabuf-trace.h"
#include "video-device.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

/* The instance of vivid that has a queue of several planes, and takes contiguous memory alone. */
#define CAMERA "vivid-002-vid-cap"
#define MOST_PLANES 4

/* What the last frame that came to the sink lay in. */
static guint n_memories, n_dmabufs, n_attached;
static guint64 inodes[MOST_PLANES];
static guint32 shown;

static GstBuffer *
last_buffer (GstElement *pipeline)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstSample *sample = NULL;
  GstBuffer *buffer;

  g_object_get (sink, "last-sample", &sample, NULL);
  fail_unless (sample != NULL, "no frame came");
  buffer = gst_buffer_ref (gst_sample_get_buffer (sample));
  gst_sample_unref (sample);
  gst_object_unref (sink);
  return buffer;
}

/* How many dma-bufs there are in that many memories. */
static guint
count_different (guint n)
{
  guint different = 0;

  for (guint i = 0; i < n; i++) {
    guint same = 0;

    while (inodes[same] != inodes[i])
      same++;
    different += same == i;
  }
  return different;
}

static void
look_at_memories (GstElement *pipeline, const gchar *device)
{
  GstBuffer *buffer = last_buffer (pipeline);

  n_memories = gst_buffer_n_memory (buffer);
  n_attached = 0;
  fail_unless (n_memories <= MOST_PLANES);
  for (guint i = 0; i < n_memories; i++) {
    gchar *devices;

    inodes[i] = dmabuf_info_inode (gst_dmabuf_memory_get_fd (gst_buffer_peek_memory (buffer, i)));
    devices = dmabuf_info_attached (inodes[i]);
    n_attached += devices && strstr (devices, device);
    g_free (devices);
  }
  n_dmabufs = count_different (n_memories);
  gst_buffer_unref (buffer);
}

/* At the end a camera has let go of what it was attached to: see the trace for that. */
static void
look_at_frame (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  look_at_memories (pipeline, "");
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
}

static void
look_at_display (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  look_at_memories (pipeline, "vkms");
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
  shown = display_crc_read ();
}

static const struct {
  const gchar *format, *layout;
  guint n_planes;
} cameras[] = {
  { "NV12", "planes=split", 2 },
  { "NV21", "planes=split", 2 },
  { "I420", "planes=split", 3 },
  { "Y42B", "planes=split", 3 },
  { "NV12", "layout-device=auto", 2 },
  { "I420", "layout-device=auto", 3 },
};

GST_START_TEST (test_camera_writes_each_plane_into_a_dmabuf_of_its_own)
{
  gchar *device = video_device_find (CAMERA);
  DeviceTestTraffic traffic;
  DmabufTrace *trace;
  gchar *description;

  fail_unless (device != NULL, "no " CAMERA ": it takes vivid.multiplanar=1,1,2");
  description = g_strdup_printf ("v4l2src device=%s io-mode=dmabuf-import num-buffers=8 "
                                 "! video/x-raw,format=%s,width=640,height=360 "
                                 "! heapupload name=upload heap-require=contiguous %s require-zero-copy=true "
                                 "! fakevideosink name=sink sync=false",
      device, cameras[__i__].format, cameras[__i__].layout);
  dmabuf_trace_begin ();
  device_test_pipeline (description, &traffic, look_at_frame);
  trace = dmabuf_trace_end ();
  fail_unless_equals_int (traffic.frames, 8);
  fail_unless_equals_int (n_memories, cameras[__i__].n_planes);
  fail_unless_equals_int (n_dmabufs, cameras[__i__].n_planes);
  for (guint i = 0; i < n_memories; i++)
    fail_unless (dmabuf_trace_count (trace, inodes[i], "attached by vivid.0") > 0);
  dmabuf_trace_free (trace);
  device_test_traffic_clear (&traffic);
  fail_unless_equals_int (dmabuf_info_count (device_test_cma_heap ()), 0);
  g_free (description);
  g_free (device);
}

GST_END_TEST

/* The checksum of a picture, laid out like that. The display is attached to each dma-buf of it. */
static guint32
show (const gchar *format, const gchar *pattern, const gchar *layout, guint n_planes)
{
  DeviceTestTraffic traffic;
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=4 pattern=%s ! video/x-raw,format=%s,width=640,"
                                        "height=480 ! heapupload name=upload heap-require=contiguous %s "
                                        "require-zero-copy=true ! kmssink name=sink driver-name=vkms sync=false",
      pattern, format, layout);

  device_test_pipeline (description, &traffic, look_at_display);
  fail_unless_equals_int (n_dmabufs, n_planes);
  fail_unless_equals_int (n_attached, n_planes);
  device_test_traffic_clear (&traffic);
  g_free (description);
  return shown;
}

static const struct {
  const gchar *format, *layout;
  guint n_planes;
} displays[] = {
  { "NV12", "stride-align=256 plane-offset-align=4096", 1 },
  { "NV12", "height-align=1024 stride-align=1024", 1 },
  { "I420", "stride-align=256,128 plane-offset-align=4096", 1 },
  { "BGRx", "stride-align=4096", 1 },
  { "BGRx", "layout-device=/dev/dri/card0", 1 },
  { "NV12", "layout-device=/dev/dri/card0", 1 },
};

GST_START_TEST (test_display_shows_the_same_whatever_the_layout)
{
  const gchar *format = displays[__i__].format;
  guint32 plain = show (format, "colors", "planes=single", 1);

  fail_unless (show (format, "colors", displays[__i__].layout, displays[__i__].n_planes) == plain);
}

GST_END_TEST

/* That the test above can fail. */
GST_START_TEST (test_the_checksum_tells_pictures_apart)
{
  fail_if (show ("NV12", "green", "planes=single", 1) == show ("NV12", "colors", "planes=single", 1));
}

GST_END_TEST

/* What shows then is not looked at: vkms of Linux 7.3 reads all planes out of the first one's buffer
 * (packed_pixels_addr() in drivers/gpu/drm/vkms/vkms_formats.c: map[0]). */
GST_START_TEST (test_display_imports_a_dmabuf_for_each_plane)
{
  show ("NV12", "colors", "planes=split", 2);
  show ("I420", "colors", "planes=split", 3);
  show ("NV12", "colors", "planes=split stride-align=256 height-align=64", 2);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("planes");
  TCase *tcase = tcase_create ("planes");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_camera_writes_each_plane_into_a_dmabuf_of_its_own, 0, G_N_ELEMENTS (cameras));
  tcase_add_loop_test (tcase, test_display_shows_the_same_whatever_the_layout, 0, G_N_ELEMENTS (displays));
  tcase_add_test (tcase, test_the_checksum_tells_pictures_apart);
  tcase_add_test (tcase, test_display_imports_a_dmabuf_for_each_plane);
  return device_test_run ("planes", suite, argc, argv);
}
