/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the table and the picture of the tracer's books have in common. */
#include "gstheaptracereport.h"

#include "gstheaptraceterminal.h"

#include <string.h>

#define MOST_CHARACTERS 50 /* of a name */

/* GLib puts a space between that not every terminal has. */
gchar *
gst_heap_trace_format_bytes (guint64 bytes)
{
  static const gchar *const units[] = { "KiB", "MiB", "GiB", "TiB" };
  gdouble value = bytes / 1024.0;
  guint unit = 0;

  if (bytes < 1024)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " bytes", bytes);
  for (; value >= 1024 && unit + 1 < G_N_ELEMENTS (units); unit++)
    value /= 1024;
  return g_strdup_printf ("%.1f %s", value, units[unit]);
}

/* "/GstPipeline:pipeline0/GstBin:bin0/GstQueue:queue0" -> "pipeline0/bin0/queue0". Returns: (transfer full) */
static gchar *
path_of_names (const gchar *path)
{
  g_auto (GStrv) parts = g_strsplit (*path == '/' ? path + 1 : path, "/", -1);
  GString *names = g_string_new (NULL);

  for (guint i = 0; parts[i]; i++) {
    const gchar *colon = strchr (parts[i], ':');

    g_string_append_printf (names, "%s%s", i > 0 ? "/" : "", colon ? colon + 1 : parts[i]);
  }
  return g_string_free (names, FALSE);
}

static gboolean
is_only_one (const GstHeapLedgerBooks *books, const GstHeapLedgerElement *element)
{
  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *other = g_ptr_array_index (books->elements, i);

    if (other != element && other->stands_for == 0 && g_str_equal (other->name, element->name))
      return FALSE;
  }
  return TRUE;
}

gchar *
gst_heap_trace_name (const GstHeapLedgerBooks *books, const GstHeapLedgerElement *element)
{
  g_autofree gchar *name = NULL;

  if (element->stands_for > 0)
    name = g_strdup_printf ("%u x %s, gone", element->stands_for, element->name);
  else
    name = is_only_one (books, element) ? g_strdup (element->name) : path_of_names (element->path);
  return gst_heap_trace_shorten (gst_heap_trace_printable (name), MOST_CHARACTERS);
}

gchar *
gst_heap_trace_describe_memory (const GstHeapLedgerLink *link)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < link->shares->len; i++) {
    const GstHeapLedgerShare *share = &g_array_index (link->shares, GstHeapLedgerShare, i);

    if (link->shares->len > 1)
      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " ", i > 0 ? " + " : "", share->count.frames);
    g_string_append (text, share->kind->name);
  }
  return g_string_free (text->len > 0 ? text : g_string_append (text, "-"), FALSE);
}

static void
append_way (GString *text, const gchar *verb, GstHeapLedgerCount count, const gchar *why)
{
  g_autofree gchar *bytes = gst_heap_trace_format_bytes (count.bytes);

  if (count.bytes > 0)
    g_string_append_printf (text, "%s%s %" G_GUINT64_FORMAT " frame%s, %s%s", text->len > 0 ? "; " : "", verb,
        count.frames, count.frames == 1 ? "" : "s", bytes, why);
}

static void
append_inside (GString *text, GstHeapLedgerCount inside)
{
  g_autofree gchar *bytes = gst_heap_trace_format_bytes (inside.bytes);

  if (inside.bytes > 0)
    g_string_append_printf (text, "%scopied %s inside, in %" G_GUINT64_FORMAT " cop%s", text->len > 0 ? "; " : "",
        bytes, inside.frames, inside.frames == 1 ? "y" : "ies");
}

static void
append_reasons (GString *text, const GstHeapLedgerElement *element)
{
  GHashTableIter iter;
  gpointer why, n;
  gboolean is_first = TRUE;

  g_hash_table_iter_init (&iter, element->reasons);
  while (g_hash_table_iter_next (&iter, &why, &n)) {
    g_string_append_printf (text, "%s%s ", is_first ? ". It " : "; it ", (gchar *) why);
    if (GPOINTER_TO_UINT (n) == 1)
      g_string_append (text, "(once)");
    else
      g_string_append_printf (text, "(%u times)", GPOINTER_TO_UINT (n));
    is_first = FALSE;
  }
}

gchar *
gst_heap_trace_describe_copies (const GstHeapLedgerElement *element)
{
  GString *text = g_string_new (NULL);

  append_way (text, "copied", element->ways[GST_HEAP_WAY_COPIED],
      ": what it pushes has the caps of what came in, and lies in other memory");
  append_way (text, "converted", element->ways[GST_HEAP_WAY_CONVERTED], " into other caps");
  append_inside (text, gst_heap_ledger_inside (element));
  if (text->len > 0)
    append_reasons (text, element);
  return g_string_free (text, text->len == 0);
}
