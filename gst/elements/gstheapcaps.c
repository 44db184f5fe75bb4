/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What caps say of copying what travels under them. */
#include "gstheapcaps.h"

#include <string.h>

/* Frames in an order only a device knows: drm-format is "NV12:0x0123456789abcdef",
 * and "NV12" when it is linear. */
static gboolean
is_tiled (const GstCaps *caps)
{
  const gchar *drm_format;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return FALSE;
  drm_format = gst_structure_get_string (gst_caps_get_structure (caps, 0), "drm-format");
  return drm_format != NULL && strchr (drm_format, ':') != NULL;
}

/* Whether the CPU may copy what travels under caps into memory of heap. */
gboolean
gst_heap_caps_allow_copy (const GstCaps *caps, GstHeap *heap, GError **error)
{
  if (!gst_heap_allows_caps (heap, caps, error))
    return FALSE;
  if (is_tiled (caps)) {
    g_set_error (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, "the frames are tiled, and only a device can copy them");
    return FALSE;
  }
  if (gst_heap_has (heap, GST_HEAP_PROPERTY_PROTECTED)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
        "heap \"%s\" is protected, and the CPU cannot write to it", gst_heap_get_name (heap));
    return FALSE;
  }
  return TRUE;
}

/* Whether caps are those of raw frames, whose planes can be told apart. */
gboolean
gst_heap_caps_get_video_info (const GstCaps *caps, GstVideoInfo *info)
{
  const GstStructure *structure;

  if (caps == NULL || !gst_caps_is_fixed (caps))
    return FALSE;
  structure = gst_caps_get_structure (caps, 0);
  if (!gst_structure_has_name (structure, "video/x-raw") || gst_structure_has_field (structure, "drm-format"))
    return FALSE;

  return gst_video_info_from_caps (info, caps) && GST_VIDEO_INFO_N_PLANES (info) > 0 && GST_VIDEO_INFO_SIZE (info) > 0;
}
