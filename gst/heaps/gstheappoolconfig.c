/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the configuration of a pool comes to. */
#include "gstheappoolconfig.h"

#include <gst/heaps/gstheaperror.h>

/* What the configuration asks of the layout; if it does not say, what the pool was offered with. Alignment counts only
 * for who reads GstVideoMeta, as everywhere in GStreamer, and so does what is offered. */
static gboolean
parse_layout_params (
    GstStructure *config, const GstHeapLayoutParams *offered, GstHeapLayoutParams *ret_params, GError **error)
{
  GstVideoAlignment alignment;

  gst_heap_layout_params_init (ret_params);
  if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_HEAP_LAYOUT)) {
    if (!gst_heap_buffer_pool_config_get_layout (config, ret_params, error))
      return FALSE;
  } else if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META)) {
    *ret_params = *offered;
  }
  if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META) &&
      gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT) &&
      gst_buffer_pool_config_get_video_alignment (config, &alignment))
    return gst_heap_layout_params_add_alignment (ret_params, &alignment, error);
  return TRUE;
}

static gboolean
compute_layout (GstStructure *config, GstCaps *caps, guint size, const GstHeapLayoutParams *params,
    GstHeapLayout *ret_layout, GError **error)
{
  if (!gst_heap_layout_compute (caps, size, params, ret_layout, error))
    return FALSE;
  if (!ret_layout->is_default && !gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META)) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "the layout asked for takes a GstVideoMeta to be told, and the configuration is "
        "without " GST_BUFFER_POOL_OPTION_VIDEO_META);
    return FALSE;
  }
  return TRUE;
}

/* From what the configuration says beside its numbers. */
static void
fill_in (GstHeapPoolConfig *self, GstStructure *config, GstCaps *caps)
{
  for (guint i = 0; i < self->layout.n_memories; i++)
    self->layout_names[i] = gst_heap_layout_intern (&self->layout, i, caps);
  self->add_meta =
      self->layout.is_video && gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_allocation_params_init (&self->params);
  gst_buffer_pool_config_get_allocator (config, NULL, &self->params);
  self->params.prefix = 0;
}

gboolean
gst_heap_pool_config_parse (
    GstStructure *config, const GstHeapLayoutParams *offered, GstHeapPoolConfig *ret_parsed, GError **error)
{
  GstHeapPoolConfig parsed = { 0 };
  GstHeapLayoutParams params;
  GstCaps *caps;
  guint size;

  if (!gst_buffer_pool_config_get_params (config, &caps, &size, &parsed.min_buffers, &parsed.max_buffers)) {
    g_set_error_literal (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "the configuration has no caps, size, min and max");
    return FALSE;
  }
  if (parsed.max_buffers != 0 && parsed.max_buffers < parsed.min_buffers) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "at least %u buffers and at most %u cannot be",
        parsed.min_buffers, parsed.max_buffers);
    return FALSE;
  }
  if (!parse_layout_params (config, offered, &params, error) ||
      !compute_layout (config, caps, size, &params, &parsed.layout, error))
    return FALSE;
  fill_in (&parsed, config, caps);
  *ret_parsed = parsed;
  return TRUE;
}

void
gst_heap_pool_config_complete (const GstHeapPoolConfig *parsed, GstAllocator *allocator, GstStructure *config)
{
  GstCaps *caps;

  gst_buffer_pool_config_get_params (config, &caps, NULL, NULL, NULL);
  gst_buffer_pool_config_set_params (config, caps, parsed->layout.size, parsed->min_buffers, parsed->max_buffers);
  if (parsed->layout.is_video && gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
    gst_buffer_pool_config_set_video_alignment (config, &parsed->layout.alignment);
  gst_buffer_pool_config_set_allocator (config, allocator, &parsed->params);
}
