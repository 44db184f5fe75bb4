/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Keeps the tracer's books from growing for ever: figures of what is gone are added up. */
#include "gstheapledger-private.h"

#include <string.h>

/* Subtleties:
 * - Who still has an element or a link that was folded goes on to what it was folded into. That of an element is never
 *   folded itself; that of a link is, once one of its ends is.
 * - What is out of the books is there for as long as somebody has a reference: a hook that is at work, memory of who
 *   wrote it. */

void
gst_heap_ledger_add_count (GstHeapLedgerCount *sum, GstHeapLedgerCount count)
{
  sum->frames += count.frames;
  sum->bytes += count.bytes;
}

void
gst_heap_ledger_add_share (GstHeapLedgerLink *link, GstHeapLedgerKind *kind, GstHeapLedgerCount count)
{
  GstHeapLedgerShare *share = NULL;

  for (guint i = 0; i < link->shares->len && !share; i++) {
    if (g_array_index (link->shares, GstHeapLedgerShare, i).kind == kind)
      share = &g_array_index (link->shares, GstHeapLedgerShare, i);
  }
  if (!share) {
    g_array_set_size (link->shares, link->shares->len + 1);
    share = &g_array_index (link->shares, GstHeapLedgerShare, link->shares->len - 1);
    share->kind = kind;
  }
  gst_heap_ledger_add_count (&share->count, count);
}

void
gst_heap_ledger_add_reason (GstHeapLedgerElement *element, const gchar *why, guint n)
{
  n += GPOINTER_TO_UINT (g_hash_table_lookup (element->reasons, why));
  g_hash_table_insert (element->reasons, g_strdup (why), GUINT_TO_POINTER (n));
}

GstHeapLedgerElement *
gst_heap_ledger_current_element (GstHeapLedgerElement *element)
{
  return element && element->folded_into ? element->folded_into : element;
}

GstHeapLedgerLink *
gst_heap_ledger_current_link (GstHeapLedgerLink *link)
{
  while (link->folded_into)
    link = link->folded_into;
  return link;
}

/* "src_12" -> "src_%u", as templates of pads are called. Returns: (transfer full) */
static gchar *
template_of (const gchar *pad)
{
  gsize length = strlen (pad);

  while (length > 0 && g_ascii_isdigit (pad[length - 1]))
    length--;
  return pad[length] == '\0' ? g_strdup (pad) : g_strdup_printf ("%.*s%%u", (int) length, pad);
}

static void
add_link (GstHeapLedgerLink *sum, const GstHeapLedgerLink *link)
{
  gst_heap_ledger_add_count (&sum->count, link->count);
  for (guint i = 0; i < link->shares->len; i++) {
    const GstHeapLedgerShare *share = &g_array_index (link->shares, GstHeapLedgerShare, i);

    gst_heap_ledger_add_share (sum, share->kind, share->count);
  }
  if (link->offered) {
    g_free (sum->offered);
    sum->offered = g_strdup (link->offered);
  }
  sum->elsewhere += link->elsewhere;
  if (link->elsewhere_by)
    gst_heap_ledger_set_element (&sum->elsewhere_by, gst_heap_ledger_current_element (link->elsewhere_by));
}

static void
fold_link (GstHeapLedger *ledger, GstHeapLedgerLink *link)
{
  g_autofree gchar *from_pad = template_of (link->from_pad), *to_pad = template_of (link->to_pad);
  GstHeapLedgerLink *sum = gst_heap_ledger_enter_link (ledger, gst_heap_ledger_current_element (link->from), from_pad,
      gst_heap_ledger_current_element (link->to), to_pad);

  sum->is_summary = TRUE;
  if (sum == link)
    return;
  add_link (sum, link);
  link->folded_into = gst_heap_ledger_link_ref (sum);
  gst_heap_ledger_forget_link (ledger, link);
}

static GstHeapLedgerElement *
get_summary (GstHeapLedger *ledger, const gchar *factory)
{
  GstHeapLedgerElement *summary;

  for (guint i = 0; i < ledger->books.elements->len; i++) {
    summary = g_ptr_array_index (ledger->books.elements, i);
    if (summary->stands_for > 0 && g_str_equal (summary->factory, factory))
      return summary;
  }
  return gst_heap_ledger_enter_element (ledger, *factory ? factory : "pad", "", factory);
}

static void
add_element (GstHeapLedgerElement *sum, const GstHeapLedgerElement *element)
{
  GstHeapLedgerCount inside = gst_heap_ledger_inside (element);
  GHashTableIter iter;
  gpointer why, n;

  sum->stands_for++;
  gst_heap_ledger_add_count (&sum->in, element->in);
  gst_heap_ledger_add_count (&sum->out, element->out);
  for (guint way = 0; way < GST_HEAP_N_WAYS; way++)
    gst_heap_ledger_add_count (&sum->ways[way], element->ways[way]);
  gst_heap_ledger_add_count (&sum->inside, inside);
  sum->memories += element->memories;
  g_hash_table_iter_init (&iter, element->reasons);
  while (g_hash_table_iter_next (&iter, &why, &n))
    gst_heap_ledger_add_reason (sum, why, GPOINTER_TO_UINT (n));
}

static void
fold_links_of (GstHeapLedger *ledger, const GstHeapLedgerElement *element)
{
  for (guint i = ledger->books.links->len; i > 0; i--) {
    GstHeapLedgerLink *link = g_ptr_array_index (ledger->books.links, i - 1);

    if (link->elsewhere_by == element)
      gst_heap_ledger_set_element (&link->elsewhere_by, element->folded_into);
    if (link->from == element || link->to == element)
      fold_link (ledger, link);
  }
}

static void
fold_element (GstHeapLedger *ledger, GstHeapLedgerElement *element)
{
  element->folded_into = get_summary (ledger, element->factory);
  add_element (element->folded_into, element);
  fold_links_of (ledger, element);
  g_ptr_array_remove (ledger->books.elements, element);
}

void
gst_heap_ledger_fold (GstHeapLedger *ledger)
{
  while (ledger->gone_elements.length > GST_HEAP_LEDGER_GONE_ELEMENTS)
    fold_element (ledger, g_queue_pop_head (&ledger->gone_elements));
  while (ledger->gone_links.length > GST_HEAP_LEDGER_GONE_LINKS)
    fold_link (ledger, g_queue_peek_head (&ledger->gone_links));
}
