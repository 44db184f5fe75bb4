/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Strides of a frame and the bytes each of its planes takes, before the planes have a place. */
#pragma once

#include <gst/heaps/gstheaplayoutparams.h>

/* More pixels than this to a side cannot be computed with in 32 bits, as GStreamer does. */
#define GST_HEAP_LAYOUT_LONGEST_SIDE (G_MAXINT / 16)

typedef struct {
  gint stride[GST_VIDEO_MAX_PLANES];
  guint64 bytes[GST_VIDEO_MAX_PLANES]; /* with padding; what rounding leaves between planes belongs to the one before */
  guint64 edge[GST_VIDEO_MAX_PLANES];  /* bytes from the start of a plane to its first pixel that shows */
  GstVideoAlignment alignment;         /* of GStreamer, that makes these strides */
  gboolean has_alignment;              /* there is such a one */
} GstHeapPlaneSizes;

/* To a multiple of align; 0 and 1 ask for none. */
static inline guint64
gst_heap_planes_round_up (guint64 value, guint align)
{
  return align > 1 ? (value + align - 1) / align * align : value;
}

/* info is GStreamer's default layout. False: no frame that can be, by the 2 GiB at most that a buffer has. */
G_GNUC_INTERNAL
gboolean gst_heap_planes_compute (
    const GstVideoInfo *info, const GstHeapLayoutParams *params, GstHeapPlaneSizes *ret_sizes);
/* Planes whose rows have a stride: all but a palette. */
G_GNUC_INTERNAL
guint gst_heap_planes_with_rows (const GstVideoInfo *info);
/* Bytes from the start of a plane to its first pixel. */
G_GNUC_INTERNAL
guint64 gst_heap_planes_edge (const GstVideoInfo *info, guint plane, gint stride, guint top, guint left);
/* The stride of a plane that lies in one memory with the first one, where a device tells the first one's alone. */
G_GNUC_INTERNAL
guint gst_heap_planes_derive_stride (const GstVideoInfo *info, guint plane, guint first_stride);
