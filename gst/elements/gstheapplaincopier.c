/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copies buffers out of memory of a heap, into buffers downstream offers or into system memory. */
#include "gstheapplaincopier.h"

#include "gstheapcaps.h"
#include "gstheapcopy.h"
#include "gstheapoutlet.h"
#include "gstheapwidecopy.h"

/* Subtleties:
 * - Downstream is asked when the first frame needs it: who never copies pays nothing.
 * - What is no whole frame of the caps is copied byte by byte, into system memory: pools are for frames. */
struct _GstHeapPlainCopier {
  GstPad *srcpad;
  const GstHeapWideCopy *how; /* constant */
  GstCaps *caps;              /* NULL before there are any */
  GstVideoInfo info;          /* valid with has_info */
  gboolean has_info;
  gboolean has_asked;        /* downstream, which the two that follow are from */
  gboolean reads_video_meta; /* downstream does */
  gint stale;                /* atomic */

  GstHeapOutlet outlet;
};

static void
set_pool (GstHeapPlainCopier *self, GstBufferPool *pool)
{
  GstBufferPool *old = gst_heap_outlet_exchange (&self->outlet, pool);

  if (!old)
    return;
  gst_buffer_pool_set_active (old, FALSE);
  gst_object_unref (old);
}

static GstQuery *
ask_downstream (GstHeapPlainCopier *self)
{
  GstQuery *query = gst_query_new_allocation (self->caps, TRUE);

  if (!gst_pad_peer_query (self->srcpad, query))
    GST_DEBUG_OBJECT (self->srcpad, "downstream has no wishes");
  self->reads_video_meta = gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  self->has_asked = TRUE;
  return query;
}

static void
forget_if_stale (GstHeapPlainCopier *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->stale, TRUE, FALSE))
    return;
  self->has_asked = FALSE;
  set_pool (self, NULL);
}

/* Of plain memory: of another heap, or of a device, only if downstream's pool insists on that. */
static gboolean
configure (GstHeapPlainCopier *self, GstBufferPool *pool, guint size, guint min, guint max)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, self->caps, MAX (size, GST_VIDEO_INFO_SIZE (&self->info)), min, max);
  if (self->reads_video_meta)
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  /* A pool may change its configuration once, as to what it can do. */
  return gst_buffer_pool_set_config (pool, config) ||
         gst_buffer_pool_set_config (pool, gst_buffer_pool_get_config (pool));
}

static gboolean
start (GstHeapPlainCopier *self, GstBufferPool *pool, guint size, guint min, guint max)
{
  return configure (self, pool, size, min, max) && gst_buffer_pool_set_active (pool, TRUE);
}

/* Downstream's, or where it has none that starts, one of system memory; NULL where that does not start either. */
static GstBufferPool *
make_pool (GstHeapPlainCopier *self)
{
  GstQuery *query = ask_downstream (self);
  GstBufferPool *pool = NULL;
  guint size = 0, min = 0, max = 0;

  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, &max);
  gst_query_unref (query);
  if (pool && start (self, pool, size, min, max))
    return pool;
  gst_clear_object (&pool);

  pool = gst_video_buffer_pool_new ();
  if (!start (self, pool, size, 0, 0))
    gst_clear_object (&pool);
  return pool;
}

static GstFlowReturn
acquire_frame (GstHeapPlainCopier *self, GstBuffer **ret_buffer, GError **error)
{
  GstFlowReturn flow = GST_FLOW_ERROR;

  if (!self->outlet.pool)
    set_pool (self, make_pool (self));
  if (self->outlet.pool)
    flow = gst_buffer_pool_acquire_buffer (self->outlet.pool, ret_buffer, NULL);
  if (flow == GST_FLOW_ERROR)
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY,
        "there is no buffer of %" G_GSIZE_FORMAT " bytes to copy a frame into", GST_VIDEO_INFO_SIZE (&self->info));
  return flow;
}

static gboolean
lies_as_caps_say (GstHeapPlainCopier *self, GstBuffer *buffer)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  const GstVideoInfo *info = &self->info;

  if (!meta)
    return TRUE;
  if (!gst_heap_copy_is_frame (buffer, info) || meta->n_planes != GST_VIDEO_INFO_N_PLANES (info))
    return FALSE;
  for (guint i = 0; i < meta->n_planes; i++)
    if (meta->offset[i] != info->offset[i] || meta->stride[i] != info->stride[i])
      return FALSE;
  return TRUE;
}

GstHeapPlainCopier *
gst_heap_plain_copier_new (GstPad *srcpad)
{
  GstHeapPlainCopier *self = g_new0 (GstHeapPlainCopier, 1);

  self->srcpad = srcpad;
  self->how = gst_heap_wide_copy_best ();
  gst_heap_outlet_init (&self->outlet);
  return self;
}

void
gst_heap_plain_copier_free (GstHeapPlainCopier *self)
{
  gst_heap_plain_copier_set_caps (self, NULL);
  gst_heap_outlet_clear (&self->outlet);
  g_free (self);
}

void
gst_heap_plain_copier_start (GstHeapPlainCopier *self)
{
  gst_heap_outlet_start (&self->outlet);
}

void
gst_heap_plain_copier_set_caps (GstHeapPlainCopier *self, GstCaps *caps)
{
  set_pool (self, NULL);
  gst_caps_replace (&self->caps, caps);
  self->has_info = gst_heap_caps_get_video_info (caps, &self->info);
  self->has_asked = FALSE;
}

void
gst_heap_plain_copier_renegotiate (GstHeapPlainCopier *self)
{
  g_atomic_int_set (&self->stale, TRUE);
}

void
gst_heap_plain_copier_set_flushing (GstHeapPlainCopier *self, gboolean flushing)
{
  gst_heap_outlet_set_flushing (&self->outlet, flushing);
}

void
gst_heap_plain_copier_interrupt (GstHeapPlainCopier *self)
{
  gst_heap_outlet_stop (&self->outlet);
}

gboolean
gst_heap_plain_copier_is_readable (GstHeapPlainCopier *self, GstBuffer *buffer)
{
  if (!self->has_info || lies_as_caps_say (self, buffer))
    return TRUE;
  forget_if_stale (self);
  if (!self->has_asked)
    gst_query_unref (ask_downstream (self));
  return self->reads_video_meta;
}

GstFlowReturn
gst_heap_plain_copier_copy (GstHeapPlainCopier *self, GstBuffer *src, GstBuffer **ret_copy, GError **error)
{
  gboolean is_frame = self->has_info && gst_heap_copy_is_frame (src, &self->info), copied;
  GstBuffer *copy = NULL;
  GstFlowReturn flow = GST_FLOW_OK;

  forget_if_stale (self);
  if (is_frame)
    flow = acquire_frame (self, &copy, error);
  else
    copy = gst_buffer_new_allocate (NULL, gst_buffer_get_size (src), NULL);
  if (flow != GST_FLOW_OK)
    return flow;

  copied = is_frame ? gst_heap_copy_frame (copy, src, &self->info, self->how->copy, error)
                    : gst_heap_copy_bytes (copy, src, self->how->copy, error);
  if (!copied) {
    gst_buffer_unref (copy);
    return GST_FLOW_ERROR;
  }
  *ret_copy = copy;
  return GST_FLOW_OK;
}
