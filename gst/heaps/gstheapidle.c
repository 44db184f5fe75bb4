/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The buffers of a pool that nobody has taken, and those who wait for one. */
#include "gstheapidle.h"

#define N_OVERFLOW_AT_FIRST 16

void
gst_heap_idle_init (GstHeapIdle *idle)
{
  ring_init (&idle->ring);
  g_mutex_init (&idle->lock);
  g_cond_init (&idle->cond);
  idle->overflow = gst_queue_array_new (N_OVERFLOW_AT_FIRST);
}

void
gst_heap_idle_clear (GstHeapIdle *idle)
{
  g_assert (ring_is_empty (&idle->ring) && gst_queue_array_is_empty (idle->overflow));
  gst_queue_array_free (idle->overflow);
  g_cond_clear (&idle->cond);
  g_mutex_clear (&idle->lock);
}

static GstBuffer *
take_overflow (GstHeapIdle *idle)
{
  GstBuffer *buffer;

  g_mutex_lock (&idle->lock);
  buffer = gst_queue_array_pop_head (idle->overflow);
  idle->n_overflow = gst_queue_array_get_length (idle->overflow);
  g_mutex_unlock (&idle->lock);
  return buffer;
}

static void
put_overflow (GstHeapIdle *idle, GstBuffer *buffer)
{
  g_mutex_lock (&idle->lock);
  gst_queue_array_push_tail (idle->overflow, buffer);
  idle->n_overflow++;
  g_mutex_unlock (&idle->lock);
}

GstBuffer *
gst_heap_idle_take (GstHeapIdle *idle, guint *ret_count)
{
  GstBuffer *buffer;

  *ret_count = idle->count;
  buffer = ring_take (&idle->ring);
  if (G_UNLIKELY (!buffer && idle->n_overflow > 0))
    return take_overflow (idle);
  return buffer;
}

void
gst_heap_idle_put (GstHeapIdle *idle, GstBuffer *buffer)
{
  if (G_UNLIKELY (!ring_put (&idle->ring, buffer)))
    put_overflow (idle, buffer);
  if (G_UNLIKELY (idle->n_waiting > 0))
    gst_heap_idle_wake (idle);
}

/* Waking is a system call, even where nobody waits. */
void
gst_heap_idle_wake (GstHeapIdle *idle)
{
  gboolean is_awaited;

  g_mutex_lock (&idle->lock);
  idle->count++;
  is_awaited = idle->n_waiting > 0;
  g_mutex_unlock (&idle->lock);
  if (is_awaited)
    g_cond_broadcast (&idle->cond);
}

static gboolean
is_empty (GstHeapIdle *idle)
{
  return ring_is_empty (&idle->ring) && idle->n_overflow == 0;
}

gboolean
gst_heap_idle_wait (GstHeapIdle *idle, guint count, gint64 timeout)
{
  gint64 deadline = g_get_monotonic_time () + timeout;
  gboolean in_time = TRUE;

  g_mutex_lock (&idle->lock);
  idle->n_waiting++;
  while (in_time && idle->count == count && is_empty (idle))
    in_time = g_cond_wait_until (&idle->cond, &idle->lock, deadline);
  idle->n_waiting--;
  g_mutex_unlock (&idle->lock);
  return in_time;
}
