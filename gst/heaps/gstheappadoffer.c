/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Offering a heap on any pad of any element. */
#include <gst/heaps/gstheapelement.h>
#include <gst/heaps/gstheappadoffer.h>
#include <gst/heaps/gstheapproposal.h>

#include "gstheapdebug.h"

#define GST_CAT_DEFAULT gst_heap_debug

/* Of one probe. */
typedef struct {
  GstHeapAllocator *allocator; /* owned */
  guint min_buffers;
  GWeakRef pool; /* the last one */
} Offer;

static void
offer_free (gpointer data)
{
  Offer *offer = data;

  g_weak_ref_clear (&offer->pool);
  gst_object_unref (offer->allocator);
  g_free (offer);
}

/* What the element of a sink pad says, without the probes of the pad. */
static gboolean
ask_element (GstPad *pad, GstQuery *query)
{
  GstObject *parent = gst_pad_get_parent (pad);
  gboolean answered = FALSE;

  if (parent)
    answered = GST_PAD_QUERYFUNC (pad) (pad, parent, query);
  gst_clear_object (&parent);
  return answered;
}

static gboolean
ask_peer (GstPad *pad, GstQuery *query)
{
  GstPad *peer = gst_pad_get_peer (pad);
  gboolean answered = peer && gst_pad_query (peer, query);

  gst_clear_object (&peer);
  return answered;
}

static void
take_over_pool (GstPad *pad, Offer *offer, GstQuery *query)
{
  GstElement *element = gst_pad_get_parent_element (pad);
  GstBufferPool *pool = NULL, *before;

  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  if (pool) {
    before = g_weak_ref_get (&offer->pool);
    if (before)
      gst_heap_buffer_pool_retire (GST_HEAP_BUFFER_POOL (before));
    gst_clear_object (&before);
    g_weak_ref_set (&offer->pool, pool);
    if (element)
      gst_heap_element_watch_pool (element, GST_HEAP_BUFFER_POOL (pool));
  }
  gst_clear_object (&pool);
  gst_clear_object (&element);
}

/* Whether something is offered. */
static gboolean
make_offer (GstPad *pad, Offer *offer, GstQuery *query)
{
  GError *error = NULL;
  GstCaps *caps;
  gboolean allowed;

  gst_query_parse_allocation (query, &caps, NULL);
  allowed = gst_heap_allows_caps (gst_heap_allocator_get_heap (offer->allocator), caps, &error);
  if (allowed) {
    gst_heap_allocator_propose (offer->allocator, query, offer->min_buffers, &error);
    take_over_pool (pad, offer, query);
  }
  if (error)
    GST_WARNING_OBJECT (pad, "no pool is offered: %s", error->message);
  g_clear_error (&error);
  return allowed;
}

/* Before the query goes on: a probe would not see it on its way back if nobody there could answer, as a sink of
 * GStreamer cannot that has no wishes. So it is answered here. */
static GstPadProbeReturn
answer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  gboolean answered;

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  answered = GST_PAD_IS_SRC (pad) ? ask_peer (pad, query) : ask_element (pad, query);
  answered = make_offer (pad, data, query) || answered;
  return answered ? GST_PAD_PROBE_HANDLED : GST_PAD_PROBE_DROP;
}

/**
 * gst_heap_pad_offer:
 * @pad: any pad, a source or a sink, of an element or a bin
 * @allocator: a #GstHeapAllocator, of which a reference is kept; not one of gst_heap_allocator_new_carved()
 * @min_buffers: the least number of buffers in the pool
 *
 * Offers memory of @allocator, and a fresh pool, to whoever upstream of @pad asks in an ALLOCATION query, in the place
 * of what downstream offers: as heapupload does, without an element, and so without a look at the buffers that come.
 * Who ignores the offer goes on as before. What downstream says of size, number and metas is kept, as of
 * gst_heap_allocator_propose().
 *
 * It takes effect at the next negotiation: set it up before the pipeline starts, or send a RECONFIGURE event upstream
 * from @pad. The element of @pad posts what the pools meet: see gst_heap_element_watch_pool().
 *
 * Returns: for gst_pad_remove_probe(), which ends it, as the end of @pad does
 *
 * Since: 0.1
 */
gulong
gst_heap_pad_offer (GstPad *pad, GstHeapAllocator *allocator, guint min_buffers)
{
  Offer *offer;

  g_return_val_if_fail (GST_IS_PAD (pad), 0);
  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), 0);
  g_return_val_if_fail (gst_heap_allocator_get_carve_size (allocator) == 0, 0);

  offer = g_new0 (Offer, 1);
  offer->allocator = gst_object_ref (allocator);
  offer->min_buffers = min_buffers;
  g_weak_ref_init (&offer->pool, NULL);
  return gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM | GST_PAD_PROBE_TYPE_PUSH, answer, offer, offer_free);
}
