/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copies buffers into memory of a heap, out of a pool of its own. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* One that a sink keeps as its last sample, and one to write into. With less room a pool would wait for ever. */
#define GST_HEAP_LEAST_BUFFERS 2

/* All functions belong to the streaming thread, or to a time when there is
 * none, but for those that say "any thread". */
typedef struct _GstHeapCopier GstHeapCopier;

/* srcpad stays the caller's and outlives the copier: who is linked to it is
 * asked what the copies should look like. */
GstHeapCopier *gst_heap_copier_new (GstPad *srcpad);
void gst_heap_copier_free (GstHeapCopier *self);

void gst_heap_copier_start (GstHeapCopier *self, GstHeapAllocator *allocator);
void gst_heap_copier_stop (GstHeapCopier *self);
/* What is copied comes in caps, and leaves in outcaps. layout is what frames have to satisfy, in addition to what
 * downstream wants of them. */
void gst_heap_copier_set_caps (GstHeapCopier *self, GstCaps *caps, GstCaps *outcaps, const GstHeapLayoutParams *layout);

/* Another layout, under the same caps. */
void gst_heap_copier_set_layout (GstHeapCopier *self, const GstHeapLayoutParams *layout);

/* Any thread. From now on copying asks downstream again. */
void gst_heap_copier_renegotiate (GstHeapCopier *self);
/* Any thread. While upstream flushes nothing waits for a buffer to come back. */
void gst_heap_copier_set_flushing (GstHeapCopier *self, gboolean flushing);
/* Any thread. Nor does it until the next start, whatever upstream does. */
void gst_heap_copier_interrupt (GstHeapCopier *self);

/* Copies content, timestamps, flags and metas of src. *ret_copy is set on
 * GST_FLOW_OK only, error on GST_FLOW_ERROR only. */
GstFlowReturn gst_heap_copier_copy (GstHeapCopier *self, GstBuffer *src, GstBuffer **ret_copy, GError **error);

G_END_DECLS
