/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What downstream has answered to an ALLOCATION query, as far as it makes sense. */
#include "gstheapwishes.h"

#define LARGEST_MASK 4095u      /* heaps align to a page */
#define MOST_PADDING (1u << 20) /* bytes; v4l2 of 1.28 asks for 4 GiB less a frame when it means none */

/* The stricter of both. */
static void
add_alignment (GstHeapWishes *wishes, const GstVideoAlignment *alignment)
{
  GstVideoAlignment *sum = &wishes->alignment;

  sum->padding_top = MAX (sum->padding_top, alignment->padding_top);
  sum->padding_bottom = MAX (sum->padding_bottom, alignment->padding_bottom);
  sum->padding_left = MAX (sum->padding_left, alignment->padding_left);
  sum->padding_right = MAX (sum->padding_right, alignment->padding_right);
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++)
    sum->stride_align[i] = MAX (sum->stride_align[i], alignment->stride_align[i]);
  wishes->has_alignment = TRUE;
}

static void
read_pool (GstHeapWishes *wishes, GstBufferPool *pool)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstVideoAlignment alignment;

  if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT) &&
      gst_buffer_pool_config_get_video_alignment (config, &alignment))
    add_alignment (wishes, &alignment);
  gst_structure_free (config);
}

/* The parameters of a GstVideoMeta, as v4l2sink and tee give them: a structure "video-meta" with the fields of a pool's
 * configuration. */
static void
read_meta (GstHeapWishes *wishes, GstQuery *query)
{
  GstVideoAlignment alignment;
  const GstStructure *params;
  guint index;

  wishes->reads_meta = gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, &index);
  if (!wishes->reads_meta)
    return;
  gst_query_parse_nth_allocation_meta (query, index, &params);
  if (!params || !gst_structure_has_name (params, "video-meta"))
    return;
  gst_video_alignment_reset (&alignment);
  gst_structure_get_uint (params, "padding-top", &alignment.padding_top);
  gst_structure_get_uint (params, "padding-bottom", &alignment.padding_bottom);
  gst_structure_get_uint (params, "padding-left", &alignment.padding_left);
  gst_structure_get_uint (params, "padding-right", &alignment.padding_right);
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++) {
    gchar name[] = "stride-align0";

    name[sizeof name - 2] += i;
    gst_structure_get_uint (params, name, &alignment.stride_align[i]);
  }
  add_alignment (wishes, &alignment);
}

void
gst_heap_wishes_read (GstHeapWishes *wishes, GstQuery *query)
{
  GstBufferPool *pool = NULL;

  *wishes = (GstHeapWishes){ .size = 0 };
  gst_allocation_params_init (&wishes->params);
  if (gst_query_get_n_allocation_params (query) > 0)
    gst_query_parse_nth_allocation_param (query, 0, NULL, &wishes->params);
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, &wishes->size, &wishes->min, NULL);

  wishes->params.prefix = 0;
  wishes->params.align &= LARGEST_MASK;
  if (wishes->params.padding > MOST_PADDING)
    wishes->params.padding = 0;
  read_meta (wishes, query);
  if (pool)
    read_pool (wishes, pool);
  gst_clear_object (&pool);
}
