/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of a heap as GstMemory. */
#pragma once

#include <gst/heaps/gstheapselection.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP_ALLOCATOR (gst_heap_allocator_get_type ())
GST_HEAPS_API
G_DECLARE_INTERFACE (GstHeapAllocator, gst_heap_allocator, GST, HEAP_ALLOCATOR, GstAllocator)

GST_HEAPS_API
GstAllocator *gst_heap_allocator_new (GstHeapSelection *selection, GError **error);
GST_HEAPS_API
GstAllocator *gst_heap_allocator_new_for_heap (GstHeap *heap, GError **error);
GST_HEAPS_API
GstAllocator *gst_heap_allocator_new_carved (GstHeap *heap, gsize carve_size, GError **error);

GST_HEAPS_API
gboolean gst_heap_selection_accepts_allocator (GstHeapSelection *selection, GstHeapAllocator *allocator);
GST_HEAPS_API
GstHeap *gst_heap_allocator_get_heap (GstHeapAllocator *allocator);
GST_HEAPS_API
gsize gst_heap_allocator_get_carve_size (GstHeapAllocator *allocator);
GST_HEAPS_API
void gst_heap_allocator_set_min_size (GstHeapAllocator *allocator, gsize min_size);
GST_HEAPS_API
guint64 gst_heap_allocator_trim (GstHeapAllocator *allocator);
GST_HEAPS_API
GstMemory *gst_heap_allocator_alloc (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, GError **error);
GST_HEAPS_API
GstStructure *gst_heap_allocator_get_stats (GstHeapAllocator *allocator);

G_END_DECLS
