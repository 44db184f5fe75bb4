/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books as a picture: each link in the colour of its memory, what copies in red. */
#include "gstheaptracereport.h"
#include "gstheaptraceterminal.h"

#define COLOUR_COPIES "#d62728"

/* Colours of dma-bufs, one for each exporter, over and over; system memory is grey. */
static const gchar *const colours[] = { "#2ca02c", "#1f77b4", "#9467bd", "#17becf", "#8c564b", "#e377c2" };

static gchar *
quote (const gchar *text)
{
  g_autofree gchar *printable = gst_heap_trace_printable (text);
  GString *quoted = g_string_new ("\"");

  for (const gchar *at = printable; *at; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_c (quoted, '\\');
    g_string_append_c (quoted, *at);
  }
  return g_string_free (g_string_append_c (quoted, '"'), FALSE);
}

static const gchar *
colour_of_kind (const GstHeapLedgerBooks *books, const GstHeapLedgerKind *kind)
{
  guint n = 0;

  if (!kind->is_dmabuf)
    return "#7f7f7f";
  for (guint i = 0; i < books->kinds->len && g_ptr_array_index (books->kinds, i) != kind; i++)
    n += ((GstHeapLedgerKind *) g_ptr_array_index (books->kinds, i))->is_dmabuf;
  return colours[n % G_N_ELEMENTS (colours)];
}

/* Several kinds are drawn side by side. */
static gchar *
colour_of_link (const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  GString *colour = g_string_new (NULL);

  for (guint i = 0; i < link->shares->len; i++)
    g_string_append_printf (colour, "%s%s", i > 0 ? ":" : "",
        colour_of_kind (books, g_array_index (link->shares, GstHeapLedgerShare, i).kind));
  return g_string_free (colour, FALSE);
}

static void
append_element (GString *text, const GstHeapLedgerBooks *books, guint number)
{
  const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, number);
  guint64 bytes = gst_heap_ledger_copied (element) + element->ways[GST_HEAP_WAY_CONVERTED].bytes;
  g_autofree gchar *size = gst_heap_trace_format_bytes (bytes);
  g_autofree gchar *name = gst_heap_trace_name (books, element);
  g_autofree gchar *label = bytes > 0 ? g_strdup_printf ("%s: %s copied", name, size) : g_strdup (name);
  g_autofree gchar *quoted = quote (label);

  g_string_append_printf (
      text, "  e%u [label=%s%s];\n", number, quoted, bytes > 0 ? " color=\"" COLOUR_COPIES "\" penwidth=2" : "");
}

static guint
number_of (const GstHeapLedgerBooks *books, GstHeapLedgerElement *element)
{
  guint index = 0;

  g_ptr_array_find (books->elements, element, &index);
  return index;
}

static void
append_link (GString *text, const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  g_autofree gchar *memory = gst_heap_trace_describe_memory (link);
  g_autofree gchar *label = g_strdup_printf ("%s, %" G_GUINT64_FORMAT " buffers", memory, link->count.frames);
  g_autofree gchar *quoted = quote (label);
  g_autofree gchar *colour = colour_of_link (books, link);

  g_string_append_printf (text, "  e%u -> e%u [label=%s color=\"%s\" penwidth=2];\n", number_of (books, link->from),
      number_of (books, link->to), quoted, colour);
}

gchar *
gst_heap_trace_dot (const GstHeapLedgerBooks *books)
{
  GString *text = g_string_new ("digraph heaps {\n  rankdir=LR;\n  node [shape=box];\n");

  for (guint i = 0; i < books->elements->len; i++)
    append_element (text, books, i);
  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);

    if (link->to && link->count.frames > 0)
      append_link (text, books, link);
  }
  return g_string_free (g_string_append (text, "}\n"), FALSE);
}
