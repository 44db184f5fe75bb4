/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The memories of the tracer's books, and where they have been. */
#include "gstheapledger-private.h"

static void
visit_clear (gpointer data)
{
  gst_heap_ledger_element_unref (((GstHeapLedgerVisit *) data)->element);
}

/* With the lock. */
static GstHeapLedgerMemory *
memory_new (GstHeapLedger *ledger, GstHeapLedgerKind *kind, guint64 inode, guint64 bytes)
{
  GstHeapLedgerMemory *memory = g_new0 (GstHeapLedgerMemory, 1);

  memory->ledger = gst_heap_ledger_ref (ledger);
  memory->kind = kind;
  memory->inode = inode;
  memory->bytes = bytes;
  memory->visits = g_array_new (FALSE, FALSE, sizeof (GstHeapLedgerVisit));
  g_array_set_clear_func (memory->visits, visit_clear);
  kind->memories++;
  kind->live += bytes;
  kind->peak = MAX (kind->peak, kind->live);
  if (inode)
    g_hash_table_insert (ledger->dmabufs, &memory->inode, memory);
  return memory;
}

GstHeapLedgerMemory *
gst_heap_ledger_add_memory (GstHeapLedger *ledger, GstHeapLedgerKind *kind, guint64 inode, guint64 bytes)
{
  GstHeapLedgerMemory *memory;

  g_mutex_lock (&ledger->lock);
  memory = inode ? g_hash_table_lookup (ledger->dmabufs, &inode) : NULL;
  if (!memory)
    memory = memory_new (ledger, kind, inode, bytes);
  memory->references++;
  g_mutex_unlock (&ledger->lock);
  return memory;
}

void
gst_heap_ledger_memory_unref (GstHeapLedgerMemory *memory)
{
  GstHeapLedger *ledger = memory->ledger;
  gboolean is_gone;

  g_mutex_lock (&ledger->lock);
  is_gone = --memory->references == 0;
  if (is_gone) {
    memory->kind->live -= memory->bytes;
    if (memory->inode)
      g_hash_table_remove (ledger->dmabufs, &memory->inode);
  }
  g_mutex_unlock (&ledger->lock);

  if (!is_gone)
    return;
  g_array_unref (memory->visits);
  gst_heap_ledger_element_unref (memory->writer);
  g_free (memory);
  gst_heap_ledger_unref (ledger);
}

GstHeapLedgerKind *
gst_heap_ledger_memory_get_kind (GstHeapLedgerMemory *memory)
{
  return memory->kind;
}
