/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One heap of this machine. */
#pragma once

#include <gst/heaps/gstheapproperties.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP (gst_heap_get_type ())
GST_HEAPS_API
G_DECLARE_FINAL_TYPE (GstHeap, gst_heap, GST, HEAP, GObject)

GST_HEAPS_API
GList *gst_heap_list (void);
GST_HEAPS_API
gchar **gst_heap_list_config_problems (void);
GST_HEAPS_API
GstHeap *gst_heap_new_from_fd (gint fd, GError **error);

GST_HEAPS_API
const gchar *gst_heap_get_name (GstHeap *heap);
GST_HEAPS_API
const gchar *gst_heap_get_path (GstHeap *heap);
GST_HEAPS_API
const gchar *gst_heap_get_twin_of (GstHeap *heap);
GST_HEAPS_API
const gchar *gst_heap_get_twin_evidence (GstHeap *heap);
GST_HEAPS_API
gboolean gst_heap_get_capacity (GstHeap *heap, guint64 *total, guint64 *free);
GST_HEAPS_API
gboolean gst_heap_find_largest (GstHeap *heap, guint64 *largest, GError **error);
GST_HEAPS_API
GstHeapAnswer gst_heap_get_answer (GstHeap *heap, GstHeapProperties property);
GST_HEAPS_API
const gchar *gst_heap_get_answer_source (GstHeap *heap, GstHeapProperties property);
GST_HEAPS_API
gboolean gst_heap_allows_caps (GstHeap *heap, const GstCaps *caps, GError **error);
GST_HEAPS_API
gboolean gst_heap_has (GstHeap *heap, GstHeapProperties properties);
GST_HEAPS_API
gboolean gst_heap_check_access (GstHeap *heap, GError **error);
GST_HEAPS_API
gboolean gst_heap_get_node (GstHeap *heap, guint *uid, guint *gid, guint *mode);
GST_HEAPS_API
void gst_heap_set_max_bytes (GstHeap *heap, guint64 max_bytes);
GST_HEAPS_API
guint64 gst_heap_get_max_bytes (GstHeap *heap);

G_END_DECLS
