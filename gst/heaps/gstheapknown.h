/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The dma-bufs that a stream goes round in: a memory for each, which stays the same from frame to frame. */
#pragma once

#include <gst/gst.h>

#define GST_HEAP_KNOWN_MOST 64         /* dma-bufs that are remembered */
#define GST_HEAP_KNOWN_MOST_FRAMES 256 /* and for so many frames without them */

typedef struct _GstHeapKnown GstHeapKnown;

G_GNUC_INTERNAL
GstHeapKnown *gst_heap_known_new (void);
G_GNUC_INTERNAL
void gst_heap_known_free (GstHeapKnown *known);
/* The memory for what shows of memory, which is of a dma-buf from elsewhere: the same for the same part of the same
 * dma-buf while it is remembered, read-only, with the dma-buf's size as maxsize. In *ret_is_new whether it had to be
 * made. NULL with an error where memory is of no dma-buf, or shows more than there is of it; then nothing is
 * remembered. */
G_GNUC_INTERNAL
GstMemory *gst_heap_known_get (GstHeapKnown *known, GstMemory *memory, gboolean *ret_is_new, GError **error);
/* A frame begins: what has not been seen for long is let go. */
G_GNUC_INTERNAL
void gst_heap_known_begin_frame (GstHeapKnown *known);
G_GNUC_INTERNAL
void gst_heap_known_clear (GstHeapKnown *known);
G_GNUC_INTERNAL
guint gst_heap_known_count (GstHeapKnown *known);
