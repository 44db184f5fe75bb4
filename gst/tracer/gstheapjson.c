/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writing JSON, so that the plugin needs no library for the little it has to say. */
#include "gstheapjson.h"

GstHeapJson
gst_heap_json_new (void)
{
  return (GstHeapJson){ g_string_new (NULL), 0, FALSE };
}

gchar *
gst_heap_json_finish (GstHeapJson *json)
{
  return g_string_free (g_string_append_c (json->text, '\n'), FALSE);
}

static void
append_line (GstHeapJson *json)
{
  if (json->depth > 0)
    g_string_append_printf (json->text, "\n%*s", (int) json->depth * 2, "");
}

/* Beyond 16 bits as a pair of surrogates, as JSON has it. */
static void
append_escaped (GstHeapJson *json, gunichar character)
{
  if (character <= 0xffff)
    g_string_append_printf (json->text, "\\u%04x", character);
  else
    g_string_append_printf (
        json->text, "\\u%04x\\u%04x", 0xd800 + ((character - 0x10000) >> 10), 0xdc00 + ((character - 0x10000) & 0x3ff));
}

/* What must be escaped, and what a terminal obeys. */
static void
append_string (GstHeapJson *json, const gchar *value)
{
  g_autofree gchar *valid = g_utf8_make_valid (value, -1);

  g_string_append_c (json->text, '"');
  for (const gchar *at = valid; *at; at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (character == '"' || character == '\\')
      g_string_append_printf (json->text, "\\%c", (gchar) character);
    else if (!g_unichar_isprint (character))
      append_escaped (json, character);
    else
      g_string_append_unichar (json->text, character);
  }
  g_string_append_c (json->text, '"');
}

static void
begin_value (GstHeapJson *json, const gchar *name)
{
  if (json->is_begun)
    g_string_append_c (json->text, ',');
  append_line (json);
  if (name) {
    append_string (json, name);
    g_string_append (json->text, ": ");
  }
  json->is_begun = TRUE;
}

void
gst_heap_json_begin (GstHeapJson *json, const gchar *name, gchar bracket)
{
  begin_value (json, name);
  g_string_append_c (json->text, bracket);
  json->depth++;
  json->is_begun = FALSE;
}

void
gst_heap_json_end (GstHeapJson *json, gchar bracket)
{
  gboolean is_empty = !json->is_begun;

  json->depth--;
  if (!is_empty && json->depth == 0)
    g_string_append_c (json->text, '\n');
  else if (!is_empty)
    append_line (json);
  g_string_append_c (json->text, bracket);
  json->is_begun = TRUE;
}

void
gst_heap_json_add_string (GstHeapJson *json, const gchar *name, const gchar *value)
{
  begin_value (json, name);
  if (value)
    append_string (json, value);
  else
    g_string_append (json->text, "null");
}

void
gst_heap_json_add_number (GstHeapJson *json, const gchar *name, guint64 value)
{
  begin_value (json, name);
  g_string_append_printf (json->text, "%" G_GUINT64_FORMAT, value);
}

void
gst_heap_json_add_boolean (GstHeapJson *json, const gchar *name, gboolean value)
{
  begin_value (json, name);
  g_string_append (json->text, value ? "true" : "false");
}
