/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The buffers of a pool: making and freeing them as they are needed, and waiting for one. */
#include "gstheappoolstock.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheapdebug.h"
#include "gstheappoolsignals.h"
#include "gstheaproom.h"

#define GST_CAT_DEFAULT gst_heap_debug

#define STARVED_AFTER (5 * G_USEC_PER_SEC)
#define ROOM_INTERVAL G_USEC_PER_SEC /* nobody tells when another process has freed memory */
#define FENCE_TIMEOUT 20             /* milliseconds, after which another buffer is looked for */

/* A heap that is full, or a process out of fds, has room again when a buffer comes back: EOS makes acquire wait for
 * that. With no buffer out, and no other thread about to have one, none would. */
static GstFlowReturn
flow_for_error (GstHeapPoolStock *stock, guint memory, guint n_others, GError *error)
{
  gboolean may_pass = g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY) ||
                      g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_FDS);

  if (!may_pass || stock->starting || n_others == 0) {
    gst_heap_pool_buffer_add_figures (&stock->shared, memory, error);
    GST_ERROR_OBJECT (stock->shared.pool, "%s", error->message);
    gst_heap_pool_signals_emit_failed (stock->shared.pool, error);
    return GST_FLOW_ERROR;
  }
  GST_DEBUG_OBJECT (stock->shared.pool, "%s; there are %u buffers to wait for", error->message, n_others);
  return GST_FLOW_EOS;
}

/* Counts one buffer more, unless there are as many as there may be. */
static gboolean
reserve_buffer (GstHeapPoolStock *stock)
{
  const guint max_buffers = stock->shared.config.max_buffers;
  guint n_buffers;

  do {
    n_buffers = g_atomic_int_get (&stock->n_buffers);
    if (max_buffers > 0 && n_buffers >= max_buffers)
      return FALSE;
  } while (!g_atomic_int_compare_and_exchange (&stock->n_buffers, n_buffers, n_buffers + 1));
  return TRUE;
}

GstFlowReturn
gst_heap_pool_stock_add (GstHeapPoolStock *stock, GstBuffer **ret_buffer, gboolean may_wait)
{
  GError *error = NULL;
  GstFlowReturn flow;
  guint memory;

  if (!reserve_buffer (stock))
    return GST_FLOW_EOS;
  *ret_buffer = gst_heap_pool_buffer_new (&stock->shared, &memory, &error);
  if (*ret_buffer)
    return GST_FLOW_OK;
  flow = flow_for_error (stock, memory, g_atomic_int_add (&stock->n_buffers, -1) - 1, error);
  g_clear_error (&error);
  /* Others may have waited for this one, which was to be the last. Who waits itself looks for what they wait for. */
  if (flow != GST_FLOW_EOS || !may_wait)
    gst_heap_idle_wake (&stock->idle);
  return flow;
}

void
gst_heap_pool_stock_note_freed (GstHeapPoolStock *stock)
{
  g_atomic_int_add (&stock->n_buffers, -1);
  gst_heap_idle_wake (&stock->idle);
}

guint
gst_heap_pool_stock_empty (GstHeapPoolStock *stock)
{
  GstBufferPool *pool = stock->shared.pool;
  GstBuffer *buffer;
  guint count;

  while ((buffer = gst_heap_idle_take (&stock->idle, &count)))
    GST_BUFFER_POOL_GET_CLASS (pool)->free_buffer (pool, buffer);
  return count;
}

/* One may be in the hands of a thread that reclaims it. */
void
gst_heap_pool_stock_drain (GstHeapPoolStock *stock)
{
  guint count = gst_heap_pool_stock_empty (stock);

  while (g_atomic_int_get (&stock->n_buffers) > 0) {
    gst_heap_idle_wait (&stock->idle, count, STARVED_AFTER);
    count = gst_heap_pool_stock_empty (stock);
  }
}

gboolean
gst_heap_pool_stock_fill (GstHeapPoolStock *stock)
{
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *buffer;

  stock->starting = TRUE;
  for (guint i = 0; i < stock->shared.config.min_buffers && flow == GST_FLOW_OK; i++) {
    flow = gst_heap_pool_stock_add (stock, &buffer, FALSE);
    if (flow == GST_FLOW_OK)
      gst_heap_idle_put (&stock->idle, buffer);
  }
  stock->starting = FALSE;
  if (flow != GST_FLOW_OK)
    gst_heap_pool_stock_empty (stock);
  return flow == GST_FLOW_OK;
}

/* Waits for the devices that use the buffer a while, or for the pool to be stopped. Else the buffer goes back. */
static GstFlowReturn
wait_for_devices (GstHeapPoolStock *stock, GstBuffer **buffer, gboolean may_wait)
{
  if (may_wait && !GST_BUFFER_POOL_IS_FLUSHING (stock->shared.pool) &&
      gst_heap_pool_buffer_wait_idle (*buffer, FENCE_TIMEOUT))
    return GST_FLOW_OK;
  gst_heap_idle_put (&stock->idle, g_steal_pointer (buffer));
  return GST_FLOW_EOS;
}

/* For a buffer to come back; and where another one could be made if there were memory, for that too. Who has just
 * joined those looks again first. */
static void
wait_for_buffer (GstHeapPoolStock *stock, guint count, gboolean *has_joined)
{
  const guint max_buffers = stock->shared.config.max_buffers;
  gboolean lacks_memory = max_buffers == 0 || (guint) g_atomic_int_get (&stock->n_buffers) < max_buffers;

  if (lacks_memory && !*has_joined) {
    gst_heap_room_join (&stock->idle);
    *has_joined = TRUE;
  } else {
    gst_heap_idle_wait (&stock->idle, count, lacks_memory ? ROOM_INTERVAL : STARVED_AFTER);
  }
}

/* Says it once that waiting takes long. *begin, when it began: -1 once it was said. */
static void
look_at_time (GstHeapPoolStock *stock, gint64 *begin)
{
  if (*begin < 0 || g_get_monotonic_time () - *begin < STARVED_AFTER)
    return;
  *begin = -1;
  gst_heap_pool_signals_emit_starved (stock->shared.pool, g_atomic_int_get (&stock->n_buffers));
}

static GstFlowReturn
wait_for_any (GstHeapPoolStock *stock, GstBuffer **buffer, GstFlowReturn flow, guint count, gboolean *has_joined)
{
  gint64 begin = g_get_monotonic_time ();

  while (gst_heap_pool_stock_is_out (flow)) {
    if (flow == GST_FLOW_CUSTOM_SUCCESS)
      flow = wait_for_devices (stock, buffer, TRUE);
    else if (!GST_BUFFER_POOL_IS_FLUSHING (stock->shared.pool)) /* looked at after count was taken */
      wait_for_buffer (stock, count, has_joined);
    if (flow == GST_FLOW_OK)
      return flow;
    look_at_time (stock, &begin);
    flow = gst_heap_pool_stock_take (stock, buffer, TRUE, &count);
  }
  return flow;
}

GstFlowReturn
gst_heap_pool_stock_wait (
    GstHeapPoolStock *stock, GstBuffer **buffer, gboolean may_wait, GstFlowReturn flow, guint count)
{
  gboolean has_joined = FALSE;

  if (!may_wait)
    return flow == GST_FLOW_CUSTOM_SUCCESS ? wait_for_devices (stock, buffer, FALSE) : flow;
  flow = wait_for_any (stock, buffer, flow, count, &has_joined);
  if (has_joined)
    gst_heap_room_leave (&stock->idle);
  return flow;
}
