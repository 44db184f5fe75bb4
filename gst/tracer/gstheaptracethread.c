/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which element runs in this thread. */
#include "gstheaptracethread.h"

#define MOST_DEPTH 128 /* what is deeper is not told apart */

typedef struct {
  GstHeapLedgerElement *base; /* whose thread it is, by what it pushed last */
  guint depth;
  GstHeapLedgerElement *running[MOST_DEPTH];
} Thread;

static GPrivate current = G_PRIVATE_INIT (g_free);

static Thread *
get_thread (void)
{
  Thread *thread = g_private_get (&current);

  if (!thread) {
    thread = g_new0 (Thread, 1);
    g_private_set (&current, thread);
  }
  return thread;
}

static GstHeapLedgerElement *
running (const Thread *thread)
{
  return thread->depth == 0 ? thread->base : thread->running[MIN (thread->depth, MOST_DEPTH) - 1];
}

void
gst_heap_trace_thread_enter (GstHeapLedgerElement *from, GstHeapLedgerElement *to)
{
  Thread *thread = get_thread ();

  if (from && thread->depth == 0)
    thread->base = from;
  if (thread->depth < MOST_DEPTH)
    thread->running[thread->depth] = from ? to : running (thread);
  thread->depth++;
}

void
gst_heap_trace_thread_leave (void)
{
  Thread *thread = get_thread ();

  if (thread->depth > 0)
    thread->depth--;
}

GstHeapLedgerElement *
gst_heap_trace_thread_get_element (void)
{
  const Thread *thread = g_private_get (&current);

  return thread ? running (thread) : NULL;
}
