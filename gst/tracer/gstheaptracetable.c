/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books as a table for the terminal. */
#include "gstheaptracereport.h"

#include <gst/gst.h>

/* Cells, row by row; the first row is the heading. Numbers are as wide as text. */
typedef struct {
  guint n_columns;
  GPtrArray *cells;
} Table;

static Table
table_new (guint n_columns, const gchar *const *heading)
{
  Table table = { n_columns, g_ptr_array_new_with_free_func (g_free) };

  for (guint i = 0; i < n_columns; i++)
    g_ptr_array_add (table.cells, g_strdup (heading[i]));
  return table;
}

static void
add_text (Table *table, const gchar *text)
{
  g_ptr_array_add (table->cells, g_strdup (text));
}

static void
add_number (Table *table, guint64 number)
{
  g_ptr_array_add (table->cells, number > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, number) : g_strdup ("-"));
}

static void
add_bytes (Table *table, guint64 bytes)
{
  g_ptr_array_add (table->cells, bytes > 0 ? gst_heap_trace_format_bytes (bytes) : g_strdup ("-"));
}

static glong
width_of (const Table *table, guint column)
{
  glong width = 0;

  for (guint i = column; i < table->cells->len; i += table->n_columns)
    width = MAX (width, g_utf8_strlen (g_ptr_array_index (table->cells, i), -1));
  return width;
}

static void
append_row (GString *text, const Table *table, guint first)
{
  for (guint column = 0; column < table->n_columns; column++) {
    const gchar *cell = g_ptr_array_index (table->cells, first + column);
    glong padding = width_of (table, column) - g_utf8_strlen (cell, -1) + 2;

    g_string_append (text, cell);
    if (column + 1 < table->n_columns)
      g_string_append_printf (text, "%*s", (int) padding, "");
  }
  g_string_append_c (text, '\n');
}

/* Frees table. One that has a heading alone is left out. */
static void
finish (GString *text, Table *table)
{
  if (table->cells->len > table->n_columns) {
    g_string_append_c (text, '\n');
    for (guint first = 0; first < table->cells->len; first += table->n_columns)
      append_row (text, table, first);
  }
  g_ptr_array_unref (table->cells);
}

static gchar *
describe_elsewhere (const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  const GstHeapLedgerElement *dropper = link->elsewhere ? gst_heap_ledger_find_dropper (books, link) : NULL;

  if (!dropper)
    return g_strdup ("-");
  return g_strdup_printf ("%" G_GUINT64_FORMAT ", dropped by %s", link->elsewhere, dropper->name);
}

static void
append_links (GString *text, const GstHeapLedgerBooks *books)
{
  static const gchar *const heading[] = { "link", "buffers", "bytes", "memory", "offered", "not as offered" };
  Table table = table_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);
    g_autofree gchar *name = g_strdup_printf ("%s:%s > %s%s%s", link->from->name, link->from_pad,
        link->to ? link->to->name : "nothing", link->to ? ":" : "", link->to_pad);
    g_autofree gchar *memory = gst_heap_trace_describe_memory (link);
    g_autofree gchar *by = describe_elsewhere (books, link);

    if (link->count.frames == 0)
      continue;
    add_text (&table, name);
    add_number (&table, link->count.frames);
    add_bytes (&table, link->count.bytes);
    add_text (&table, memory);
    add_text (&table, link->offered ? link->offered : "-");
    add_text (&table, by);
  }
  finish (text, &table);
}

static void
append_elements (GString *text, const GstHeapLedgerBooks *books)
{
  static const gchar *const heading[] = { "element", "in", "out", "memories in", "passed", "copied", "converted",
    "produced", "inside", "bytes copied" };
  Table table = table_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);

    add_text (&table, element->name);
    add_number (&table, element->in.frames);
    add_number (&table, element->out.frames);
    add_number (&table, element->memories);
    for (guint way = 0; way < GST_HEAP_N_WAYS; way++)
      add_number (&table, element->ways[way].frames);
    add_number (&table, gst_heap_ledger_inside (element).frames);
    add_bytes (&table, gst_heap_ledger_copied (element) + element->ways[GST_HEAP_WAY_CONVERTED].bytes);
  }
  finish (text, &table);
}

static void
append_kinds (GString *text, const GstHeapLedgerBooks *books)
{
  static const gchar *const heading[] = { "memory", "dma-buf", "memories", "peak", "live" };
  Table table = table_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < books->kinds->len; i++) {
    const GstHeapLedgerKind *kind = g_ptr_array_index (books->kinds, i);

    add_text (&table, kind->name);
    add_text (&table, kind->is_dmabuf ? "yes" : "no");
    add_number (&table, kind->memories);
    add_bytes (&table, kind->peak);
    add_bytes (&table, kind->live);
  }
  finish (text, &table);
}

static guint64
figure (const GstStructure *stats, const gchar *field)
{
  guint64 value = 0;

  gst_structure_get_uint64 (stats, field, &value);
  return value;
}

static void
append_allocators (GString *text, GPtrArray *allocators)
{
  static const gchar *const heading[] = { "allocator of", "peak", "live", "allocations", "reuses", "SYNCs", "copies" };
  Table table = table_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < allocators->len; i++) {
    const GstStructure *stats = g_ptr_array_index (allocators, i);

    add_text (&table, gst_structure_get_string (stats, "heap"));
    add_bytes (&table, figure (stats, "bytes-peak"));
    add_bytes (&table, figure (stats, "bytes-live"));
    add_number (&table, figure (stats, "allocations"));
    add_number (&table, figure (stats, "reuses"));
    add_number (&table, figure (stats, "syncs"));
    add_number (&table, figure (stats, "copies"));
  }
  finish (text, &table);
}

/* Returns: bytes that were copied or converted */
static guint64
append_verdicts (GString *text, const GstHeapLedgerBooks *books)
{
  guint64 bytes = books->unattributed;

  g_string_append_c (text, '\n');
  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);
    g_autofree gchar *copies = gst_heap_trace_describe_copies (element);

    bytes += gst_heap_ledger_copied (element) + element->ways[GST_HEAP_WAY_CONVERTED].bytes;
    if (copies)
      g_string_append_printf (text, "%s %s\n", element->name, copies);
  }
  if (books->unattributed > 0)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " bytes were copied by elements unknown\n", books->unattributed);
  return bytes;
}

gchar *
gst_heap_trace_table (const GstHeapLedgerBooks *books, GPtrArray *allocators)
{
  GString *text = g_string_new ("heaps tracer\n");
  guint64 frames = gst_heap_ledger_frames (books), bytes;

  append_links (text, books);
  append_elements (text, books);
  append_kinds (text, books);
  append_allocators (text, allocators);
  bytes = append_verdicts (text, books);
  if (bytes == 0)
    g_string_append (text, "no copies were seen\n");
  else if (frames > 0)
    g_string_append_printf (text,
        "%" G_GUINT64_FORMAT " bytes copied or converted in %" G_GUINT64_FORMAT " frames: %" G_GUINT64_FORMAT
        " a frame\n",
        bytes, frames, bytes / frames);
  return g_string_free (text, FALSE);
}
