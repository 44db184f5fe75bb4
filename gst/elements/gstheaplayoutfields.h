/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The properties of heapupload that say how frames are to lie. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* Property ids, counted from the first one. */
typedef enum
{
  GST_HEAP_LAYOUT_FIELD_PLANES,
  GST_HEAP_LAYOUT_FIELD_STRIDE_ALIGN,
  GST_HEAP_LAYOUT_FIELD_PLANE_OFFSET_ALIGN,
  GST_HEAP_LAYOUT_FIELD_HEIGHT_ALIGN,
  GST_HEAP_LAYOUT_FIELD_SIZE_ALIGN,
  GST_HEAP_LAYOUT_FIELD_DEVICE,
  GST_HEAP_N_LAYOUT_FIELDS,
} GstHeapLayoutField;

/* What is for each plane is text, so that one number can stand for all of them; owned, NULL where nothing was set. */
typedef struct {
  GstHeapPlanes planes;
  gchar *stride_align, *plane_offset_align;
  guint height_align, size_align;
  gchar *device; /* owned; a path, or "auto" */
} GstHeapLayoutFields;

void gst_heap_layout_fields_clear (GstHeapLayoutFields *fields);
void gst_heap_layout_fields_install (GObjectClass *klass, guint first_id);
void gst_heap_layout_fields_set (GstHeapLayoutFields *fields, guint field, const GValue *value);
void gst_heap_layout_fields_get (const GstHeapLayoutFields *fields, guint field, GValue *value);
/* False: some make no sense, and error says which. */
gboolean gst_heap_layout_fields_parse (
    const GstHeapLayoutFields *fields, GstHeapLayoutParams *ret_params, GError **error);

G_END_DECLS
