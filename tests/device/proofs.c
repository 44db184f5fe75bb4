/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the matrix takes for proof can fail: each witness tells what happened from what did not. */
#include "device-test.h"
#include "display-crc.h"
#include "dmabuf-trace.h"
#include "pad-watch.h"
#include "video-device.h"

#define FRAMES "video/x-raw,format=BGRx,width=640,height=480"
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"
#define IN_SYSTEM_MEMORY "identity drop-allocation=true"

static GstElement *
play (const gchar *description)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  return pipeline;
}

static void
wait_for_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_message_unref (message);
  gst_object_unref (bus);
}

static void
stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

/* pattern=ball: another picture for each frame. */
static gboolean
display_follows (const gchar *memory)
{
  gchar *description =
      g_strconcat ("videotestsrc num-buffers=4 pattern=ball ! " FRAMES " ! ", memory, " ! " DISPLAY, NULL);
  GstElement *pipeline = play (description);
  PadWatch *watch = pad_watch_new (pipeline, "sink", "sink");
  gboolean follows;

  wait_for_end (pipeline);
  follows = display_crc_follows (watch->last);
  stop (pipeline);
  pad_watch_free (watch);
  g_free (description);
  return follows;
}

GST_START_TEST (test_display_shows_what_the_cpu_writes)
{
  fail_unless (display_follows ("heapupload heap-name=system"));
  fail_unless (display_follows ("heapupload heap-name=default_cma_region"));
  fail_unless (display_follows ("heapupload heap-name=process"));
}

GST_END_TEST

GST_START_TEST (test_display_does_not_show_what_the_cpu_writes_to_system_memory)
{
  fail_if (display_follows (IN_SYSTEM_MEMORY));
}

GST_END_TEST

static GHashTable *
inodes_at_sink (const gchar *description, DmabufTrace **ret_trace)
{
  GstElement *pipeline = play (description);
  PadWatch *watch = pad_watch_new (pipeline, "sink", "sink");
  GHashTable *inodes;

  dmabuf_trace_begin ();
  wait_for_end (pipeline);
  *ret_trace = dmabuf_trace_end ();
  stop (pipeline);
  inodes = pad_watch_inodes (watch);
  pad_watch_free (watch);
  return inodes;
}

static guint
count_all (DmabufTrace *trace, GHashTable *inodes, const gchar *what)
{
  guint count = 0;
  GHashTableIter iter;
  gpointer inode;

  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL))
    count += dmabuf_trace_count (trace, GPOINTER_TO_SIZE (inode), what);
  return count;
}

/* The same dma-bufs, at a sink that imports them and at one that does not. */
GST_START_TEST (test_trace_tells_who_attached)
{
  DmabufTrace *trace;
  GHashTable *inodes =
      inodes_at_sink ("videotestsrc num-buffers=4 ! " FRAMES " ! heapupload heap-name=system ! " DISPLAY, &trace);

  fail_unless_equals_int (count_all (trace, inodes, "attached by vkms"), g_hash_table_size (inodes));
  fail_unless_equals_int (count_all (trace, inodes, "attached by vivid.0"), 0);
  g_hash_table_unref (inodes);
  dmabuf_trace_free (trace);

  inodes = inodes_at_sink ("videotestsrc num-buffers=4 ! " FRAMES
                           " ! heapupload heap-name=system ! fakevideosink name=sink sync=false",
      &trace);
  fail_unless (g_hash_table_size (inodes) > 0);
  fail_unless_equals_int (count_all (trace, inodes, "attached by vkms"), 0);
  g_hash_table_unref (inodes);
  dmabuf_trace_free (trace);
}

GST_END_TEST

static gboolean
everything_is_mapped (DmabufTrace *trace, GHashTable *inodes, guint at_least)
{
  GHashTableIter iter;
  gpointer inode;

  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL)) {
    if (dmabuf_trace_count_maps (trace, GPOINTER_TO_SIZE (inode)) < at_least)
      return FALSE;
  }
  return g_hash_table_size (inodes) > 0;
}

/* A source that writes by CPU maps what it writes to, once, besides our own looking at it. */
GST_START_TEST (test_trace_tells_who_mapped)
{
  DmabufTrace *trace;
  GHashTable *inodes = inodes_at_sink ("videotestsrc num-buffers=4 ! " FRAMES
                                       " ! heapupload heap-name=system ! fakevideosink name=sink sync=false",
      &trace);

  fail_unless (everything_is_mapped (trace, inodes, 2));
  g_hash_table_unref (inodes);
  dmabuf_trace_free (trace);
}

GST_END_TEST

/* A queue that copies, with GStreamer's default for it, takes none of the dma-bufs that come. */
GST_START_TEST (test_trace_tells_queued_from_copied)
{
  const gchar *const modes[] = { "mmap", "dmabuf-import" };
  gchar *device = video_device_find ("vivid-000-vid-out");

  video_device_set_hdmi_output (0);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    gchar *description = g_strdup_printf ("videotestsrc num-buffers=4 ! video/x-raw,format=YUY2,width=640,height=480 ! "
                                          "heapupload heap-name=system ! v4l2sink name=sink device=%s io-mode=%s "
                                          "sync=false",
        device, modes[i]);
    DmabufTrace *trace;
    GHashTable *inodes = inodes_at_sink (description, &trace);
    guint queued = count_all (trace, inodes, "queued to vivid-000-vid-out (VIDEO_OUTPUT)");

    fail_unless (i == 0 ? queued == 0 : queued >= 4, "%s: %u queued", modes[i], queued);
    g_hash_table_unref (inodes);
    dmabuf_trace_free (trace);
    g_free (description);
  }
  g_free (device);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("proofs");
  TCase *tcase = tcase_create ("proofs");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_display_shows_what_the_cpu_writes);
  tcase_add_test (tcase, test_display_does_not_show_what_the_cpu_writes_to_system_memory);
  tcase_add_test (tcase, test_trace_tells_who_attached);
  tcase_add_test (tcase, test_trace_tells_who_mapped);
  tcase_add_test (tcase, test_trace_tells_queued_from_copied);
  return device_test_run ("proofs", suite, argc, argv);
}
