/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which memory a buffer lies in, for the tracer's books: each GstMemory carries what the books have of it. */
#include "gstheaptracememory.h"

#include "gstheaptraceallocators.h"

#include <gst/heaps/heaps.h>

static GMutex lock; /* of who gives a memory what it carries */

static GQuark
trace_quark (void)
{
  static GQuark quark = 0; /* atomic */
  GQuark known = g_atomic_int_get (&quark);

  if (G_UNLIKELY (known == 0)) {
    known = g_quark_from_static_string ("gst-heap-trace-memory");
    g_atomic_int_set (&quark, known);
  }
  return known;
}

/* Several memories of such an allocator may be of the same dma-buf, next to each other. */
static gboolean
is_carved (GstMemory *memory)
{
  return memory->allocator && GST_IS_HEAP_ALLOCATOR (memory->allocator) &&
         gst_heap_allocator_get_carve_size (GST_HEAP_ALLOCATOR (memory->allocator)) > 0;
}

static guint64
inode_of (GstMemory *memory)
{
  guint64 inode;

  return !is_carved (memory) && gst_heap_memory_get_inode (memory, &inode) ? inode : 0;
}

static const gchar *
name_of (GstMemory *memory, const gchar *exporter)
{
  if (exporter)
    return exporter;
  if (gst_is_heap_memory (memory))
    return gst_heap_trace_memory_name_of_allocator (memory->allocator);
  return memory->allocator && memory->allocator->mem_type ? memory->allocator->mem_type : "unknown memory";
}

static GstHeapLedgerMemory *
record_new (GstHeapLedger *ledger, GstMemory *memory)
{
  const gchar *exporter = gst_heap_memory_get_exporter (memory);
  GstHeapLedgerKind *kind = gst_heap_ledger_get_kind (ledger, name_of (memory, exporter), exporter != NULL);

  gst_heap_trace_allocators_note (memory->allocator);
  return gst_heap_ledger_add_memory (ledger, kind, inode_of (memory), memory->maxsize);
}

static void
record_free (gpointer data)
{
  gst_heap_ledger_memory_unref (data);
}

static GstHeapLedgerMemory *
record_of (GstHeapLedger *ledger, GstMemory *memory)
{
  GstMiniObject *root = GST_MINI_OBJECT (memory->parent ? memory->parent : memory);
  GstHeapLedgerMemory *record = gst_mini_object_get_qdata (root, trace_quark ());

  if (record)
    return record;
  g_mutex_lock (&lock);
  record = gst_mini_object_get_qdata (root, trace_quark ());
  if (!record) {
    record = record_new (ledger, GST_MEMORY_CAST (root));
    gst_mini_object_set_qdata (root, trace_quark (), record, record_free);
  }
  g_mutex_unlock (&lock);
  return record;
}

void
gst_heap_trace_memory_describe (GstHeapLedger *ledger, GstBuffer *buffer, GstHeapLedgerFrame *ret_frame)
{
  ret_frame->n_parts = MIN (gst_buffer_n_memory (buffer), GST_HEAP_LEDGER_PARTS);
  ret_frame->pool = buffer->pool;
  ret_frame->as_offered = FALSE;
  for (guint i = 0; i < ret_frame->n_parts; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);

    ret_frame->parts[i].memory = record_of (ledger, memory);
    ret_frame->parts[i].size = memory->size;
  }
}

const gchar *
gst_heap_trace_memory_name_of_allocator (GstAllocator *allocator)
{
  GstHeap *heap =
      GST_IS_HEAP_ALLOCATOR (allocator) ? gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)) : NULL;

  if (heap)
    return gst_heap_get_name (heap);
  return allocator->mem_type ? allocator->mem_type : G_OBJECT_TYPE_NAME (allocator);
}
