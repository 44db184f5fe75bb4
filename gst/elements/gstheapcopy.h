/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contents of a buffer into another. */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/* Copies size bytes from src to dest, which do not overlap. */
typedef void (*GstHeapCopyRun) (void *dest, const void *src, gsize size);

gboolean gst_heap_copy_is_frame (GstBuffer *buffer, const GstVideoInfo *info);
/* With run, as far as the format allows; NULL: as GStreamer does it. Memory is mapped once. */
gboolean gst_heap_copy_frame (
    GstBuffer *dest, GstBuffer *src, const GstVideoInfo *info, GstHeapCopyRun run, GError **error);
gboolean gst_heap_copy_bytes (GstBuffer *dest, GstBuffer *src, GstHeapCopyRun run, GError **error);

G_END_DECLS
