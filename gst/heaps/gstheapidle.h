/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The buffers of a pool that nobody has taken, and those who wait for one. */
#pragma once

#include <gst/base/base.h>
#include <gst/gst.h>

#include "heaps/ring.h"

/* In place of GstBufferPool's own queue, which makes system calls: up to 1.24 when it runs empty, since 1.26 each time.
 * Up to 1.24 it may never end where threads share it: GstAtomicQueue lets its writers wait for each other.
 *
 * Subtleties:
 * - What came back first is taken first: devices have had the longest time with it. But of more buffers than the ring
 *   has room for, those that found none are taken when it is empty.
 * - Taking and putting take the lock only then, or when somebody waits. Who is about to wait says so before it looks
 *   for a buffer a last time; who puts one looks afterwards whether anybody waits: one sees the other.
 * - Who is interrupted while it puts a buffer hides those that are put after it, for so long. Who waits for one is
 *   woken then; who does not may go without, and a pool that may have more buffers may make one it had not needed. */
typedef struct {
  struct ring ring;
  atomic_uint n_waiting;  /* threads in gst_heap_idle_wait() */
  atomic_uint n_overflow; /* the length of overflow */
  atomic_uint count;      /* of what has been told to those who wait so far; wraps around */

  GMutex lock; /* protects overflow, and changes of count */
  GCond cond;
  GstQueueArray *overflow;
} GstHeapIdle;

G_GNUC_INTERNAL
void gst_heap_idle_init (GstHeapIdle *idle);
/* There is no buffer left. */
G_GNUC_INTERNAL
void gst_heap_idle_clear (GstHeapIdle *idle);
/* Returns: (transfer full) (nullable): a buffer; NULL: there is none. ret_count is for gst_heap_idle_wait(). */
G_GNUC_INTERNAL
GstBuffer *gst_heap_idle_take (GstHeapIdle *idle, guint *ret_count);
/* Takes over buffer. */
G_GNUC_INTERNAL
void gst_heap_idle_put (GstHeapIdle *idle, GstBuffer *buffer);
/* There is room for a buffer, or who waits should look for another reason. */
G_GNUC_INTERNAL
void gst_heap_idle_wake (GstHeapIdle *idle);
/* Waits until there is a buffer, or gst_heap_idle_wake() was called since count was taken, or timeout microseconds have
 * passed: then FALSE. */
G_GNUC_INTERNAL
gboolean gst_heap_idle_wait (GstHeapIdle *idle, guint count, gint64 timeout);
