/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What gst-heaps-1.0 bench compares. */
#include "bench-cases.h"

#define N_BUFFERS 2

/* Keeps what is freed, or asks the heap each time. NULL: the heap has not so much as a frame, and why. */
static GstAllocator *
open_heap (GstHeap *heap, const GstVideoInfo *info, gboolean has_cache, gchar **ret_reason)
{
  g_autoptr (GError) error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new_for_heap (heap, &error);
  GstMemory *memory = NULL;

  if (allocator) {
    g_object_set (allocator, "cache-bytes", (guint64) (has_cache ? info->size * 4 : 0), "cache-age",
        (guint64) 3600 * GST_SECOND, NULL);
    memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), info->size, NULL, &error);
  }
  if (!memory) {
    *ret_reason = g_strdup (error->message);
    gst_clear_object (&allocator);
  }
  g_clear_pointer (&memory, gst_memory_unref);
  return allocator;
}

/* NULL: it does not start, and why. */
static GstBufferPool *
start (GstBufferPool *pool, const GstVideoInfo *info, gchar **ret_reason)
{
  if (bench_start_pool (pool, info, N_BUFFERS))
    return pool;
  *ret_reason = g_strdup_printf ("there is no room for a pool of %d frames", N_BUFFERS);
  gst_object_unref (pool);
  return NULL;
}

static gboolean
create_pool (GstHeap *heap, const GstVideoInfo *info, BenchPair *ret_pair, gchar **ret_reason)
{
  GstAllocator *allocator = open_heap (heap, info, FALSE, ret_reason);
  GstBufferPool *ours =
      allocator ? start (gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator)), info, ret_reason) : NULL;
  GstBufferPool *peer = ours ? start (gst_video_buffer_pool_new (), info, ret_reason) : NULL;

  gst_clear_object (&allocator);
  ret_pair->ours = ours ? bench_side_pool ("GstHeapBufferPool", ours) : (BenchSide){ 0 };
  ret_pair->peer = peer ? bench_side_pool ("GstVideoBufferPool, system memory", peer) : (BenchSide){ 0 };
  return peer != NULL;
}

static gboolean
create_heap (GstHeap *heap, const GstVideoInfo *info, BenchPair *ret_pair, gchar **ret_reason)
{
  GstAllocator *ours = open_heap (heap, info, TRUE, ret_reason);
  GstAllocator *peer = ours ? open_heap (heap, info, FALSE, ret_reason) : NULL;

  ret_pair->ours = ours ? bench_side_allocator ("GstHeapAllocator", ours, info->size) : (BenchSide){ 0 };
  ret_pair->peer = peer ? bench_side_allocator ("the heap each time", peer, info->size) : (BenchSide){ 0 };
  return peer != NULL;
}

static gboolean
create_udmabuf (GstHeap *heap, const GstVideoInfo *info, BenchPair *ret_pair, gchar **ret_reason)
{
  GstAllocator *peer = bench_get_udmabuf_allocator ();
  GstAllocator *ours = peer ? open_heap (heap, info, TRUE, ret_reason) : NULL;

  ret_pair->ours = ours ? bench_side_allocator ("GstHeapAllocator", ours, info->size) : (BenchSide){ 0 };
  ret_pair->peer = peer ? bench_side_allocator ("GstUdmabufAllocator", peer, info->size) : (BenchSide){ 0 };
  return ours != NULL;
}

static gboolean
is_mappable (GstHeap *heap, gchar **ret_reason)
{
  if (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_PROTECTED) != GST_HEAP_ANSWER_YES)
    return TRUE;
  *ret_reason = g_strdup ("the heap is protected: the CPU cannot reach its memory");
  return FALSE;
}

static gboolean
create_map (GstHeap *heap, const GstVideoInfo *info, BenchPair *ret_pair, gchar **ret_reason)
{
  GstAllocator *allocator = is_mappable (heap, ret_reason) ? open_heap (heap, info, FALSE, ret_reason) : NULL;
  GstMemory *memory = allocator ? gst_allocator_alloc (allocator, info->size, NULL) : NULL;
  GstMemory *wrapped = memory ? bench_wrap_memory (memory) : NULL;

  gst_clear_object (&allocator);
  if (!wrapped) {
    g_clear_pointer (&memory, gst_memory_unref);
    return FALSE;
  }
  ret_pair->peer = bench_side_map (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_IMPORTABLE) == GST_HEAP_ANSWER_YES
                                       ? "GstDmaBufAllocator"
                                       : "GstFdAllocator",
      bench_frame_new (wrapped, info), info);
  ret_pair->ours = bench_side_map ("GstHeapAllocator", bench_frame_new (memory, info), info);
  return TRUE;
}

const BenchKind bench_kinds[] = {
  { "acquire and release", create_pool },
  { "allocate and free", create_heap },
  { "allocate and free", create_udmabuf },
  { "map and unmap", create_map },
  { NULL, NULL },
};

void
bench_pair_clear (BenchPair *pair)
{
  bench_side_clear (&pair->ours);
  bench_side_clear (&pair->peer);
}
