/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Mapping a frame, beside GStreamer's own memory around a dma-buf of the same heap. */
#include "benchmarks.h"

#include <gst/allocators/gstdmabuf.h>

#define N_BUFFERS 4
#define MAX_IOCTLS 2 /* where the processor's access begins and where it ends */

static const gchar *const heaps[] = { "system", "process" };
static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420 };

typedef struct {
  GstVideoInfo info;
  GstBufferPool *pool;
} Side;

static gboolean
run_ours (gpointer data, guint n)
{
  Side *side = data;
  gboolean is_done = TRUE;
  GstBuffer *buffer;

  for (guint i = 0; i < n && is_done; i++) {
    if (gst_buffer_pool_acquire_buffer (side->pool, &buffer, NULL) != GST_FLOW_OK)
      return FALSE;
    is_done = bench_map_frame (buffer, &side->info);
    gst_buffer_unref (buffer);
  }
  return is_done;
}

static void
side_free (gpointer data)
{
  Side *side = data;

  gst_buffer_pool_set_active (side->pool, FALSE);
  gst_object_unref (side->pool);
  g_free (side);
}

static BenchSide
create_ours (GstAllocator *allocator, const GstVideoInfo *info)
{
  Side *side = g_new0 (Side, 1);

  side->info = *info;
  side->pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  if (!bench_start_pool (side->pool, info, N_BUFFERS))
    g_error ("the pool does not start");
  return (BenchSide){ "GstHeapBufferPool", run_ours, side, side_free };
}

/* Its buffer costs nothing to get. */
static BenchSide
create_peer (GstAllocator *allocator, const GstVideoInfo *info)
{
  GstMemory *memory = gst_allocator_alloc (allocator, info->size, NULL);
  BenchSide side = bench_side_map ("GstDmaBufAllocator", bench_frame_new (bench_wrap_memory (memory), info), info);

  gst_memory_unref (memory);
  return side;
}

static BenchCase *
create (guint number, gchar **ret_reason)
{
  const gchar *heap = heaps[number / G_N_ELEMENTS (formats)];
  GstVideoFormat format = formats[number % G_N_ELEMENTS (formats)];
  GstAllocator *allocator = bench_allocator_new (heap, ret_reason);
  BenchCase *self = NULL;
  GstVideoInfo info;

  if (!allocator)
    return NULL;
  gst_video_info_set_format (&info, format, 1920, 1080);
  if (GST_IS_DMABUF_ALLOCATOR (allocator)) {
    self = bench_case_new (g_strdup_printf ("%s, %s, %u plane%s", heap, gst_video_format_to_string (format),
        gst_video_format_get_info (format)->n_planes, gst_video_format_get_info (format)->n_planes > 1 ? "s" : ""));
    bench_case_forbid_calls (self);
    self->max_calls[CALL_IOCTL] = MAX_IOCTLS;
    self->max_calls[CALL_POLL] = 1;
    self->ours = create_ours (allocator, &info);
    self->peer = create_peer (allocator, &info);
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
