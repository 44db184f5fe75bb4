/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pools that another one has replaced: what lies idle in them is the first to go when a heap is full. */
#include "gstheapretired.h"

static GMutex lock;    /* protects retired */
static GList *retired; /* of GWeakRef */

static void
weak_ref_free (GWeakRef *reference)
{
  g_weak_ref_clear (reference);
  g_free (reference);
}

/* References to those that live; forgets the others. */
static GList *
ref_living (void)
{
  GList *living = NULL;

  g_mutex_lock (&lock);
  for (GList *item = retired, *next; item; item = next) {
    GstBufferPool *pool = g_weak_ref_get (item->data);

    next = item->next;
    if (pool) {
      living = g_list_prepend (living, pool);
    } else {
      weak_ref_free (item->data);
      retired = g_list_delete_link (retired, item);
    }
  }
  g_mutex_unlock (&lock);
  return living;
}

void
gst_heap_retired_add (GstBufferPool *pool)
{
  GWeakRef *reference = g_new0 (GWeakRef, 1);

  g_list_free_full (ref_living (), gst_object_unref); /* so that the list does not grow with the dead */
  g_weak_ref_init (reference, pool);
  g_mutex_lock (&lock);
  retired = g_list_prepend (retired, reference);
  g_mutex_unlock (&lock);
}

gboolean
gst_heap_retired_reclaim (void (*free_idle) (GstBufferPool *pool))
{
  GList *living = ref_living ();
  gboolean any = living != NULL;

  for (GList *item = living; item; item = item->next)
    free_idle (item->data);
  g_list_free_full (living, gst_object_unref);
  return any;
}
