/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers from another process as what they were there. */
#pragma once

#include <gst/heaps/heaps-prelude.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP_RECEIVER (gst_heap_receiver_get_type ())
GST_HEAPS_API
G_DECLARE_FINAL_TYPE (GstHeapReceiver, gst_heap_receiver, GST, HEAP_RECEIVER, GObject)

GST_HEAPS_API
GstHeapReceiver *gst_heap_receiver_new (void);
GST_HEAPS_API
gboolean gst_heap_receiver_set_caps (GstHeapReceiver *receiver, GstCaps *caps, GError **error);
GST_HEAPS_API
GstBuffer *gst_heap_receiver_receive (GstHeapReceiver *receiver, GstBuffer *buffer, GError **error);
GST_HEAPS_API
void gst_heap_receiver_forget (GstHeapReceiver *receiver);
GST_HEAPS_API
GstStructure *gst_heap_receiver_get_stats (GstHeapReceiver *receiver);

G_END_DECLS
