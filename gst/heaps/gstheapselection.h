/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What memory is asked for: names of heaps, and properties. */
#pragma once

#include <gst/heaps/gstheapchoice.h>

G_BEGIN_DECLS

typedef struct _GstHeapSelection GstHeapSelection;

#define GST_TYPE_HEAP_SELECTION (gst_heap_selection_get_type ())
GST_HEAPS_API
GType gst_heap_selection_get_type (void);

GST_HEAPS_API
GstHeapSelection *gst_heap_selection_new (
    const gchar *const *names, GstHeapProperties required, GstHeapProperties preferred, GstHeapProperties forbidden);
GST_HEAPS_API
GstHeapSelection *gst_heap_selection_new_from_fields (const gchar *heap_name, const gchar *heap_require,
    const gchar *heap_prefer, const gchar *heap_forbid, GError **error);
GST_HEAPS_API
GstHeapSelection *gst_heap_selection_new_from_string (const gchar *string, GError **error);
GST_HEAPS_API
GstHeapSelection *gst_heap_selection_new_for_fd (
    gint fd, GstHeapProperties required, GstHeapProperties forbidden, GError **error);
GST_HEAPS_API
GstHeapSelection *gst_heap_selection_get_default (GError **error);
GST_HEAPS_API
const gchar *gst_heap_selection_get_default_source (void);
GST_HEAPS_API
GstHeapSelection *gst_heap_selection_ref (GstHeapSelection *selection);
GST_HEAPS_API
void gst_heap_selection_unref (GstHeapSelection *selection);

GST_HEAPS_API
gchar *gst_heap_selection_to_string (GstHeapSelection *selection);
GST_HEAPS_API
GstHeapChoice *gst_heap_selection_choose (GstHeapSelection *selection);
GST_HEAPS_API
GstHeap *gst_heap_selection_select (GstHeapSelection *selection, GError **error);
GST_HEAPS_API
gboolean gst_heap_selection_has_demands (GstHeapSelection *selection);
GST_HEAPS_API
gboolean gst_heap_selection_accepts (GstHeapSelection *selection, GstHeap *heap);
GST_HEAPS_API
gboolean gst_heap_selection_accepts_memory (GstHeapSelection *selection, GstMemory *memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstHeapSelection, gst_heap_selection_unref)

G_END_DECLS
