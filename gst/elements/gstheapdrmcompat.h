/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The drm-format of caps, which GStreamer has from 1.24 on. The only file of the elements that asks for the version. */
#pragma once

#include <gst/video/video.h>

#if GST_CHECK_VERSION(1, 24, 0)

#include <gst/video/video-info-dma.h>

#define GST_HEAP_COMPAT_LINEAR 0    /* DRM_FORMAT_MOD_LINEAR */
#define GST_HEAP_COMPAT_NO_FOURCC 0 /* DRM_FORMAT_INVALID */
#define GST_HEAP_COMPAT_HAS_DRM_CAPS TRUE

/* Returns: (transfer full) (nullable): the drm-format of linear frames; NULL where DRM has none */
static inline gchar *
gst_heap_compat_drm_from_video_format (GstVideoFormat format)
{
  guint32 fourcc = gst_video_dma_drm_fourcc_from_format (format);

  if (fourcc == GST_HEAP_COMPAT_NO_FOURCC)
    return NULL;
  return gst_video_dma_drm_fourcc_to_string (fourcc, GST_HEAP_COMPAT_LINEAR);
}

/* GST_VIDEO_FORMAT_UNKNOWN of what is not linear, or not known. */
static inline GstVideoFormat
gst_heap_compat_video_format_from_drm (const gchar *drm_format)
{
  guint64 modifier;
  guint32 fourcc = gst_video_dma_drm_fourcc_from_string (drm_format, &modifier);

  if (fourcc == GST_HEAP_COMPAT_NO_FOURCC || modifier != GST_HEAP_COMPAT_LINEAR)
    return GST_VIDEO_FORMAT_UNKNOWN;
  return gst_video_dma_drm_fourcc_to_format (fourcc);
}

#else

#define GST_HEAP_COMPAT_HAS_DRM_CAPS FALSE

static inline gchar *
gst_heap_compat_drm_from_video_format (GstVideoFormat format)
{
  return NULL;
}

static inline GstVideoFormat
gst_heap_compat_video_format_from_drm (const gchar *drm_format)
{
  return GST_VIDEO_FORMAT_UNKNOWN;
}

#endif
