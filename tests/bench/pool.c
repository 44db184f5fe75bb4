/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Acquiring and releasing a buffer of a pool, beside GStreamer's own pool of system memory. */
#include "benchmarks.h"

#include <gst/allocators/gstdmabuf.h>

#define N_BUFFERS 8
#define MAX_RATIO 1.1

static const gchar *const heaps[] = { "process", "system" };
static const guint n_threads[] = { 1, 2, 4 };

typedef struct {
  GstBufferPool *pool;
  guint n_threads;
  guint n_each; /* while threads run: cycles of each */
} Side;

static void
cycle (GstBufferPool *pool, guint n)
{
  GstBuffer *buffer;

  for (guint i = 0; i < n; i++) {
    if (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL) != GST_FLOW_OK)
      g_error ("the pool gives no buffer");
    gst_buffer_unref (buffer);
  }
}

static gpointer
run_thread (gpointer data)
{
  Side *side = data;

  cycle (side->pool, side->n_each);
  return NULL;
}

static void
run (gpointer data, guint n)
{
  Side *side = data;
  GThread *threads[8];

  if (side->n_threads == 1) {
    cycle (side->pool, n);
    return;
  }
  side->n_each = n / side->n_threads;
  for (guint i = 0; i < side->n_threads; i++)
    threads[i] = g_thread_new ("cycle", run_thread, side);
  for (guint i = 0; i < side->n_threads; i++)
    g_thread_join (threads[i]);
}

static void
side_free (gpointer data)
{
  Side *side = data;

  bench_pool_free (side->pool);
  g_free (side);
}

/* Takes over pool. */
static BenchSide
side_of (const gchar *name, GstBufferPool *pool, guint number)
{
  Side *side = g_new0 (Side, 1);

  bench_pool_start (pool, "NV12", 1920, 1080, N_BUFFERS);
  side->pool = pool;
  side->n_threads = number;
  return (BenchSide){ name, run, side, side_free };
}

/* What a buffer of the heap may cost: a look at its fences, if it can have any. */
static void
set_targets (BenchCase *self, gboolean is_dmabuf)
{
  bench_case_forbid_calls (self);
  self->max_calls[CALL_FUTEX] = BENCH_NO_LIMIT; /* of threads that share a pool, in its base class too */
  if (is_dmabuf)
    self->max_calls[CALL_POLL] = 1;
  else
    self->max_ratio = MAX_RATIO;
}

/* GStreamer's pool up to 1.24 may never end where threads share it: there, one thread is what is compared with. */
static BenchSide
create_peer (guint threads)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  if (minor < 26)
    return side_of ("GstVideoBufferPool, one thread", gst_video_buffer_pool_new (), 1);
  return side_of ("GstVideoBufferPool", gst_video_buffer_pool_new (), threads);
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
  set_targets (self, is_dmabuf);
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
