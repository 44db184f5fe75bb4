/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether what another process says of a frame can be true: pure functions, no memory and no kernel. */
#pragma once

#include <gst/video/video.h>

/* How a frame is said to lie in its buffer: what GstVideoMeta and GstHeapMeta have in common. Anything may stand in
 * it, but in n_planes. */
typedef struct {
  GstVideoFormat format;
  guint width, height; /* pixels */
  guint n_planes;      /* at most GST_VIDEO_MAX_PLANES */
  gsize offset[GST_VIDEO_MAX_PLANES];
  gint stride[GST_VIDEO_MAX_PLANES];
} GstHeapFrameClaim;

/* Whether size bytes at offset lie within what is there. */
G_GNUC_INTERNAL
gboolean gst_heap_claims_check_range (gsize offset, gsize size, gsize there, GError **error);
/* Whether each plane has the rows that the format needs, within one of n memories, of which sizes bytes show.
 * expected is what the caps say; NULL: they do not tell of a layout that the CPU could use, and only the format, the
 * sides and the beginnings of planes are looked at. GST_HEAP_ERROR_INVALID when not. */
G_GNUC_INTERNAL
gboolean gst_heap_claims_check_frame (
    const GstHeapFrameClaim *claim, const GstVideoInfo *expected, const gsize *sizes, guint n, GError **error);
