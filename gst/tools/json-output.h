/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* JSON on stdout. */
#pragma once

#include "statistics.h"

#include <gst/heaps/heaps.h>
#include <json-glib/json-glib.h>

/* Adds a member with a string, or with null where value is NULL. Bytes that are no UTF-8 become U+FFFD. */
void tool_json_add_string (JsonBuilder *builder, const gchar *member, const gchar *value);
/* Adds a member with a whole number; what no signed 64 bits can say becomes the largest that they can. */
void tool_json_add_integer (JsonBuilder *builder, const gchar *member, guint64 value);
void tool_json_add_number (JsonBuilder *builder, const gchar *member, gdouble value);
void tool_json_add_boolean (JsonBuilder *builder, const gchar *member, gboolean value);
/* Adds a member with an object: median, low and high. */
void tool_json_add_spread (JsonBuilder *builder, const gchar *member, const ToolSpread *spread);
/* Adds a member "capacity" with how much memory the heap has, or with null where that is not known or heap is NULL.
 * With with_largest, what the largest piece is, too: looking for it takes a moment. */
void tool_json_add_sizes (JsonBuilder *builder, GstHeap *heap, gboolean with_largest);
/* Prints the builder's root, indented, with no control character but newlines in it. */
void tool_json_print (JsonBuilder *builder);
/* Adds one item. */
typedef void (*ToolJsonAddFunc) (JsonBuilder *builder, gpointer item);
/* Prints what was found out of heaps, each of which add adds, and whether that was interrupted. */
void tool_json_print_heaps (GPtrArray *heaps, ToolJsonAddFunc add, gboolean is_interrupted);
