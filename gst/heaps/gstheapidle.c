/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The buffers of a pool that nobody has taken, and those who wait for one. */
#include "gstheapidle.h"

#define N_BUFFERS_AT_FIRST 16

void
gst_heap_idle_init (GstHeapIdle *idle)
{
  g_mutex_init (&idle->lock);
  g_cond_init (&idle->cond);
  idle->buffers = gst_queue_array_new (N_BUFFERS_AT_FIRST);
}

void
gst_heap_idle_clear (GstHeapIdle *idle)
{
  g_assert (gst_queue_array_is_empty (idle->buffers));
  gst_queue_array_free (idle->buffers);
  g_cond_clear (&idle->cond);
  g_mutex_clear (&idle->lock);
}

GstBuffer *
gst_heap_idle_take (GstHeapIdle *idle, guint *ret_count)
{
  GstBuffer *buffer;

  g_mutex_lock (&idle->lock);
  buffer = gst_queue_array_pop_head (idle->buffers);
  *ret_count = idle->count;
  g_mutex_unlock (&idle->lock);
  return buffer;
}

/* Waking is a system call, even where nobody waits. */
static void
end_change (GstHeapIdle *idle)
{
  gboolean is_awaited = idle->n_waiting > 0;

  idle->count++;
  g_mutex_unlock (&idle->lock);
  if (G_UNLIKELY (is_awaited))
    g_cond_broadcast (&idle->cond);
}

void
gst_heap_idle_put (GstHeapIdle *idle, GstBuffer *buffer)
{
  g_mutex_lock (&idle->lock);
  gst_queue_array_push_tail (idle->buffers, buffer);
  end_change (idle);
}

void
gst_heap_idle_wake (GstHeapIdle *idle)
{
  g_mutex_lock (&idle->lock);
  end_change (idle);
}

gboolean
gst_heap_idle_wait (GstHeapIdle *idle, guint count, gint64 timeout)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  gboolean in_time = TRUE;

  g_mutex_lock (&idle->lock);
  idle->n_waiting++;
  while (in_time && idle->count == count)
    in_time = g_cond_wait_until (&idle->cond, &idle->lock, deadline);
  idle->n_waiting--;
  g_mutex_unlock (&idle->lock);
  return in_time;
}
