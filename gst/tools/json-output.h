/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* JSON on stdout. */
#pragma once

#include <json-glib/json-glib.h>

/* Adds a member with a string, or with null where value is NULL. Bytes that are no UTF-8 become U+FFFD. */
void tool_json_add_string (JsonBuilder *builder, const gchar *member, const gchar *value);
/* Prints the builder's root, indented, with no control character but newlines in it. */
void tool_json_print (JsonBuilder *builder);
