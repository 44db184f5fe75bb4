/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is done with buffers again and again. */
#include "bench-sides.h"

#include <gst/allocators/allocators.h>

#include <dlfcn.h>

typedef struct {
  GstBufferPool *pool;
  GstAllocator *allocator;
  gsize size;
  GstBuffer *buffer;
  GstVideoInfo info;
} Side;

gboolean
bench_start_pool (GstBufferPool *pool, const GstVideoInfo *info, guint n_buffers)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_video_info_to_caps (info);

  gst_buffer_pool_config_set_params (config, caps, info->size, n_buffers, n_buffers);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_caps_unref (caps);
  return gst_buffer_pool_set_config (pool, config) && gst_buffer_pool_set_active (pool, TRUE);
}

gboolean
bench_cycle_pool (GstBufferPool *pool, guint n)
{
  GstBuffer *buffer;

  for (guint i = 0; i < n; i++) {
    if (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL) != GST_FLOW_OK)
      return FALSE;
    gst_buffer_unref (buffer);
  }
  return TRUE;
}

gboolean
bench_map_frame (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_WRITE))
    return FALSE;
  gst_video_frame_unmap (&frame);
  return TRUE;
}

static gboolean
run_pool (gpointer data, guint n)
{
  Side *side = data;

  return bench_cycle_pool (side->pool, n);
}

static gboolean
run_allocator (gpointer data, guint n)
{
  Side *side = data;
  GstMemory *memory;

  for (guint i = 0; i < n; i++) {
    memory = gst_allocator_alloc (side->allocator, side->size, NULL);
    if (!memory)
      return FALSE;
    gst_memory_unref (memory);
  }
  return TRUE;
}

static gboolean
run_map (gpointer data, guint n)
{
  Side *side = data;

  for (guint i = 0; i < n; i++)
    if (!bench_map_frame (side->buffer, &side->info))
      return FALSE;
  return TRUE;
}

static void
side_free (gpointer data)
{
  Side *side = data;

  if (side->pool)
    gst_buffer_pool_set_active (side->pool, FALSE);
  gst_clear_object (&side->pool);
  gst_clear_object (&side->allocator);
  gst_clear_buffer (&side->buffer);
  g_free (side);
}

BenchSide
bench_side_pool (const gchar *name, GstBufferPool *pool)
{
  Side *side = g_new0 (Side, 1);

  side->pool = pool;
  return (BenchSide){ name, run_pool, side, side_free };
}

BenchSide
bench_side_allocator (const gchar *name, GstAllocator *allocator, gsize size)
{
  Side *side = g_new0 (Side, 1);

  side->allocator = allocator;
  side->size = size;
  return (BenchSide){ name, run_allocator, side, side_free };
}

BenchSide
bench_side_map (const gchar *name, GstBuffer *buffer, const GstVideoInfo *info)
{
  Side *side = g_new0 (Side, 1);

  side->buffer = buffer;
  side->info = *info;
  return (BenchSide){ name, run_map, side, side_free };
}

GstBuffer *
bench_frame_new (GstMemory *memory, const GstVideoInfo *info)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, memory);
  gst_buffer_add_video_meta (
      buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (info), info->width, info->height);
  return buffer;
}

static void
free_memory (gpointer data)
{
  gst_memory_unref (data);
}

GstMemory *
bench_wrap_memory (GstMemory *memory)
{
  gboolean is_dmabuf = gst_is_dmabuf_memory (memory);
  GstAllocator *allocator = is_dmabuf ? gst_dmabuf_allocator_new () : gst_fd_allocator_new ();
  gint fd = gst_fd_memory_get_fd (memory);
  GstMemory *wrapped =
      is_dmabuf ? gst_dmabuf_allocator_alloc_with_flags (allocator, fd, memory->maxsize, GST_FD_MEMORY_FLAG_DONT_CLOSE)
                : gst_fd_allocator_alloc (allocator, fd, memory->maxsize, GST_FD_MEMORY_FLAG_DONT_CLOSE);

  gst_mini_object_set_qdata (
      GST_MINI_OBJECT (wrapped), g_quark_from_static_string ("gst-heaps-bench"), gst_memory_ref (memory), free_memory);
  gst_object_unref (allocator);
  return wrapped;
}

GstAllocator *
bench_get_udmabuf_allocator (void)
{
  GstAllocator *(*get) (void) = (GstAllocator * (*) (void) ) dlsym (RTLD_DEFAULT, "gst_udmabuf_allocator_get");

  return get ? get () : NULL;
}
