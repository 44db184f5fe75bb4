/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Reading the tracer's books. */
#include "gstheapledger-private.h"

GstHeapLedgerCount
gst_heap_ledger_inside (const GstHeapLedgerElement *element)
{
  GstHeapLedgerCount inside = element->inside;

  inside.frames += element->pending_copies;
  inside.bytes += element->pending;
  return inside;
}

guint64
gst_heap_ledger_copied (const GstHeapLedgerElement *element)
{
  return element->ways[GST_HEAP_WAY_COPIED].bytes + gst_heap_ledger_inside (element).bytes;
}

static const GstHeapLedgerLink *
find_link_into (const GstHeapLedgerBooks *books, const GstHeapLedgerElement *element)
{
  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);

    if (link->to == element && link->count.frames > 0)
      return link;
  }
  return NULL;
}

/* Upstream, for as long as what is offered is the same. Pipelines that go round in a circle end it, too. */
GstHeapLedgerElement *
gst_heap_ledger_find_dropper (const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  GstHeapLedgerElement *writer = gst_heap_ledger_current_element (link->elsewhere_by), *element = link->from;

  for (guint i = 0; i < books->links->len && element != writer; i++) {
    const GstHeapLedgerLink *before = find_link_into (books, element);

    if (!before || g_strcmp0 (before->offered, link->offered) != 0)
      break;
    element = before->from;
  }
  return element;
}

guint64
gst_heap_ledger_frames (const GstHeapLedgerBooks *books)
{
  guint64 at_ends = 0, anywhere = 0;

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);

    if (element->out.frames == 0)
      at_ends = MAX (at_ends, element->in.frames);
    anywhere = MAX (anywhere, element->out.frames);
  }
  return at_ends > 0 ? at_ends : anywhere;
}
