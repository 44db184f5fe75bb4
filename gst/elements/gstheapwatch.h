/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What befalls the memory that was offered, told on the bus in words of heaps. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* Explains the failures of neighbours that import memory of a heap, by errors that element posts. */
typedef struct _GstHeapWatch GstHeapWatch;

/* element, a GstBaseTransform, is in its pipeline, and uses memory of allocator until the watch is freed. */
GstHeapWatch *gst_heap_watch_new (GstElement *element, GstHeapAllocator *allocator);
void gst_heap_watch_free (GstHeapWatch *watch);

/* Upstream was answered; why_no_pool is NULL where it was offered a pool. */
void gst_heap_watch_note_offer (GstHeapWatch *watch, const gchar *why_no_pool);
/* buffer is about to go downstream. */
void gst_heap_watch_note_buffer (GstHeapWatch *watch, GstBuffer *buffer);
/* Downstream, or element itself, has returned flow for a buffer. */
void gst_heap_watch_note_flow (GstHeapWatch *watch, GstFlowReturn flow);

G_END_DECLS
