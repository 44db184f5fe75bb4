/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the allocators are made of, for the files that make them; and allocating for those who may wait for room, with
 * what it has to say of a failure only when that is to be reported. */
#pragma once

#include <gst/heaps/gstheapallocator.h>

#include "gstheapmemory-private.h"

/* Takes over core. Returns: (transfer full): an allocator, of the type that suits the heap */
G_GNUC_INTERNAL
GstAllocator *gst_heap_allocator_create (GstHeap *heap, struct heap *core, gsize carve_size);
/* Of a GstHeapAllocator. */
G_GNUC_INTERNAL
GstHeapMemoryShared *gst_heap_allocator_get_shared (gpointer allocator);
/* Tells that memory of it was to be mapped, and cannot be. */
G_GNUC_INTERNAL
void gst_heap_allocator_note_map_refused (gpointer allocator, GstMapFlags flags);

/* As gst_heap_allocator_alloc(), with an error that has no figures: it costs no more than the attempt. layout says how
 * frames will lie in the memory, as an interned string; NULL: nobody knows. */
G_GNUC_INTERNAL
GstMemory *gst_heap_allocator_try_alloc (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, const gchar *layout, GError **error);
/* Adds to an error of the above, if it is #GST_HEAP_ERROR_NO_MEMORY, how much the heap has, how large a piece it gives,
 * and what this process holds. Costs a few allocations from the heap (heap_largest()): for an error that is reported,
 * and not where it is tried again. params as of the attempt; NULL: none. */
G_GNUC_INTERNAL
void gst_heap_allocator_add_figures (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, GError *error);
