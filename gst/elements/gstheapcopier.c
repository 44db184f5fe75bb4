/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copies buffers into memory of a heap, out of a pool of its own. */
#include "gstheapcopier.h"

#include "gstheapcaps.h"
#include "gstheapcopy.h"
#include "gstheapdownstream.h"
#include "gstheapoutlet.h"

/* Subtleties:
 * - The pool is made when the first copy is, by what downstream wishes then: who never copies pays nothing.
 * - Raw frames and everything else have different pools. Which of the two a buffer needs is seen from the buffer, as a
 *   buffer under raw caps may hold no whole frame.
 * - As many buffers are allocated in advance as downstream says it holds, and no less than LEAST_BUFFERS: a heap
 *   without room for them is an error then, and no wait for a buffer that never comes back. */
struct _GstHeapCopier {
  GstPad *srcpad;
  GstHeapAllocator *allocator;
  GstCaps *caps;     /* NULL before there are any */
  GstCaps *outcaps;  /* NULL with caps */
  GstVideoInfo info; /* valid with has_info */
  gboolean has_info;
  gint stale;                 /* atomic */
  GstHeapLayoutParams layout; /* that frames have to have, whatever downstream says */

  gboolean pool_of_frames;
  gsize pool_size; /* bytes in each buffer of the pool */

  GstHeapOutlet outlet;
};

static void
set_pool (GstHeapCopier *self, GstBufferPool *pool)
{
  GstBufferPool *old = gst_heap_outlet_exchange (&self->outlet, pool);

  if (!old)
    return;
  gst_heap_buffer_pool_retire (GST_HEAP_BUFFER_POOL (old));
  gst_buffer_pool_set_active (old, FALSE);
  gst_object_unref (old);
}

/* What downstream makes of the caps, with our allocator, and for raw frames our pool, in the first place. Bytes can be
 * copied even where the caps make no sense to us. */
static GstQuery *
ask_downstream (GstHeapCopier *self, gboolean frames, GError **error)
{
  GstQuery *query = gst_query_new_allocation (self->caps, frames);
  GError *wrong = NULL;

  if (self->caps && !gst_heap_downstream_answer (self->srcpad, self->outcaps, query))
    GST_DEBUG_OBJECT (self->srcpad, "downstream has no wishes");

  if (!gst_heap_allocator_propose_layout (self->allocator, query, 0, frames ? &self->layout : NULL, &wrong) && frames) {
    g_propagate_error (error, wrong);
    gst_query_unref (query);
    return NULL;
  }
  g_clear_error (&wrong);
  return query;
}

static GstStructure *
config_for (GstHeapCopier *self, GstBufferPool *pool, GstQuery *query, guint size, gboolean frames)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = frames ? gst_caps_ref (self->caps) : gst_caps_new_empty_simple ("application/octet-stream");
  GstAllocationParams params;
  guint min = 0;

  gst_allocation_params_init (&params);
  if (gst_query_get_n_allocation_params (query) > 0)
    gst_query_parse_nth_allocation_param (query, 0, NULL, &params);
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, NULL, NULL, &min, NULL);

  gst_buffer_pool_config_set_params (config, caps, size, MAX (min, GST_HEAP_LEAST_BUFFERS), 0);
  gst_buffer_pool_config_set_allocator (config, GST_ALLOCATOR (self->allocator), &params);
  if (frames && gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL))
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_caps_unref (caps);
  return config;
}

/* A pool may change its configuration once, as to what it can do. */
static gboolean
configure (GstBufferPool *pool, GstStructure *config)
{
  if (gst_buffer_pool_set_config (pool, config))
    return TRUE;
  return gst_buffer_pool_set_config (pool, gst_buffer_pool_get_config (pool));
}

/* A pool does not say why it could not start: the allocator does, unless it gives one buffer. */
static void
explain_no_pool (GstHeapCopier *self, gsize size, GError **error)
{
  GstMemory *memory = gst_heap_allocator_alloc (self->allocator, size, NULL, error);
  GstStructure *stats;

  if (!memory)
    return;
  gst_memory_unref (memory);
  stats = gst_heap_allocator_get_stats (self->allocator);
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY,
      "heap \"%s\"%s does not give as many buffers of %" G_GSIZE_FORMAT " bytes as downstream holds, %d at the least",
      gst_heap_get_name (gst_heap_allocator_get_heap (self->allocator)),
      gst_structure_has_field (stats, "fallback") ? ", with those that may stand in for it," : "", size,
      GST_HEAP_LEAST_BUFFERS);
  gst_structure_free (stats);
}

static GstBufferPool *
make_pool (GstHeapCopier *self, gsize size, gboolean frames, GError **error)
{
  GstQuery *query = ask_downstream (self, frames, error);
  GstBufferPool *pool = NULL;
  guint proposed = 0;

  if (!query)
    return NULL;
  if (frames && gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, &proposed, NULL, NULL);
  if (!pool)
    pool = gst_heap_buffer_pool_new (self->allocator);

  gst_heap_element_watch_starvation (GST_PAD_PARENT (self->srcpad), GST_HEAP_BUFFER_POOL (pool));
  if (!configure (pool, config_for (self, pool, query, MAX (size, proposed), frames)) ||
      !gst_buffer_pool_set_active (pool, TRUE)) {
    explain_no_pool (self, MAX (size, proposed), error);
    g_clear_object (&pool);
  }
  gst_query_unref (query);
  return pool;
}

/* Other media come in all sizes: to grow in steps keeps the pool when the next one is a little larger. */
static gsize
room_for (GstHeapCopier *self, gsize size, gboolean frames)
{
  if (frames)
    return GST_VIDEO_INFO_SIZE (&self->info);
  if (!self->outlet.pool || self->pool_of_frames || self->pool_size > G_MAXUINT / 2)
    return size;
  return MAX (size, self->pool_size + self->pool_size / 2);
}

static gboolean
ensure_pool (GstHeapCopier *self, gsize size, gboolean frames, GError **error)
{
  gboolean stale = g_atomic_int_compare_and_exchange (&self->stale, TRUE, FALSE);
  GstBufferPool *pool;

  if (self->outlet.pool && !stale && self->pool_of_frames == frames && (frames || self->pool_size >= size))
    return TRUE;
  if (size > G_MAXUINT) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "a buffer of %" G_GSIZE_FORMAT " bytes is more than a pool can hold", size);
    return FALSE;
  }

  size = room_for (self, size, frames);
  set_pool (self, NULL);
  pool = make_pool (self, size, frames, error);
  if (!pool)
    return FALSE;
  self->pool_of_frames = frames;
  self->pool_size = size;
  set_pool (self, pool);
  return TRUE;
}

/* A pool does not say why it has no buffer: the allocator does, or it gives memory after all. That is laid out as
 * GStreamer has it. */
static GstBuffer *
allocate_directly (GstHeapCopier *self, GError **error)
{
  GstMemory *memory = gst_heap_allocator_alloc (self->allocator, self->pool_size, NULL, error);
  GstBuffer *buffer;

  if (!memory)
    return NULL;
  if (self->pool_of_frames && !gst_heap_layout_params_is_default (&self->layout)) {
    g_set_error_literal (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY, "there was no room for a frame that lies as asked for");
    gst_memory_unref (memory);
    return NULL;
  }
  buffer = gst_buffer_new ();
  gst_buffer_append_memory (buffer, memory);
  return buffer;
}

static GstFlowReturn
acquire (GstHeapCopier *self, GstBuffer **ret_buffer, GError **error)
{
  GstFlowReturn flow = gst_buffer_pool_acquire_buffer (self->outlet.pool, ret_buffer, NULL);

  if (flow == GST_FLOW_OK || flow == GST_FLOW_FLUSHING)
    return flow;
  *ret_buffer = allocate_directly (self, error);
  return *ret_buffer ? GST_FLOW_OK : GST_FLOW_ERROR;
}

static void
forget_caps (GstHeapCopier *self)
{
  set_pool (self, NULL);
  gst_caps_replace (&self->caps, NULL);
  gst_caps_replace (&self->outcaps, NULL);
  self->has_info = FALSE;
}

GstHeapCopier *
gst_heap_copier_new (GstPad *srcpad)
{
  GstHeapCopier *self = g_new0 (GstHeapCopier, 1);

  self->srcpad = srcpad;
  gst_heap_outlet_init (&self->outlet);
  return self;
}

void
gst_heap_copier_free (GstHeapCopier *self)
{
  gst_heap_copier_stop (self);
  gst_heap_outlet_clear (&self->outlet);
  g_free (self);
}

void
gst_heap_copier_start (GstHeapCopier *self, GstHeapAllocator *allocator)
{
  g_set_object (&self->allocator, allocator);
  gst_heap_outlet_start (&self->outlet);
}

void
gst_heap_copier_stop (GstHeapCopier *self)
{
  forget_caps (self);
  g_clear_object (&self->allocator);
}

void
gst_heap_copier_set_caps (GstHeapCopier *self, GstCaps *caps, GstCaps *outcaps, const GstHeapLayoutParams *layout)
{
  forget_caps (self);
  self->layout = *layout;
  gst_caps_replace (&self->caps, caps);
  gst_caps_replace (&self->outcaps, outcaps);
  self->has_info = gst_heap_caps_get_video_info (caps, &self->info);
}

void
gst_heap_copier_set_layout (GstHeapCopier *self, const GstHeapLayoutParams *layout)
{
  self->layout = *layout;
  gst_heap_copier_renegotiate (self);
}

void
gst_heap_copier_renegotiate (GstHeapCopier *self)
{
  g_atomic_int_set (&self->stale, TRUE);
}

void
gst_heap_copier_set_flushing (GstHeapCopier *self, gboolean flushing)
{
  gst_heap_outlet_set_flushing (&self->outlet, flushing);
}

void
gst_heap_copier_interrupt (GstHeapCopier *self)
{
  gst_heap_outlet_stop (&self->outlet);
}

GstFlowReturn
gst_heap_copier_copy (GstHeapCopier *self, GstBuffer *src, GstBuffer **ret_copy, GError **error)
{
  gboolean frames = self->has_info && gst_heap_copy_is_frame (src, &self->info);
  GstBuffer *copy = NULL;
  GstFlowReturn flow;
  gboolean copied;

  if (!gst_heap_caps_allow_copy (self->caps, gst_heap_allocator_get_heap (self->allocator), error) ||
      !ensure_pool (self, gst_buffer_get_size (src), frames, error))
    return GST_FLOW_ERROR;

  flow = acquire (self, &copy, error);
  if (flow != GST_FLOW_OK)
    return flow;

  copied =
      frames ? gst_heap_copy_frame (copy, src, &self->info, NULL, error) : gst_heap_copy_bytes (copy, src, NULL, error);
  if (!copied) {
    gst_buffer_unref (copy);
    return GST_FLOW_ERROR;
  }
  *ret_copy = copy;
  return GST_FLOW_OK;
}
