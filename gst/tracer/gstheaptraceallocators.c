/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocators of heaps whose memory was seen, and what they counted themselves. */
#include "gstheaptraceallocators.h"

#include <gst/heaps/heaps.h>

#define MOST_GONE 100 /* of those that are gone, how many are kept one by one */

typedef struct {
  GWeakRef allocator;
  GstStructure *last; /* protected by lock; NULL: it is alive */
} Entry;

static GMutex lock;
static GPtrArray *entries; /* protected by lock, as what follows; of references of Entry; NULL: none yet */
static guint n_gone;       /* of them */
static GPtrArray *earlier; /* of GstStructure: what others that are gone counted, one for each heap */

static GQuark
noted_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-trace-noted");
  return quark;
}

static GstStructure *
stats_of (GstHeapAllocator *allocator)
{
  GstStructure *stats = gst_heap_allocator_get_stats (allocator);

  gst_structure_set (stats, "heap", G_TYPE_STRING, gst_heap_get_name (gst_heap_allocator_get_heap (allocator)), NULL);
  return stats;
}

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_weak_ref_clear (&entry->allocator);
  gst_clear_structure (&entry->last);
}

static void
entry_unref (gpointer entry)
{
  g_atomic_rc_box_release_full (entry, entry_clear);
}

static gboolean
add_figure (GQuark field, const GValue *value, gpointer sum)
{
  guint64 old = 0, more;

  if (!G_VALUE_HOLDS_UINT64 (value))
    return TRUE;
  more = g_value_get_uint64 (value);
  gst_structure_id_get (sum, field, G_TYPE_UINT64, &old, NULL);
  if (field == g_quark_from_static_string ("bytes-peak"))
    more = MAX (old, more);
  else
    more += old;
  gst_structure_id_set (sum, field, G_TYPE_UINT64, more, NULL);
  return TRUE;
}

/* With the lock. */
static void
fold (const GstStructure *stats)
{
  for (guint i = 0; i < earlier->len; i++) {
    GstStructure *sum = g_ptr_array_index (earlier, i);

    if (g_strcmp0 (gst_structure_get_string (sum, "heap"), gst_structure_get_string (stats, "heap")) == 0) {
      gst_structure_foreach (stats, add_figure, sum);
      return;
    }
  }
  g_ptr_array_add (earlier, gst_structure_copy (stats));
}

/* With the lock. */
static void
fold_first_gone (void)
{
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = g_ptr_array_index (entries, i);

    if (!entry->last)
      continue;
    fold (entry->last);
    g_ptr_array_remove_index (entries, i);
    n_gone--;
    return;
  }
}

/* The allocator is being disposed of: what it counted is still there. */
static void
allocator_gone (gpointer data, GObject *allocator)
{
  Entry *entry = data;
  GstStructure *stats = stats_of (GST_HEAP_ALLOCATOR (allocator));

  g_mutex_lock (&lock);
  entry->last = stats;
  if (++n_gone > MOST_GONE)
    fold_first_gone ();
  g_mutex_unlock (&lock);
}

static Entry *
entry_new (GstAllocator *allocator)
{
  Entry *entry = g_atomic_rc_box_new0 (Entry);

  g_weak_ref_init (&entry->allocator, allocator);
  g_object_weak_ref (G_OBJECT (allocator), allocator_gone, entry);
  return entry;
}

void
gst_heap_trace_allocators_note (GstAllocator *allocator)
{
  if (!allocator || !GST_IS_HEAP_ALLOCATOR (allocator))
    return;
  g_mutex_lock (&lock);
  if (!g_object_get_qdata (G_OBJECT (allocator), noted_quark ())) {
    if (!entries) {
      entries = g_ptr_array_new_with_free_func (entry_unref);
      earlier = g_ptr_array_new ();
    }
    g_object_set_qdata (G_OBJECT (allocator), noted_quark (), entries);
    g_ptr_array_add (entries, entry_new (allocator));
  }
  g_mutex_unlock (&lock);
}

/* Nothing is done with an allocator in the lock: its last reference may be ours. */
static GPtrArray *
list_entries (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (entry_unref);

  g_mutex_lock (&lock);
  for (guint i = 0; entries && i < entries->len; i++)
    g_ptr_array_add (list, g_atomic_rc_box_acquire (g_ptr_array_index (entries, i)));
  g_mutex_unlock (&lock);
  return list;
}

static GstStructure *
last_of (Entry *entry)
{
  GstStructure *stats;

  g_mutex_lock (&lock);
  stats = entry->last ? gst_structure_copy (entry->last) : NULL;
  g_mutex_unlock (&lock);
  return stats;
}

static void
add_stats (gpointer data, gpointer list)
{
  GstHeapAllocator *allocator = g_weak_ref_get (&((Entry *) data)->allocator);
  GstStructure *stats = allocator ? stats_of (allocator) : last_of (data);

  g_clear_object (&allocator);
  if (stats)
    g_ptr_array_add (list, stats);
}

GPtrArray *
gst_heap_trace_allocators_get_stats (void)
{
  GPtrArray *stats = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  GPtrArray *list = list_entries ();

  g_ptr_array_foreach (list, add_stats, stats);
  g_ptr_array_unref (list);
  g_mutex_lock (&lock);
  for (guint i = 0; earlier && i < earlier->len; i++)
    g_ptr_array_add (stats, gst_structure_copy (g_ptr_array_index (earlier, i)));
  g_mutex_unlock (&lock);
  return stats;
}
