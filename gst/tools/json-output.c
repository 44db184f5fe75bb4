/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* JSON on stdout. */
#include "json-output.h"

#include <stdio.h>

void
tool_json_add_string (JsonBuilder *builder, const gchar *member, const gchar *value)
{
  g_autofree gchar *valid = value ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, member);
  if (valid)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

static void
add_bytes (JsonBuilder *builder, const gchar *member, guint64 bytes)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, bytes);
}

void
tool_json_add_sizes (JsonBuilder *builder, GstHeap *heap, gboolean with_largest)
{
  guint64 total, unused, largest;

  json_builder_set_member_name (builder, "capacity");
  if (!heap || !gst_heap_get_capacity (heap, &total, &unused)) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  add_bytes (builder, "total-bytes", total);
  add_bytes (builder, "used-bytes", total - MIN (unused, total));
  add_bytes (builder, "free-bytes", unused);
  if (with_largest && gst_heap_find_largest (heap, &largest, NULL))
    add_bytes (builder, "largest-bytes", largest);
  json_builder_end_object (builder);
}

/* json-glib escapes what JSON wants escaped, which leaves DEL and U+0080 to U+009F: a terminal
 * obeys those. They can stand in strings only, where \u means the same. */
static gchar *
escape_controls (const gchar *json)
{
  GString *out = g_string_new (NULL);

  for (; *json; json = g_utf8_next_char (json)) {
    gunichar character = g_utf8_get_char (json);

    if (g_unichar_iscntrl (character) && character != '\n')
      g_string_append_printf (out, "\\u%04x", character);
    else
      g_string_append_unichar (out, character);
  }
  return g_string_free (out, FALSE);
}

void
tool_json_print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree gchar *json = json_to_string (root, TRUE);
  g_autofree gchar *escaped = escape_controls (json);

  puts (escaped);
}
