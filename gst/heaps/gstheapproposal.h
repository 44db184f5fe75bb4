/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Offering a heap to whoever asks in an ALLOCATION query. */
#pragma once

#include <gst/heaps/gstheapallocator.h>
#include <gst/heaps/gstheaplayoutparams.h>

G_BEGIN_DECLS

GST_HEAPS_API
gboolean gst_heap_allocator_propose (GstHeapAllocator *allocator, GstQuery *query, guint min_buffers, GError **error);
GST_HEAPS_API
gboolean gst_heap_allocator_propose_layout (
    GstHeapAllocator *allocator, GstQuery *query, guint min_buffers, const GstHeapLayoutParams *params, GError **error);

G_END_DECLS
