/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the allocators are made of, for the files that make them; and allocating for those who may wait for room, with
 * what it has to say of a failure only when that is to be reported. */
#pragma once

#include <gst/heaps/gstheapallocator.h>

#include "gstheapmemory-private.h"

/* What somebody wants. */
typedef struct {
  gsize size;                        /* bytes */
  const GstAllocationParams *params; /* NULL: none */
  const gchar *layout;               /* how frames will lie in it, as an interned string; NULL: nobody knows */
  gboolean (*reclaim) (void);        /* frees what lies idle elsewhere; FALSE: nothing does. NULL: nothing ever does */
} GstHeapDemand;

/* Takes over core. budget NULL: its own. Returns: (transfer full): an allocator, of the type that suits the heap */
G_GNUC_INTERNAL
GstAllocator *gst_heap_allocator_create (GstHeap *heap, struct heap *core, gsize carve_size, GstHeapBudget *budget);
/* Of a GstHeapAllocator. */
G_GNUC_INTERNAL
GstHeapMemoryShared *gst_heap_allocator_get_shared (gpointer allocator);
/* Tells that memory of it was to be mapped, and cannot be. */
G_GNUC_INTERNAL
void gst_heap_allocator_note_map_refused (gpointer allocator, GstMapFlags flags);

/* As gst_heap_allocator_alloc(), with an error that has no figures: it costs no more than the attempt. */
G_GNUC_INTERNAL
GstMemory *gst_heap_allocator_try_alloc (GstHeapAllocator *allocator, const GstHeapDemand *demand, GError **error);
/* The same without any other heap, where total bytes are to be behind the memory. *ret_is_short is set on failure:
 * whether the heap has no room, in which case another one may. */
G_GNUC_INTERNAL
GstMemory *gst_heap_allocator_alloc_own (
    GstHeapMemoryShared *shared, const GstHeapDemand *demand, gsize total, gboolean *ret_is_short, GError **error);
/* Adds to an error of the above, if it is #GST_HEAP_ERROR_NO_MEMORY, how much the heap has, how large a piece it gives,
 * and what this process holds; and the same of the other heaps that were asked. Costs a few allocations from each heap
 * (heap_largest()): for an error that is reported, and not where it is tried again. */
G_GNUC_INTERNAL
void gst_heap_allocator_add_figures (GstHeapAllocator *allocator, const GstHeapDemand *demand, GError *error);
