/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* JSON on stdout. */
#pragma once

#include <gst/heaps/heaps.h>
#include <json-glib/json-glib.h>

/* Adds a member with a string, or with null where value is NULL. Bytes that are no UTF-8 become U+FFFD. */
void tool_json_add_string (JsonBuilder *builder, const gchar *member, const gchar *value);
/* Adds a member "capacity" with how much memory the heap has, or with null where that is not known or heap is NULL.
 * With with_largest, what the largest piece is, too: looking for it takes a moment. */
void tool_json_add_sizes (JsonBuilder *builder, GstHeap *heap, gboolean with_largest);
/* Prints the builder's root, indented, with no control character but newlines in it. */
void tool_json_print (JsonBuilder *builder);
