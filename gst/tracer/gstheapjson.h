/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writing JSON: objects, arrays, strings and numbers that are not negative. */
#pragma once

#include <glib.h>

typedef struct {
  GString *text;
  guint depth;
  gboolean is_begun; /* something stands in the object or array already */
} GstHeapJson;

GstHeapJson gst_heap_json_new (void);
/* Returns: (transfer full): the text, with a line feed at its end. The writer is gone. */
gchar *gst_heap_json_finish (GstHeapJson *json);
/* name NULL: in an array, or outside of everything. bracket: '{' or '['. */
void gst_heap_json_begin (GstHeapJson *json, const gchar *name, gchar bracket);
void gst_heap_json_end (GstHeapJson *json, gchar bracket);
/* value NULL is null. What is no UTF-8 is made so. */
void gst_heap_json_add_string (GstHeapJson *json, const gchar *name, const gchar *value);
void gst_heap_json_add_number (GstHeapJson *json, const gchar *name, guint64 value);
void gst_heap_json_add_boolean (GstHeapJson *json, const gchar *name, gboolean value);
