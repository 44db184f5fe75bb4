/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Other heaps, whose memory satisfies the same selection, for when that of an allocator has none left. Belongs to the
 * allocator, and has allocators of its own for those heaps, made when they are first needed. Any thread. NULL: no
 * heap may stand in. */
#pragma once

#include "gstheapallocator-private.h"
#include "gstheapchoice-private.h"

/* Takes over choice, of which nobody else has a reference. own is the allocator's. NULL: no candidate of choice may
 * stand in. */
G_GNUC_INTERNAL
GstHeapFallback *gst_heap_fallback_new (GstHeapMemoryShared *own, GstHeapChoice *choice);
/* Memory that is still there keeps what it needs. */
G_GNUC_INTERNAL
void gst_heap_fallback_free (GstHeapFallback *self);
/* Memory of total bytes or more: of the heap that own has, else of the first other one that gives it. The error is that
 * of own. */
G_GNUC_INTERNAL
GstMemory *gst_heap_fallback_alloc (GstHeapFallback *self, const GstHeapDemand *demand, gsize total, GError **error);
/* Adds to an error of the above why the others do not give total bytes; with_figures as
 * gst_heap_allocator_add_figures(). Nothing where they were not asked. */
G_GNUC_INTERNAL
void gst_heap_fallback_explain (GstHeapFallback *self, gsize total, gboolean with_figures, GError *error);

/* Whether selection accepts every heap that may stand in. */
G_GNUC_INTERNAL
gboolean gst_heap_fallback_is_accepted (GstHeapFallback *self, GstHeapSelection *selection);

/* What own has been told to keep, and of what size and name memory is, goes for the others too. */
G_GNUC_INTERNAL
void gst_heap_fallback_copy_settings (GstHeapFallback *self);
/* Frees what the others keep. Returns: the bytes that were freed */
G_GNUC_INTERNAL
guint64 gst_heap_fallback_trim (GstHeapFallback *self);
/* Adds to the stats of own the field "fallback", those of the next heap, which have the same field in turn. */
G_GNUC_INTERNAL
void gst_heap_fallback_add_stats (GstHeapFallback *self, GstStructure *stats);

/* Makes the signal by which an allocator says what happens here. */
G_GNUC_INTERNAL
void gst_heap_fallback_create_signal (GType type);
