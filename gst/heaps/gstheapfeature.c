/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What caps say of the memory that travels under them. */
#include <gst/heaps/gstheap.h>
#include <gst/heaps/gstheaperror.h>

#include <gst/allocators/gstdmabuf.h>

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

/**
 * gst_heap_allows_caps:
 * @heap: a #GstHeap
 * @caps: (nullable): caps of buffers
 * @error: #GST_HEAP_ERROR_UNSATISFIED, with the caps feature that stands against it
 *
 * Caps that say nothing of memory allow that of any heap; `memory:DMABuf` that of a heap whose buffers are dma-bufs;
 * any other `memory:` feature that of no heap.
 *
 * Returns: whether memory of @heap may travel under @caps
 *
 * Since: 0.1
 */
gboolean
gst_heap_allows_caps (GstHeap *heap, const GstCaps *caps, GError **error)
{
  const gchar *feature = memory_feature (caps);

  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);

  if (feature == NULL)
    return TRUE;
  if (g_str_equal (feature, GST_CAPS_FEATURE_MEMORY_DMABUF) && gst_heap_has (heap, GST_HEAP_PROPERTY_IMPORTABLE))
    return TRUE;

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
      "the caps say that buffers are %s, which memory of heap \"%s\" is not", feature, gst_heap_get_name (heap));
  return FALSE;
}
