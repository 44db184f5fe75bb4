/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Neighbours that want the CPU to reach protected memory, told on the bus. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* Protected memory goes out as memory:DMABuf alone, and cannot be mapped. GStreamer says "not-negotiated" of the one;
 * of the other many elements say nothing at all, and send on what was never written. */
typedef struct _GstHeapProtection GstHeapProtection;

/* element, a GstBaseTransform, is in its pipeline, and uses allocator until the protection is freed. Returns:
 * (nullable): NULL where the heap is not protected, and there is nothing to tell */
GstHeapProtection *gst_heap_protection_new (GstElement *element, GstHeapAllocator *allocator);
/* NULL is none. */
void gst_heap_protection_free (GstHeapProtection *self);

/* Caps that came could not be sent on: has element say who takes only what the CPU can read, if somebody does. */
void gst_heap_protection_explain_caps (GstHeapProtection *self);
/* A buffer is about to go downstream. FALSE: upstream wanted the CPU to write it, which an error said. */
gboolean gst_heap_protection_let_pass (GstHeapProtection *self);

G_END_DECLS
