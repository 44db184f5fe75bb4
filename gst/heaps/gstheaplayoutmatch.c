/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether a buffer lies as is asked. */
#include <gst/heaps/gstheaperror.h>

#include "gstheaplayoutparams-private.h"
#include "gstheapplanes.h"

/* Where the planes of a buffer are. */
typedef struct {
  const GstHeapLayoutParams *params;
  const GstVideoInfo *info; /* of the caps */
  GstBuffer *buffer;
  guint n_planes;
  const gsize *offset;
  const gint *stride;
  GstVideoAlignment alignment;
} Frame;

/* One plane of it. */
typedef struct {
  guint memory;
  guint64 start; /* in the dma-buf, without what does not show */
  guint64 room;  /* bytes until the next plane in it, or its end */
} Place;

static gboolean
refuse (GError **error, guint plane, const gchar *what, guint64 is, const gchar *rule, guint64 asked)
{
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
      "%s %u has %" G_GUINT64_FORMAT " %s, and is to have %s%" G_GUINT64_FORMAT,
      g_str_equal (what, "bytes") ? "memory" : "plane", plane, is, what, rule, asked);
  return FALSE;
}

static gboolean
is_multiple (guint64 value, guint align)
{
  return align <= 1 || value % align == 0;
}

static void
read_frame (Frame *frame)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (frame->buffer);

  gst_video_alignment_reset (&frame->alignment);
  frame->n_planes = meta ? meta->n_planes : GST_VIDEO_INFO_N_PLANES (frame->info);
  frame->offset = meta ? meta->offset : frame->info->offset;
  frame->stride = meta ? meta->stride : frame->info->stride;
  if (meta)
    frame->alignment = meta->alignment;
}

/* In which memory a plane starts, and how far that reaches. */
static gboolean
find_place (const Frame *frame, guint plane, Place *ret_place)
{
  guint64 edge = gst_heap_planes_edge (
      frame->info, plane, frame->stride[plane], frame->alignment.padding_top, frame->alignment.padding_left);
  GstMemory *memory;
  guint index, length;
  gsize skip, end;

  if (frame->offset[plane] < edge ||
      !gst_buffer_find_memory (frame->buffer, frame->offset[plane] - edge, 1, &index, &length, &skip))
    return FALSE;
  memory = gst_buffer_peek_memory (frame->buffer, index);
  end = memory->maxsize;
  if (plane + 1 < frame->n_planes && frame->offset[plane + 1] - (frame->offset[plane] - edge) < memory->size - skip)
    end = memory->offset + skip + frame->offset[plane + 1] - (frame->offset[plane] - edge);
  *ret_place = (Place){ .memory = index, .start = memory->offset + skip };
  ret_place->room = end > ret_place->start ? end - ret_place->start : 0;
  return TRUE;
}

/* Lines there have to be of a plane. */
static guint64
rows_asked (const Frame *frame, guint plane)
{
  const GstHeapLayoutParams *params = frame->params;
  guint64 height = (guint64) frame->info->height + params->padding_top + params->padding_bottom;
  gint component[GST_VIDEO_MAX_COMPONENTS];

  height = gst_heap_planes_round_up (MAX (height, params->min_height), params->height_align);
  gst_video_format_info_component (frame->info->finfo, plane, component);
  return GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (frame->info->finfo, component[0], height);
}

static gboolean
accept_rows (const Frame *frame, guint plane, const Place *place, GError **error)
{
  const GstHeapLayoutParams *params = frame->params;
  gint stride = frame->stride[plane];

  if (stride <= 0 || (guint) stride < params->min_stride[plane])
    return refuse (error, plane, "bytes to a line", stride, "at least ", params->min_stride[plane]);
  if (!is_multiple (stride, params->stride_align[plane]))
    return refuse (error, plane, "bytes to a line", stride, "a multiple of ", params->stride_align[plane]);
  if (place->room / stride < rows_asked (frame, plane))
    return refuse (error, plane, "lines", place->room / stride, "at least ", rows_asked (frame, plane));
  return TRUE;
}

static gboolean
accept_plane (const Frame *frame, guint plane, GError **error)
{
  const GstHeapLayoutParams *params = frame->params;
  Place place;

  if (!find_place (frame, plane, &place)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, "plane %u is not in the buffer", plane);
    return FALSE;
  }
  if (params->planes == GST_HEAP_PLANES_SPLIT && (place.memory != plane || place.start != 0)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, "plane %u has no memory of its own", plane);
    return FALSE;
  }
  if (!is_multiple (place.start, params->plane_offset_align[plane]))
    return refuse (error, plane, "bytes before it", place.start, "a multiple of ", params->plane_offset_align[plane]);
  if (plane >= gst_heap_planes_with_rows (frame->info) || GST_VIDEO_FORMAT_INFO_IS_TILED (frame->info->finfo))
    return TRUE;
  return accept_rows (frame, plane, &place, error);
}

static gboolean
accept_sizes (const GstHeapLayoutParams *params, GstBuffer *buffer, GError **error)
{
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    guint64 behind = memory->maxsize - memory->offset;
    guint64 rounded = gst_heap_planes_round_up (memory->size, params->size_align);

    if (behind < rounded)
      return refuse (error, i, "bytes", behind, "at least ", rounded);
    if (i < GST_VIDEO_MAX_PLANES && behind < params->min_size[i])
      return refuse (error, i, "bytes", behind, "at least ", params->min_size[i]);
  }
  return TRUE;
}

static gboolean
accept_memories (const Frame *frame, GError **error)
{
  guint n = gst_buffer_n_memory (frame->buffer), asked = 1;

  if (frame->params->planes == GST_HEAP_PLANES_AUTO)
    return TRUE;
  if (frame->params->planes == GST_HEAP_PLANES_SPLIT)
    asked = frame->n_planes;
  if (n == asked)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, "planes=%s asks for %u memories, and there are %u",
      asked == 1 ? "single" : "split", asked, n);
  return FALSE;
}

/**
 * gst_heap_layout_params_accepts_buffer:
 * @params: a #GstHeapLayoutParams
 * @info: what the caps say of the frames
 * @buffer: a buffer with a frame, of any memory
 * @error: #GST_HEAP_ERROR_UNSATISFIED when @buffer lies otherwise; with what is asked for, and what there is. %NULL,
 * where that need not be told, costs no allocation
 *
 * What @buffer has more of than is asked for does not matter. Heights are looked at as the room there is up to the next
 * plane.
 *
 * Returns: whether @buffer satisfies @params, by its #GstVideoMeta if it has one, else by @info
 *
 * Since: 0.1
 */
gboolean
gst_heap_layout_params_accepts_buffer (
    const GstHeapLayoutParams *params, const GstVideoInfo *info, GstBuffer *buffer, GError **error)
{
  Frame frame = { .params = params, .info = info, .buffer = buffer };

  g_return_val_if_fail (params != NULL, FALSE);
  g_return_val_if_fail (info != NULL, FALSE);
  g_return_val_if_fail (GST_IS_BUFFER (buffer), FALSE);

  read_frame (&frame);
  if (frame.n_planes != GST_VIDEO_INFO_N_PLANES (info)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, "the buffer has %u planes, and its caps say %u",
        frame.n_planes, GST_VIDEO_INFO_N_PLANES (info));
    return FALSE;
  }
  if (!accept_memories (&frame, error) || !accept_sizes (params, buffer, error))
    return FALSE;
  for (guint i = 0; i < frame.n_planes; i++) {
    if (!accept_plane (&frame, i, error))
      return FALSE;
  }
  return TRUE;
}
