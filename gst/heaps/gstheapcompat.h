/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Where GStreamer's versions differ, from 1.22 on. The only file of the library that asks for the version. */
#pragma once

#include <gst/video/video.h>

#if GST_CHECK_VERSION(1, 24, 0)

#include <gst/video/video-info-dma.h>

#define GST_HEAP_COMPAT_NO_COPY GST_ALLOCATOR_FLAG_NO_COPY

#define GST_HEAP_COMPAT_LINEAR 0 /* DRM_FORMAT_MOD_LINEAR */

/* The layout of raw video caps; of memory:DMABuf caps with a drm-format only where it is linear: from 1.26 on
 * GStreamer has a video format for some that are not. */
static inline gboolean
gst_heap_compat_video_info_from_caps (GstVideoInfo *info, const GstCaps *caps)
{
  GstVideoInfoDmaDrm drm;

  if (!gst_video_is_dma_drm_caps (caps))
    return gst_video_info_from_caps (info, caps);
  return gst_video_info_dma_drm_from_caps (&drm, caps) && drm.drm_modifier == GST_HEAP_COMPAT_LINEAR &&
         gst_video_info_dma_drm_to_video_info (&drm, info);
}

typedef GstByteArrayInterface GstHeapCompatBytes;

/* Appends to what a meta is sent as. FALSE: there is no memory for it. */
static inline gboolean
gst_heap_compat_bytes_append (GstHeapCompatBytes *bytes, const guint8 *data, gsize size)
{
  return gst_byte_array_interface_append_data (bytes, data, size);
}

typedef gboolean (*GstHeapCompatSerialize) (const GstMeta *meta, GstHeapCompatBytes *bytes, guint8 *version);
typedef GstMeta *(*GstHeapCompatDeserialize) (
    const GstMetaInfo *info, GstBuffer *buffer, const guint8 *data, gsize size, guint8 version);

static inline const GstMetaInfo *
gst_heap_compat_meta_register (GType api, const gchar *name, gsize size, GstMetaInitFunction init,
    GstMetaTransformFunction transform, GstHeapCompatSerialize serialize, GstHeapCompatDeserialize deserialize)
{
  GstMetaInfo *info = gst_meta_info_new (api, name, size);

  info->init_func = init;
  info->transform_func = transform;
  info->serialize_func = serialize;
  info->deserialize_func = deserialize;
  return gst_meta_info_register (info);
}

#else

/* Metas stay in the process before 1.24, which has no elements that would send them either. */
typedef struct _GstHeapCompatBytes GstHeapCompatBytes;

static inline gboolean
gst_heap_compat_bytes_append (GstHeapCompatBytes *bytes, const guint8 *data, gsize size)
{
  return FALSE;
}

typedef gboolean (*GstHeapCompatSerialize) (const GstMeta *meta, GstHeapCompatBytes *bytes, guint8 *version);
typedef GstMeta *(*GstHeapCompatDeserialize) (
    const GstMetaInfo *info, GstBuffer *buffer, const guint8 *data, gsize size, guint8 version);

static inline const GstMetaInfo *
gst_heap_compat_meta_register (GType api, const gchar *name, gsize size, GstMetaInitFunction init,
    GstMetaTransformFunction transform, GstHeapCompatSerialize serialize, GstHeapCompatDeserialize deserialize)
{
  return gst_meta_register (api, name, size, init, NULL, transform);
}

/* 1.22 has CUSTOM_ALLOC to the same end, which also keeps the allocator out of others' pools: an
 * own mem_copy is all that is left there. */
#define GST_HEAP_COMPAT_NO_COPY 0

/* There is no drm-format before 1.24: caps with one have no format known here. */
static inline gboolean
gst_heap_compat_video_info_from_caps (GstVideoInfo *info, const GstCaps *caps)
{
  return gst_video_info_from_caps (info, caps);
}

#endif

#if GST_CHECK_VERSION(1, 28, 0)

static inline gboolean
gst_heap_compat_set_alignment (GstVideoMeta *meta, const GstVideoAlignment *alignment)
{
  return gst_video_meta_set_alignment_full (meta, alignment);
}

#else

static inline gboolean
gst_heap_compat_set_alignment (GstVideoMeta *meta, const GstVideoAlignment *alignment)
{
  return gst_video_meta_set_alignment (meta, *alignment);
}

#endif
