/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books as a table for the terminal. */
#include "gstheaptracecells.h"
#include "gstheaptracereport.h"
#include "gstheaptraceterminal.h"

#include <gst/gst.h>

static gchar *
describe_elsewhere (const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  const GstHeapLedgerElement *dropper = link->elsewhere ? gst_heap_ledger_find_dropper (books, link) : NULL;
  g_autofree gchar *name = NULL;

  if (!dropper)
    return g_strdup ("-");
  name = gst_heap_trace_name (books, dropper);
  return g_strdup_printf ("%" G_GUINT64_FORMAT ", dropped by %s", link->elsewhere, name);
}

static void
append_links (GString *text, const GstHeapLedgerBooks *books, guint columns)
{
  static const gchar *const heading[] = { "link", "buffers", "bytes", "memory", "offered", "not as offered" };
  GstHeapTraceCells *table = gst_heap_trace_cells_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);
    g_autofree gchar *from = gst_heap_trace_name (books, link->from);
    g_autofree gchar *to = link->to ? gst_heap_trace_name (books, link->to) : g_strdup ("nothing");
    g_autofree gchar *name =
        g_strdup_printf ("%s:%s > %s%s%s", from, link->from_pad, to, link->to ? ":" : "", link->to_pad);
    g_autofree gchar *memory = gst_heap_trace_describe_memory (link);
    g_autofree gchar *by = describe_elsewhere (books, link);

    if (link->count.frames == 0)
      continue;
    gst_heap_trace_cells_add_text (table, name);
    gst_heap_trace_cells_add_number (table, link->count.frames);
    gst_heap_trace_cells_add_bytes (table, link->count.bytes);
    gst_heap_trace_cells_add_text (table, memory);
    gst_heap_trace_cells_add_text (table, link->offered ? link->offered : "-");
    gst_heap_trace_cells_add_text (table, by);
  }
  gst_heap_trace_cells_finish (table, text, columns);
}

static void
append_elements (GString *text, const GstHeapLedgerBooks *books, guint columns)
{
  static const gchar *const heading[] = { "element", "in", "out", "memories in", "passed", "copied", "converted",
    "produced", "inside", "bytes copied" };
  GstHeapTraceCells *table = gst_heap_trace_cells_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);
    g_autofree gchar *name = gst_heap_trace_name (books, element);

    if (element->in.frames + element->out.frames + gst_heap_ledger_copied (element) == 0)
      continue;
    gst_heap_trace_cells_add_text (table, name);
    gst_heap_trace_cells_add_number (table, element->in.frames);
    gst_heap_trace_cells_add_number (table, element->out.frames);
    gst_heap_trace_cells_add_number (table, element->memories);
    for (guint way = 0; way < GST_HEAP_N_WAYS; way++)
      gst_heap_trace_cells_add_number (table, element->ways[way].frames);
    gst_heap_trace_cells_add_number (table, gst_heap_ledger_inside (element).frames);
    gst_heap_trace_cells_add_bytes (
        table, gst_heap_ledger_copied (element) + element->ways[GST_HEAP_WAY_CONVERTED].bytes);
  }
  gst_heap_trace_cells_finish (table, text, columns);
}

static void
append_kinds (GString *text, const GstHeapLedgerBooks *books, guint columns)
{
  static const gchar *const heading[] = { "memory", "dma-buf", "memories", "peak", "live" };
  GstHeapTraceCells *table = gst_heap_trace_cells_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < books->kinds->len; i++) {
    const GstHeapLedgerKind *kind = g_ptr_array_index (books->kinds, i);

    gst_heap_trace_cells_add_text (table, kind->name);
    gst_heap_trace_cells_add_text (table, kind->is_dmabuf ? "yes" : "no");
    gst_heap_trace_cells_add_number (table, kind->memories);
    gst_heap_trace_cells_add_bytes (table, kind->peak);
    gst_heap_trace_cells_add_bytes (table, kind->live);
  }
  gst_heap_trace_cells_finish (table, text, columns);
}

static guint64
figure (const GstStructure *stats, const gchar *field)
{
  guint64 value = 0;

  gst_structure_get_uint64 (stats, field, &value);
  return value;
}

static void
append_allocators (GString *text, GPtrArray *allocators, guint columns)
{
  static const gchar *const heading[] = { "allocator of", "peak", "live", "allocations", "reuses", "SYNCs", "copies" };
  GstHeapTraceCells *table = gst_heap_trace_cells_new (G_N_ELEMENTS (heading), heading);

  for (guint i = 0; i < allocators->len; i++) {
    const GstStructure *stats = g_ptr_array_index (allocators, i);

    gst_heap_trace_cells_add_text (table, gst_structure_get_string (stats, "heap"));
    gst_heap_trace_cells_add_bytes (table, figure (stats, "bytes-peak"));
    gst_heap_trace_cells_add_bytes (table, figure (stats, "bytes-live"));
    gst_heap_trace_cells_add_number (table, figure (stats, "allocations"));
    gst_heap_trace_cells_add_number (table, figure (stats, "reuses"));
    gst_heap_trace_cells_add_number (table, figure (stats, "syncs"));
    gst_heap_trace_cells_add_number (table, figure (stats, "copies"));
  }
  gst_heap_trace_cells_finish (table, text, columns);
}

/* Returns: bytes that were copied or converted */
static guint64
append_verdicts (GString *text, const GstHeapLedgerBooks *books, guint columns)
{
  guint64 bytes = books->unattributed;

  g_string_append_c (text, '\n');
  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);
    g_autofree gchar *name = gst_heap_trace_name (books, element);
    g_autofree gchar *copies = gst_heap_trace_describe_copies (element);
    g_autofree gchar *line = copies ? g_strdup_printf ("%s %s", name, copies) : NULL;

    bytes += gst_heap_ledger_copied (element) + element->ways[GST_HEAP_WAY_CONVERTED].bytes;
    if (line)
      gst_heap_trace_append_wrapped (text, line, columns);
  }
  if (books->unattributed > 0)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " bytes were copied by elements unknown\n", books->unattributed);
  return bytes;
}

static gboolean
has_buffers (const GstHeapLedgerBooks *books)
{
  for (guint i = 0; i < books->links->len; i++) {
    if (((GstHeapLedgerLink *) g_ptr_array_index (books->links, i))->count.frames > 0)
      return TRUE;
  }
  return books->unattributed > 0;
}

gchar *
gst_heap_trace_table (const GstHeapLedgerBooks *books, GPtrArray *allocators, guint columns)
{
  GString *text = g_string_new ("heaps tracer\n");
  guint64 frames = gst_heap_ledger_frames (books), bytes;
  g_autofree gchar *verdict = NULL;

  append_links (text, books, columns);
  append_elements (text, books, columns);
  append_kinds (text, books, columns);
  append_allocators (text, allocators, columns);
  bytes = append_verdicts (text, books, columns);
  if (!has_buffers (books))
    verdict = g_strdup ("no buffers were seen");
  else if (bytes == 0)
    verdict = g_strdup ("no copies were seen");
  else
    verdict = g_strdup_printf ("%" G_GUINT64_FORMAT " bytes copied or converted in %" G_GUINT64_FORMAT
                               " frames: %" G_GUINT64_FORMAT " a frame",
        bytes, frames, bytes / MAX (frames, 1));
  gst_heap_trace_append_wrapped (text, verdict, columns);
  return g_string_free (text, FALSE);
}
