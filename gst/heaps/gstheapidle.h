/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The buffers of a pool that nobody has taken, and those who wait for one. */
#pragma once

#include <gst/base/base.h>
#include <gst/gst.h>

/* In place of GstBufferPool's own queue, which makes system calls when it runs empty, and up to 1.24 may never end
 * where threads share it: GstAtomicQueue lets its writers wait for each other. */
typedef struct {
  GMutex lock; /* protects what follows; held for a few instructions */
  GCond cond;
  GstQueueArray *buffers; /* what came back first is taken first: devices have had the longest time with it */
  guint count;            /* of what has come back or made room so far; wraps around */
  guint n_waiting;        /* threads in gst_heap_idle_wait() */
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
/* Waits until anything has come back since count was taken, or timeout microseconds have passed: then FALSE. */
G_GNUC_INTERNAL
gboolean gst_heap_idle_wait (GstHeapIdle *idle, guint count, gint64 timeout);
