/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copies buffers out of memory of a heap, into buffers downstream offers or into system memory. */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/* All functions belong to the streaming thread, or to a time when there is none, but for those that say "any
 * thread". */
typedef struct _GstHeapPlainCopier GstHeapPlainCopier;

/* srcpad stays the caller's and outlives the copier. */
GstHeapPlainCopier *gst_heap_plain_copier_new (GstPad *srcpad);
void gst_heap_plain_copier_free (GstHeapPlainCopier *self);

void gst_heap_plain_copier_start (GstHeapPlainCopier *self);
/* What is copied leaves in caps. NULL: there is nothing to copy any more. */
void gst_heap_plain_copier_set_caps (GstHeapPlainCopier *self, GstCaps *caps);
/* Any thread. From now on downstream is asked again. */
void gst_heap_plain_copier_renegotiate (GstHeapPlainCopier *self);
/* Any thread. While upstream flushes nothing waits for a buffer to come back. */
void gst_heap_plain_copier_set_flushing (GstHeapPlainCopier *self, gboolean flushing);
/* Any thread. Nor does it until the next start, whatever upstream does. */
void gst_heap_plain_copier_interrupt (GstHeapPlainCopier *self);

/* Whether downstream finds the planes of a frame in this buffer: they lie as the caps have it, or it reads
 * GstVideoMeta. Downstream is asked the first time that matters. */
gboolean gst_heap_plain_copier_is_readable (GstHeapPlainCopier *self, GstBuffer *buffer);
/* Copies content, timestamps, flags and metas of src. *ret_copy is set on GST_FLOW_OK only, error on GST_FLOW_ERROR
 * only. */
GstFlowReturn gst_heap_plain_copier_copy (
    GstHeapPlainCopier *self, GstBuffer *src, GstBuffer **ret_copy, GError **error);

G_END_DECLS
