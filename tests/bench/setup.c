/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the benchmarks of buffers share. */
#include "benchmarks.h"

GstAllocator *
bench_allocator_new (const gchar *heap, gchar **ret_reason)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (heap, NULL);
  GError *error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new (selection, &error);

  if (error) {
    *ret_reason = g_strdup (error->message);
    g_clear_error (&error);
  }
  gst_heap_selection_unref (selection);
  return allocator;
}

void
bench_pool_start (GstBufferPool *pool, const gchar *format, gint width, gint height, guint n_buffers)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstVideoInfo info;
  GstCaps *caps;

  gst_video_info_set_format (&info, gst_video_format_from_string (format), width, height);
  caps = gst_video_info_to_caps (&info);
  gst_buffer_pool_config_set_params (config, caps, info.size, n_buffers, n_buffers);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  if (!gst_buffer_pool_set_config (pool, config) || !gst_buffer_pool_set_active (pool, TRUE))
    g_error ("the pool does not start");
  gst_caps_unref (caps);
}

void
bench_pool_free (GstBufferPool *pool)
{
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
}
