/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Strides of a frame and the bytes each of its planes takes. GStreamer computes these in 32 bits without looking: what
 * goes in is bounded, and what comes out is checked in 64 bits. */
#include "gstheapplanes.h"

/* Subtleties:
 * - GStreamer makes a stride by laying out a wider frame, and a GstVideoMeta can tell no alignment of another kind. So
 *   that is what is tried first; but some strides no width makes, as 960 bytes of chroma beside 1856 of luma.
 * - gst_video_info_align() with a mask for strides widens without an end, where the stride of no wider frame satisfies
 *   it (v210, 512 bytes). So it is only called with padding here.
 * - The planes of a frame that is padded above and on the left lie as if the padding were below and on the right. */

#define MOST_BYTES_PER_PIXEL 16
#define MOST_TILED_PIXELS (G_MAXINT / MOST_BYTES_PER_PIXEL)

/* What is asked of the strides, and how much larger than what shows of it the frame is. */
typedef struct {
  const GstVideoInfo *info;
  const GstHeapLayoutParams *params;
  guint top, left;
  gint64 extra_width, extra_height;
} Wish;

guint
gst_heap_planes_with_rows (const GstVideoInfo *info)
{
  return GST_VIDEO_INFO_N_PLANES (info) - (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (info->finfo) ? 1 : 0);
}

/* As the planes of V4L2 follow from the first (Linux, Documentation/userspace-api/media/v4l/pixfmt-yuv-planar.rst). */
guint
gst_heap_planes_derive_stride (const GstVideoInfo *info, guint plane, guint first_stride)
{
  gint component[GST_VIDEO_MAX_COMPONENTS];
  guint64 pixels;

  if (plane == 0)
    return first_stride;
  gst_video_format_info_component (info->finfo, plane, component);
  pixels = first_stride >> GST_VIDEO_FORMAT_INFO_W_SUB (info->finfo, component[0]); /* drivers round down */
  return pixels * GST_VIDEO_FORMAT_INFO_PSTRIDE (info->finfo, component[0]) /
         GST_VIDEO_FORMAT_INFO_PSTRIDE (info->finfo, 0);
}

/* Whether each component of a frame ends within info->size, counted without overflow. */
static gboolean
size_is_sane (const GstVideoInfo *info, gint64 extra_height)
{
  gint64 height = GST_VIDEO_INFO_FIELD_HEIGHT (info) + extra_height;
  gint64 total = 0;

  if (info->size > G_MAXINT)
    return FALSE;
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo))
    return (gint64) info->width * height <= MOST_TILED_PIXELS;
  for (guint plane = 0; plane < gst_heap_planes_with_rows (info); plane++) {
    gint component[GST_VIDEO_MAX_COMPONENTS];

    gst_video_format_info_component (info->finfo, plane, component);
    total += info->stride[plane] * GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (info->finfo, component[0], height);
  }
  return total > 0 && total <= G_MAXINT && (gsize) total <= info->size;
}

/* A frame that is so much larger, all of it on the right and below. */
static gboolean
enlarge (const Wish *wish, gint64 extra_width, GstVideoInfo *ret_info)
{
  GstVideoAlignment padding;
  GstVideoInfo info = *wish->info;

  if (info.width + extra_width > GST_HEAP_LAYOUT_LONGEST_SIDE ||
      info.height + wish->extra_height > GST_HEAP_LAYOUT_LONGEST_SIDE)
    return FALSE;
  gst_video_alignment_reset (&padding);
  padding.padding_right = extra_width;
  padding.padding_bottom = wish->extra_height;
  if (!gst_video_info_align (&info, &padding) || !size_is_sane (&info, wish->extra_height))
    return FALSE;
  *ret_info = info;
  return TRUE;
}

static gboolean
strides_are_aligned (const Wish *wish, const GstVideoInfo *info)
{
  for (guint i = 0; i < gst_heap_planes_with_rows (info); i++) {
    if (info->stride[i] != (gint64) gst_heap_planes_round_up (info->stride[i], wish->params->stride_align[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
strides_suffice (const GstVideoInfo *info, const gint64 *least)
{
  for (guint i = 0; i < gst_heap_planes_with_rows (info); i++) {
    if (info->stride[i] < least[i])
      return FALSE;
  }
  return TRUE;
}

static gboolean
strides_are (const GstVideoInfo *info, const gint64 *strides)
{
  for (guint i = 0; i < gst_heap_planes_with_rows (info); i++) {
    if (info->stride[i] != strides[i])
      return FALSE;
  }
  return TRUE;
}

/* As GStreamer does: widens the frame until its strides are aligned. False: that has no end, or they are still less
 * than what is asked for. */
static gboolean
widen_until_aligned (const Wish *wish, gint64 *ret_extra_width, GstVideoInfo *ret_info)
{
  gint64 least[GST_VIDEO_MAX_PLANES];
  gint64 width = wish->info->width + wish->extra_width;

  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++)
    least[i] = wish->params->min_stride[i];
  for (; enlarge (wish, width - wish->info->width, ret_info); width += width & -width) {
    *ret_extra_width = width - wish->info->width;
    if (strides_are_aligned (wish, ret_info))
      return strides_suffice (ret_info, least);
  }
  return FALSE;
}

/* The least width whose strides are all as large as these. */
static gint64
find_extra_width (const Wish *wish, const gint64 *strides)
{
  gint64 least = wish->extra_width, most = GST_HEAP_LAYOUT_LONGEST_SIDE - wish->info->width;

  while (least < most) {
    gint64 middle = least + (most - least) / 2;
    GstVideoInfo info;

    if (!enlarge (wish, middle, &info) || strides_suffice (&info, strides))
      most = middle;
    else
      least = middle + 1;
  }
  return least;
}

/* Each stride as small as it can be, whether or not there is a width that makes them all. */
static gboolean
stretch_strides (const Wish *wish, GstVideoInfo *ret_info, gint64 *ret_strides)
{
  if (!enlarge (wish, wish->extra_width, ret_info))
    return FALSE;
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (ret_info); i++) {
    ret_strides[i] = ret_info->stride[i];
    if (i < gst_heap_planes_with_rows (ret_info))
      ret_strides[i] = gst_heap_planes_round_up (
          MAX ((guint) ret_info->stride[i], wish->params->min_stride[i]), wish->params->stride_align[i]);
  }
  return TRUE;
}

/* Finds strides, and a frame that is larger by *ret_extra_width and has them, if there is one: else that is -1, and
 * ret_info has the planes of other strides. */
static gboolean
find_strides (const Wish *wish, GstVideoInfo *ret_info, gint64 *ret_strides, gint64 *ret_extra_width)
{
  GstVideoInfo wider;

  if (widen_until_aligned (wish, ret_extra_width, ret_info)) {
    for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (ret_info); i++)
      ret_strides[i] = ret_info->stride[i];
    return TRUE;
  }
  if (!stretch_strides (wish, ret_info, ret_strides))
    return FALSE;
  *ret_extra_width = find_extra_width (wish, ret_strides);
  if (enlarge (wish, *ret_extra_width, &wider) && strides_are (&wider, ret_strides))
    *ret_info = wider;
  else
    *ret_extra_width = -1;
  return TRUE;
}

/* Padding on the left that leaves the first pixel of each plane aligned as its stride is. */
static guint
align_left (const GstVideoInfo *info, const GstHeapLayoutParams *params)
{
  guint64 left = params->padding_left;

  for (guint i = 0; left > 0 && left < GST_HEAP_LAYOUT_LONGEST_SIDE && i < gst_heap_planes_with_rows (info);) {
    guint64 edge = gst_heap_planes_edge (info, i, 0, 0, left);

    if (edge == gst_heap_planes_round_up (edge, params->stride_align[i])) {
      i++;
    } else {
      left += left & -left;
      i = 0;
    }
  }
  return MIN (left, GST_HEAP_LAYOUT_LONGEST_SIDE);
}

guint64
gst_heap_planes_edge (const GstVideoInfo *info, guint plane, gint stride, guint top, guint left)
{
  gint component[GST_VIDEO_MAX_COMPONENTS];
  gint64 rows, pixels;

  if (plane >= gst_heap_planes_with_rows (info))
    return 0;
  gst_video_format_info_component (info->finfo, plane, component);
  rows = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (info->finfo, component[0], (gint64) top);
  pixels = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (info->finfo, component[0], (gint64) left);
  return rows * stride + pixels * GST_VIDEO_FORMAT_INFO_PSTRIDE (info->finfo, component[0]);
}

/* Tiles have no rows: padding and strides are matters of the format alone. */
static gboolean
asks_for_rows (const GstHeapLayoutParams *params)
{
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++) {
    if (params->stride_align[i] > 1 || params->min_stride[i] > 0)
      return TRUE;
  }
  return params->padding_top > 0 || params->padding_left > 0;
}

static gboolean
measure_planes (const GstVideoInfo *info, const gint64 *strides, GstHeapPlaneSizes *sizes)
{
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    gsize end = i + 1 < GST_VIDEO_INFO_N_PLANES (info) ? info->offset[i + 1] : info->size;

    if (end <= info->offset[i] || end > info->size || strides[i] > G_MAXINT)
      return FALSE;
    sizes->stride[i] = strides[i];
    sizes->bytes[i] = end - info->offset[i];
    if (strides[i] != info->stride[i])
      sizes->bytes[i] = (sizes->bytes[i] + info->stride[i] - 1) / info->stride[i] * strides[i];
  }
  return TRUE;
}

static void
set_alignment (const Wish *wish, gint64 extra_width, GstHeapPlaneSizes *sizes)
{
  gst_video_alignment_reset (&sizes->alignment);
  sizes->has_alignment = extra_width >= 0;
  sizes->alignment.padding_top = wish->top;
  sizes->alignment.padding_left = wish->left;
  sizes->alignment.padding_bottom = wish->extra_height - wish->top;
  sizes->alignment.padding_right = MAX (extra_width, wish->extra_width) - wish->left;
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++)
    sizes->alignment.stride_align[i] = wish->params->stride_align[i] > 0 ? wish->params->stride_align[i] - 1 : 0;
}

gboolean
gst_heap_planes_compute (const GstVideoInfo *info, const GstHeapLayoutParams *params, GstHeapPlaneSizes *ret_sizes)
{
  guint64 height = (guint64) info->height + params->padding_top + params->padding_bottom;
  Wish wish = { .info = info, .params = params, .top = params->padding_top, .left = align_left (info, params) };
  GstHeapPlaneSizes sizes;
  gint64 strides[GST_VIDEO_MAX_PLANES], extra_width;
  GstVideoInfo enlarged;

  if (GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo) && asks_for_rows (params))
    return FALSE;
  wish.extra_width = (gint64) wish.left + params->padding_right;
  wish.extra_height = gst_heap_planes_round_up (MAX (height, params->min_height), params->height_align) - info->height;
  if (!find_strides (&wish, &enlarged, strides, &extra_width) || !measure_planes (&enlarged, strides, &sizes))
    return FALSE;

  set_alignment (&wish, extra_width, &sizes);
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++)
    sizes.edge[i] = gst_heap_planes_edge (info, i, sizes.stride[i], wish.top, wish.left);
  *ret_sizes = sizes;
  return TRUE;
}
