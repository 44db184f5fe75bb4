/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Raw video in memory of a heap: as what caps it may come in and go out. */
#pragma once

#include <gst/heaps/heaps.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Linear raw video travels in three forms: plain video/x-raw; video/x-raw(memory:DMABuf) with format=DMA_DRM and the
 * format in drm-format, from GStreamer 1.24 on; and video/x-raw(memory:DMABuf) with the format in format, as before
 * that and with elements of vendors. What comes plain may leave in any of them, what comes as memory:DMABuf leaves as
 * it is. Everything else, as other media types, other memory and frames that are tiled, leaves as it is, too. */

/* What of a heap matters here. */
typedef struct {
  gboolean is_importable; /* its memory may go out as memory:DMABuf */
  gboolean is_protected;  /* and does so only */
} GstHeapCapsFacts;

/* heap NULL: it is not chosen yet, and may be any. */
GstHeapCapsFacts gst_heap_caps_facts (GstHeap *heap);

/* The caps that are possible on the other pad, where those on the pad of that direction are caps. Towards the src pad
 * the plain form comes first, then DMA_DRM; towards the sink pad what is as in caps. NULL of NULL. Returns: (transfer
 * full) (nullable) */
GstCaps *gst_heap_transform_caps (GstCaps *caps, GstPadDirection direction, GstHeapCapsFacts facts);
/* The same for what leaves plain, whatever it came as: frames in dma-bufs, where they are linear, lose that they are.
 * Towards the src pad raw video is plain; towards the sink pad the plain form comes first, then DMA_DRM. NULL of NULL.
 * Returns: (transfer full) (nullable) */
GstCaps *gst_heap_transform_caps_to_plain (GstCaps *caps, GstPadDirection direction);
/* Whether caps are of raw video in dma-bufs without a plain form: of frames that are tiled, or of a format that only
 * devices know. NULL is not. */
gboolean gst_heap_caps_have_no_plain_form (const GstCaps *caps);
/* Which of outcaps, that are possible for incaps and downstream accepts, to take: incaps if they are among them, then
 * the plain form, then DMA_DRM. outcaps are not empty. Returns: (transfer full): caps that are fixed, if incaps are */
GstCaps *gst_heap_fixate_caps (GstCaps *incaps, GstCaps *outcaps);
/* Whether caps are of raw video in memory:DMABuf, by their first structure. NULL is none. */
gboolean gst_heap_caps_are_dmabuf (const GstCaps *caps);
/* The layout of frames in memory:DMABuf; FALSE where it does not follow from caps: they are of other memory, not
 * linear, or not fixed. */
gboolean gst_heap_caps_get_dmabuf_info (const GstCaps *caps, GstVideoInfo *ret_info);
/* What of caps is raw video, as far as it may be in system memory, and in dma-bufs. */
void gst_heap_caps_take_memory (const GstCaps *caps, gboolean *ret_system, gboolean *ret_dmabuf);

G_END_DECLS
