/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One memory of a heap: mapping, syncing, sharing, copying. Belongs to the
 * allocators of gstheapallocatortypes.c, which install these functions. */
#pragma once

#include <gst/allocators/gstfdmemory.h>
#include <gst/heaps/gstheapmemory.h>

#include "gstheapbudget.h"
#include "gstheapcache.h"
#include "gstheaplabel.h"
#include "gstheapshortage.h"

#include "heaps/heap.h"

/* See gstheapfallback.h. */
typedef struct _GstHeapFallback GstHeapFallback;

/* What all memory of one allocator shares; stands in the allocator, which outlives its memory. */
typedef struct {
  GstHeap *heap;                   /* owned; open */
  struct heap *core;               /* owned; of heap, or carved out of it */
  GstAllocator *allocator;         /* whose this is */
  GstHeapCache *cache;             /* owned; of memory that nobody uses */
  gsize carve_size;                /* bytes that core divides; 0: it divides nothing */
  gboolean is_dmabuf;              /* else plain shared memory, where there is nothing to sync */
  GstMemoryShareFunction fd_share; /* GstFdAllocator's */
  GstHeapLabel label;              /* what dma-bufs are called */
  _Atomic gsize min_size;          /* bytes: no memory is smaller */
  GstHeapBudget *budget;           /* owned */
  GstHeapBudget *process_budget;   /* of the heap; what is carved is taken from it as a whole */
  GstHeapShortage shortage;        /* of heap */
  GstHeapFallback *fallback;       /* owned; NULL: no other heap may stand in */

  /* Counted with atomics, read one by one. */
  _Atomic guint64 bytes_live;  /* true sizes of the memory that is alive */
  _Atomic guint64 bytes_peak;  /* the most bytes_live has been */
  _Atomic guint64 memories;    /* memory that is alive */
  _Atomic guint64 allocations; /* from the heap, since the start */
  _Atomic guint64 reuses;      /* allocations that were served by the cache */
  _Atomic guint64 fallbacks;   /* allocations that another heap served */
  _Atomic guint64 syncs;       /* DMA_BUF_IOCTL_SYNC calls that succeeded */
  _Atomic guint64 copies;      /* gst_memory_copy() and what comes to it */
  _Atomic guint64 copied_bytes;
} GstHeapMemoryShared;

/* Wraps buffer, which the memory gives back to the heap, on failure too. size is what
 * shows of it; layout is an interned string, or NULL. The memory is not mapped. NULL when GStreamer has no fd
 * memory. */
G_GNUC_INTERNAL
GstMemory *gst_heap_memory_wrap (GstAllocator *allocator, GstHeapMemoryShared *shared, const struct heap_buffer *buffer,
    gsize size, const gchar *layout);
/* Frees memory that the cache has kept. */
G_GNUC_INTERNAL
void gst_heap_memory_discard (GstMemory *memory);
/* Makes memory that came out of another allocator's cache one of this allocator, whose budget has room for it. The two
 * are of one type and of one heap. May be the end of the other one. */
G_GNUC_INTERNAL
void gst_heap_memory_adopt (GstMemory *memory, GstHeapMemoryShared *shared);
/* Makes memory that the cache has kept as good as new, but for what is in it. */
G_GNUC_INTERNAL
void gst_heap_memory_renew (GstMemory *memory, gsize size, const gchar *layout);
/* The offset it was made with: where the buffer behind it begins in its fd. */
G_GNUC_INTERNAL
gsize gst_heap_memory_get_start (GstMemory *memory);
/* Waits up to timeout milliseconds until no device uses the memory any more. FALSE: one still does. What has no fences,
 * or no fences of its own, is used by none. */
G_GNUC_INTERNAL
gboolean gst_heap_memory_wait_idle (GstMemory *memory, gint timeout);
/* Whether memory that the cache keeps can be used now: by no device any more, and if frames are to lie otherwise in it,
 * open nowhere else. */
G_GNUC_INTERNAL
gboolean gst_heap_memory_is_reusable (GstMemory *memory, gboolean same_layout);

/* A persistent mapping, readable and writable; one SYNC for the outermost map and for each direction it did not
 * have. */
G_GNUC_INTERNAL
gpointer gst_heap_memory_map (GstMemory *memory, GstMapInfo *info, gsize maxsize);
G_GNUC_INTERNAL
void gst_heap_memory_unmap (GstMemory *memory, GstMapInfo *info);
/* Copies into system memory, never into the heap. NULL when the memory cannot be read. */
G_GNUC_INTERNAL
GstMemory *gst_heap_memory_copy (GstMemory *memory, gssize offset, gssize size);
G_GNUC_INTERNAL
GstMemory *gst_heap_memory_share (GstMemory *memory, gssize offset, gssize size);
/* The physical address of the buffer behind the memory; 0 where that is not known. */
G_GNUC_INTERNAL
guintptr gst_heap_memory_get_address (GstMemory *memory);
