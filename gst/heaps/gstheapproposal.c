/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Offering a heap to whoever asks in an ALLOCATION query. */
#include <gst/heaps/gstheapbufferpool.h>
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapproposal.h>

#include "gstheapbufferpool-private.h"
#include "gstheapdebug.h"
#include "gstheaplayout.h"
#include "gstheapwishes.h"

#define GST_CAT_DEFAULT gst_heap_debug

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

/* A fresh pool each time: one that is active takes no other configuration. With a layout that only GstVideoMeta tells,
 * the configuration is left without that option: who takes the pool adds it if it reads that meta, and gets the default
 * layout if it does not. */
static GstBufferPool *
create_pool (GstHeapAllocator *allocator, GstCaps *caps, const GstHeapWishes *wishes, const GstHeapLayout *layout)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (allocator);
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_heap_buffer_pool_offer_layout (GST_HEAP_BUFFER_POOL (pool), &wishes->layout);
  gst_buffer_pool_config_set_params (config, caps, wishes->size, wishes->min, 0);
  gst_buffer_pool_config_set_allocator (config, GST_ALLOCATOR (allocator), &wishes->params);
  if (wishes->reads_meta && layout->is_default)
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

/* The layout that comes of what this side asks for, which must be, and what downstream does, as far as it can be. */
static gboolean
compute_layout (
    GstCaps *caps, const GstHeapLayoutParams *params, GstHeapWishes *wishes, GstHeapLayout *ret_layout, GError **error)
{
  GstHeapLayoutParams asked;

  gst_heap_layout_params_init (&asked);
  if (params)
    asked = *params;
  if (!gst_heap_layout_compute (caps, wishes->size, &asked, ret_layout, error))
    return FALSE;
  if (!ret_layout->is_default && !wishes->reads_meta) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
        "the layout asked for takes a GstVideoMeta to be told, which downstream does not read");
    return FALSE;
  }
  wishes->layout = asked;
  if (wishes->reads_meta && wishes->has_alignment &&
      gst_heap_layout_params_add_alignment (&wishes->layout, &wishes->alignment, NULL) &&
      gst_heap_layout_compute (caps, wishes->size, &wishes->layout, ret_layout, NULL))
    return TRUE;
  if (wishes->has_alignment)
    GST_INFO ("downstream's alignment is left out");
  wishes->layout = asked;
  return TRUE;
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
 * What downstream wants of strides and padding, by the parameters of the #GstVideoMeta it reads or by
 * %GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT of a pool it proposed, the pool does for who configures it with
 * %GST_BUFFER_POOL_OPTION_VIDEO_META.
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
  return gst_heap_allocator_propose_layout (allocator, query, min_buffers, NULL, error);
}

/**
 * gst_heap_allocator_propose_layout:
 * @allocator: a #GstHeapAllocator
 * @query: an ALLOCATION query that downstream has answered already, or could not
 * @min_buffers: the least number of buffers in the pool
 * @params: (nullable): what is asked of the layout of frames
 * @error: as of gst_heap_allocator_propose(), #GST_HEAP_ERROR_INVALID also when @params cannot be had for the caps, and
 * #GST_HEAP_ERROR_UNSATISFIED when downstream does not read #GstVideoMeta, which they take
 *
 * Does what gst_heap_allocator_propose() does, with a pool whose buffers satisfy @params too, if whoever takes it
 * configures it with %GST_BUFFER_POOL_OPTION_VIDEO_META; else it gets the default layout. See
 * gst_heap_layout_params_accepts_buffer() for telling which it was.
 *
 * Returns: whether what @query asked for could be proposed
 *
 * Since: 0.1
 */
gboolean
gst_heap_allocator_propose_layout (
    GstHeapAllocator *allocator, GstQuery *query, guint min_buffers, const GstHeapLayoutParams *params, GError **error)
{
  GstHeapLayout plain, layout;
  GstBufferPool *pool = NULL;
  GstHeapWishes wishes;
  gboolean need_pool;
  GstCaps *caps;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), FALSE);
  g_return_val_if_fail (GST_IS_QUERY (query) && GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION, FALSE);

  if (gst_heap_allocator_get_carve_size (allocator) > 0) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "a carved allocator is not proposed: its memory has offsets, which most consumers take for 0");
    return FALSE;
  }
  gst_query_parse_allocation (query, &caps, &need_pool);
  gst_heap_wishes_read (&wishes, query);
  wishes.min = MAX (wishes.min, min_buffers);
  propose_allocator (query, GST_ALLOCATOR (allocator), &wishes.params);

  if (!size_is_known (caps, wishes.size)) {
    propose_pool (query, NULL, wishes.size, wishes.min);
    return TRUE;
  }
  if (!gst_heap_layout_compute (caps, wishes.size, NULL, &plain, error) ||
      !compute_layout (caps, params, &wishes, &layout, error)) {
    propose_pool (query, NULL, 0, wishes.min);
    return FALSE;
  }
  wishes.size = layout.is_default ? layout.size : plain.size;
  if (need_pool)
    pool = create_pool (allocator, caps, &wishes, &layout);
  propose_pool (query, pool, wishes.size, wishes.min);
  gst_clear_object (&pool);
  return TRUE;
}
