/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout of frames that leave as dma-bufs, which has to be said on each of them. */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

typedef struct {
  gboolean is_needed; /* buffers have to say how a frame lies in them */
  GstVideoInfo info;  /* how it does where they do not: as their caps say; with is_needed */
} GstHeapDescription;

/* For buffers that leave in caps. */
void gst_heap_description_set_caps (GstHeapDescription *description, const GstCaps *caps);
/* buffer, with GstVideoMeta if that is needed. Takes over buffer. */
GstBuffer *gst_heap_description_apply (GstHeapDescription *description, GstBuffer *buffer);

G_END_DECLS
