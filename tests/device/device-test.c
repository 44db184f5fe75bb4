/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the device tests share. */
#include "device-test.h"

#include <glib/gstdio.h>
#include <gst/allocators/allocators.h>
#include <unistd.h>

static GstPadProbeReturn
look_at_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  DeviceTestTraffic *traffic = data;
  GstMemory *memory = gst_buffer_peek_memory (GST_PAD_PROBE_INFO_BUFFER (info), 0);

  traffic->frames++;
  if (gst_is_fd_memory (memory)) {
    int fd = gst_fd_memory_get_fd (memory);
    gchar *exporter = dmabuf_info_exporter (fd);

    if (exporter) {
      traffic->frames_in_dmabufs++;
      g_hash_table_insert (traffic->inodes, GSIZE_TO_POINTER (dmabuf_info_inode (fd)), exporter);
    }
  }
  return GST_PAD_PROBE_OK;
}

static void
watch_sink (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, look_at_buffer, traffic, NULL);
  gst_object_unref (pad);
  gst_object_unref (sink);
}

static void
wait_for_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  fail_unless (message != NULL, "the pipeline neither ended nor failed within a minute");
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error = NULL;
    gchar *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    fail ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message, debug);
  }
  gst_message_unref (message);
  gst_object_unref (bus);
}

void
device_test_play (
    GstElement *pipeline, DeviceTestTraffic *traffic, void (*at_end) (GstElement *pipeline, DeviceTestTraffic *traffic))
{
  *traffic = (DeviceTestTraffic){ .inodes = g_hash_table_new_full (NULL, NULL, NULL, g_free) };
  watch_sink (pipeline, traffic);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  wait_for_end (pipeline);
  if (at_end)
    at_end (pipeline, traffic);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

void
device_test_pipeline (const gchar *description, DeviceTestTraffic *traffic,
    void (*at_end) (GstElement *pipeline, DeviceTestTraffic *traffic))
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  device_test_play (pipeline, traffic, at_end);
}

void
device_test_traffic_clear (DeviceTestTraffic *traffic)
{
  g_clear_pointer (&traffic->inodes, g_hash_table_unref);
}

static GstStructure *
upload_stats (GstElement *pipeline)
{
  GstElement *upload = gst_bin_get_by_name (GST_BIN (pipeline), "upload");
  GstStructure *stats;

  g_object_get (upload, "stats", &stats, NULL);
  gst_object_unref (upload);
  return stats;
}

static guint64
get_field (const GstStructure *stats, const gchar *field)
{
  guint64 value = 0;

  fail_unless (gst_structure_get_uint64 (stats, field, &value), "no field %s", field);
  return value;
}

guint64
device_test_upload_stat (GstElement *pipeline, const gchar *field)
{
  GstStructure *stats = upload_stats (pipeline);
  guint64 value = get_field (stats, field);

  gst_structure_free (stats);
  return value;
}

guint64
device_test_allocator_stat (GstElement *pipeline, const gchar *field)
{
  GstStructure *stats = upload_stats (pipeline);
  const GValue *nested = gst_structure_get_value (stats, "allocator");
  guint64 value;

  fail_unless (nested != NULL, "heapupload has no allocator");
  value = get_field (gst_value_get_structure (nested), field);
  gst_structure_free (stats);
  return value;
}

const gchar *
device_test_cma_heap (void)
{
  static const gchar *names[] = { "default_cma_region", "linux,cma", "reserved" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar *node = g_build_filename ("/dev/dma_heap", names[i], NULL);
    gboolean exists = g_file_test (node, G_FILE_TEST_EXISTS);

    g_free (node);
    if (exists)
      return names[i];
  }
  return NULL;
}

/* Nodes are numbered as they come: by the driver's name for it. */
gchar *
device_test_camera (guint instance)
{
  gchar *wanted = g_strdup_printf ("vivid-%03u-vid-cap", instance);
  gchar *device = NULL;

  for (guint i = 0; i < 64 && !device; i++) {
    gchar *path = g_strdup_printf ("/sys/class/video4linux/video%u/name", i);
    gchar *name = NULL;

    if (g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, wanted))
      device = g_strdup_printf ("/dev/video%u", i);
    g_free (name);
    g_free (path);
  }
  g_free (wanted);
  return device;
}

int
device_test_run (const gchar *name, Suite *suite, int argc, char **argv)
{
  if (!g_file_test ("/dev/dma_heap/system", G_FILE_TEST_EXISTS)) {
    g_print ("SKIP: this kernel has no /dev/dma_heap/system; tests/vm/run.sh boots one that has\n");
    return DEVICE_TEST_SKIP;
  }
  gst_check_init (&argc, &argv);
  return gst_check_run_suite (suite, name, __FILE__);
}

/* The configuration is read once in a process. */
int
device_test_run_with_config (const gchar *text, const gchar *name, Suite *suite, int argc, char **argv)
{
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("heaps-XXXXXX.conf", &path, NULL);
  int status;

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv ("GST_HEAPS_CONFIG", path, TRUE);
  status = device_test_run (name, suite, argc, argv);
  g_unlink (path);
  g_free (path);
  return status;
}
