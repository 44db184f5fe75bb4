/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Offering a heap to whoever asks in an ALLOCATION query. */
#include <gst/heaps/gstheapbufferpool.h>
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapproposal.h>

#include "gstheapdebug.h"
#include "gstheaplayout.h"

#define GST_CAT_DEFAULT gst_heap_debug

#define LARGEST_MASK 4095u      /* heaps align to a page */
#define MOST_PADDING (1u << 20) /* bytes; v4l2 of 1.28 asks for 4 GiB less a frame when it means none */

/* What downstream has answered so far, as far as it makes sense. */
typedef struct {
  GstAllocationParams params;
  guint size;
  guint min;
} Wishes;

static Wishes
read_wishes (GstQuery *query)
{
  Wishes wishes = { .size = 0, .min = 0 };

  gst_allocation_params_init (&wishes.params);
  if (gst_query_get_n_allocation_params (query) > 0)
    gst_query_parse_nth_allocation_param (query, 0, NULL, &wishes.params);
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, NULL, &wishes.size, &wishes.min, NULL);

  wishes.params.prefix = 0;
  wishes.params.align &= LARGEST_MASK;
  if (wishes.params.padding > MOST_PADDING)
    wishes.params.padding = 0;
  return wishes;
}

/* Ours alone: whoever asked may not fall back to another's memory. */
static void
propose_allocator (GstQuery *query, GstAllocator *allocator, const GstAllocationParams *params)
{
  while (gst_query_get_n_allocation_params (query) > 0)
    gst_query_remove_nth_allocation_param (query, gst_query_get_n_allocation_params (query) - 1);
  gst_query_add_allocation_param (query, allocator, params);
}

/* With a size of 0 none: a source would make itself a pool of empty buffers. */
static void
propose_pool (GstQuery *query, GstBufferPool *pool, guint size, guint min)
{
  while (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_remove_nth_allocation_pool (query, gst_query_get_n_allocation_pools (query) - 1);
  if (size > 0)
    gst_query_add_allocation_pool (query, pool, size, min, 0);
}

/* A fresh pool each time: one that is active takes no other configuration. */
static GstBufferPool *
create_pool (GstHeapAllocator *allocator, GstCaps *caps, const Wishes *wishes, guint size, gboolean with_meta)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (allocator);
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, caps, size, wishes->min, 0);
  gst_buffer_pool_config_set_allocator (config, GST_ALLOCATOR (allocator), &wishes->params);
  if (with_meta)
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  if (!gst_buffer_pool_set_config (pool, config))
    gst_clear_object (&pool);
  return pool;
}

/* Whether a pool can be made for caps that a buffer's size follows from. */
static gboolean
size_is_known (GstCaps *caps, guint wished_size)
{
  return caps && gst_caps_is_fixed (caps) &&
         (wished_size > 0 || gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw"));
}

/**
 * gst_heap_allocator_propose:
 * @allocator: a #GstHeapAllocator
 * @query: an ALLOCATION query that downstream has answered already, or could not
 * @min_buffers: the least number of buffers in the pool
 * @error: #GST_HEAP_ERROR_INVALID when no buffer can be of the caps of @query, or @allocator is a carved one
 *
 * Makes @allocator, and where the query asks for one, a fresh #GstHeapBufferPool of it, the only proposals of @query.
 * The size and number of buffers, the alignment and the padding downstream wants are kept as far as they make sense,
 * and so are the metas it reads. There is no pool for caps the size of a buffer does not follow from; the allocator is
 * proposed all the same, as it is on an error. An allocator of gst_heap_allocator_new_carved() is not proposed at all,
 * and @query stays as it is: nothing tells whether a consumer would mind the offsets of its memory.
 *
 * To be called from a propose_allocation method after chaining up, or from a pad probe that sees the answered query.
 *
 * Returns: whether what @query asked for could be proposed
 *
 * Since: 0.1
 */
gboolean
gst_heap_allocator_propose (GstHeapAllocator *allocator, GstQuery *query, guint min_buffers, GError **error)
{
  GstHeapLayout layout;
  GstBufferPool *pool = NULL;
  gboolean need_pool, with_meta;
  GstCaps *caps;
  Wishes wishes;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), FALSE);
  g_return_val_if_fail (GST_IS_QUERY (query) && GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION, FALSE);

  if (gst_heap_allocator_get_carve_size (allocator) > 0) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "a carved allocator is not proposed: its memory has offsets, which most consumers take for 0");
    return FALSE;
  }
  gst_query_parse_allocation (query, &caps, &need_pool);
  wishes = read_wishes (query);
  wishes.min = MAX (wishes.min, min_buffers);
  propose_allocator (query, GST_ALLOCATOR (allocator), &wishes.params);

  if (!size_is_known (caps, wishes.size)) {
    propose_pool (query, NULL, wishes.size, wishes.min);
    return TRUE;
  }
  if (!gst_heap_layout_compute (caps, wishes.size, NULL, &layout, error)) {
    propose_pool (query, NULL, 0, wishes.min);
    return FALSE;
  }
  with_meta = gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  if (need_pool)
    pool = create_pool (allocator, caps, &wishes, layout.size, with_meta);
  propose_pool (query, pool, layout.size, wishes.min);
  gst_clear_object (&pool);
  return TRUE;
}
