/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Allocating and freeing memory that the cache keeps, beside asking the heap each time. */
#include "benchmarks.h"

#include "gst/heaps/gstheap-private.h"
#include "heaps/heap.h"

#include <dlfcn.h>

#define MAX_RATIO (1.0 / 50)

static const gchar *const heaps[] = { "system", "default_cma_region", "process" };
static const struct {
  const gchar *name;
  gint width, height;
} frames[] = { { "640x480", 640, 480 }, { "720p", 1280, 720 }, { "1080p", 1920, 1080 }, { "2160p", 3840, 2160 } };

typedef struct {
  GstAllocator *allocator;
  struct heap *heap; /* of the peer that is the heap itself */
  gsize size;
} Side;

static void
run_allocator (gpointer data, guint n)
{
  Side *side = data;
  GstMemory *memory;

  for (guint i = 0; i < n; i++) {
    memory = gst_allocator_alloc (side->allocator, side->size, NULL);
    if (!memory)
      g_error ("there is no memory");
    gst_memory_unref (memory);
  }
}

static void
run_heap (gpointer data, guint n)
{
  Side *side = data;
  struct heap_buffer buffer;

  for (guint i = 0; i < n; i++) {
    if (heap_alloc (side->heap, side->size, &buffer) < 0)
      g_error ("the heap gives nothing");
    heap_free (side->heap, &buffer);
  }
}

static void
side_free (gpointer data)
{
  Side *side = data;

  gst_clear_object (&side->allocator);
  g_free (side);
}

/* Takes over allocator. */
static Side *
side_new (GstAllocator *allocator, gsize size)
{
  Side *side = g_new0 (Side, 1);

  side->allocator = allocator;
  side->size = size;
  return side;
}

static BenchSide
create_ours (const gchar *heap, gsize size, gchar **ret_reason)
{
  GstAllocator *allocator = bench_allocator_new (heap, ret_reason);

  if (!allocator)
    return (BenchSide){ 0 };
  g_object_set (allocator, "cache-bytes", (guint64) size * 4, "cache-age", 3600 * GST_SECOND, NULL);
  return (BenchSide){ "GstHeapAllocator, cache", run_allocator, side_new (allocator, size), side_free };
}

static BenchSide
create_heap_side (GstAllocator *allocator, gsize size)
{
  Side *side = side_new (gst_object_ref (allocator), size);

  side->heap = gst_heap_open (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)), NULL);
  return (BenchSide){ "the heap", run_heap, side, side_free };
}

/* GStreamer has one from 1.28 on. */
static GstAllocator *
get_udmabuf_allocator (void)
{
  GstAllocator *(*get) (void) = (GstAllocator * (*) (void) ) dlsym (RTLD_DEFAULT, "gst_udmabuf_allocator_get");

  return get ? get () : NULL;
}

/* Cases: the heaps with each frame; then GstUdmabufAllocator with each. */
static BenchCase *
create (guint number, gchar **ret_reason)
{
  guint size_number = number % G_N_ELEMENTS (frames), heap_number = number / G_N_ELEMENTS (frames);
  gboolean is_udmabuf = heap_number == G_N_ELEMENTS (heaps);
  const gchar *heap = is_udmabuf ? "process" : heaps[heap_number];
  GstAllocator *udmabuf = is_udmabuf ? get_udmabuf_allocator () : NULL;
  GstVideoInfo info;
  BenchCase *self;
  BenchSide ours;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, frames[size_number].width, frames[size_number].height);
  if (is_udmabuf && !udmabuf)
    *ret_reason = g_strdup ("this GStreamer or this kernel has no GstUdmabufAllocator");
  ours = is_udmabuf && !udmabuf ? (BenchSide){ 0 } : create_ours (heap, info.size, ret_reason);
  if (!ours.run)
    return NULL;
  self = bench_case_new (g_strdup_printf ("%s, %s", is_udmabuf ? "udmabuf" : heap, frames[size_number].name));
  self->max_ratio = g_str_equal (frames[size_number].name, "1080p") ? MAX_RATIO : 0;
  self->ours = ours;
  self->peer = is_udmabuf
                   ? (BenchSide){ "GstUdmabufAllocator", run_allocator, side_new (udmabuf, info.size), side_free }
                   : create_heap_side (((Side *) ours.data)->allocator, info.size);
  return self;
}

const BenchGroup bench_cache = {
  "cache",
  "memory for a frame of NV12 is allocated and freed; the peer has no cache",
  (G_N_ELEMENTS (heaps) + 1) * G_N_ELEMENTS (frames),
  TRUE,
  create,
};
