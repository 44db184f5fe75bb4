/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* For authors of elements: the properties that select a heap, and what they come to. */
#pragma once

#include <gst/heaps/gstheapbufferpool.h>

G_BEGIN_DECLS

GST_HEAPS_API
void gst_heap_element_class_install_properties (GstElementClass *klass);
GST_HEAPS_API
GstHeapSelection *gst_heap_element_find_selection (GstElement *element, GError **error);
GST_HEAPS_API
gboolean gst_heap_element_decide_allocation (GstElement *element, GstQuery *query);
GST_HEAPS_API
gboolean gst_heap_element_propose_allocation (GstElement *element, GstQuery *query, guint min_buffers);
GST_HEAPS_API
void gst_heap_element_watch_allocator (GstElement *element, GstHeapAllocator *allocator);
GST_HEAPS_API
void gst_heap_element_watch_pool (GstElement *element, GstHeapBufferPool *pool);
GST_HEAPS_API
void gst_heap_element_watch_starvation (GstElement *element, GstHeapBufferPool *pool);
GST_HEAPS_API
void gst_heap_element_post_error (GstElement *element, const GError *error);

G_END_DECLS
