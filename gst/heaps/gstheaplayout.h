/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How a frame lies in a buffer: pure functions, no memory and no kernel. */
#pragma once

#include "gstheapplanes.h"

typedef struct {
  gsize size;                         /* of a buffer, all memories together, in bytes; more than 0, at most G_MAXINT */
  gboolean is_default;                /* who knows nothing of GstVideoMeta reads it right */
  guint n_memories;                   /* 1, or one for each plane */
  gsize shown[GST_VIDEO_MAX_PLANES];  /* size of each memory; the sum is size */
  gsize behind[GST_VIDEO_MAX_PLANES]; /* bytes the heap has to give for each memory, no less than shown */

  gboolean is_video;           /* else opaque bytes, and what follows is not valid */
  GstVideoInfo info;           /* strides and offsets in bytes, for each plane; offsets count through all memories */
  GstVideoAlignment alignment; /* as info has it: padding_right may be more than was asked for */
  gboolean has_alignment;      /* else there are strides that no alignment makes */
} GstHeapLayout;

/* The smallest layout of buffers with these caps that satisfies params. params NULL asks for GStreamer's default one,
 * which is the only one a peer that does not read GstVideoMeta can be given. size is what is asked for: the buffer has
 * no less. Caps that are not raw video, or have no layout known here, make opaque bytes of that size.
 * GST_HEAP_ERROR_INVALID when it makes no sense; then nothing is written. */
G_GNUC_INTERNAL
gboolean gst_heap_layout_compute (
    const GstCaps *caps, guint size, const GstHeapLayoutParams *params, GstHeapLayout *ret_layout, GError **error);
/* Whether GStreamer can compute with the alignment: it does not look, and may take forever with a mask that is none. */
G_GNUC_INTERNAL
gboolean gst_heap_layout_alignment_is_sane (const GstVideoAlignment *alignment);
/* A name for the layout of one memory of buffers with these caps, the same for the same layout, as an interned string:
 * two that are told apart by nothing in it are alike to whoever imports them. */
G_GNUC_INTERNAL
const gchar *gst_heap_layout_intern (const GstHeapLayout *layout, guint memory, const GstCaps *caps);
