/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books: their elements, links and kinds of memory. */
#include "gstheapledger-private.h"

static void
kind_free (gpointer data)
{
  GstHeapLedgerKind *kind = data;

  g_free (kind->name);
  g_free (kind);
}

GstHeapLedgerElement *
gst_heap_ledger_element_ref (GstHeapLedgerElement *element)
{
  g_atomic_int_inc (&element->references);
  return element;
}

void
gst_heap_ledger_element_unref (GstHeapLedgerElement *element)
{
  if (!element || !g_atomic_int_dec_and_test (&element->references))
    return;
  g_free (element->name);
  g_free (element->path);
  g_free (element->factory);
  g_hash_table_unref (element->reasons);
  g_free (element);
}

void
gst_heap_ledger_set_element (GstHeapLedgerElement **where, GstHeapLedgerElement *element)
{
  GstHeapLedgerElement *old = *where;

  if (element == old)
    return;
  *where = element ? gst_heap_ledger_element_ref (element) : NULL;
  gst_heap_ledger_element_unref (old);
}

GstHeapLedgerLink *
gst_heap_ledger_link_ref (GstHeapLedgerLink *link)
{
  g_atomic_int_inc (&link->references);
  return link;
}

void
gst_heap_ledger_link_unref (GstHeapLedgerLink *link)
{
  if (!g_atomic_int_dec_and_test (&link->references))
    return;
  if (link->folded_into)
    gst_heap_ledger_link_unref (link->folded_into);
  gst_heap_ledger_element_unref (link->from);
  gst_heap_ledger_element_unref (link->to);
  gst_heap_ledger_element_unref (link->elsewhere_by);
  g_free (link->from_pad);
  g_free (link->to_pad);
  g_free (link->offered);
  g_array_unref (link->shares);
  g_free (link);
}

static guint
link_hash (gconstpointer data)
{
  const GstHeapLedgerLink *link = data;

  return g_direct_hash (link->from) ^ 31 * g_direct_hash (link->to) ^ g_str_hash (link->from_pad) ^
         31 * g_str_hash (link->to_pad);
}

static gboolean
link_equal (gconstpointer a, gconstpointer b)
{
  const GstHeapLedgerLink *one = a, *other = b;

  return one->from == other->from && one->to == other->to && g_str_equal (one->from_pad, other->from_pad) &&
         g_str_equal (one->to_pad, other->to_pad);
}

GstHeapLedger *
gst_heap_ledger_new (void)
{
  GstHeapLedger *ledger = g_new0 (GstHeapLedger, 1);

  ledger->references = 1;
  g_mutex_init (&ledger->lock);
  ledger->books.elements = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_heap_ledger_element_unref);
  ledger->books.links = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_heap_ledger_link_unref);
  ledger->books.kinds = g_ptr_array_new_with_free_func (kind_free);
  ledger->links = g_hash_table_new (link_hash, link_equal);
  ledger->dmabufs = g_hash_table_new (g_int64_hash, g_int64_equal);
  return ledger;
}

GstHeapLedger *
gst_heap_ledger_ref (GstHeapLedger *ledger)
{
  g_atomic_int_inc (&ledger->references);
  return ledger;
}

void
gst_heap_ledger_unref (GstHeapLedger *ledger)
{
  if (!g_atomic_int_dec_and_test (&ledger->references))
    return;
  g_queue_clear (&ledger->gone_elements);
  g_queue_clear (&ledger->gone_links);
  g_hash_table_unref (ledger->dmabufs);
  g_hash_table_unref (ledger->links);
  g_ptr_array_unref (ledger->books.links);
  g_ptr_array_unref (ledger->books.elements);
  g_ptr_array_unref (ledger->books.kinds);
  g_mutex_clear (&ledger->lock);
  g_free (ledger);
}

GstHeapLedgerElement *
gst_heap_ledger_enter_element (GstHeapLedger *ledger, const gchar *name, const gchar *path, const gchar *factory)
{
  GstHeapLedgerElement *element = g_new0 (GstHeapLedgerElement, 1);

  element->references = 1;
  element->name = g_strdup (name);
  element->path = g_strdup (path);
  element->factory = g_strdup (factory);
  element->reasons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (ledger->books.elements, element);
  return element;
}

GstHeapLedgerElement *
gst_heap_ledger_add_element (GstHeapLedger *ledger, const gchar *name, const gchar *path, const gchar *factory)
{
  GstHeapLedgerElement *element;

  g_mutex_lock (&ledger->lock);
  element = gst_heap_ledger_element_ref (gst_heap_ledger_enter_element (ledger, name, path, factory));
  g_mutex_unlock (&ledger->lock);
  return element;
}

void
gst_heap_ledger_drop_element (GstHeapLedger *ledger, GstHeapLedgerElement *element)
{
  g_mutex_lock (&ledger->lock);
  element->is_gone = TRUE;
  g_queue_push_tail (&ledger->gone_elements, element);
  gst_heap_ledger_fold (ledger);
  g_mutex_unlock (&ledger->lock);
  gst_heap_ledger_element_unref (element);
}

static GstHeapLedgerLink *
link_new (GstHeapLedgerElement *from, const gchar *from_pad, GstHeapLedgerElement *to, const gchar *to_pad)
{
  GstHeapLedgerLink *link = g_new0 (GstHeapLedgerLink, 1);

  link->references = 1;
  gst_heap_ledger_set_element (&link->from, from);
  gst_heap_ledger_set_element (&link->to, to);
  link->from_pad = g_strdup (from_pad);
  link->to_pad = g_strdup (to_pad);
  link->shares = g_array_new (FALSE, TRUE, sizeof (GstHeapLedgerShare));
  return link;
}

/* With the lock. */
static void
set_gone (GstHeapLedger *ledger, GstHeapLedgerLink *link, gboolean is_gone)
{
  if (link->is_gone == is_gone)
    return;
  link->is_gone = is_gone;
  if (is_gone)
    g_queue_push_tail (&ledger->gone_links, link);
  else
    g_queue_remove (&ledger->gone_links, link);
}

GstHeapLedgerLink *
gst_heap_ledger_enter_link (GstHeapLedger *ledger, GstHeapLedgerElement *from, const gchar *from_pad,
    GstHeapLedgerElement *to, const gchar *to_pad)
{
  GstHeapLedgerLink key = { .from = from, .from_pad = (gchar *) from_pad, .to = to, .to_pad = (gchar *) to_pad };
  GstHeapLedgerLink *link = g_hash_table_lookup (ledger->links, &key);

  if (!link) {
    link = link_new (from, from_pad, to, to_pad);
    g_ptr_array_add (ledger->books.links, link);
    g_hash_table_add (ledger->links, link);
  }
  set_gone (ledger, link, FALSE);
  return link;
}

void
gst_heap_ledger_forget_link (GstHeapLedger *ledger, GstHeapLedgerLink *link)
{
  set_gone (ledger, link, FALSE);
  g_hash_table_remove (ledger->links, link);
  g_ptr_array_remove (ledger->books.links, link);
}

GstHeapLedgerLink *
gst_heap_ledger_get_link (GstHeapLedger *ledger, GstHeapLedgerElement *from, const gchar *from_pad,
    GstHeapLedgerElement *to, const gchar *to_pad)
{
  GstHeapLedgerLink *link;

  g_mutex_lock (&ledger->lock);
  link = gst_heap_ledger_enter_link (ledger, gst_heap_ledger_current_element (from), from_pad,
      to ? gst_heap_ledger_current_element (to) : NULL, to_pad);
  gst_heap_ledger_link_ref (link);
  g_mutex_unlock (&ledger->lock);
  return link;
}

void
gst_heap_ledger_drop_link (GstHeapLedger *ledger, GstHeapLedgerLink *link)
{
  g_mutex_lock (&ledger->lock);
  if (!link->folded_into && !link->is_summary)
    set_gone (ledger, link, TRUE);
  gst_heap_ledger_fold (ledger);
  g_mutex_unlock (&ledger->lock);
}

/* With the lock. */
static GstHeapLedgerKind *
find_kind (GstHeapLedger *ledger, const gchar *name, gboolean is_dmabuf)
{
  for (guint i = 0; i < ledger->books.kinds->len; i++) {
    GstHeapLedgerKind *kind = g_ptr_array_index (ledger->books.kinds, i);

    if (kind->is_dmabuf == is_dmabuf && g_str_equal (kind->name, name))
      return kind;
  }
  return NULL;
}

GstHeapLedgerKind *
gst_heap_ledger_get_kind (GstHeapLedger *ledger, const gchar *name, gboolean is_dmabuf)
{
  GstHeapLedgerKind *kind;

  g_mutex_lock (&ledger->lock);
  kind = find_kind (ledger, name, is_dmabuf);
  if (!kind) {
    kind = g_new0 (GstHeapLedgerKind, 1);
    kind->name = g_strdup (name);
    kind->is_dmabuf = is_dmabuf;
    g_ptr_array_add (ledger->books.kinds, kind);
  }
  g_mutex_unlock (&ledger->lock);
  return kind;
}

const GstHeapLedgerBooks *
gst_heap_ledger_open (GstHeapLedger *ledger)
{
  g_mutex_lock (&ledger->lock);
  return &ledger->books;
}

void
gst_heap_ledger_close (GstHeapLedger *ledger)
{
  g_mutex_unlock (&ledger->lock);
}
