/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout of frames that leave as dma-bufs, which has to be said on each of them. */
#include "gstheapdescribe.h"

#include "gstheaptransformcaps.h"

void
gst_heap_description_set_caps (GstHeapDescription *description, const GstCaps *caps)
{
  description->is_needed = gst_heap_caps_get_dmabuf_info (caps, &description->info);
}

GstBuffer *
gst_heap_description_apply (GstHeapDescription *description, GstBuffer *buffer)
{
  GstVideoInfo *info = &description->info;

  if (!description->is_needed || gst_buffer_get_video_meta (buffer) ||
      gst_buffer_get_size (buffer) < GST_VIDEO_INFO_SIZE (info))
    return buffer;

  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (info),
      GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), GST_VIDEO_INFO_N_PLANES (info), info->offset,
      info->stride);
  return buffer;
}
