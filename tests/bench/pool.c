/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Acquiring and releasing a buffer of a pool, beside GStreamer's own pool of system memory. */
#include "benchmarks.h"

#include <gst/allocators/gstdmabuf.h>

#define N_BUFFERS 8
#define MAX_RATIO 1.1

static const gchar *const heaps[] = { "process", "system" };
static const guint n_threads[] = { 1, 2, 3, 4 };

typedef struct {
  GstBufferPool *pool;
  guint n_threads;
  guint n_each;    /* while threads run: cycles of each */
  gint has_failed; /* one of them; atomic */
} Side;

static gpointer
run_thread (gpointer data)
{
  Side *side = data;

  if (!bench_cycle_pool (side->pool, side->n_each))
    g_atomic_int_set (&side->has_failed, TRUE);
  return NULL;
}

static gboolean
run (gpointer data, guint n)
{
  Side *side = data;
  GThread *threads[8];

  if (side->n_threads == 1)
    return bench_cycle_pool (side->pool, n);
  side->n_each = n / side->n_threads;
  for (guint i = 0; i < side->n_threads; i++)
    threads[i] = g_thread_new ("cycle", run_thread, side);
  for (guint i = 0; i < side->n_threads; i++)
    g_thread_join (threads[i]);
  return !g_atomic_int_get (&side->has_failed);
}

static void
side_free (gpointer data)
{
  Side *side = data;

  gst_buffer_pool_set_active (side->pool, FALSE);
  gst_object_unref (side->pool);
  g_free (side);
}

/* Takes over pool. */
static BenchSide
side_of (const gchar *name, GstBufferPool *pool, guint number)
{
  Side *side = g_new0 (Side, 1);
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 1920, 1080);
  if (!bench_start_pool (pool, &info, N_BUFFERS))
    g_error ("the pool does not start");
  side->pool = pool;
  side->n_threads = number;
  return (BenchSide){ name, run, side, side_free };
}

/* GStreamer's pool up to 1.24 may never end where threads share it. */
static gboolean
peer_can_be_shared (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return minor >= 26;
}

/* Where it cannot, one thread is what is compared with, and no target. */
static BenchSide
create_peer (guint threads)
{
  gboolean can_be_shared = peer_can_be_shared ();

  return side_of (can_be_shared ? "GstVideoBufferPool" : "GstVideoBufferPool, one thread", gst_video_buffer_pool_new (),
      can_be_shared ? threads : 1);
}

/* What a buffer of the heap may cost: a look at its fences, if it can have any. */
static void
set_targets (BenchCase *self, gboolean is_dmabuf, guint threads)
{
  bench_case_forbid_calls (self);
  if (is_dmabuf)
    self->max_calls[CALL_POLL] = 1;
  else if (threads == 1 || peer_can_be_shared ())
    self->max_ratio = MAX_RATIO;
}

static BenchCase *
create (guint number, gchar **ret_reason)
{
  const gchar *heap = heaps[number / G_N_ELEMENTS (n_threads)];
  guint threads = n_threads[number % G_N_ELEMENTS (n_threads)];
  GstAllocator *allocator = bench_allocator_new (heap, ret_reason);
  gboolean is_dmabuf;
  BenchCase *self;

  if (!allocator)
    return NULL;
  is_dmabuf = GST_IS_DMABUF_ALLOCATOR (allocator);
  self = bench_case_new (g_strdup_printf (
      "%s, %s, %u thread%s", heap, is_dmabuf ? "dma-buf" : "no dma-buf", threads, threads > 1 ? "s" : ""));
  self->ours = side_of ("GstHeapBufferPool", gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator)), threads);
  self->peer = create_peer (threads);
  set_targets (self, is_dmabuf, threads);
  gst_object_unref (allocator);
  return self;
}

const BenchGroup bench_pool = {
  "pool",
  "a buffer of 1080p NV12 is acquired and released; the peer is GstVideoBufferPool on system memory",
  G_N_ELEMENTS (heaps) * G_N_ELEMENTS (n_threads),
  TRUE,
  create,
};
