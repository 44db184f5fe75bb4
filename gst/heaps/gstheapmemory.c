/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One memory of a heap: mapping, syncing, sharing, copying. */
#include "gstheapmemory-private.h"

#include "gstheapallocator-private.h"
#include "gstheapdebug.h"
#include "gstheaproom.h"

#include "heaps/dmabuf.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define GST_CAT_DEFAULT gst_heap_debug

/* GstFdMemory has no room for more, so this hangs on it as qdata. Subtleties:
 * - Sub-memories (gst_memory_share) have none of their own: they are mapped through their parent.
 * - The mapping stays until the memory is freed. GstFdAllocator's own mapping is never made.
 * - What the cache keeps may pass to another allocator of the heap, and outlive the one that it was allocated by.
 * - The fd is the heap's, which takes the buffer back as a whole: GstFdAllocator does not close it.
 * - Where several buffers lie in one fd, the memory goes from the beginning of the fd to the end of the buffer, with
 *   the buffer as what shows of it: that is what GStreamer's offsets mean.
 * - access grows while the memory is mapped and is empty when it is not: it is what the last unmap has to END.
 * - lock is held during the SYNC ioctl, which may wait for a device: whoever else wants to map this
 *   memory has to wait for that anyway. It is held by nobody who has finished mapping. */
typedef struct {
  GstHeapMemoryShared *shared; /* of the allocator it has now */
  struct heap *core;           /* owned; whose buffer is: that of the allocator it had first */
  struct heap_buffer buffer;
  GstHeapCacheEntry entry; /* for the time when nobody uses the memory */

  GMutex lock;     /* protects what follows */
  gpointer mapped; /* of the buffer, made here; NULL as long as there is none */
  guint n_maps;
  enum dmabuf_access access;
} HeapMemory;

static GQuark
heap_memory_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-memory");
  return quark;
}

static GstMemory *
root_of (GstMemory *memory)
{
  return memory->parent ? memory->parent : memory;
}

static HeapMemory *
heap_memory_of (GstMemory *memory)
{
  return gst_mini_object_get_qdata (GST_MINI_OBJECT (root_of (memory)), heap_memory_quark ());
}

static void
raise_to (_Atomic guint64 *peak, guint64 value)
{
  guint64 seen = *peak;

  while (seen < value && !atomic_compare_exchange_weak (peak, &seen, value))
    ;
}

static void
count_use (HeapMemory *self)
{
  GstHeapMemoryShared *shared = self->shared;

  shared->memories++;
  raise_to (&shared->bytes_peak, atomic_fetch_add (&shared->bytes_live, self->buffer.size) + self->buffer.size);
}

static void
count_end_of_use (HeapMemory *self)
{
  self->shared->bytes_live -= self->buffer.size;
  self->shared->memories--;
  gst_heap_shortage_end (&self->shared->shortage);
}

static void
heap_memory_free (gpointer data)
{
  HeapMemory *self = data;

  if (self->mapped)
    sys_munmap (self->mapped, self->buffer.size);
  gst_heap_budget_give_back (self->shared->budget, self->buffer.size);
  heap_free (self->core, &self->buffer);
  heap_unref (self->core);
  if (self->shared->carve_size == 0)
    gst_heap_budget_give_back (self->shared->process_budget, self->buffer.size);
  gst_heap_room_note ();
  g_mutex_clear (&self->lock);
  g_free (self);
}

static enum dmabuf_access
access_of_flags (GstMapFlags flags)
{
  enum dmabuf_access access = 0;

  if (flags & GST_MAP_READ)
    access |= DMABUF_READ;
  if (flags & GST_MAP_WRITE)
    access |= DMABUF_WRITE;
  return access;
}

/* With the lock. Where the memory begins, which is not the buffer where that lies further on. */
static int
make_mapping (HeapMemory *self, gpointer *ret_data)
{
  gpointer data = self->buffer.data ? self->buffer.data : self->mapped;

  if (!data) {
    int result = sys_mmap (self->buffer.fd, self->buffer.size, &self->mapped);
    if (result < 0)
      return result;
    data = self->mapped;
  }
  *ret_data = (guint8 *) data - self->buffer.offset;
  return 0;
}

/* With the lock. Adds what is not there yet of access to that of the maps before. */
static int
begin_access (HeapMemory *self, enum dmabuf_access access)
{
  enum dmabuf_access missing = access & ~self->access;
  int result;

  if (self->shared->is_dmabuf && missing) {
    result = dmabuf_sync_start (self->buffer.fd, missing);
    if (result < 0)
      return result;
    self->shared->syncs++;
  }
  self->access |= missing;
  self->n_maps++;
  return 0;
}

/* With the lock. */
static int
end_access (HeapMemory *self)
{
  int result = 0;

  if (--self->n_maps > 0)
    return 0;
  if (self->shared->is_dmabuf && self->access) {
    result = dmabuf_sync_end (self->buffer.fd, self->access);
    if (result == 0)
      self->shared->syncs++;
  }
  self->access = 0;
  return result;
}

/* Otherwise it lies in one with others, and costs nothing to get. */
static gboolean
has_its_own_fd (HeapMemory *self)
{
  return self->buffer.data == NULL;
}

/* Nobody uses the memory any more: it is kept, or goes. What is kept has one reference, the cache's, and gives up its
 * own of the allocator. FALSE: it is kept. */
static gboolean
heap_memory_dispose (GstMiniObject *object)
{
  GstMemory *memory = GST_MEMORY_CAST (object);
  HeapMemory *self = heap_memory_of (memory);
  GstAllocator *allocator = memory->allocator;

  count_end_of_use (self);
  if (!has_its_own_fd (self))
    return TRUE;
  g_atomic_int_set (&object->refcount, 1);
  if (!gst_heap_cache_put (self->shared->cache, &self->entry)) {
    g_atomic_int_set (&object->refcount, 0);
    return TRUE;
  }
  gst_heap_room_note ();
  gst_object_unref (allocator);
  return FALSE;
}

void
gst_heap_memory_discard (GstMemory *memory)
{
  GST_MINI_OBJECT (memory)->dispose = NULL;
  gst_memory_unref (memory);
}

gsize
gst_heap_memory_get_start (GstMemory *memory)
{
  return heap_memory_of (memory)->buffer.offset;
}

static gboolean
wait_idle (HeapMemory *self, gint timeout)
{
  return !self->shared->is_dmabuf || self->buffer.data || dmabuf_wait_idle (self->buffer.fd, timeout) != -ETIMEDOUT;
}

gboolean
gst_heap_memory_wait_idle (GstMemory *memory, gint timeout)
{
  return wait_idle (heap_memory_of (memory), timeout);
}

static gboolean
is_ours_alone (HeapMemory *self)
{
  guint expected = self->mapped ? 2 : 1, references;

  return !self->shared->is_dmabuf ||
         (sys_dmabuf_references (self->buffer.fd, &references) == 0 && references <= expected);
}

/* Importers remember the layout. What is open elsewhere in memory that this process divides goes to nobody else at
 * all. */
gboolean
gst_heap_memory_is_reusable (GstMemory *memory, gboolean same_layout)
{
  HeapMemory *self = heap_memory_of (memory);
  gboolean may_be_shared = same_layout && self->core->info.backend != HEAP_BACKEND_CONTIGUOUS;

  return wait_idle (self, 0) && (may_be_shared || is_ours_alone (self));
}

void
gst_heap_memory_renew (GstMemory *memory, gsize size, const gchar *layout)
{
  HeapMemory *self = heap_memory_of (memory);

  self->entry.key.layout = layout;
  self->shared->reuses++;
  count_use (self);
  GST_MINI_OBJECT_FLAG_UNSET (
      memory, GST_MEMORY_FLAG_READONLY | GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED);
  gst_memory_resize (memory, -(gssize) memory->offset, size);
}

void
gst_heap_memory_adopt (GstMemory *memory, GstHeapMemoryShared *shared)
{
  HeapMemory *self = heap_memory_of (memory);
  GstAllocator *former = memory->allocator;

  gst_heap_budget_give_back (self->shared->budget, self->buffer.size);
  self->shared = shared;
  memory->allocator = gst_object_ref (shared->allocator);
  gst_object_unref (former);
}

GstMemory *
gst_heap_memory_wrap (GstAllocator *allocator, GstHeapMemoryShared *shared, const struct heap_buffer *buffer,
    gsize size, const gchar *layout)
{
  GstMemory *memory =
      gst_fd_allocator_alloc (allocator, buffer->fd, buffer->offset + buffer->size, GST_FD_MEMORY_FLAG_DONT_CLOSE);
  HeapMemory *self;
  guint64 number;

  if (!memory) {
    heap_free (shared->core, buffer);
    return NULL;
  }
  self = g_new0 (HeapMemory, 1);
  self->shared = shared;
  self->core = heap_ref (shared->core);
  self->buffer = *buffer;
  g_mutex_init (&self->lock);
  self->entry = (GstHeapCacheEntry){ .memory = memory, .key = { buffer->size, layout } };
  number = shared->allocations++;
  count_use (self);
  if (shared->is_dmabuf && has_its_own_fd (self))
    gst_heap_label_name_dmabuf (&shared->label, buffer->fd, number);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), heap_memory_quark (), self, heap_memory_free);
  GST_MINI_OBJECT (memory)->dispose = heap_memory_dispose;

  memory->align = sys_page_size () - 1;
  gst_memory_resize (memory, buffer->offset, size);
  return memory;
}

gpointer
gst_heap_memory_map (GstMemory *memory, GstMapInfo *info, gsize maxsize)
{
  HeapMemory *self = heap_memory_of (memory);
  gpointer data = NULL;
  int result;

  if (GST_MEMORY_FLAG_IS_SET (root_of (memory), GST_MEMORY_FLAG_NOT_MAPPABLE)) {
    GST_WARNING ("memory of heap \"%s\" is protected: the CPU cannot map it", gst_heap_get_name (self->shared->heap));
    gst_heap_allocator_note_map_refused (self->shared->allocator, info->flags);
    return NULL;
  }

  g_mutex_lock (&self->lock);
  result = make_mapping (self, &data);
  if (result == 0)
    result = begin_access (self, access_of_flags (info->flags));
  g_mutex_unlock (&self->lock);

  if (result == 0)
    return data;
  GST_ERROR ("cannot map %" G_GSIZE_FORMAT " bytes of heap \"%s\": %s", self->buffer.size,
      gst_heap_get_name (self->shared->heap), g_strerror (-result));
  return NULL;
}

void
gst_heap_memory_unmap (GstMemory *memory, GstMapInfo *info)
{
  HeapMemory *self = heap_memory_of (memory);
  int result;

  g_mutex_lock (&self->lock);
  result = end_access (self);
  g_mutex_unlock (&self->lock);

  if (result < 0)
    GST_ERROR ("cannot end the access to memory of heap \"%s\", devices may see stale content: %s",
        gst_heap_get_name (self->shared->heap), g_strerror (-result));
}

GstMemory *
gst_heap_memory_copy (GstMemory *memory, gssize offset, gssize size)
{
  HeapMemory *self = heap_memory_of (memory);
  GstMapInfo from, to;
  GstMemory *copy;

  if (!gst_memory_map (memory, &from, GST_MAP_READ))
    return NULL;
  if (size == -1)
    size = from.size > (gsize) offset ? from.size - offset : 0;

  copy = gst_allocator_alloc (NULL, size, NULL);
  if (copy && gst_memory_map (copy, &to, GST_MAP_WRITE)) {
    memcpy (to.data, from.data + offset, size);
    gst_memory_unmap (copy, &to);
    self->shared->copies++;
    self->shared->copied_bytes += size;
    GST_CAT_DEBUG (gst_heap_performance, "copied %" G_GSSIZE_FORMAT " bytes of heap \"%s\" to system memory", size,
        gst_heap_get_name (self->shared->heap));
  } else {
    g_clear_pointer (&copy, gst_memory_unref);
  }
  gst_memory_unmap (memory, &from);
  return copy;
}

/* GstFdAllocator's up to 1.26.9 takes size -1 for all up to the end of the padding. */
GstMemory *
gst_heap_memory_share (GstMemory *memory, gssize offset, gssize size)
{
  if (size == -1)
    size = memory->size - offset;
  return heap_memory_of (memory)->shared->fd_share (memory, offset, size);
}

guintptr
gst_heap_memory_get_address (GstMemory *memory)
{
  HeapMemory *self = heap_memory_of (memory);

  return self ? self->buffer.address : 0;
}

/**
 * gst_is_heap_memory:
 * @memory: any memory
 *
 * Returns: whether an allocator of this library gave @memory, or what it is part of
 *
 * Since: 0.1
 */
gboolean
gst_is_heap_memory (GstMemory *memory)
{
  g_return_val_if_fail (memory != NULL, FALSE);

  return heap_memory_of (memory) != NULL;
}

/**
 * gst_heap_memory_get_heap:
 * @memory: any memory
 *
 * Returns: (transfer none) (nullable): the heap @memory is of; %NULL when no allocator of this library gave it
 *
 * Since: 0.1
 */
GstHeap *
gst_heap_memory_get_heap (GstMemory *memory)
{
  HeapMemory *self;

  g_return_val_if_fail (memory != NULL, NULL);

  self = heap_memory_of (memory);
  return self ? self->shared->heap : NULL;
}
