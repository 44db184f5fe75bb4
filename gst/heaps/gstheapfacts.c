/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is known of memory, whoever allocated it. */
#include "gstheapfacts.h"

#include "gstheapconfig.h"
#include "gstheapexporter.h"

void
gst_heap_facts_find (const struct heap_catalog *catalog, const gchar *name, struct heap_facts *ret_facts)
{
  const struct heap_info *info = heap_catalog_find (catalog, name);

  if (info)
    *ret_facts = info->facts;
  else
    heap_name_facts (name, gst_heap_config_get (), ret_facts);
}

static struct heap_facts *
read_facts (const gchar *name)
{
  struct heap_facts *facts = g_new0 (struct heap_facts, 1);
  struct heap_catalog catalog = { 0 };

  heap_catalog_read (NULL, gst_heap_config_get (), &catalog);
  gst_heap_facts_find (&catalog, name, facts);
  heap_facts_learn (facts, HEAP_IMPORTABLE, HEAP_YES, HEAP_SOURCE_BACKEND);
  heap_catalog_finish (&catalog);
  return facts;
}

/* Found out once for each exporter of this machine, which are few, and kept. name is interned. */
static const struct heap_facts *
facts_of_exporter (const gchar *name)
{
  static GMutex lock;
  static GHashTable *table; /* protected by lock */
  struct heap_facts *facts;

  g_mutex_lock (&lock);
  if (!table)
    table = g_hash_table_new (NULL, NULL);
  facts = g_hash_table_lookup (table, name);
  if (!facts) {
    facts = read_facts (name);
    g_hash_table_insert (table, (gpointer) name, facts);
  }
  g_mutex_unlock (&lock);
  return facts;
}

/**
 * gst_heap_memory_get_answer:
 * @memory: any memory
 * @property: one property
 *
 * What is known of memory, whoever allocated it: of memory of this library by its heap, of any other dma-buf by
 * its exporter (gst_heap_memory_get_exporter()), as gst_heap_selection_accepts_memory() does. Where an element has the
 * CPU read, %GST_HEAP_PROPERTY_CACHEABLE says whether that is fast and %GST_HEAP_PROPERTY_PROTECTED whether it is
 * possible.
 *
 * Returns: whether @memory has @property; %GST_HEAP_ANSWER_UNKNOWN for memory that is neither of a heap nor a dma-buf
 *
 * Since: 0.1
 */
GstHeapAnswer
gst_heap_memory_get_answer (GstMemory *memory, GstHeapProperties property)
{
  const gchar *exporter;
  GstHeap *heap;
  guint index = g_bit_nth_lsf (property, -1);

  g_return_val_if_fail (memory != NULL, GST_HEAP_ANSWER_UNKNOWN);
  g_return_val_if_fail (index < HEAP_N_PROPERTIES && HEAP_PROPERTY_BIT (index) == property, GST_HEAP_ANSWER_UNKNOWN);

  heap = gst_heap_memory_get_heap (memory);
  if (heap)
    return gst_heap_get_answer (heap, property);
  exporter = gst_heap_exporter_of_memory (memory);
  return exporter ? (GstHeapAnswer) facts_of_exporter (exporter)->of[index].answer : GST_HEAP_ANSWER_UNKNOWN;
}
