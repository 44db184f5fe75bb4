/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocators of this process. */
#include "gstheapregistry.h"

#include "gstheapallocator-private.h"

#include <string.h>

static GMutex lock;         /* protects allocators */
static GPtrArray *registry; /* of GstHeapMemoryShared; NULL when there is none */

void
gst_heap_registry_add (GstHeapMemoryShared *shared)
{
  g_mutex_lock (&lock);
  if (!registry)
    registry = g_ptr_array_new ();
  g_ptr_array_add (registry, shared);
  g_mutex_unlock (&lock);
}

void
gst_heap_registry_remove (GstHeapMemoryShared *shared)
{
  g_mutex_lock (&lock);
  if (registry && g_ptr_array_remove_fast (registry, shared) && registry->len == 0)
    g_clear_pointer (&registry, g_ptr_array_unref);
  g_mutex_unlock (&lock);
}

static gboolean
is_of_heap (const GstHeapMemoryShared *shared, gconstpointer info)
{
  return heap_info_is_same (&shared->core->info, info);
}

static gboolean
is_within_budget (const GstHeapMemoryShared *shared, gconstpointer budget)
{
  return shared->budget == budget;
}

/* Those allocators that keep memory. One that is about to go is alive as long as it is in the registry. */
static GSList *
ref_allocators (gboolean (*is_wanted) (const GstHeapMemoryShared *shared, gconstpointer data), gconstpointer data)
{
  GSList *found = NULL;

  g_mutex_lock (&lock);
  for (guint i = 0; registry && i < registry->len; i++) {
    GstHeapMemoryShared *shared = g_ptr_array_index (registry, i);

    if (is_wanted (shared, data) && gst_heap_cache_get_max_bytes (shared->cache) > 0)
      found = g_slist_prepend (found, gst_object_ref (shared->allocator));
  }
  g_mutex_unlock (&lock);
  return found;
}

/* Takes over allocators. FALSE: there are none. */
static gboolean
trim_all (GSList *allocators)
{
  gboolean any = allocators != NULL;

  for (GSList *item = allocators; item; item = item->next)
    gst_heap_cache_trim (gst_heap_allocator_get_shared (item->data)->cache);
  g_slist_free_full (allocators, gst_object_unref);
  return any;
}

/* Of an allocator that is carved, what it has taken, whoever uses how much of that. */
static void
add_held (const GstHeapMemoryShared *shared, guint64 *bytes, guint64 *buffers)
{
  gsize whole;

  if (shared->carve_size > 0 && heap_round_size (shared->carve_size, &whole) == 0) {
    *bytes += whole;
    *buffers += 1;
  } else {
    *bytes += shared->bytes_live;
    *buffers += shared->memories;
  }
}

void
gst_heap_registry_count (const struct heap_info *info, guint64 *ret_bytes, guint64 *ret_buffers)
{
  guint64 bytes = 0, buffers = 0;

  g_mutex_lock (&lock);
  for (guint i = 0; registry && i < registry->len; i++) {
    GstHeapMemoryShared *shared = g_ptr_array_index (registry, i);

    if (heap_info_is_same (&shared->core->info, info))
      add_held (shared, &bytes, &buffers);
  }
  g_mutex_unlock (&lock);
  *ret_bytes = bytes;
  *ret_buffers = buffers;
}

static gboolean
holds_any (const GstHeapMemoryShared *shared)
{
  return shared->carve_size > 0 || shared->memories > 0 || gst_heap_cache_get_bytes (shared->cache) > 0;
}

guint
gst_heap_registry_count_holders (const struct heap_info *info)
{
  guint n = 0;

  g_mutex_lock (&lock);
  for (guint i = 0; registry && i < registry->len; i++) {
    GstHeapMemoryShared *shared = g_ptr_array_index (registry, i);

    n += heap_info_is_same (&shared->core->info, info) && holds_any (shared);
  }
  g_mutex_unlock (&lock);
  return n;
}

/* What is carved lies in one fd with the rest of it. */
static gboolean
is_alike (const GstHeapMemoryShared *a, const GstHeapMemoryShared *b)
{
  return a->carve_size == 0 && b->carve_size == 0 && G_OBJECT_TYPE (a->allocator) == G_OBJECT_TYPE (b->allocator) &&
         memcmp (&a->core->info.facts, &b->core->info.facts, sizeof a->core->info.facts) == 0;
}

GstMemory *
gst_heap_registry_take (GstHeapMemoryShared *shared, const GstHeapCacheKey *key)
{
  GSList *allocators = ref_allocators (is_of_heap, &shared->core->info);
  GstMemory *memory = NULL;

  for (GSList *item = allocators; item && !memory; item = item->next) {
    GstHeapMemoryShared *other = gst_heap_allocator_get_shared (item->data);

    if (other != shared && is_alike (other, shared))
      memory = gst_heap_cache_take (other->cache, key, gst_heap_memory_is_reusable);
  }
  if (memory)
    gst_heap_memory_adopt (memory, shared);
  g_slist_free_full (allocators, gst_object_unref);
  return memory;
}

gboolean
gst_heap_registry_trim (const struct heap_info *info)
{
  return trim_all (ref_allocators (is_of_heap, info));
}

void
gst_heap_registry_trim_budget (const GstHeapBudget *budget)
{
  trim_all (ref_allocators (is_within_budget, budget));
}
