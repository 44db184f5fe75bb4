/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Allocating and freeing memory that the cache keeps, beside asking the heap each time. */
#include "benchmarks.h"

#include "gst/heaps/gstheap-private.h"
#include "heaps/heap.h"

#define MAX_RATIO (1.0 / 50)

static const gchar *const heaps[] = { "system", "default_cma_region", "process" };
static const struct {
  const gchar *name;
  gint width, height;
} frames[] = { { "640x480", 640, 480 }, { "720p", 1280, 720 }, { "1080p", 1920, 1080 }, { "2160p", 3840, 2160 } };

/* The heap itself. */
typedef struct {
  GstHeap *heap; /* which is open, as its allocator is there */
  gsize size;
} Side;

static gboolean
run_heap (gpointer data, guint n)
{
  Side *side = data;
  struct heap *core = gst_heap_open (side->heap, NULL);
  struct heap_buffer buffer;

  for (guint i = 0; i < n; i++) {
    if (heap_alloc (core, side->size, &buffer) < 0)
      return FALSE;
    heap_free (core, &buffer);
  }
  return TRUE;
}

static void
side_free (gpointer data)
{
  Side *side = data;

  g_object_unref (side->heap);
  g_free (side);
}

static BenchSide
create_heap_side (GstAllocator *allocator, gsize size)
{
  Side *side = g_new0 (Side, 1);

  side->heap = g_object_ref (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)));
  side->size = size;
  return (BenchSide){ "the heap", run_heap, side, side_free };
}

/* A look at the fences, and at who else has the memory open, which takes three calls in /proc. */
static void
set_targets (BenchCase *self, gboolean is_1080p)
{
  bench_case_forbid_calls (self);
  self->max_calls[CALL_POLL] = 1;
  self->max_calls[CALL_READ] = 1;
  self->max_calls[CALL_CLOSE] = 1;
  self->max_calls[CALL_OTHER] = 1;
  self->max_ratio = is_1080p ? MAX_RATIO : 0;
}

/* Cases: the heaps with each frame; then GstUdmabufAllocator with each. */
static BenchCase *
create (guint number, gchar **ret_reason)
{
  guint size_number = number % G_N_ELEMENTS (frames), heap_number = number / G_N_ELEMENTS (frames);
  gboolean is_udmabuf = heap_number == G_N_ELEMENTS (heaps);
  const gchar *heap = is_udmabuf ? "process" : heaps[heap_number];
  GstAllocator *udmabuf = is_udmabuf ? bench_get_udmabuf_allocator () : NULL, *allocator;
  GstVideoInfo info;
  BenchCase *self;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, frames[size_number].width, frames[size_number].height);
  if (is_udmabuf && !udmabuf)
    *ret_reason = g_strdup ("this GStreamer or this kernel has no GstUdmabufAllocator");
  allocator = is_udmabuf && !udmabuf ? NULL : bench_allocator_new (heap, ret_reason);
  if (!allocator)
    return NULL;
  g_object_set (allocator, "cache-bytes", (guint64) info.size * 4, "cache-age", 3600 * GST_SECOND, NULL);
  self = bench_case_new (g_strdup_printf ("%s, %s", is_udmabuf ? "udmabuf" : heap, frames[size_number].name));
  set_targets (self, g_str_equal (frames[size_number].name, "1080p"));
  self->peer = is_udmabuf ? bench_side_allocator ("GstUdmabufAllocator", udmabuf, info.size)
                          : create_heap_side (allocator, info.size);
  self->ours = bench_side_allocator ("GstHeapAllocator, cache", allocator, info.size);
  return self;
}

const BenchGroup bench_cache = {
  "cache",
  "memory for a frame of NV12 is allocated and freed; the peer has no cache",
  (G_N_ELEMENTS (heaps) + 1) * G_N_ELEMENTS (frames),
  TRUE,
  create,
};
