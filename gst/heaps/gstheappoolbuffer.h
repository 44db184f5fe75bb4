/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One buffer of a pool: making it, and what may have become of it while it was out. What every buffer goes through each
 * time is inline. Belongs to gstheapbufferpool.c. */
#pragma once

#include "gstheapallocator-private.h"
#include "gstheappoolconfig.h"

/* What all buffers of one pool share; stands in the pool. */
typedef struct {
  GstBufferPool *pool;        /* whose this is */
  GstAllocator *allocator;    /* owned, constant */
  gboolean (*reclaim) (void); /* constant: see GstHeapDemand */
  GstHeapPoolConfig config;   /* constant while the pool is active */
  gboolean has_fences;        /* constant: whether devices may still use what came back */
  gint has_offsets;           /* atomic: whether any memory began behind the start of its fd when it was made */
} GstHeapPoolShared;

/* A buffer with its memories and its metas, which stay when it comes back. NULL: *ret_memory is the one that is not to
 * be had. */
G_GNUC_INTERNAL
GstBuffer *gst_heap_pool_buffer_new (GstHeapPoolShared *shared, guint *ret_memory, GError **error);
/* gst_heap_allocator_add_figures() to an error of the above. */
G_GNUC_INTERNAL
void gst_heap_pool_buffer_add_figures (GstHeapPoolShared *shared, guint memory, GError *error);
/* Why a buffer that comes back cannot be given out again; NULL: it can. */
static inline const gchar *
gst_heap_pool_buffer_unfit (const GstHeapPoolShared *shared, GstBuffer *buffer)
{
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY))
    return "its memory was changed";
  for (guint i = 0; i < shared->config.layout.n_memories; i++) {
    if (!gst_memory_is_writable (gst_buffer_peek_memory (buffer, i)))
      return "its memory is used elsewhere";
  }
  return NULL;
}

/* Whether the buffer has other memory than it was made with. */
static inline gboolean
gst_heap_pool_buffer_is_changed (const GstHeapPoolShared *shared, GstBuffer *buffer)
{
  return GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY) ||
         gst_buffer_n_memory (buffer) != shared->config.layout.n_memories;
}

/* Where a memory that is as it was made shows something. */
static inline gsize
gst_heap_pool_buffer_start_of (const GstHeapPoolShared *shared, GstMemory *memory)
{
  return G_UNLIKELY (g_atomic_int_get (&shared->has_offsets)) ? gst_heap_memory_get_start (memory) : 0;
}

/* Gives the memories of a buffer that is not changed their sizes back: whoever had it may have made them smaller. */
static inline void
gst_heap_pool_buffer_restore_sizes (const GstHeapPoolShared *shared, GstBuffer *buffer)
{
  for (guint i = 0; i < shared->config.layout.n_memories; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    gsize start = gst_heap_pool_buffer_start_of (shared, memory), size = shared->config.layout.shown[i];

    if (G_UNLIKELY (memory->offset != start || memory->size != size) && gst_memory_is_writable (memory))
      gst_memory_resize (memory, (gssize) start - (gssize) memory->offset, size);
  }
}

/* Whether no device uses the buffer, waiting for that for timeout milliseconds at most: one poll for each memory. */
static inline gboolean
gst_heap_pool_buffer_wait_idle (GstBuffer *buffer, gint timeout)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    if (!gst_heap_memory_wait_idle (gst_buffer_peek_memory (buffer, i), timeout))
      return FALSE;
  }
  return TRUE;
}
