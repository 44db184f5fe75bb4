/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contents of a buffer into another. */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

gboolean gst_heap_copy_is_frame (GstBuffer *buffer, const GstVideoInfo *info);
gboolean gst_heap_copy_frame (GstBuffer *dest, GstBuffer *src, const GstVideoInfo *info, GError **error);
gboolean gst_heap_copy_bytes (GstBuffer *dest, GstBuffer *src, GError **error);

G_END_DECLS
