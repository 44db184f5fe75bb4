/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The four properties of an element that select a heap. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

typedef enum
{
  GST_HEAP_FIELD_NAME,
  GST_HEAP_FIELD_REQUIRE,
  GST_HEAP_FIELD_PREFER,
  GST_HEAP_FIELD_FORBID,
  GST_HEAP_N_FIELDS,
} GstHeapField;

/* What the user set: as text, so that a word nobody knows gets an error that
 * lists those that are known. NULL where nothing was set. */
typedef struct {
  gchar *values[GST_HEAP_N_FIELDS];
} GstHeapFields;

/* Installs the properties under the ids first_id to first_id + GST_HEAP_N_FIELDS - 1. */
void gst_heap_fields_install (GObjectClass *klass, guint first_id);
void gst_heap_fields_set (GstHeapFields *fields, GstHeapField field, const GValue *value);
void gst_heap_fields_get (const GstHeapFields *fields, GstHeapField field, GValue *value);
void gst_heap_fields_clear (GstHeapFields *fields);
GstHeapSelection *gst_heap_fields_select (const GstHeapFields *fields, GError **error);

G_END_DECLS
