/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What memory the answer to an ALLOCATION query offers. */
#include "gstheaptraceoffer.h"

#include "gstheaptracememory.h"

#include <gst/heaps/heaps.h>

static gboolean
is_plain_pool (GstBufferPool *pool)
{
  return G_OBJECT_TYPE (pool) == GST_TYPE_BUFFER_POOL || G_OBJECT_TYPE (pool) == GST_TYPE_VIDEO_BUFFER_POOL;
}

/* Returns: (transfer full) (nullable) */
static GstAllocator *
allocator_of_pool (GstBufferPool *pool)
{
  GstStructure *config;
  GstAllocator *allocator = NULL;

  if (GST_IS_HEAP_BUFFER_POOL (pool))
    return gst_object_ref (GST_ALLOCATOR (gst_heap_buffer_pool_get_allocator (GST_HEAP_BUFFER_POOL (pool))));
  config = gst_buffer_pool_get_config (pool);
  if (gst_buffer_pool_config_get_allocator (config, &allocator, NULL) && allocator)
    gst_object_ref (allocator);
  gst_structure_free (config);
  return allocator;
}

static void
add (GstHeapTraceOffers *offers, const gchar *name, GType pool_type)
{
  if (g_strcmp0 (name, GST_ALLOCATOR_SYSMEM) == 0 || offers->n == GST_HEAP_TRACE_MOST_OFFERS)
    return;
  offers->offers[offers->n++] = (GstHeapTraceOffer){ g_strdup (name), pool_type };
}

static void
add_pool (GstHeapTraceOffers *offers, GstBufferPool *pool)
{
  GstAllocator *allocator = allocator_of_pool (pool);
  GType type = is_plain_pool (pool) || GST_IS_HEAP_BUFFER_POOL (pool) ? G_TYPE_INVALID : G_OBJECT_TYPE (pool);

  if (allocator)
    add (offers, gst_heap_trace_memory_name_of_allocator (allocator), type);
  else if (type != G_TYPE_INVALID)
    add (offers, g_type_name (type), type);
  g_clear_object (&allocator);
}

void
gst_heap_trace_offers_read (GstHeapTraceOffers *ret_offers, GstQuery *query)
{
  for (guint i = 0; i < gst_query_get_n_allocation_pools (query); i++) {
    GstBufferPool *pool = NULL;

    gst_query_parse_nth_allocation_pool (query, i, &pool, NULL, NULL, NULL);
    if (pool)
      add_pool (ret_offers, pool);
    g_clear_object (&pool);
  }
  for (guint i = 0; i < gst_query_get_n_allocation_params (query); i++) {
    GstAllocator *allocator = NULL;

    gst_query_parse_nth_allocation_param (query, i, &allocator, NULL);
    if (allocator)
      add (ret_offers, gst_heap_trace_memory_name_of_allocator (allocator), G_TYPE_INVALID);
    g_clear_object (&allocator);
  }
}

void
gst_heap_trace_offers_clear (GstHeapTraceOffers *offers)
{
  for (guint i = 0; i < offers->n; i++)
    g_free (offers->offers[i].name);
  offers->n = 0;
}

static gboolean
is_repeated (const GstHeapTraceOffers *offers, guint index)
{
  for (guint i = 0; i < index; i++) {
    if (g_str_equal (offers->offers[i].name, offers->offers[index].name))
      return TRUE;
  }
  return FALSE;
}

gchar *
gst_heap_trace_offers_to_string (const GstHeapTraceOffers *offers)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < offers->n; i++) {
    if (!is_repeated (offers, i))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", offers->offers[i].name);
  }
  return g_string_free (text, text->len == 0);
}

static gboolean
is_of (const GstHeapTraceOffer *offer, GstBuffer *buffer, const GstHeapLedgerFrame *frame)
{
  if (offer->pool_type != G_TYPE_INVALID && buffer->pool && G_OBJECT_TYPE (buffer->pool) == offer->pool_type)
    return TRUE;
  for (guint i = 0; i < frame->n_parts; i++) {
    if (!g_str_equal (gst_heap_ledger_memory_get_kind (frame->parts[i].memory)->name, offer->name))
      return FALSE;
  }
  return TRUE;
}

gboolean
gst_heap_trace_offers_have (const GstHeapTraceOffers *offers, GstBuffer *buffer, const GstHeapLedgerFrame *frame)
{
  for (guint i = 0; i < offers->n; i++) {
    if (is_of (&offers->offers[i], buffer, frame))
      return TRUE;
  }
  return FALSE;
}
