/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What downstream wants of buffers, in the caps that it gets them in. */
#include "gstheapdownstream.h"

#include "gstheaptransformcaps.h"

#include <gst/video/video.h>

static void
copy_params (GstQuery *from, GstQuery *to)
{
  for (guint i = 0; i < gst_query_get_n_allocation_params (from); i++) {
    GstAllocationParams params;
    GstAllocator *allocator;

    gst_query_parse_nth_allocation_param (from, i, &allocator, &params);
    gst_query_add_allocation_param (to, allocator, &params);
    gst_clear_object (&allocator);
  }
}

/* Without the pools themselves, which are of other caps. */
static void
copy_pools (GstQuery *from, GstQuery *to)
{
  for (guint i = 0; i < gst_query_get_n_allocation_pools (from); i++) {
    guint size, min, max;

    gst_query_parse_nth_allocation_pool (from, i, NULL, &size, &min, &max);
    gst_query_add_allocation_pool (to, NULL, size, min, max);
  }
}

static void
copy_metas (GstQuery *from, GstQuery *to)
{
  for (guint i = 0; i < gst_query_get_n_allocation_metas (from); i++) {
    const GstStructure *params;
    GType api = gst_query_parse_nth_allocation_meta (from, i, &params);

    gst_query_add_allocation_meta (to, api, params);
  }
}

static gboolean
answer_in_other_caps (GstPad *srcpad, GstCaps *caps, GstQuery *query)
{
  GstQuery *asked;
  gboolean need_pool, answered;

  gst_query_parse_allocation (query, NULL, &need_pool);
  asked = gst_query_new_allocation (caps, need_pool);
  answered = gst_pad_peer_query (srcpad, asked);
  copy_params (asked, query);
  copy_pools (asked, query);
  copy_metas (asked, query);
  gst_query_unref (asked);
  return answered;
}

gboolean
gst_heap_downstream_answer (GstPad *srcpad, GstCaps *caps, GstQuery *query)
{
  GstCaps *query_caps;
  gboolean answered;

  gst_query_parse_allocation (query, &query_caps, NULL);
  if (!caps || !query_caps || gst_caps_is_equal (caps, query_caps))
    answered = gst_pad_peer_query (srcpad, query);
  else
    answered = answer_in_other_caps (srcpad, caps, query);

  /* Who takes such caps reads the meta, whether he says so or not: without it he knows nothing of the layout. */
  if (gst_heap_caps_are_dmabuf (caps) && !gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL))
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return answered;
}
