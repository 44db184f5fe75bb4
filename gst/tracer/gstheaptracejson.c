/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books as JSON. docs/tracer.md says what each member is. */
#include "gstheapjson.h"
#include "gstheaptracereport.h"

#include <gst/gst.h>

static void
add_count (GstHeapJson *json, const gchar *name, GstHeapLedgerCount count)
{
  gst_heap_json_begin (json, name, '{');
  gst_heap_json_add_number (json, "frames", count.frames);
  gst_heap_json_add_number (json, "bytes", count.bytes);
  gst_heap_json_end (json, '}');
}

static void
add_end (GstHeapJson *json, const gchar *name, const GstHeapLedgerElement *element, const gchar *pad)
{
  gst_heap_json_begin (json, name, '{');
  gst_heap_json_add_string (json, "element", element ? element->name : NULL);
  gst_heap_json_add_string (json, "path", element ? element->path : NULL);
  gst_heap_json_add_string (json, "pad", element ? pad : NULL);
  gst_heap_json_end (json, '}');
}

static void
add_link (GstHeapJson *json, const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  const GstHeapLedgerElement *dropper = link->elsewhere ? gst_heap_ledger_find_dropper (books, link) : NULL;

  gst_heap_json_begin (json, NULL, '{');
  add_end (json, "from", link->from, link->from_pad);
  add_end (json, "to", link->to, link->to_pad);
  gst_heap_json_add_number (json, "buffers", link->count.frames);
  gst_heap_json_add_number (json, "bytes", link->count.bytes);
  gst_heap_json_begin (json, "memory", '[');
  for (guint i = 0; i < link->shares->len; i++) {
    const GstHeapLedgerShare *share = &g_array_index (link->shares, GstHeapLedgerShare, i);

    gst_heap_json_begin (json, NULL, '{');
    gst_heap_json_add_string (json, "name", share->kind->name);
    gst_heap_json_add_boolean (json, "dmabuf", share->kind->is_dmabuf);
    gst_heap_json_add_number (json, "buffers", share->count.frames);
    gst_heap_json_add_number (json, "bytes", share->count.bytes);
    gst_heap_json_end (json, '}');
  }
  gst_heap_json_end (json, ']');
  gst_heap_json_add_string (json, "offered", link->offered);
  gst_heap_json_add_number (json, "not-as-offered", link->elsewhere);
  gst_heap_json_add_string (json, "not-as-offered-by", dropper ? dropper->name : NULL);
  gst_heap_json_end (json, '}');
}

static void
add_reasons (GstHeapJson *json, const GstHeapLedgerElement *element)
{
  GHashTableIter iter;
  gpointer why, n;

  gst_heap_json_begin (json, "reasons", '{');
  g_hash_table_iter_init (&iter, element->reasons);
  while (g_hash_table_iter_next (&iter, &why, &n))
    gst_heap_json_add_number (json, why, GPOINTER_TO_UINT (n));
  gst_heap_json_end (json, '}');
}

static guint64
per_frame (guint64 bytes, guint64 frames)
{
  return frames > 0 ? bytes / frames : 0;
}

static void
add_element (GstHeapJson *json, const GstHeapLedgerElement *element)
{
  guint64 copied = gst_heap_ledger_copied (element);
  g_autofree gchar *description = gst_heap_trace_describe_copies (element);

  gst_heap_json_begin (json, NULL, '{');
  gst_heap_json_add_string (json, "name", element->name);
  gst_heap_json_add_string (json, "path", element->path);
  gst_heap_json_add_string (json, "factory", element->factory);
  gst_heap_json_add_number (json, "stands-for", MAX (element->stands_for, 1));
  add_count (json, "in", element->in);
  add_count (json, "out", element->out);
  gst_heap_json_add_number (json, "memories-in", element->memories);
  gst_heap_json_add_number (json, "frames-passed", element->ways[GST_HEAP_WAY_PASSED].frames);
  add_count (json, "copied-out", element->ways[GST_HEAP_WAY_COPIED]);
  add_count (json, "copied-inside", gst_heap_ledger_inside (element));
  add_count (json, "converted", element->ways[GST_HEAP_WAY_CONVERTED]);
  add_count (json, "produced", element->ways[GST_HEAP_WAY_PRODUCED]);
  gst_heap_json_add_number (json, "bytes-copied", copied);
  gst_heap_json_add_number (
      json, "bytes-copied-per-frame", per_frame (copied, MAX (element->in.frames, element->out.frames)));
  gst_heap_json_add_string (json, "copies", description);
  add_reasons (json, element);
  gst_heap_json_end (json, '}');
}

static void
add_kind (GstHeapJson *json, const GstHeapLedgerKind *kind)
{
  gst_heap_json_begin (json, NULL, '{');
  gst_heap_json_add_string (json, "name", kind->name);
  gst_heap_json_add_boolean (json, "dmabuf", kind->is_dmabuf);
  gst_heap_json_add_number (json, "memories", kind->memories);
  gst_heap_json_add_number (json, "bytes-live", kind->live);
  gst_heap_json_add_number (json, "bytes-peak", kind->peak);
  gst_heap_json_end (json, '}');
}

static gboolean
add_field (GQuark field, const GValue *value, gpointer json)
{
  if (G_VALUE_HOLDS_UINT64 (value))
    gst_heap_json_add_number (json, g_quark_to_string (field), g_value_get_uint64 (value));
  else if (G_VALUE_HOLDS_STRING (value))
    gst_heap_json_add_string (json, g_quark_to_string (field), g_value_get_string (value));
  return TRUE;
}

static void
add_totals (GstHeapJson *json, const GstHeapLedgerBooks *books)
{
  guint64 frames = gst_heap_ledger_frames (books), copied = books->unattributed, converted = 0, produced = 0;

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);

    copied += gst_heap_ledger_copied (element);
    converted += element->ways[GST_HEAP_WAY_CONVERTED].bytes;
    produced += element->ways[GST_HEAP_WAY_PRODUCED].bytes;
  }
  gst_heap_json_begin (json, "totals", '{');
  gst_heap_json_add_number (json, "frames", frames);
  gst_heap_json_add_number (json, "bytes-copied", copied);
  gst_heap_json_add_number (json, "bytes-copied-per-frame", per_frame (copied, frames));
  gst_heap_json_add_number (json, "bytes-converted", converted);
  gst_heap_json_add_number (json, "bytes-converted-per-frame", per_frame (converted, frames));
  gst_heap_json_add_number (json, "bytes-produced", produced);
  gst_heap_json_add_number (json, "bytes-copied-by-unknown", books->unattributed);
  gst_heap_json_end (json, '}');
}

gchar *
gst_heap_trace_json (const GstHeapLedgerBooks *books, GPtrArray *allocators)
{
  GstHeapJson json = gst_heap_json_new ();

  gst_heap_json_begin (&json, NULL, '{');
  gst_heap_json_add_string (&json, "gst-heaps", PACKAGE_VERSION);
  gst_heap_json_begin (&json, "links", '[');
  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);

    if (link->count.frames > 0)
      add_link (&json, books, link);
  }
  gst_heap_json_end (&json, ']');
  gst_heap_json_begin (&json, "elements", '[');
  for (guint i = 0; i < books->elements->len; i++)
    add_element (&json, g_ptr_array_index (books->elements, i));
  gst_heap_json_end (&json, ']');
  gst_heap_json_begin (&json, "memory", '[');
  for (guint i = 0; i < books->kinds->len; i++)
    add_kind (&json, g_ptr_array_index (books->kinds, i));
  gst_heap_json_end (&json, ']');
  gst_heap_json_begin (&json, "allocators", '[');
  for (guint i = 0; i < allocators->len; i++) {
    gst_heap_json_begin (&json, NULL, '{');
    gst_structure_foreach (g_ptr_array_index (allocators, i), add_field, &json);
    gst_heap_json_end (&json, '}');
  }
  gst_heap_json_end (&json, ']');
  add_totals (&json, books);
  gst_heap_json_end (&json, '}');
  return gst_heap_json_finish (&json);
}
