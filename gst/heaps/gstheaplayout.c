/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How a frame lies in a buffer: which memory each plane is in, and where. */
#include "gstheaplayout.h"

#include "gstheapcompat.h"
#include "gstheaplayoutparams-private.h"

#include <gst/heaps/gstheaperror.h>

#include <string.h>

static gboolean
refuse (GError **error, const gchar *why, const GstCaps *caps)
{
  gchar *text = caps ? gst_caps_to_string (caps) : g_strdup ("no caps");

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s: %s", why, text);
  g_free (text);
  return FALSE;
}

/* The same, with what was asked for. */
static gboolean
refuse_params (GError **error, const gchar *why, const GstHeapLayoutParams *params, const GstCaps *caps)
{
  GstStructure *asked = gst_heap_layout_params_to_structure (params);
  gchar *asked_text = gst_structure_to_string (asked), *caps_text = gst_caps_to_string (caps);

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s: %s %s", why, caps_text, asked_text);
  g_free (asked_text);
  g_free (caps_text);
  gst_structure_free (asked);
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
         width > 0 && height > 0 && width <= GST_HEAP_LAYOUT_LONGEST_SIDE && height <= GST_HEAP_LAYOUT_LONGEST_SIDE;
}

/* Whether more is asked for than a number of bytes. */
static gboolean
asks_for_planes (const GstHeapLayoutParams *params)
{
  GstHeapLayoutParams rest = *params;

  rest.size_align = 0;
  memset (rest.min_size, 0, sizeof rest.min_size);
  if (rest.planes == GST_HEAP_PLANES_SINGLE)
    rest.planes = GST_HEAP_PLANES_AUTO;
  return !gst_heap_layout_params_is_default (&rest);
}

/* The last thing to be known of each memory. False: it is too much. */
static gboolean
set_sizes (GstHeapLayout *layout, const GstHeapLayoutParams *params, const guint64 *sizes)
{
  guint64 size = 0;

  for (guint i = 0; i < layout->n_memories; i++) {
    size += sizes[i];
    layout->shown[i] = sizes[i];
    layout->behind[i] = MAX (sizes[i], params->min_size[i]);
  }
  layout->size = size;
  return size <= G_MAXINT;
}

static gboolean
compute_opaque (
    const GstCaps *caps, guint size, const GstHeapLayoutParams *params, GstHeapLayout *ret_layout, GError **error)
{
  GstHeapLayout layout = { .is_video = FALSE, .is_default = TRUE, .n_memories = 1 };
  guint64 rounded = gst_heap_planes_round_up (size, params->size_align);

  if (asks_for_planes (params))
    return refuse_params (error, "what is not raw video has no planes to be laid out as asked for", params, caps);
  if (size == 0)
    return refuse (error, "the size of a buffer follows neither from the caps nor from the configuration", caps);
  if (!set_sizes (&layout, params, &rounded))
    return refuse (error, "no buffer has 2 GiB or more", caps);
  *ret_layout = layout;
  return TRUE;
}

/* Gives each plane its place, in one memory or one each. False: it is too much. */
static gboolean
place_planes (GstHeapLayout *layout, const GstHeapPlaneSizes *planes, const GstHeapLayoutParams *params, guint size)
{
  guint n_planes = GST_VIDEO_INFO_N_PLANES (&layout->info);
  guint64 sizes[GST_VIDEO_MAX_PLANES] = { 0 };
  guint64 start = 0; /* of the memory in the buffer */
  guint memory = 0;

  for (guint i = 0; i < n_planes; i++) {
    if (i > 0 && params->planes == GST_HEAP_PLANES_SPLIT) {
      sizes[memory] = gst_heap_planes_round_up (sizes[memory], params->size_align);
      start += sizes[memory++];
    }
    sizes[memory] = gst_heap_planes_round_up (sizes[memory], params->plane_offset_align[i]);
    layout->info.offset[i] = start + sizes[memory] + planes->edge[i];
    layout->info.stride[i] = planes->stride[i];
    sizes[memory] += planes->bytes[i];
  }
  layout->n_memories = memory + 1;
  sizes[memory] = gst_heap_planes_round_up (MAX (start + sizes[memory], size) - start, params->size_align);
  return set_sizes (layout, params, sizes);
}

static gboolean
is_default (const GstHeapLayout *layout, const GstVideoInfo *info)
{
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    if (layout->info.stride[i] != info->stride[i] || layout->info.offset[i] != info->offset[i])
      return FALSE;
  }
  return layout->n_memories == 1;
}

static gboolean
compute_video (const GstCaps *caps, guint size, const GstHeapLayoutParams *params, const GstVideoInfo *info,
    GstHeapLayout *ret_layout, GError **error)
{
  GstHeapLayout layout = { .is_video = TRUE, .info = *info };
  GstHeapPlaneSizes planes;

  if (!gst_heap_planes_compute (info, params, &planes)) {
    if (gst_heap_layout_params_is_default (params))
      return refuse (error, "a frame has 2 GiB or more", caps);
    return refuse_params (error, "frames cannot be laid out as asked for", params, caps);
  }
  layout.alignment = planes.alignment;
  layout.has_alignment = planes.has_alignment;
  if (!place_planes (&layout, &planes, params, size))
    return refuse (error, "no buffer has 2 GiB or more", caps);
  layout.info.size = layout.size;
  layout.is_default = is_default (&layout, info);
  *ret_layout = layout;
  return TRUE;
}

gboolean
gst_heap_layout_compute (
    const GstCaps *caps, guint size, const GstHeapLayoutParams *params, GstHeapLayout *ret_layout, GError **error)
{
  GstHeapLayoutParams none;
  GstVideoInfo info;

  gst_heap_layout_params_init (&none);
  params = params ? params : &none;
  if (!gst_heap_layout_params_check (params, error))
    return FALSE;
  if (!caps || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return refuse (error, "a pool needs caps", caps);
  if (size > G_MAXINT)
    return refuse (error, "no buffer has 2 GiB or more", caps);
  if (!is_raw_video (caps))
    return compute_opaque (caps, size, params, ret_layout, error);
  if (!sides_are_sane (caps))
    return refuse (error, "no frame has this width and height", caps);
  if (!gst_heap_compat_video_info_from_caps (&info, caps))
    return refuse (error, "the layout of these frames is not linear, or not known", caps);
  if (info.size == 0)
    return compute_opaque (caps, size, params, ret_layout, error);
  return compute_video (caps, size, params, &info, ret_layout, error);
}

gboolean
gst_heap_layout_alignment_is_sane (const GstVideoAlignment *alignment)
{
  GstHeapLayoutParams params;

  gst_heap_layout_params_init (&params);
  return gst_heap_layout_params_add_alignment (&params, alignment, NULL);
}

static void
append_planes (GString *text, const GstHeapLayout *layout, guint memory)
{
  const GstVideoInfo *info = &layout->info;

  g_string_append_printf (text, "%s %dx%d", gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)),
      GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info));
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++)
    g_string_append_printf (
        text, " %" G_GSIZE_FORMAT "+%d", GST_VIDEO_INFO_PLANE_OFFSET (info, i), GST_VIDEO_INFO_PLANE_STRIDE (info, i));
  if (layout->n_memories > 1)
    g_string_append_printf (text, " memory %u of %u", memory, layout->n_memories);
}

const gchar *
gst_heap_layout_intern (const GstHeapLayout *layout, guint memory, const GstCaps *caps)
{
  GString *text = g_string_new (NULL);
  const gchar *interned;
  gchar *name;

  if (layout->is_video) {
    append_planes (text, layout, memory);
  } else {
    name = caps ? gst_caps_to_string (caps) : NULL;
    g_string_append (text, name ? name : "bytes");
    g_free (name);
  }
  interned = g_intern_string (text->str);
  g_string_free (text, TRUE);
  return interned;
}
