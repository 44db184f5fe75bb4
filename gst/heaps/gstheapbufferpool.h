/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A pool of buffers in heap memory. */
#pragma once

#include <gst/heaps/gstheapallocator.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP_BUFFER_POOL (gst_heap_buffer_pool_get_type ())
GST_HEAPS_API
G_DECLARE_FINAL_TYPE (GstHeapBufferPool, gst_heap_buffer_pool, GST, HEAP_BUFFER_POOL, GstVideoBufferPool)

GST_HEAPS_API
GstBufferPool *gst_heap_buffer_pool_new (GstHeapAllocator *allocator);
GST_HEAPS_API
GstBufferPool *gst_heap_buffer_pool_new_for_caps (
    GstHeapAllocator *allocator, GstCaps *caps, guint size, guint min_buffers, guint max_buffers, GError **error);
GST_HEAPS_API
GstHeapAllocator *gst_heap_buffer_pool_get_allocator (GstHeapBufferPool *pool);
GST_HEAPS_API
void gst_heap_buffer_pool_retire (GstHeapBufferPool *pool);

G_END_DECLS
