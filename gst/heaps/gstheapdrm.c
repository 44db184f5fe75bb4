/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Asks DRM drivers. They tell what a stride has to be by the buffers that they make themselves. */
#include "gstheapdrm.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheapplanes.h"

#include <xf86drm.h>
#include <xf86drmMode.h>

gboolean
gst_heap_drm_is_device (int fd)
{
  drmVersionPtr version = drmGetVersion (fd);

  if (version)
    drmFreeVersion (version);
  return version != NULL;
}

void
gst_heap_drm_give_way (int fd)
{
  drmDropMaster (fd); /* of what is no display, or has another master, nothing comes of it */
}

/* The lines of a buffer as wide as the first plane that all planes fill together. */
static guint
count_lines (const GstVideoInfo *info)
{
  guint64 total = 0;

  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    gint component[GST_VIDEO_MAX_COMPONENTS];

    gst_video_format_info_component (info->finfo, i, component);
    total += (guint64) info->stride[i] *
             GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (info->finfo, component[0], GST_VIDEO_INFO_HEIGHT (info));
  }
  return (total + info->stride[0] - 1) / info->stride[0];
}

gboolean
gst_heap_drm_ask (int fd, const GstVideoInfo *info, GstHeapLayoutParams *ret_params, GError **error)
{
  guint bits = 8 * GST_VIDEO_INFO_COMP_PSTRIDE (info, 0);
  guint32 handle, pitch;
  guint64 size;
  int result = -EINVAL;

  if (bits > 0)
    result = drmModeCreateDumbBuffer (fd, info->width, count_lines (info), bits, 0, &handle, &pitch, &size);
  if (result < 0) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
        "it makes no buffer for %s frames of %dx%d: %s (a render node makes none at all: give the card node)",
        gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)), info->width, info->height, g_strerror (-result));
    return FALSE;
  }
  drmModeDestroyDumbBuffer (fd, handle);
  gst_heap_layout_params_init (ret_params);
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++)
    ret_params->min_stride[i] = gst_heap_planes_derive_stride (info, i, pitch);
  return TRUE;
}
