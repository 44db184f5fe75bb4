/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The pool that copies are made into, which who stops or flushes an element has to reach. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* A pool in here is active, so that whoever sets it flushing wakes up the copy that waits in it.
 * A flush that ends does not undo a stop: while the element leaves PAUSED upstream may still flush, and send on. */
typedef struct {
  GMutex lock;         /* protects what follows; not held when the pool is called */
  GstBufferPool *pool; /* NULL: there is none. Only the streaming thread changes it, and so reads it without the lock */
  gboolean flushing;   /* upstream flushes */
  gboolean stopping;   /* the element leaves PAUSED, or is below it */
} GstHeapOutlet;

void gst_heap_outlet_init (GstHeapOutlet *outlet);
/* There is no pool any more. */
void gst_heap_outlet_clear (GstHeapOutlet *outlet);
/* Streaming thread. Takes over pool, which is active, or NULL. Returns: (transfer full) (nullable): the one that was
 * there, still active */
GstBufferPool *gst_heap_outlet_exchange (GstHeapOutlet *outlet, GstBufferPool *pool);
/* Any thread. While upstream flushes nothing waits for a buffer to come back. */
void gst_heap_outlet_set_flushing (GstHeapOutlet *outlet, gboolean flushing);
/* Any thread. The same from a stop to the next start. */
void gst_heap_outlet_stop (GstHeapOutlet *outlet);
/* While nothing streams. Ends a flush, too. */
void gst_heap_outlet_start (GstHeapOutlet *outlet);

G_END_DECLS
