/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The buffers of a pool: those that nobody has, how many there are, and how who wants one comes by it. Taking one that
 * nobody has is inline. Belongs to gstheapbufferpool.c. Any thread. */
#pragma once

#include "gstheapidle.h"
#include "gstheappoolbuffer.h"

typedef struct {
  GstHeapPoolShared shared;
  gint n_buffers;    /* atomic: those that exist, in the pool and out, and those that are being made or freed */
  gboolean starting; /* while buffers are preallocated: then none is out that could come back */
  GstHeapIdle idle;
} GstHeapPoolStock;

/* Makes the least number of buffers there are to be, which are idle then. FALSE: it failed, and leaves none. */
G_GNUC_INTERNAL
gboolean gst_heap_pool_stock_fill (GstHeapPoolStock *stock);
/* Frees what is idle. Returns: when there was none left, for gst_heap_idle_wait() */
G_GNUC_INTERNAL
guint gst_heap_pool_stock_empty (GstHeapPoolStock *stock);
/* Frees all, and waits for those that other threads are about to free. No buffer is out. */
G_GNUC_INTERNAL
void gst_heap_pool_stock_drain (GstHeapPoolStock *stock);
/* A buffer was freed: there is room for another one. */
G_GNUC_INTERNAL
void gst_heap_pool_stock_note_freed (GstHeapPoolStock *stock);
/* One buffer more, for who asks. GST_FLOW_EOS: there are as many as there may be now, and who may_wait waits for one.
 * GST_FLOW_ERROR: it is not to be had, and that was said. */
G_GNUC_INTERNAL
GstFlowReturn gst_heap_pool_stock_add (GstHeapPoolStock *stock, GstBuffer **ret_buffer, gboolean may_wait);
/* Goes on from a gst_heap_pool_stock_take() that came to flow, which gst_heap_pool_stock_is_out(), with its buffer and
 * count; until there is a buffer, or the pool is stopped, or fails. GST_FLOW_EOS, at once: it may not wait. */
G_GNUC_INTERNAL
GstFlowReturn gst_heap_pool_stock_wait (
    GstHeapPoolStock *stock, GstBuffer **buffer, gboolean may_wait, GstFlowReturn flow, guint count);

/* A buffer that no device uses, without waiting for one: what came back while a display still shows it goes behind the
 * others. GST_FLOW_CUSTOM_SUCCESS: all are used, and *buffer is the last one that was looked at. GST_FLOW_EOS: there is
 * none, and *ret_count is for waiting. */
static inline GstFlowReturn
gst_heap_pool_stock_take (GstHeapPoolStock *stock, GstBuffer **buffer, gboolean may_wait, guint *ret_count)
{
  if (G_UNLIKELY (GST_BUFFER_POOL_IS_FLUSHING (stock->shared.pool)))
    return GST_FLOW_FLUSHING;
  *buffer = gst_heap_idle_take (&stock->idle, ret_count);
  for (gint others = g_atomic_int_get (&stock->n_buffers) - 1; *buffer; others--) {
    if (!stock->shared.has_fences || gst_heap_pool_buffer_wait_idle (*buffer, 0))
      return GST_FLOW_OK;
    if (others <= 0)
      return GST_FLOW_CUSTOM_SUCCESS;
    gst_heap_idle_put (&stock->idle, *buffer);
    *buffer = gst_heap_idle_take (&stock->idle, ret_count);
  }
  return gst_heap_pool_stock_add (stock, buffer, may_wait);
}

/* Whether gst_heap_pool_stock_take() found that waiting may help. */
static inline gboolean
gst_heap_pool_stock_is_out (GstFlowReturn flow)
{
  return flow == GST_FLOW_EOS || flow == GST_FLOW_CUSTOM_SUCCESS;
}
