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

void
tool_json_add_integer (JsonBuilder *builder, const gchar *member, guint64 value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, MIN (value, G_MAXINT64));
}

void
tool_json_add_number (JsonBuilder *builder, const gchar *member, gdouble value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_double_value (builder, value);
}

void
tool_json_add_boolean (JsonBuilder *builder, const gchar *member, gboolean value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_boolean_value (builder, value);
}

void
tool_json_add_spread (JsonBuilder *builder, const gchar *member, const ToolSpread *spread)
{
  json_builder_set_member_name (builder, member);
  json_builder_begin_object (builder);
  tool_json_add_number (builder, "median", spread->median);
  tool_json_add_number (builder, "low", spread->low);
  tool_json_add_number (builder, "high", spread->high);
  json_builder_end_object (builder);
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
  tool_json_add_integer (builder, "total-bytes", total);
  tool_json_add_integer (builder, "used-bytes", total - MIN (unused, total));
  tool_json_add_integer (builder, "free-bytes", unused);
  if (with_largest && gst_heap_find_largest (heap, &largest, NULL))
    tool_json_add_integer (builder, "largest-bytes", largest);
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

void
tool_json_print_heaps (GPtrArray *heaps, ToolJsonAddFunc add, gboolean is_interrupted)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "heaps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < heaps->len; i++)
    add (builder, g_ptr_array_index (heaps, i));
  json_builder_end_array (builder);
  tool_json_add_boolean (builder, "interrupted", is_interrupted);
  json_builder_end_object (builder);
  tool_json_print (builder);
}
