/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which element runs in this thread. */
#include "gstheaptracethread.h"

#define MOST_DEPTH 128 /* what is deeper is not told apart */

typedef struct {
  GstHeapLedgerElement *base; /* whose thread it is, by what it pushed last; a reference */
  guint depth;
  GstHeapLedgerLink *links[MOST_DEPTH]; /* references; NULL: what runs is the same as one less deep */
} Thread;

static void
thread_free (gpointer data)
{
  Thread *thread = data;

  for (guint i = 0; i < MIN (thread->depth, MOST_DEPTH); i++)
    g_clear_pointer (&thread->links[i], gst_heap_ledger_link_unref);
  gst_heap_ledger_element_unref (thread->base);
  g_free (thread);
}

static GPrivate current = G_PRIVATE_INIT (thread_free);

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

static void
set_base (Thread *thread, GstHeapLedgerElement *base)
{
  if (thread->base == base)
    return;
  gst_heap_ledger_element_unref (thread->base);
  thread->base = gst_heap_ledger_element_ref (base);
}

void
gst_heap_trace_thread_enter (GstHeapLedgerLink *link)
{
  Thread *thread = get_thread ();

  if (link && thread->depth == 0)
    set_base (thread, link->from);
  if (thread->depth < MOST_DEPTH)
    thread->links[thread->depth] = link;
  else if (link)
    gst_heap_ledger_link_unref (link);
  thread->depth++;
}

void
gst_heap_trace_thread_leave (void)
{
  Thread *thread = g_private_get (&current);

  if (!thread || thread->depth == 0)
    return;
  thread->depth--;
  if (thread->depth < MOST_DEPTH)
    g_clear_pointer (&thread->links[thread->depth], gst_heap_ledger_link_unref);
}

GstHeapLedgerElement *
gst_heap_trace_thread_get_element (void)
{
  const Thread *thread = g_private_get (&current);

  if (!thread)
    return NULL;
  for (guint i = MIN (thread->depth, MOST_DEPTH); i > 0; i--) {
    if (thread->links[i - 1])
      return thread->links[i - 1]->to;
  }
  return thread->base;
}
