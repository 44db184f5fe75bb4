/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Neighbours that insist on dma-bufs where the heap gives none, told on the bus. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* Memory that is no dma-buf goes out under plain caps alone. Of an element behind it that takes only memory:DMABuf
 * GStreamer says "not-negotiated"; this has element say first which heaps of the machine would do, or why none does. */
typedef struct _GstHeapInsistence GstHeapInsistence;

/* element, a GstBaseTransform, is in its pipeline, and uses heap until this is freed. Returns: (nullable): NULL where
 * the heap gives dma-bufs, and there is nothing to tell */
GstHeapInsistence *gst_heap_insistence_new (GstElement *element, GstHeap *heap);
/* NULL is none. */
void gst_heap_insistence_free (GstHeapInsistence *self);

G_END_DECLS
