/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocators of this process that are alive: what they hold of a heap together, and what they can do without. */
#pragma once

#include <gst/heaps/gstheapallocator.h>

#include "gstheapmemory-private.h"

G_GNUC_INTERNAL
void gst_heap_registry_add (GstHeapMemoryShared *shared);
/* Before the allocator goes. May be called twice. */
G_GNUC_INTERNAL
void gst_heap_registry_remove (GstHeapMemoryShared *shared);
/* What all of them hold of the heap, by whichever of its names. */
G_GNUC_INTERNAL
void gst_heap_registry_count (const struct heap_info *info, guint64 *ret_bytes, guint64 *ret_buffers);
/* How many of them hold memory of the heap. */
G_GNUC_INTERNAL
guint gst_heap_registry_count_holders (const struct heap_info *info);
/* Memory that another allocator keeps, and that memory of this one could be: it belongs to this one then. NULL: there
 * is none. */
G_GNUC_INTERNAL
GstMemory *gst_heap_registry_take (GstHeapMemoryShared *shared, const GstHeapCacheKey *key);
/* Frees the memory of the heap that nobody uses. Returns: whether there may have been any, in which case somebody else
 * may have freed it a moment ago */
G_GNUC_INTERNAL
gboolean gst_heap_registry_trim (const struct heap_info *info);
/* The same with what nobody uses of the budget: several allocators may share it. */
G_GNUC_INTERNAL
void gst_heap_registry_trim_budget (const GstHeapBudget *budget);
