/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What caps say of copying what travels under them. */
#pragma once

#include <gst/heaps/heaps.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

gboolean gst_heap_caps_allow_copy (const GstCaps *caps, GstHeap *heap, GError **error);
gboolean gst_heap_caps_get_video_info (const GstCaps *caps, GstVideoInfo *info);

G_END_DECLS
