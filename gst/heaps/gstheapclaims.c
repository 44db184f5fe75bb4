/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether what another process says of a frame can be true. Everything here may be a lie, so that sides are bounded
 * before GStreamer computes with them, and sums are made in 64 bits. */
#include "gstheapclaims.h"

#include "gstheaplayout.h"

#include <gst/heaps/gstheaperror.h>

gboolean
gst_heap_claims_check_range (gsize offset, gsize size, gsize there, GError **error)
{
  if (offset <= there && size <= there - offset)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "the sender says that %" G_GSIZE_FORMAT " bytes at %" G_GSIZE_FORMAT " of its memory are the frame's, and the "
      "memory has %" G_GSIZE_FORMAT,
      size, offset, there);
  return FALSE;
}

static gboolean
check_caps (const GstHeapFrameClaim *claim, const GstVideoInfo *expected, GError **error)
{
  guint width = GST_VIDEO_INFO_WIDTH (expected), height = GST_VIDEO_INFO_HEIGHT (expected);

  if (claim->format == GST_VIDEO_INFO_FORMAT (expected) && claim->n_planes == GST_VIDEO_INFO_N_PLANES (expected) &&
      claim->width >= width && claim->height >= height && claim->width <= GST_HEAP_LAYOUT_LONGEST_SIDE &&
      claim->height <= GST_HEAP_LAYOUT_LONGEST_SIDE)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "the sender says that a frame has format %d, %u x %u pixels and %u planes, and its caps say %s, %u x %u and %u",
      (gint) claim->format, claim->width, claim->height, claim->n_planes,
      gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (expected)), width, height, GST_VIDEO_INFO_N_PLANES (expected));
  return FALSE;
}

/* The bytes from the first to the last of a component in a row, counted from where the row begins. */
static gint64
bytes_of_component (const GstVideoFormatInfo *finfo, gint component, gint width)
{
  gint64 pixels = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, component, width);
  guint bits = GST_VIDEO_FORMAT_INFO_DEPTH (finfo, component) + GST_VIDEO_FORMAT_INFO_SHIFT (finfo, component);

  return (pixels - 1) * GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, component) +
         GST_VIDEO_FORMAT_INFO_POFFSET (finfo, component) + (bits + 7) / 8;
}

/* The least bytes of a row. Where a format does not tell how far pixels are apart, a row is as long as GStreamer makes
 * it. */
static gint64
bytes_of_row (const GstHeapFrameClaim *claim, const GstVideoFormatInfo *finfo, guint plane, const gint *components)
{
  GstVideoInfo plain;
  gint64 least = 0;

  for (guint i = 0; i < GST_VIDEO_MAX_COMPONENTS && components[i] >= 0; i++) {
    if (GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, components[i]) == 0) {
      gst_video_info_init (&plain);
      return gst_video_info_set_format (&plain, claim->format, claim->width, 1) ? plain.stride[plane] : G_MAXINT64;
    }
    least = MAX (least, bytes_of_component (finfo, components[i], claim->width));
  }
  return least;
}

/* Whether size bytes from offset of the buffer lie within one of its memories. */
static gboolean
is_within_one (guint64 offset, guint64 size, const gsize *sizes, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (offset < sizes[i])
      return size <= sizes[i] - offset;
    offset -= sizes[i];
  }
  return FALSE;
}

static gboolean
refuse_plane (const GstHeapFrameClaim *claim, guint plane, gint64 row, gint64 rows, GError **error)
{
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "the sender says that plane %u of a frame begins at %" G_GSIZE_FORMAT
      " with a stride of %d bytes: its %" G_GINT64_FORMAT " rows of %" G_GINT64_FORMAT
      " bytes are not within one memory then",
      plane, claim->offset[plane], claim->stride[plane], rows, row);
  return FALSE;
}

static gint64
rows_of_plane (const GstHeapFrameClaim *claim, const GstVideoInfo *expected, gint component)
{
  gboolean is_field = GST_VIDEO_INFO_INTERLACE_MODE (expected) == GST_VIDEO_INTERLACE_MODE_ALTERNATE;
  guint height = is_field ? (claim->height + 1) / 2 : claim->height;

  return GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (expected->finfo, component, height);
}

/* The last row need not have all of its stride: it does not where a frame was cropped. */
static gboolean
check_plane (const GstHeapFrameClaim *claim, const GstVideoInfo *expected, guint plane, const gsize *sizes, guint n,
    GError **error)
{
  const GstVideoFormatInfo *finfo = expected->finfo;
  gint components[GST_VIDEO_MAX_COMPONENTS];
  gint64 row, rows, stride = claim->stride[plane];

  gst_video_format_info_component (finfo, plane, components);
  row = bytes_of_row (claim, finfo, plane, components);
  rows = rows_of_plane (claim, expected, components[0]);
  if (stride < row || rows < 1 || !is_within_one (claim->offset[plane], stride * (rows - 1) + row, sizes, n))
    return refuse_plane (claim, plane, row, rows, error);
  return TRUE;
}

/* Of formats with tiles or a palette, only the layout that GStreamer itself gives them. */
static gboolean
check_usual (const GstHeapFrameClaim *claim, const GstVideoInfo *expected, const gsize *sizes, guint n, GError **error)
{
  gboolean is_usual = claim->width == (guint) GST_VIDEO_INFO_WIDTH (expected) &&
                      claim->height == (guint) GST_VIDEO_INFO_HEIGHT (expected) && n > 0 && expected->size <= sizes[0];

  for (guint i = 0; is_usual && i < claim->n_planes; i++)
    is_usual = claim->offset[i] == expected->offset[i] && claim->stride[i] == expected->stride[i];
  if (is_usual)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "the sender says that a frame of format %s has another layout than the usual one, or it is not all there",
      gst_video_format_to_string (claim->format));
  return FALSE;
}

static gboolean
is_format (GstVideoFormat format)
{
  GEnumClass *klass = g_type_class_ref (GST_TYPE_VIDEO_FORMAT);
  gboolean is = format != GST_VIDEO_FORMAT_UNKNOWN && g_enum_get_value (klass, format);

  g_type_class_unref (klass);
  return is;
}

/* GStreamer computes with what a GstVideoMeta says without a look at it: aligning planes of a format that there is none
 * of is a crash (1.22.0, seen 2026-11). */
static gboolean
check_sides (const GstHeapFrameClaim *claim, GError **error)
{
  if (is_format (claim->format) && claim->width <= GST_HEAP_LAYOUT_LONGEST_SIDE &&
      claim->height <= GST_HEAP_LAYOUT_LONGEST_SIDE)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "the sender says that a frame has format %d and %u x %u pixels, which none has", (gint) claim->format,
      claim->width, claim->height);
  return FALSE;
}

static gboolean
check_beginnings (const GstHeapFrameClaim *claim, const gsize *sizes, guint n, GError **error)
{
  for (guint i = 0; i < claim->n_planes; i++) {
    if (claim->stride[i] <= 0 || !is_within_one (claim->offset[i], 1, sizes, n))
      return refuse_plane (claim, i, 1, 1, error);
  }
  return TRUE;
}

gboolean
gst_heap_claims_check_frame (
    const GstHeapFrameClaim *claim, const GstVideoInfo *expected, const gsize *sizes, guint n, GError **error)
{
  if (!expected)
    return check_sides (claim, error) && check_beginnings (claim, sizes, n, error);
  if (!check_caps (claim, expected, error))
    return FALSE;
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (expected->finfo) || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (expected->finfo))
    return check_usual (claim, expected, sizes, n, error);
  for (guint i = 0; i < claim->n_planes; i++) {
    if (!check_plane (claim, expected, i, sizes, n, error))
      return FALSE;
  }
  return TRUE;
}
