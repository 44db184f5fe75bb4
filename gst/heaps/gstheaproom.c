/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pools that wait for memory of a heap or a budget that is full. */
#include "gstheaproom.h"

static gint n_waiting; /* atomic: the length of waiting */
static GMutex lock;    /* protects waiting */
static GSList *waiting;

void
gst_heap_room_join (GstHeapIdle *idle)
{
  g_mutex_lock (&lock);
  waiting = g_slist_prepend (waiting, idle);
  g_atomic_int_inc (&n_waiting);
  g_mutex_unlock (&lock);
}

void
gst_heap_room_leave (GstHeapIdle *idle)
{
  g_mutex_lock (&lock);
  waiting = g_slist_remove (waiting, idle);
  g_atomic_int_add (&n_waiting, -1);
  g_mutex_unlock (&lock);
}

/* After the memory was freed; who joins looks for memory after that: one sees the other. */
void
gst_heap_room_note (void)
{
  if (G_LIKELY (g_atomic_int_get (&n_waiting) == 0))
    return;
  g_mutex_lock (&lock);
  for (GSList *item = waiting; item; item = item->next)
    gst_heap_idle_wake (item->data);
  g_mutex_unlock (&lock);
}
