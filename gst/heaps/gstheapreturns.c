/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers that come back to a pool, and those who wait for one. */
#include "gstheapreturns.h"

void
gst_heap_returns_init (GstHeapReturns *returns)
{
  g_mutex_init (&returns->lock);
  g_cond_init (&returns->cond);
}

void
gst_heap_returns_clear (GstHeapReturns *returns)
{
  g_cond_clear (&returns->cond);
  g_mutex_clear (&returns->lock);
}

gint
gst_heap_returns_count (GstHeapReturns *returns)
{
  return g_atomic_int_get (&returns->count);
}

/* Counts first and looks for waiters then; they do it the other way round: one sees the other. */
void
gst_heap_returns_note (GstHeapReturns *returns)
{
  g_atomic_int_inc (&returns->count);
  if (g_atomic_int_get (&returns->waiting) == 0)
    return;
  g_mutex_lock (&returns->lock);
  g_cond_broadcast (&returns->cond);
  g_mutex_unlock (&returns->lock);
}

gboolean
gst_heap_returns_wait (GstHeapReturns *returns, gint count, gint64 timeout)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  gboolean in_time = TRUE;

  g_mutex_lock (&returns->lock);
  g_atomic_int_inc (&returns->waiting);
  while (in_time && g_atomic_int_get (&returns->count) == count)
    in_time = g_cond_wait_until (&returns->cond, &returns->lock, deadline);
  g_atomic_int_add (&returns->waiting, -1);
  g_mutex_unlock (&returns->lock);
  return in_time;
}
