/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory that nobody uses any more, kept for the next who wants its like: the same GstMemory, as importers remember by
 * its address what they made of it. Freed when it gets old, and when the machine is short of memory.
 * Belongs to the allocators of gstheapallocator.c. Any thread. */
#pragma once

#include <gst/gst.h>

typedef struct _GstHeapCache GstHeapCache;

/* What memory is good for. */
typedef struct {
  gsize size;          /* bytes, its true size */
  const gchar *layout; /* how frames lie in it, as an interned string; NULL: not known */
} GstHeapCacheKey;

/* Stands in what belongs to the memory, so that keeping it takes no memory itself. */
typedef struct {
  GstMemory *memory;
  GstHeapCacheKey key;
  GList link;     /* the cache's */
  guint64 put_at; /* the cache's: microseconds, monotonic */
} GstHeapCacheEntry;

/* Keeps nothing at first. free_memory frees one memory for good. */
G_GNUC_INTERNAL
GstHeapCache *gst_heap_cache_new (void (*free_memory) (GstMemory *memory));
/* By the allocator, once it is closed. */
G_GNUC_INTERNAL
void gst_heap_cache_unref (GstHeapCache *cache);
/* At most max_bytes are kept, and none of them for much longer than max_age microseconds. */
G_GNUC_INTERNAL
void gst_heap_cache_set_limits (GstHeapCache *cache, guint64 max_bytes, guint64 max_age);
G_GNUC_INTERNAL
guint64 gst_heap_cache_get_max_bytes (GstHeapCache *cache);
G_GNUC_INTERNAL
guint64 gst_heap_cache_get_max_age (GstHeapCache *cache);
/* Takes over the memory of entry, but for its reference of its allocator, and frees older memory to make room. FALSE:
 * it is not kept. */
G_GNUC_INTERNAL
gboolean gst_heap_cache_put (GstHeapCache *cache, GstHeapCacheEntry *entry);
/* Whether memory can be used now, with the layout it had or with another one. */
typedef gboolean (*GstHeapCacheCheck) (GstMemory *memory, gboolean same_layout);

/* Memory of exactly that size that is usable: the one put last with that layout, else one with another. It has a
 * reference of its allocator again. NULL: there is none. */
G_GNUC_INTERNAL
GstMemory *gst_heap_cache_take (GstHeapCache *cache, const GstHeapCacheKey *key, GstHeapCacheCheck is_usable);
/* Frees all. Returns: the bytes that were freed */
G_GNUC_INTERNAL
guint64 gst_heap_cache_trim (GstHeapCache *cache);
/* Frees all for good: nothing is put into it any more. */
G_GNUC_INTERNAL
void gst_heap_cache_close (GstHeapCache *cache);
/* The bytes that were freed so far because the machine was short of memory. */
G_GNUC_INTERNAL
guint64 gst_heap_cache_get_bytes_given_up (GstHeapCache *cache);
/* The bytes that are kept now. */
G_GNUC_INTERNAL
guint64 gst_heap_cache_get_bytes (GstHeapCache *cache);
