/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The four properties of an element that select a heap. */
#include "gstheapfields.h"

#define WORDS "importable, contiguous, cacheable, protected, dma32, decrypted"

static const struct {
  const gchar *name, *nick, *blurb;
} field_info[GST_HEAP_N_FIELDS] = {
  [GST_HEAP_FIELD_NAME] = { "heap-name", "Heap name",
      "Name of the heap, as in /dev/dma_heap, or 'process' for memory of this process; several in order of preference "
      "are separated by ';' (none: any heap that has what heap-require asks for; nothing at all: 'system', else "
      "'process')" },
  [GST_HEAP_FIELD_REQUIRE] = { "heap-require", "Required heap properties",
      "Properties the heap must be known to have, joined by '+', of: " WORDS },
  [GST_HEAP_FIELD_PREFER] = { "heap-prefer", "Preferred heap properties",
      "Properties that put a heap before others, joined by '+', of: " WORDS },
  [GST_HEAP_FIELD_FORBID] = { "heap-forbid", "Forbidden heap properties",
      "Properties the heap must be known not to have, joined by '+', of: " WORDS },
};

void
gst_heap_fields_install (GObjectClass *klass, guint first_id)
{
  for (guint i = 0; i < GST_HEAP_N_FIELDS; i++)
    g_object_class_install_property (klass, first_id + i,
        g_param_spec_string (field_info[i].name, field_info[i].nick, field_info[i].blurb, NULL,
            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

void
gst_heap_fields_set (GstHeapFields *fields, GstHeapField field, const GValue *value)
{
  g_free (fields->values[field]);
  fields->values[field] = g_value_dup_string (value);
}

void
gst_heap_fields_get (const GstHeapFields *fields, GstHeapField field, GValue *value)
{
  g_value_set_string (value, fields->values[field]);
}

void
gst_heap_fields_clear (GstHeapFields *fields)
{
  for (guint i = 0; i < GST_HEAP_N_FIELDS; i++)
    g_clear_pointer (&fields->values[i], g_free);
}

/* Returns: (transfer full) (nullable): what the fields select */
GstHeapSelection *
gst_heap_fields_select (const GstHeapFields *fields, GError **error)
{
  return gst_heap_selection_new_from_fields (fields->values[GST_HEAP_FIELD_NAME],
      fields->values[GST_HEAP_FIELD_REQUIRE], fields->values[GST_HEAP_FIELD_PREFER],
      fields->values[GST_HEAP_FIELD_FORBID], error);
}
