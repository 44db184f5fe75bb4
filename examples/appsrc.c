/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An application that writes frames into memory of a heap and pushes them into a pipeline: no element copies them.
 *
 * cc appsrc.c -o appsrc $(pkg-config --cflags --libs gstreamer-heaps-1.0)
 * ./appsrc 'heap-require=contiguous' */
#include <gst/heaps/heaps.h>

#define N_FRAMES 30
#define CAPS "video/x-raw, format=NV12, width=1280, height=720, framerate=30/1"
/* heapupload stands for an encoder or a display: it takes no other memory than what is selected. */
#define PIPELINE "appsrc name=source format=time ! heapupload name=consumer require-zero-copy=true ! fakesink"

typedef struct {
  GstBufferPool *pool;
  guint n_frames;
} Feed;

static void
paint (GstBuffer *buffer, guint n)
{
  gst_buffer_memset (buffer, 0, (guint8) n, gst_buffer_get_size (buffer));
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale_int (n, GST_SECOND, 30);
}

/* Called when the source has nothing left to send. */
static void
give_frame (GstElement *source, guint length, Feed *feed)
{
  GstBuffer *buffer;
  GstFlowReturn flow;

  /* Waits for a buffer to come back when all are in use. */
  if (feed->n_frames == N_FRAMES || gst_buffer_pool_acquire_buffer (feed->pool, &buffer, NULL) != GST_FLOW_OK) {
    g_signal_emit_by_name (source, "end-of-stream", &flow);
    return;
  }
  paint (buffer, feed->n_frames++);
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

static gboolean
wait_for_end (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return TRUE;
  gst_message_parse_error (message, &error, NULL);
  g_printerr ("%s\n", error->message);
  return FALSE;
}

static void
report (GstElement *pipeline, GstHeapAllocator *allocator)
{
  g_autoptr (GstElement) consumer = gst_bin_get_by_name (GST_BIN (pipeline), "consumer");
  g_autoptr (GstStructure) frames = NULL, memory = gst_heap_allocator_get_stats (allocator);
  guint64 passed = 0, copied = 0, buffers = 0;

  g_object_get (consumer, "stats", &frames, NULL);
  gst_structure_get (frames, "frames-passed", G_TYPE_UINT64, &passed, "frames-copied", G_TYPE_UINT64, &copied, NULL);
  gst_structure_get (memory, "allocations", G_TYPE_UINT64, &buffers, NULL);
  g_print ("%" G_GUINT64_FORMAT " frames in %" G_GUINT64_FORMAT " buffers of heap %s, %" G_GUINT64_FORMAT " copied\n",
      passed, buffers, gst_heap_get_name (gst_heap_allocator_get_heap (allocator)), copied);
}

static gboolean
run (GstHeapSelection *selection, GError **error)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  g_autoptr (GstContext) context = gst_heap_selection_to_context (selection);
  g_autoptr (GstElement) pipeline = gst_parse_launch (PIPELINE, error);
  g_autoptr (GstAllocator) allocator = gst_heap_allocator_new (selection, error);
  g_autoptr (GstBufferPool) pool = NULL;
  g_autoptr (GstElement) source = NULL;
  Feed feed = { NULL, 0 };
  gboolean ok;

  if (!pipeline || !allocator)
    return FALSE;
  pool = gst_heap_buffer_pool_new_for_caps (GST_HEAP_ALLOCATOR (allocator), caps, 0, 4, 4, error);
  if (!pool)
    return FALSE;
  gst_element_set_context (pipeline, context); /* what heapupload goes by */
  source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  g_object_set (source, "caps", caps, NULL);
  feed.pool = pool;
  g_signal_connect (source, "need-data", G_CALLBACK (give_frame), &feed);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  ok = wait_for_end (pipeline);
  if (ok)
    report (pipeline, GST_HEAP_ALLOCATOR (allocator));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GstHeapSelection) selection = NULL;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  selection = gst_heap_selection_new_from_string (argc > 1 ? argv[1] : "", &error);
  if (selection && run (selection, &error))
    return 0;
  if (error)
    g_printerr ("%s\n", error->message);
  return 1;
}
