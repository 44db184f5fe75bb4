/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What another process needs to know of a buffer in dma-bufs. */
#pragma once

#include <gst/heaps/heaps-prelude.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * GST_HEAP_META_MAX_MEMORIES:
 *
 * The most memories that a #GstHeapMeta tells of: one for each plane.
 *
 * Since: 0.1
 */
#define GST_HEAP_META_MAX_MEMORIES 4

/**
 * GST_HEAP_META_NAME_SIZE:
 *
 * The size of a heap's name in a #GstHeapMeta, in bytes, with the terminating NUL.
 *
 * Since: 0.1
 */
#define GST_HEAP_META_NAME_SIZE 256

typedef struct _GstHeapMeta GstHeapMeta;

/**
 * GstHeapMeta:
 * @meta: the parent
 * @heap: name of the heap the memory is of; "" where that is not known
 * @n_memories: number of memories of the buffer
 * @sizes: maxsize of each memory, in bytes: all that is behind it
 * @n_planes: number of planes; 0: the buffer has no #GstVideoMeta, and what follows has no meaning
 * @format: format of the frame
 * @width: in pixels
 * @height: in pixels
 * @offset: where each plane begins, in bytes from the beginning of the buffer
 * @stride: of each plane, in bytes
 * @alignment: as of #GstVideoMeta
 *
 * What the process that made a buffer says of it. Since 1.24 GStreamer's `unixfdsink` sends it along; to who received
 * it, it is a claim, which gst_heap_receiver_receive() checks.
 *
 * Since: 0.1
 */
struct _GstHeapMeta {
  GstMeta meta;

  gchar heap[GST_HEAP_META_NAME_SIZE];
  guint n_memories;
  gsize sizes[GST_HEAP_META_MAX_MEMORIES];

  guint n_planes;
  GstVideoFormat format;
  guint width;
  guint height;
  gsize offset[GST_VIDEO_MAX_PLANES];
  gint stride[GST_VIDEO_MAX_PLANES];
  GstVideoAlignment alignment;
};

/**
 * GST_HEAP_META_API_TYPE:
 *
 * The type of #GstHeapMeta.
 *
 * Since: 0.1
 */
#define GST_HEAP_META_API_TYPE (gst_heap_meta_api_get_type ())
GST_HEAPS_API
GType gst_heap_meta_api_get_type (void);

GST_HEAPS_API
const GstMetaInfo *gst_heap_meta_get_info (void);
GST_HEAPS_API
GstHeapMeta *gst_buffer_get_heap_meta (GstBuffer *buffer);
GST_HEAPS_API
GstHeapMeta *gst_buffer_add_heap_meta (GstBuffer *buffer);

G_END_DECLS
