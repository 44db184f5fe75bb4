/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocators of this process. */
#include "gstheapregistry.h"

#include "gstheapallocator-private.h"

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

/* With the lock. Allocators of the heap that keep memory. One that is about to go is alive as long as it is in the
 * registry. */
static GSList *
ref_allocators (const struct heap_info *info)
{
  GSList *found = NULL;

  for (guint i = 0; registry && i < registry->len; i++) {
    GstHeapMemoryShared *shared = g_ptr_array_index (registry, i);

    if (heap_info_is_same (&shared->core->info, info) && gst_heap_cache_get_max_bytes (shared->cache) > 0)
      found = g_slist_prepend (found, gst_object_ref (shared->allocator));
  }
  return found;
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

gboolean
gst_heap_registry_trim (const struct heap_info *info)
{
  GSList *allocators;
  gboolean any;

  g_mutex_lock (&lock);
  allocators = ref_allocators (info);
  g_mutex_unlock (&lock);
  any = allocators != NULL;
  for (GSList *item = allocators; item; item = item->next)
    gst_heap_cache_trim (gst_heap_allocator_get_shared (item->data)->cache);
  g_slist_free_full (allocators, gst_object_unref);
  return any;
}
