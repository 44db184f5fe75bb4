/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The pool that copies are made into, which who stops or flushes an element has to reach. */
#include "gstheapoutlet.h"

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
  gboolean flushing;

  g_mutex_lock (&outlet->lock);
  old = outlet->pool;
  outlet->pool = pool;
  flushing = outlet->flushing;
  g_mutex_unlock (&outlet->lock);

  if (pool && flushing)
    gst_buffer_pool_set_flushing (pool, TRUE);
  return old;
}

void
gst_heap_outlet_set_flushing (GstHeapOutlet *outlet, gboolean flushing)
{
  GstBufferPool *pool;

  g_mutex_lock (&outlet->lock);
  outlet->flushing = flushing;
  pool = outlet->pool ? gst_object_ref (outlet->pool) : NULL;
  g_mutex_unlock (&outlet->lock);

  if (pool) {
    gst_buffer_pool_set_flushing (pool, flushing);
    gst_object_unref (pool);
  }
}
