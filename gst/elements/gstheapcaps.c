/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What caps say of the memory that travels under them. */
#include "gstheapcaps.h"

#include <gst/allocators/gstdmabuf.h>

#include <string.h>

/* Returns: (nullable): the feature that names the memory, NULL for system memory */
static const gchar *
memory_feature (const GstCaps *caps)
{
  GstCapsFeatures *features;

  if (caps == NULL || gst_caps_is_any (caps) || gst_caps_is_empty (caps))
    return NULL;

  features = gst_caps_get_features (caps, 0);
  for (guint i = 0; i < gst_caps_features_get_size (features); i++) {
    const gchar *feature = gst_caps_features_get_nth (features, i);
    if (g_str_has_prefix (feature, "memory:") && !g_str_equal (feature, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY))
      return feature;
  }
  return NULL;
}

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

/* Whether memory of heap may travel under caps, which may be NULL. */
gboolean
gst_heap_caps_allow (const GstCaps *caps, GstHeap *heap, GError **error)
{
  const gchar *feature = memory_feature (caps);

  if (feature == NULL)
    return TRUE;
  if (g_str_equal (feature, GST_CAPS_FEATURE_MEMORY_DMABUF) && gst_heap_has (heap, GST_HEAP_PROPERTY_IMPORTABLE))
    return TRUE;

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
      "the caps say that buffers are %s, which memory of heap \"%s\" is not", feature, gst_heap_get_name (heap));
  return FALSE;
}

/* Whether the CPU may copy what travels under caps into memory of heap. */
gboolean
gst_heap_caps_allow_copy (const GstCaps *caps, GstHeap *heap, GError **error)
{
  if (!gst_heap_caps_allow (caps, heap, error))
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
