/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A display scans out heap memory: by the kernel's own account of who is attached to what. */
#include "device-test.h"
#include "huge-page-info.h"

#define SOURCE "videotestsrc num-buffers=30 ! video/x-raw,format=BGRx,width=640,height=480 ! "
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"

/* How many of the dma-bufs that came to the display it has attached to. */
static guint attached_buffers;

static void
count_attachments (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  GHashTableIter iter;
  gpointer inode;

  attached_buffers = 0;
  g_hash_table_iter_init (&iter, traffic->inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL)) {
    gchar *devices = dmabuf_info_attached (GPOINTER_TO_SIZE (inode));

    fail_unless (devices != NULL, "bufinfo does not list inode %" G_GSIZE_FORMAT, GPOINTER_TO_SIZE (inode));
    attached_buffers += strstr (devices, "vkms") != NULL;
    g_free (devices);
  }
}

/* How many of the frames lay in memory of that exporter. */
static guint
frames_of (DeviceTestTraffic *traffic, const gchar *exporter)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, traffic->inodes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (!g_str_equal (value, exporter))
      return 0;
  }
  return traffic->frames_in_dmabufs;
}

static void
count_attachments_and_copies (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  count_attachments (pipeline, traffic);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "frames-passed"), 30);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
}

static const struct {
  const gchar *upload;
  const gchar *exporter; /* NULL for that of the CMA heap */
} cases[] = {
  { "heapupload name=upload heap-require=contiguous ! ", NULL },
  { "heapupload name=upload heap-name=system ! ", "system" },
  { "heapupload name=upload heap-name=process ! ", "udmabuf" },
  { "queue ! heapupload name=upload heap-name=\"linux,cma\" ! queue ! ", NULL },
  { "heapupload name=upload heap-name=process-contiguous ! ", "udmabuf" },
};

/* The last one takes dma-bufs of huge pages. */
static guint
count_cases (void)
{
  return huge_page_info_has_dmabufs () ? G_N_ELEMENTS (cases) : G_N_ELEMENTS (cases) - 1;
}

GST_START_TEST (test_display_imports_what_upstream_wrote)
{
  const gchar *exporter = cases[__i__].exporter ? cases[__i__].exporter : device_test_cma_heap ();
  gchar *description = g_strconcat (SOURCE, cases[__i__].upload, DISPLAY, NULL);
  DeviceTestTraffic traffic;

  device_test_pipeline (description, &traffic, count_attachments_and_copies);
  fail_unless_equals_int (traffic.frames, 30);
  fail_unless_equals_int (frames_of (&traffic, exporter), 30);
  fail_unless (attached_buffers > 0);
  fail_unless_equals_int (attached_buffers, g_hash_table_size (traffic.inodes));
  device_test_traffic_clear (&traffic);
  fail_unless_equals_int (dmabuf_info_count (exporter), 0);
  g_free (description);
}

GST_END_TEST

/* That the test above can fail: what it counts is 0 for frames in system memory, which the display copies without a
 * word. */
GST_START_TEST (test_system_memory_is_told_from_imported_memory)
{
  DeviceTestTraffic traffic;

  device_test_pipeline (SOURCE "identity drop-allocation=true ! " DISPLAY, &traffic, count_attachments);
  fail_unless_equals_int (traffic.frames, 30);
  fail_unless_equals_int (traffic.frames_in_dmabufs, 0);
  fail_unless_equals_int (attached_buffers, 0);
  device_test_traffic_clear (&traffic);
}

GST_END_TEST

/* A camera that takes only contiguous memory, which is that of instance 1, fills it, and the display shows it. */
GST_START_TEST (test_camera_and_display_share_heap_memory)
{
  gchar *device = device_test_camera (1);
  gchar *description;
  DeviceTestTraffic traffic;

  fail_unless (device != NULL, "no vivid capture device with dma-contig was found");
  description = g_strdup_printf (
      "v4l2src device=%s num-buffers=30 io-mode=dmabuf-import ! video/x-raw,format=BGRx,width=640,height=480 ! "
      "heapupload name=upload heap-require=contiguous require-zero-copy=true ! " DISPLAY,
      device);
  device_test_pipeline (description, &traffic, count_attachments_and_copies);
  fail_unless_equals_int (traffic.frames, 30);
  fail_unless_equals_int (frames_of (&traffic, device_test_cma_heap ()), 30);
  fail_unless_equals_int (attached_buffers, g_hash_table_size (traffic.inodes));
  device_test_traffic_clear (&traffic);
  g_free (description);
  g_free (device);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("display");
  TCase *tcase = tcase_create ("display");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_display_imports_what_upstream_wrote, 0, count_cases ());
  tcase_add_test (tcase, test_system_memory_is_told_from_imported_memory);
  tcase_add_test (tcase, test_camera_and_display_share_heap_memory);
  return device_test_run ("display", suite, argc, argv);
}
