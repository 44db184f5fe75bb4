/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The pool that copies are made into, which who stops or flushes an element has to reach. */
#include "gstheapoutlet.h"

/* Returns: whether the pool flushes, by what there is; and the pool, if there is one: (transfer full) (nullable) */
static gboolean
look (GstHeapOutlet *outlet, GstBufferPool **ret_pool)
{
  gboolean flushes;

  g_mutex_lock (&outlet->lock);
  flushes = outlet->flushing || outlet->stopping;
  *ret_pool = outlet->pool ? gst_object_ref (outlet->pool) : NULL;
  g_mutex_unlock (&outlet->lock);
  return flushes;
}

/* Others may do so at the same time, by what there was a moment ago: who comes last looks again. */
static void
tell_pool (GstHeapOutlet *outlet)
{
  gboolean flushes, told;
  GstBufferPool *pool;

  flushes = look (outlet, &pool);
  while (pool) {
    told = flushes;
    gst_buffer_pool_set_flushing (pool, told);
    gst_object_unref (pool);
    flushes = look (outlet, &pool);
    if (flushes == told)
      gst_clear_object (&pool);
  }
}

void
gst_heap_outlet_init (GstHeapOutlet *outlet)
{
  g_mutex_init (&outlet->lock);
}

void
gst_heap_outlet_clear (GstHeapOutlet *outlet)
{
  g_mutex_clear (&outlet->lock);
}

GstBufferPool *
gst_heap_outlet_exchange (GstHeapOutlet *outlet, GstBufferPool *pool)
{
  GstBufferPool *old;

  g_mutex_lock (&outlet->lock);
  old = outlet->pool;
  outlet->pool = pool;
  g_mutex_unlock (&outlet->lock);

  tell_pool (outlet);
  return old;
}

void
gst_heap_outlet_set_flushing (GstHeapOutlet *outlet, gboolean flushing)
{
  g_mutex_lock (&outlet->lock);
  outlet->flushing = flushing;
  g_mutex_unlock (&outlet->lock);
  tell_pool (outlet);
}

void
gst_heap_outlet_stop (GstHeapOutlet *outlet)
{
  g_mutex_lock (&outlet->lock);
  outlet->stopping = TRUE;
  g_mutex_unlock (&outlet->lock);
  tell_pool (outlet);
}

void
gst_heap_outlet_start (GstHeapOutlet *outlet)
{
  g_mutex_lock (&outlet->lock);
  outlet->flushing = outlet->stopping = FALSE;
  g_mutex_unlock (&outlet->lock);
  tell_pool (outlet);
}
