/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A heap that heaps.conf declares protected, between a camera and a display: the devices have it, the CPU does not. */
#include "device-test.h"

#define FRAMES "video/x-raw,format=BGRx,width=640,height=480"
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"

/* Under each name that the region has, of one kernel or another. */
static const gchar config[] = "[default_cma_region]\nprotected=yes\n"
                              "[linux,cma]\nprotected=yes\n"
                              "[reserved]\nprotected=yes\n";

/* In this process. Mappings of dma-bufs are named "/dmabuf:NAME". */
static guint
count_mappings (void)
{
  gchar *maps = NULL, **lines;
  guint n = 0;

  fail_unless (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (gchar **line = lines; *line; line++)
    n += strstr (*line, "dmabuf") != NULL;
  g_strfreev (lines);
  g_free (maps);
  return n;
}

/* How many of the dma-bufs have that device attached. */
static guint
count_attached (DeviceTestTraffic *traffic, const gchar *device)
{
  GHashTableIter iter;
  gpointer inode;
  guint n = 0;

  g_hash_table_iter_init (&iter, traffic->inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL)) {
    gchar *devices = dmabuf_info_attached (GPOINTER_TO_SIZE (inode));

    fail_unless (devices != NULL, "bufinfo does not list inode %" G_GSIZE_FORMAT, GPOINTER_TO_SIZE (inode));
    n += strstr (devices, device) != NULL;
    g_free (devices);
  }
  return n;
}

/* How many frames came, if all lay in memory of the heap. */
static guint
frames_of_heap (DeviceTestTraffic *traffic)
{
  GHashTableIter iter;
  gpointer exporter;

  g_hash_table_iter_init (&iter, traffic->inodes);
  while (g_hash_table_iter_next (&iter, NULL, &exporter)) {
    if (!g_str_equal (exporter, device_test_cma_heap ()))
      return 0;
  }
  return traffic->frames_in_dmabufs;
}

static gchar *sent_caps; /* those of the sink */
static guint attached_to_camera, attached_to_display;

static void
look (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  GstElement *upload = gst_bin_get_by_name (GST_BIN (pipeline), "upload");
  GstPad *pad = gst_element_get_static_pad (upload, "src");
  GstCaps *caps = gst_pad_get_current_caps (pad);

  sent_caps = gst_caps_to_string (caps);
  attached_to_camera = count_attached (traffic, "vivid");
  attached_to_display = count_attached (traffic, "vkms");
  fail_unless_equals_int (count_mappings (), 0);
  fail_unless_equals_int (device_test_allocator_stat (pipeline, "syncs"), 0);
  fail_unless_equals_int (device_test_allocator_stat (pipeline, "copies"), 0);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "frames-copied"), 0);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  gst_object_unref (upload);
}

/* before stands between the camera and heapupload. */
static void
play (const gchar *before, const gchar *behind)
{
  gchar *device = device_test_camera (1), *description;
  DeviceTestTraffic traffic;

  fail_unless (device != NULL, "no vivid capture device with dma-contig was found");
  description = g_strdup_printf ("v4l2src device=%s num-buffers=20 io-mode=dmabuf-import ! %s ! "
                                 "heapupload name=upload heap-name=\"%s\" ! %s",
      device, before, device_test_cma_heap (), behind);
  device_test_pipeline (description, &traffic, look);
  fail_unless_equals_int (traffic.frames, 20);
  fail_unless_equals_int (frames_of_heap (&traffic), 20);
  fail_unless (attached_to_camera > 0);
  device_test_traffic_clear (&traffic);
  g_free (description);
  g_free (device);
}

GST_START_TEST (test_camera_and_display_share_what_no_cpu_reaches)
{
  play (FRAMES, DISPLAY);
  fail_unless (attached_to_display > 0);
  fail_unless (strstr (sent_caps, "memory:DMABuf") && strstr (sent_caps, "drm-format=(string)XR24"), "%s", sent_caps);
  g_free (sent_caps);
}

GST_END_TEST

/* behind heapupload, and part of the caps it sends. */
static const struct {
  const gchar *before, *behind, *caps;
} forms[] = {
  { FRAMES, "fakesink name=sink", "drm-format=(string)XR24" },
  { FRAMES, "video/x-raw(memory:DMABuf) ! fakesink name=sink", "drm-format=(string)XR24" },
  { FRAMES, "video/x-raw(memory:DMABuf),format=BGRx ! fakesink name=sink", "format=(string)BGRx" },
  { "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24,width=640,height=480", "queue ! fakesink name=sink",
      "drm-format=(string)XR24" },
};

GST_START_TEST (test_downstream_decides_the_form)
{
  play (forms[__i__].before, forms[__i__].behind);
  fail_unless (strstr (sent_caps, "memory:DMABuf") && strstr (sent_caps, forms[__i__].caps), "%s", sent_caps);
  g_free (sent_caps);
}

GST_END_TEST

/* Who of the two ends needs the CPU, and what the error says of that; heapupload posts it, or the element called
 * "download". */
static const struct {
  const gchar *source, *sink, *said;
} refused[] = {
  { "v4l2src device=%s io-mode=dmabuf-import", "jpegenc name=needy ! fakesink name=sink",
      "needy takes only system memory" },
  { "v4l2src device=%s io-mode=dmabuf-import", "queue ! videoconvert ! jpegenc name=needy ! fakesink name=sink",
      "needy takes only system memory" },
  { "v4l2src device=%s name=needy io-mode=mmap", "fakesink name=sink",
      "needy (through capsfilter0) does not write into heap" },
  { "videotestsrc name=needy", DISPLAY, "and needy (through capsfilter0) wants to" },
  { "v4l2src device=%s io-mode=dmabuf-import", "heapdownload name=download ! jpegenc ! fakesink name=sink",
      "what is behind download wants it to" },
};

/* The first one that the application reads: what heapupload has to say comes before what GStreamer makes of it. */
static void
assert_first_error (GstElement *pipeline, const gchar *source, const gchar *part)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_ERROR);
  GError *error = NULL;

  fail_unless (message != NULL, "no error came");
  gst_message_parse_error (message, &error, NULL);
  fail_unless_equals_string (GST_MESSAGE_SRC_NAME (message), source);
  fail_unless (strstr (error->message, "protected") && strstr (error->message, part), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_object_unref (bus);
}

GST_START_TEST (test_who_needs_the_cpu_is_named)
{
  gchar *device = device_test_camera (1), *source = g_strdup_printf (refused[__i__].source, device);
  gchar *description = g_strdup_printf ("%s ! " FRAMES " ! heapupload name=upload heap-name=\"%s\" ! %s", source,
      device_test_cma_heap (), refused[__i__].sink);
  GstElement *pipeline = gst_parse_launch (description, NULL);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  assert_first_error (pipeline, strstr (refused[__i__].sink, "download") ? "download" : "upload", refused[__i__].said);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  fail_unless_equals_int (count_mappings (), 0);
  g_free (description);
  g_free (source);
  g_free (device);
}

GST_END_TEST

static gboolean
has_drm_caps (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return minor >= 24;
}

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("protected");
  TCase *tcase = tcase_create ("protected");

  if (!device_test_cma_heap () || !has_drm_caps ()) {
    g_print ("SKIP: this needs a CMA heap, and GStreamer 1.24\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_camera_and_display_share_what_no_cpu_reaches);
  tcase_add_loop_test (tcase, test_downstream_decides_the_form, 0, G_N_ELEMENTS (forms));
  tcase_add_loop_test (tcase, test_who_needs_the_cpu_is_named, 0, G_N_ELEMENTS (refused));
  return device_test_run_with_config (config, "protected", suite, argc, argv);
}
