/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contents of a buffer into another. */
#include "gstheapcopy.h"

#include <gst/heaps/heaps.h>

#include <string.h>

typedef struct {
  GstBuffer *dest;
  gboolean same_layout;
} MetaCopy;

static gboolean
copy_meta (GstBuffer *src, GstMeta **meta, gpointer user_data)
{
  MetaCopy *copy = user_data;
  const GstMetaInfo *info = (*meta)->info;
  GstMetaTransformCopy whole = { FALSE, 0, -1 };

  /* A reference to other memory would keep it busy for nothing. */
  if (gst_meta_api_type_has_tag (info->api, g_quark_from_static_string (GST_META_TAG_MEMORY_REFERENCE_STR)))
    return TRUE;
  if (!copy->same_layout && gst_meta_api_type_has_tag (info->api, g_quark_from_static_string (GST_META_TAG_MEMORY_STR)))
    return TRUE;

  if (info->transform_func)
    info->transform_func (copy->dest, *meta, src, g_quark_from_static_string ("gst-copy"), &whole);
  return TRUE;
}

/* Flags, timestamps and metas; those that describe the layout of the memory
 * only when the layout is the same. */
static void
copy_all_but_memory (GstBuffer *dest, GstBuffer *src, gboolean same_layout)
{
  MetaCopy copy = { dest, same_layout };

  gst_buffer_copy_into (dest, src, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  gst_buffer_foreach_meta (src, copy_meta, &copy);
}

/* Whether the buffer holds a frame of just this info, in whatever layout, and
 * not one with a border, which only a copy of all bytes would keep. */
gboolean
gst_heap_copy_is_frame (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);

  if (meta == NULL)
    return gst_buffer_get_size (buffer) >= GST_VIDEO_INFO_SIZE (info);

  return meta->format == GST_VIDEO_INFO_FORMAT (info) && meta->width == (guint) GST_VIDEO_INFO_WIDTH (info) &&
         meta->height == (guint) GST_VIDEO_INFO_HEIGHT (info);
}

/* As gst_video_frame_copy() does it. */
static void
copy_plane (GstVideoFrame *to, const GstVideoFrame *from, guint plane, GstHeapCopyRun run)
{
  gint component[GST_VIDEO_MAX_COMPONENTS];
  gint to_stride = GST_VIDEO_FRAME_PLANE_STRIDE (to, plane), from_stride = GST_VIDEO_FRAME_PLANE_STRIDE (from, plane);
  guint8 *dest = GST_VIDEO_FRAME_PLANE_DATA (to, plane);
  const guint8 *src = GST_VIDEO_FRAME_PLANE_DATA (from, plane);
  gint width, height;

  gst_video_format_info_component (from->info.finfo, plane, component);
  width = GST_VIDEO_FRAME_COMP_WIDTH (from, component[0]) * GST_VIDEO_FRAME_COMP_PSTRIDE (from, component[0]);
  height = GST_VIDEO_FRAME_COMP_HEIGHT (from, component[0]);
  if (width == 0) /* pixels are not of whole bytes, as those of v210 */
    width = MIN (to_stride, from_stride);

  if (width == to_stride && width == from_stride) {
    run (dest, src, (gsize) width * height);
    return;
  }
  for (gint line = 0; line < height; line++, dest += to_stride, src += from_stride)
    run (dest, src, width);
}

static gboolean
copy_planes (GstVideoFrame *to, const GstVideoFrame *from, GstHeapCopyRun run)
{
  const GstVideoFormatInfo *format = from->info.finfo;

  if (!run || GST_VIDEO_FORMAT_INFO_IS_TILED (format) || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format))
    return gst_video_frame_copy (to, from);
  for (guint plane = 0; plane < GST_VIDEO_FORMAT_INFO_N_PLANES (format); plane++)
    copy_plane (to, from, plane, run);
  return TRUE;
}

/* Copies a frame, from the layout of src into that of dest. */
gboolean
gst_heap_copy_frame (GstBuffer *dest, GstBuffer *src, const GstVideoInfo *info, GstHeapCopyRun run, GError **error)
{
  GstVideoFrame from, to;
  gboolean copied;

  if (!gst_video_frame_map (&from, info, src, GST_MAP_READ)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "the frame to copy cannot be mapped for reading");
    return FALSE;
  }
  if (!gst_video_frame_map (&to, info, dest, GST_MAP_WRITE)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "the memory to copy into cannot be mapped for writing");
    gst_video_frame_unmap (&from);
    return FALSE;
  }
  copied = copy_planes (&to, &from, run);
  gst_video_frame_unmap (&to);
  gst_video_frame_unmap (&from);

  if (copied)
    copy_all_but_memory (dest, src, FALSE);
  else
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "a frame of format %s cannot be copied",
        gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)));
  return copied;
}

static void
run_memcpy (void *dest, const void *src, gsize size)
{
  memcpy (dest, src, size);
}

/* Memory by memory: gst_buffer_extract() crashes where one of them cannot be mapped (1.22 to 1.28, seen 2026-11), and
 * gst_buffer_map() would merge them. FALSE: one cannot be mapped, or there is no room. */
static gboolean
gather (GstBuffer *src, guint8 *to, gsize room, GstHeapCopyRun run)
{
  for (guint i = 0; i < gst_buffer_n_memory (src); i++) {
    GstMemory *memory = gst_buffer_peek_memory (src, i);
    GstMapInfo from;
    gsize size;

    if (!gst_memory_map (memory, &from, GST_MAP_READ))
      return FALSE;
    size = from.size;
    if (size <= room)
      run (to, from.data, size);
    gst_memory_unmap (memory, &from);
    if (size > room)
      return FALSE;
    to += size;
    room -= size;
  }
  return TRUE;
}

/* Copies all bytes. dest, of at least the size of src, gets its size. */
gboolean
gst_heap_copy_bytes (GstBuffer *dest, GstBuffer *src, GstHeapCopyRun run, GError **error)
{
  gsize size = gst_buffer_get_size (src);
  gboolean copied;
  GstMapInfo to;

  if (!gst_buffer_map (dest, &to, GST_MAP_WRITE)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "the memory to copy into cannot be mapped for writing");
    return FALSE;
  }
  copied = gather (src, to.data, to.size, run ? run : run_memcpy);
  gst_buffer_unmap (dest, &to);
  if (!copied) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "the buffer to copy cannot be mapped for reading");
    return FALSE;
  }

  gst_buffer_set_size (dest, size);
  copy_all_but_memory (dest, src, TRUE);
  return TRUE;
}
