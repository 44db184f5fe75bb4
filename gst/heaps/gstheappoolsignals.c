/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a GstHeapBufferPool tells whoever made it. */
#include "gstheappoolsignals.h"

enum
{
  SIGNAL_FAILED,
  SIGNAL_STARVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

void
gst_heap_pool_signals_install (GType type)
{
  /**
   * GstHeapBufferPool::failed:
   * @pool: the pool
   * @error: why
   *
   * Memory for a buffer is not to be had, and acquiring or starting fails. Emitted in the thread that does that, with
   * the pool locked while starting: not a place to use the pool in.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  /**
   * GstHeapBufferPool::starved:
   * @pool: the pool
   * @n_buffers: the number of buffers there are, all of which are in use
   *
   * Who acquires has waited for five seconds, for a buffer to come back or for the devices that use those that did, and
   * goes on waiting. Said once for each wait.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STARVED] =
      g_signal_new ("starved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

void
gst_heap_pool_signals_emit_failed (GstBufferPool *pool, const GError *error)
{
  g_signal_emit (pool, signals[SIGNAL_FAILED], 0, error);
}

void
gst_heap_pool_signals_emit_starved (GstBufferPool *pool, guint n_buffers)
{
  g_signal_emit (pool, signals[SIGNAL_STARVED], 0, n_buffers);
}
