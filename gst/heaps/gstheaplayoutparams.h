/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is asked of the way frames lie in their buffers. */
#pragma once

#include <gst/heaps/heaps-prelude.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * GST_BUFFER_POOL_OPTION_HEAP_LAYOUT:
 *
 * The option of a #GstHeapBufferPool that its buffers are laid out as gst_heap_buffer_pool_config_set_layout() says.
 *
 * Since: 0.1
 */
#define GST_BUFFER_POOL_OPTION_HEAP_LAYOUT "GstBufferPoolOptionHeapLayout"

/**
 * GstHeapPlanes:
 * @GST_HEAP_PLANES_AUTO: one memory where it is allocated, and whatever comes from elsewhere
 * @GST_HEAP_PLANES_SINGLE: one memory holds all planes
 * @GST_HEAP_PLANES_SPLIT: each plane has a memory of its own
 *
 * In how many memories, that is dma-bufs, a frame lies.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_PLANES_AUTO,
  GST_HEAP_PLANES_SINGLE,
  GST_HEAP_PLANES_SPLIT,
} GstHeapPlanes;

typedef struct _GstHeapLayoutParams GstHeapLayoutParams;

/**
 * GstHeapLayoutParams:
 * @planes: in how many memories a frame lies
 * @stride_align: bytes that the stride of each plane is a multiple of
 * @min_stride: least stride of each plane, in bytes: what V4L2 calls bytesperline
 * @plane_offset_align: bytes that the start of each plane in its memory is a multiple of
 * @height_align: lines that the height of the frame, with all padding, is a multiple of; planes that are subsampled
 * have their part of these
 * @min_height: least height of the frame, with all padding, in lines
 * @size_align: bytes that the size of each memory is a multiple of
 * @min_size: bytes behind each memory at the least: what V4L2 calls sizeimage. They do not show in its size
 * @padding_top: lines above the frame, at the least
 * @padding_bottom: lines below it
 * @padding_left: pixels left of it
 * @padding_right: pixels right of it
 *
 * What a layout has to satisfy. Alignments are powers of two, and 0 asks for none, as it does everywhere. What is for
 * each plane or memory is in the order of GStreamer's planes.
 *
 * Since: 0.1
 */
struct _GstHeapLayoutParams {
  GstHeapPlanes planes;
  guint stride_align[GST_VIDEO_MAX_PLANES];
  guint min_stride[GST_VIDEO_MAX_PLANES];
  guint plane_offset_align[GST_VIDEO_MAX_PLANES];
  guint height_align;
  guint min_height;
  guint size_align;
  guint min_size[GST_VIDEO_MAX_PLANES];
  guint padding_top, padding_bottom, padding_left, padding_right;

  /*< private >*/
  gpointer _gst_reserved[GST_PADDING];
};

#define GST_TYPE_HEAP_LAYOUT_PARAMS (gst_heap_layout_params_get_type ())
GST_HEAPS_API
GType gst_heap_layout_params_get_type (void);

GST_HEAPS_API
void gst_heap_layout_params_init (GstHeapLayoutParams *params);
GST_HEAPS_API
GstHeapLayoutParams *gst_heap_layout_params_new (void);
GST_HEAPS_API
GstHeapLayoutParams *gst_heap_layout_params_new_from_structure (const GstStructure *structure, GError **error);
GST_HEAPS_API
GstHeapLayoutParams *gst_heap_layout_params_new_from_string (const gchar *string, GError **error);
GST_HEAPS_API
GstHeapLayoutParams *gst_heap_layout_params_copy (const GstHeapLayoutParams *params);
GST_HEAPS_API
void gst_heap_layout_params_free (GstHeapLayoutParams *params);

GST_HEAPS_API
GstStructure *gst_heap_layout_params_to_structure (const GstHeapLayoutParams *params);
GST_HEAPS_API
gboolean gst_heap_layout_params_is_default (const GstHeapLayoutParams *params);
GST_HEAPS_API
gboolean gst_heap_layout_params_add_alignment (
    GstHeapLayoutParams *params, const GstVideoAlignment *alignment, GError **error);
GST_HEAPS_API
gboolean gst_heap_layout_params_accepts_buffer (
    const GstHeapLayoutParams *params, const GstVideoInfo *info, GstBuffer *buffer, GError **error);

GST_HEAPS_API
void gst_heap_buffer_pool_config_set_layout (GstStructure *config, const GstHeapLayoutParams *params);
GST_HEAPS_API
gboolean gst_heap_buffer_pool_config_get_layout (
    const GstStructure *config, GstHeapLayoutParams *params, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstHeapLayoutParams, gst_heap_layout_params_free)

G_END_DECLS
