/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames that a camera wrote into a heap, for software: heapdownload gives them on as they are where the CPU caches
 * them, and copies them once where it does not. */
#include "device-test.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#define N_FRAMES 6
#define SIZE "width=320,height=180"
#define FRAME_SIZE (320 * 180 * 2)
/* The same picture each time. */
#define CAMERA "v4l2src device=%s num-buffers=6 extra-controls=c,osd_text_mode=2"
#define DMABUF "video/x-raw(memory:DMABuf)"

/* There is no memory here that is not cached. */
static const gchar config[] = "[system]\ncacheable=no\n";

/* What came to the element called "software". */
typedef struct {
  guint frames, in_dmabufs, plain;
  GHashTable *inodes; /* of the dma-bufs: inode -> exporter */
  gchar *picture;     /* digest of the last frame, as software reads it */
} Seen;

/* A digest of the picture, wherever its rows and planes lie. The caller frees it. */
static gchar *
digest (GstPad *pad, GstBuffer *buffer)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstVideoFrame frame, plain;
  GstBuffer *copy;
  GstVideoInfo info;
  gchar *text;

  fail_unless (gst_video_info_from_caps (&info, caps));
  copy = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (copy, 0, 0, info.size);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  fail_unless (gst_video_frame_map (&plain, &info, copy, GST_MAP_READWRITE));
  fail_unless (gst_video_frame_copy (&plain, &frame));
  text = g_compute_checksum_for_data (G_CHECKSUM_SHA256, GST_VIDEO_FRAME_PLANE_DATA (&plain, 0), info.size);
  gst_video_frame_unmap (&plain);
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (copy);
  gst_caps_unref (caps);
  return text;
}

static gboolean
is_plain (GstPad *pad)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean is = gst_caps_features_is_equal (gst_caps_get_features (caps, 0), GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) &&
                g_str_equal (gst_structure_get_string (gst_caps_get_structure (caps, 0), "format"), "YUY2");

  gst_caps_unref (caps);
  return is;
}

static GstPadProbeReturn
look (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMemory *memory = gst_buffer_peek_memory (buffer, 0);
  Seen *seen = data;

  seen->frames++;
  seen->plain += is_plain (pad);
  if (gst_is_dmabuf_memory (memory)) {
    int fd = gst_dmabuf_memory_get_fd (memory);

    seen->in_dmabufs++;
    g_hash_table_insert (seen->inodes, GSIZE_TO_POINTER (dmabuf_info_inode (fd)), dmabuf_info_exporter (fd));
  }
  g_free (seen->picture);
  seen->picture = digest (pad, buffer);
  return GST_PAD_PROBE_OK;
}

static guint64
download_stat (GstElement *pipeline, const gchar *field)
{
  GstElement *download = gst_bin_get_by_name (GST_BIN (pipeline), "download");
  GstStructure *stats = NULL;
  guint64 value = 0;

  g_object_get (download, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, field, &value), "no field %s", field);
  gst_structure_free (stats);
  gst_object_unref (download);
  return value;
}

static guint64 copied_up, copied_down;

static void
read_stats (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  copied_up = device_test_upload_stat (pipeline, "bytes-copied");
  copied_down = download_stat (pipeline, "bytes-copied");
}

/* Takes description. Software is videoconvert. */
static void
play (gchar *description, Seen *seen, void (*at_end) (GstElement *pipeline, DeviceTestTraffic *traffic))
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error), *software;
  DeviceTestTraffic traffic;
  GstPad *pad;

  g_assert_no_error (error);
  *seen = (Seen){ .inodes = g_hash_table_new_full (NULL, NULL, NULL, g_free) };
  software = gst_bin_get_by_name (GST_BIN (pipeline), "software");
  pad = gst_element_get_static_pad (software, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, look, seen, NULL);
  gst_object_unref (pad);
  gst_object_unref (software);
  device_test_play (pipeline, &traffic, at_end);
  device_test_traffic_clear (&traffic);
  fail_unless_equals_int (seen->frames, N_FRAMES);
  g_free (description);
}

static void
seen_clear (Seen *seen)
{
  g_hash_table_unref (seen->inodes);
  g_free (seen->picture);
}

#define SOFTWARE "videoconvert name=software ! video/x-raw,format=I420 ! fakesink name=sink"

/* What the camera shows, in memory of GStreamer's. */
static gchar *
picture_without_us (const gchar *device)
{
  Seen seen;
  gchar *picture;

  play (g_strdup_printf (CAMERA " io-mode=rw ! video/x-raw,format=YUY2," SIZE " ! " SOFTWARE, device), &seen, NULL);
  fail_unless_equals_int (seen.in_dmabufs, 0);
  picture = g_strdup (seen.picture);
  seen_clear (&seen);
  return picture;
}

/* How many of the dma-bufs are of that exporter. */
static guint
count_of (Seen *seen, const gchar *exporter)
{
  GHashTableIter iter;
  gpointer name;
  guint n = 0;

  g_hash_table_iter_init (&iter, seen->inodes);
  while (g_hash_table_iter_next (&iter, NULL, &name))
    n += g_strcmp0 (name, exporter) == 0;
  return n;
}

typedef struct {
  const gchar *heap; /* NULL: that of the CMA region, whatever its name is here */
  guint camera;      /* instance of vivid: the second one takes contiguous memory alone */
  const gchar *form, *properties;
  gboolean copies;
} Case;

static const Case cases[] = {
  { "system", 0, DMABUF, "", TRUE },
  { "system", 0, "video/x-raw", "", TRUE },
  { "system", 0, DMABUF, "copy=never", FALSE },
  { NULL, 1, DMABUF, "", FALSE },
  { NULL, 1, DMABUF ",format=YUY2", "", FALSE },
  { NULL, 1, "video/x-raw", "", FALSE },
  { NULL, 1, DMABUF, "copy=always", TRUE },
};

static void
run_case (const Case *of, const gchar *device, const gchar *expected)
{
  const gchar *heap = of->heap ? of->heap : device_test_cma_heap ();
  Seen seen;

  g_print ("# %s, %s %s\n", heap, of->form, of->properties);
  play (g_strdup_printf (CAMERA " io-mode=dmabuf-import ! video/x-raw,format=YUY2," SIZE
                                " ! heapupload name=upload heap-name=%s require-zero-copy=true ! %s ! "
                                "heapdownload name=download %s ! " SOFTWARE,
            device, heap, of->form, of->properties),
      &seen, read_stats);
  fail_unless_equals_int (seen.plain, N_FRAMES);
  fail_unless_equals_string (seen.picture, expected);
  fail_unless_equals_uint64 (copied_up, 0);
  fail_unless_equals_uint64 (copied_down, of->copies ? N_FRAMES * FRAME_SIZE : 0);
  fail_unless_equals_int (seen.in_dmabufs, of->copies ? 0 : N_FRAMES);
  fail_unless_equals_int (count_of (&seen, heap), g_hash_table_size (seen.inodes));
  seen_clear (&seen);
  fail_unless_equals_int (dmabuf_info_count (heap), 0);
}

GST_START_TEST (test_software_gets_the_frames_that_the_camera_wrote)
{
  gchar *device = device_test_camera (__i__), *expected;

  fail_unless (device != NULL, "there is no instance %d of vivid", __i__);
  expected = picture_without_us (device);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (cases[i].camera == (guint) __i__)
      run_case (&cases[i], device, expected);
  }
  g_free (expected);
  g_free (device);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("download");
  TCase *tcase = tcase_create ("download");

  if (!device_test_cma_heap ()) {
    g_print ("SKIP: this kernel has no CMA heap\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_software_gets_the_frames_that_the_camera_wrote, 0, 2);
  return device_test_run_with_config (config, "download", suite, argc, argv);
}
