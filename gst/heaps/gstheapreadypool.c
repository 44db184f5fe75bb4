/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A pool in one call, for applications that fill buffers themselves. */
#include <gst/heaps/gstheapbufferpool.h>
#include <gst/heaps/gstheaperror.h>

#include "gstheaplayout.h"

static gboolean
check (GstHeapAllocator *allocator, GstCaps *caps, guint size, guint min_buffers, guint max_buffers,
    GstHeapLayout *ret_layout, GError **error)
{
  if (max_buffers != 0 && max_buffers < min_buffers) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "at least %u buffers and at most %u cannot be",
        min_buffers, max_buffers);
    return FALSE;
  }
  return gst_heap_allows_caps (gst_heap_allocator_get_heap (allocator), caps, error) &&
         gst_heap_layout_compute (caps, size, NULL, ret_layout, error);
}

static gboolean
configure (GstBufferPool *pool, GstCaps *caps, guint size, guint min_buffers, guint max_buffers, gboolean is_video)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, caps, size, min_buffers, max_buffers);
  if (is_video)
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  return gst_buffer_pool_set_config (pool, config);
}

static void
keep_error (GstHeapBufferPool *pool, const GError *error, GError **ret_error)
{
  if (!*ret_error)
    *ret_error = g_error_copy (error);
}

static gboolean
activate (GstBufferPool *pool, GError **error)
{
  GError *failure = NULL;
  gulong handler = g_signal_connect (pool, "failed", G_CALLBACK (keep_error), &failure);
  gboolean active = gst_buffer_pool_set_active (pool, TRUE);

  g_signal_handler_disconnect (pool, handler);
  if (!active && !failure)
    failure = g_error_new_literal (GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "the pool does not start");
  if (failure)
    g_propagate_error (error, failure);
  return active;
}

/**
 * gst_heap_buffer_pool_new_for_caps:
 * @allocator: a #GstHeapAllocator, of which the pool takes a reference
 * @caps: the caps of the buffers
 * @size: bytes of each buffer; 0: as the caps say, which only those of raw video do
 * @min_buffers: the number of buffers that are allocated now
 * @max_buffers: the number of buffers there may be; 0: as many as are in use at a time
 * @error: #GST_HEAP_ERROR_INVALID when there are no such buffers, #GST_HEAP_ERROR_UNSATISFIED when @caps are those of
 *     other memory, #GST_HEAP_ERROR_NO_MEMORY and the like when there is none
 *
 * For those who fill buffers themselves, as what is pushed into an `appsrc`:
 *
 * |[<!-- language="C" -->
 * allocator = gst_heap_allocator_new (selection, &error);
 * pool = gst_heap_buffer_pool_new_for_caps (GST_HEAP_ALLOCATOR (allocator), caps, 0, 4, 8, &error);
 * gst_buffer_pool_acquire_buffer (pool, &buffer, NULL);
 * ]|
 *
 * A buffer comes back when the last reference to it is dropped. Acquiring waits for that once @max_buffers are in use,
 * or the heap is full. Frames have #GstVideoMeta, and GStreamer's default layout. The pool may be dropped while buffers
 * are in use: gst_buffer_pool_set_active() need not be called.
 *
 * Returns: (transfer full) (nullable): an active pool
 *
 * Since: 0.1
 */
GstBufferPool *
gst_heap_buffer_pool_new_for_caps (
    GstHeapAllocator *allocator, GstCaps *caps, guint size, guint min_buffers, guint max_buffers, GError **error)
{
  GstHeapLayout layout;
  GstBufferPool *pool;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);
  g_return_val_if_fail (GST_IS_CAPS (caps), NULL);

  if (!check (allocator, caps, size, min_buffers, max_buffers, &layout, error))
    return NULL;
  pool = gst_heap_buffer_pool_new (allocator);
  if (!configure (pool, caps, layout.size, min_buffers, max_buffers, layout.is_video)) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "the pool refuses what it is to be");
    gst_clear_object (&pool);
  } else if (!activate (pool, error)) {
    gst_clear_object (&pool);
  }
  return pool;
}
