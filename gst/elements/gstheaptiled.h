/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames in dma-bufs that have no plain form, told on the bus. */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

/* Of caps that nobody could agree on GStreamer says "not-negotiated". Where upstream of an element that turns dma-bufs
 * into plain frames has none but tiled ones, this has the element say so first. */
typedef struct _GstHeapTiled GstHeapTiled;

/* trans is in its pipeline, and outlives what is returned. */
GstHeapTiled *gst_heap_tiled_new (GstBaseTransform *trans);
/* NULL is none. */
void gst_heap_tiled_free (GstHeapTiled *self);

G_END_DECLS
