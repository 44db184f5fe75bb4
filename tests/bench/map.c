/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Mapping a frame, beside GStreamer's own memory around a dma-buf of the same heap. */
#include "benchmarks.h"

#include <gst/allocators/gstdmabuf.h>
#include <unistd.h>

#define N_BUFFERS 4
#define MAX_IOCTLS 2 /* where the processor's access begins and where it ends */

static const gchar *const heaps[] = { "system", "process" };
static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420 };

typedef struct {
  GstVideoInfo info;
  GstBufferPool *pool; /* ours */
  GstBuffer *buffer;   /* the peer's, which costs nothing to get */
} Side;

static void
map_frame (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_WRITE))
    g_error ("the frame cannot be mapped");
  gst_video_frame_unmap (&frame);
}

static void
run_ours (gpointer data, guint n)
{
  Side *side = data;
  GstBuffer *buffer;

  for (guint i = 0; i < n; i++) {
    if (gst_buffer_pool_acquire_buffer (side->pool, &buffer, NULL) != GST_FLOW_OK)
      g_error ("the pool gives no buffer");
    map_frame (buffer, &side->info);
    gst_buffer_unref (buffer);
  }
}

static void
run_peer (gpointer data, guint n)
{
  Side *side = data;

  for (guint i = 0; i < n; i++)
    map_frame (side->buffer, &side->info);
}

static void
side_free (gpointer data)
{
  Side *side = data;

  g_clear_pointer (&side->pool, bench_pool_free);
  gst_clear_buffer (&side->buffer);
  g_free (side);
}

static Side *
side_new (GstVideoFormat format)
{
  Side *side = g_new0 (Side, 1);

  gst_video_info_set_format (&side->info, format, 1920, 1080);
  return side;
}

static BenchSide
create_ours (GstAllocator *allocator, GstVideoFormat format)
{
  Side *side = side_new (format);

  side->pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  bench_pool_start (side->pool, gst_video_format_to_string (format), 1920, 1080, N_BUFFERS);
  return (BenchSide){ "GstHeapBufferPool", run_ours, side, side_free };
}

static BenchSide
create_peer (GstAllocator *allocator, GstVideoFormat format)
{
  Side *side = side_new (format);
  GstAllocator *theirs = gst_dmabuf_allocator_new ();
  GstMemory *memory = gst_allocator_alloc (allocator, side->info.size, NULL);
  int fd = dup (gst_dmabuf_memory_get_fd (memory));

  side->buffer = gst_buffer_new ();
  gst_buffer_append_memory (side->buffer, gst_dmabuf_allocator_alloc (theirs, fd, side->info.size));
  gst_buffer_add_video_meta (side->buffer, GST_VIDEO_FRAME_FLAG_NONE, format, 1920, 1080);
  gst_memory_unref (memory);
  gst_object_unref (theirs);
  return (BenchSide){ "GstDmaBufAllocator", run_peer, side, side_free };
}

static BenchCase *
create (guint number, gchar **ret_reason)
{
  const gchar *heap = heaps[number / G_N_ELEMENTS (formats)];
  GstVideoFormat format = formats[number % G_N_ELEMENTS (formats)];
  GstAllocator *allocator = bench_allocator_new (heap, ret_reason);
  BenchCase *self = NULL;

  if (!allocator)
    return NULL;
  if (GST_IS_DMABUF_ALLOCATOR (allocator)) {
    self = bench_case_new (g_strdup_printf ("%s, %s, %u plane%s", heap, gst_video_format_to_string (format),
        gst_video_format_get_info (format)->n_planes, gst_video_format_get_info (format)->n_planes > 1 ? "s" : ""));
    bench_case_forbid_calls (self);
    self->max_calls[CALL_IOCTL] = MAX_IOCTLS;
    self->max_calls[CALL_POLL] = 1;
    self->ours = create_ours (allocator, format);
    self->peer = create_peer (allocator, format);
  } else {
    *ret_reason = g_strdup_printf ("memory of heap \"%s\" is no dma-buf here", heap);
  }
  gst_object_unref (allocator);
  return self;
}

const BenchGroup bench_map = {
  "map",
  "a frame of 1080p is acquired, mapped, unmapped and released; the peer maps and unmaps one buffer",
  G_N_ELEMENTS (heaps) * G_N_ELEMENTS (formats),
  TRUE,
  create,
};
