/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How a frame lies in a buffer. GStreamer computes strides, offsets and sizes in 32 bits
 * without looking: what comes in is bounded, and what comes out is checked in 64 bits. */
#include "gstheaplayout.h"

#include "gstheapcompat.h"

#include <gst/heaps/gstheaperror.h>

#define MOST_BYTES_PER_PIXEL 16
#define LONGEST_SIDE GST_HEAP_LAYOUT_LONGEST_SIDE
#define MOST_TILED_PIXELS (G_MAXINT / MOST_BYTES_PER_PIXEL)
#define LARGEST_STRIDE_MASK ((1u << 20) - 1)

static gboolean
refuse (GError **error, const gchar *why, const GstCaps *caps)
{
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s: %" GST_PTR_FORMAT, why, caps);
  return FALSE;
}

static gboolean
is_raw_video (const GstCaps *caps)
{
  return gst_caps_is_fixed (caps) && gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");
}

static gboolean
sides_are_sane (const GstCaps *caps)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  gint width, height;

  return gst_structure_get_int (structure, "width", &width) && gst_structure_get_int (structure, "height", &height) &&
         width > 0 && height > 0 && width <= LONGEST_SIDE && height <= LONGEST_SIDE;
}

/* Whether each component of a frame ends within info->size, counted without overflow. */
static gboolean
size_is_sane (const GstVideoInfo *info, const GstVideoAlignment *alignment)
{
  gint64 extra = (gint64) alignment->padding_top + alignment->padding_bottom;
  gint64 height = GST_VIDEO_INFO_FIELD_HEIGHT (info) + extra;
  gint64 total = 0;

  if (info->size > G_MAXINT)
    return FALSE;
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo))
    return (gint64) info->width * height <= MOST_TILED_PIXELS;
  for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES (info); plane++) {
    gint component[GST_VIDEO_MAX_COMPONENTS];

    gst_video_format_info_component (info->finfo, plane, component);
    total += info->stride[plane] * GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (info->finfo, component[0], height);
  }
  return total > 0 && total <= G_MAXINT && (gsize) total <= info->size;
}

gboolean
gst_heap_layout_alignment_is_sane (const GstVideoAlignment *alignment)
{
  for (guint plane = 0; plane < GST_VIDEO_MAX_PLANES; plane++) {
    guint mask = alignment->stride_align[plane];

    if (mask & (mask + 1) || mask > LARGEST_STRIDE_MASK)
      return FALSE;
  }
  return alignment->padding_left <= LONGEST_SIDE / 4 && alignment->padding_right <= LONGEST_SIDE / 4 &&
         alignment->padding_top <= LONGEST_SIDE / 4 && alignment->padding_bottom <= LONGEST_SIDE / 4;
}

static gboolean
align_layout (const GstCaps *caps, const GstVideoAlignment *alignment, GstHeapLayout *layout, GError **error)
{
  layout->alignment = *alignment;
  if (!gst_heap_layout_alignment_is_sane (alignment) || !gst_video_info_align (&layout->info, &layout->alignment) ||
      !size_is_sane (&layout->info, &layout->alignment))
    return refuse (error, "frames cannot be laid out with the alignment asked for", caps);
  return TRUE;
}

static gboolean
compute_opaque (const GstCaps *caps, guint size, GstHeapLayout *ret_layout, GError **error)
{
  if (size == 0)
    return refuse (error, "the size of a buffer follows neither from the caps nor from the configuration", caps);
  if (size > G_MAXINT)
    return refuse (error, "no buffer has 2 GiB or more", caps);
  *ret_layout = (GstHeapLayout){ .size = size, .is_video = FALSE };
  return TRUE;
}

gboolean
gst_heap_layout_compute (
    const GstCaps *caps, guint size, const GstVideoAlignment *alignment, GstHeapLayout *ret_layout, GError **error)
{
  GstHeapLayout layout = { .is_video = TRUE };

  if (!caps || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return refuse (error, "a pool needs caps", caps);
  if (!is_raw_video (caps))
    return compute_opaque (caps, size, ret_layout, error);
  if (!sides_are_sane (caps))
    return refuse (error, "no frame has this width and height", caps);
  if (!gst_heap_compat_video_info_from_caps (&layout.info, caps))
    return refuse (error, "the layout of these frames is not linear, or not known", caps);
  if (layout.info.size == 0)
    return compute_opaque (caps, size, ret_layout, error);

  gst_video_alignment_reset (&layout.alignment);
  if (!size_is_sane (&layout.info, &layout.alignment))
    return refuse (error, "a frame has 2 GiB or more", caps);
  if (alignment && !align_layout (caps, alignment, &layout, error))
    return FALSE;
  if (size > G_MAXINT)
    return refuse (error, "no buffer has 2 GiB or more", caps);

  layout.size = MAX (layout.info.size, size);
  *ret_layout = layout;
  return TRUE;
}

const gchar *
gst_heap_layout_intern (const GstHeapLayout *layout, const GstCaps *caps)
{
  const GstVideoInfo *info = &layout->info;
  GString *text = g_string_new (NULL);
  const gchar *interned;
  gchar *name;

  if (layout->is_video) {
    g_string_append_printf (text, "%s %dx%d", gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)),
        GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info));
    for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++)
      g_string_append_printf (text, " %" G_GSIZE_FORMAT "+%d", GST_VIDEO_INFO_PLANE_OFFSET (info, i),
          GST_VIDEO_INFO_PLANE_STRIDE (info, i));
  } else {
    name = caps ? gst_caps_to_string (caps) : NULL;
    g_string_append (text, name ? name : "bytes");
    g_free (name);
  }
  interned = g_intern_string (text->str);
  g_string_free (text, TRUE);
  return interned;
}
