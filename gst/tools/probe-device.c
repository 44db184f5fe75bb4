/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A V4L2 device as a witness. What it does with memory of one heap tells something only beside what it does with other
 * memory: a device may take any, or none. And memory of a machine that was just booted is contiguous by luck, unless
 * what is free is made to lie in small pieces first. */
#include "probe-device.h"

#include "interrupt.h"
#include "probe-v4l2.h"

#include <gst/allocators/gstdmabuf.h>
#include <string.h>

#define N_BUFFERS 4
/* What is given back between pieces that are kept is what the next buffer is made of: the kernel's heap for single
 * pages takes them as large as this. */
#define N_PIECES 256
#define PIECE_SIZE (64 * 1024)
/* Behind what the device needs, as the first MiB may lie in one piece. */
#define MORE_SIZE (3 * PIECE_SIZE + 4096)

struct _ProbeDevice {
  gchar *path;
  ProbeQueue queue;
  GstAllocator *scatterer; /* of memory that nobody calls contiguous; NULL: there is none */
  ProbeWitness witness;
};

/* NULL: it cannot be opened, or its memory is no dma-buf. Nothing is kept of what is freed. */
static GstAllocator *
open_importable (GstHeap *heap, gchar **ret_reason)
{
  g_autoptr (GError) error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new_for_heap (heap, &error);

  if (!allocator) {
    *ret_reason = g_strdup (error->message);
  } else if (!GST_IS_DMABUF_ALLOCATOR (allocator)) {
    *ret_reason = g_strdup ("its memory is no dma-buf");
    gst_clear_object (&allocator);
  } else {
    g_object_set (allocator, "cache-bytes", (guint64) 0, NULL);
  }
  return allocator;
}

/* Pieces of memory, every other one of which is free. */
static GPtrArray *
scatter (GstAllocator *allocator)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  GPtrArray *freed = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);

  for (guint i = 0; allocator && i < N_PIECES && !tool_interrupted (); i++) {
    GstMemory *piece = gst_allocator_alloc (allocator, PIECE_SIZE, NULL);

    if (!piece)
      break;
    g_ptr_array_add (i % 2 ? freed : kept, piece);
  }
  g_ptr_array_unref (freed);
  return kept;
}

/* A memory for each plane of a buffer. FALSE: there is no room. */
static gboolean
add_buffer (GPtrArray *memories, GstAllocator *allocator, const ProbeQueue *queue)
{
  for (guint i = 0; i < queue->n_planes; i++) {
    GstMemory *memory = gst_allocator_alloc (allocator, queue->sizes[i] + MORE_SIZE, NULL);

    if (!memory)
      return FALSE;
    g_ptr_array_add (memories, memory);
  }
  return TRUE;
}

/* The last buffer of memories. FALSE: it was not tried. */
static gboolean
import_last (ProbeQueue *queue, GPtrArray *memories, ProbeImports *imports)
{
  GstMemory **last = (GstMemory **) memories->pdata + memories->len - queue->n_planes;
  int fds[PROBE_V4L2_MAX_PLANES], result;
  gsize sizes[PROBE_V4L2_MAX_PLANES];
  gboolean is_refusal;

  for (guint i = 0; i < queue->n_planes; i++) {
    fds[i] = gst_dmabuf_memory_get_fd (last[i]);
    sizes[i] = last[i]->maxsize;
  }
  result = probe_queue_import (queue, fds, sizes, &is_refusal);
  if (result < 0) {
    g_free (imports->reason);
    imports->reason = g_strdup (g_strerror (-result));
  }
  imports->n_tried += result == 0 || is_refusal;
  imports->n_refused += is_refusal;
  return result == 0 || is_refusal;
}

/* All buffers are there at a time, so that each is of other memory. */
static void
import_buffers (ProbeDevice *self, GstAllocator *allocator, ProbeImports *imports)
{
  GPtrArray *pieces = scatter (self->scatterer);
  g_autoptr (GPtrArray) memories = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);

  for (guint i = 0; i < N_BUFFERS && !tool_interrupted (); i++) {
    if (!add_buffer (memories, allocator, &self->queue) || !import_last (&self->queue, memories, imports))
      break;
  }
  if (imports->n_tried == 0 && !imports->reason)
    imports->reason = g_strdup ("the heap has no room for a buffer of the device");
  self->witness.takes_some |= imports->n_refused < imports->n_tried;
  g_ptr_array_unref (pieces);
}

void
probe_device_import (ProbeDevice *self, GstHeap *heap, ProbeImports *ret_imports)
{
  GstAllocator *allocator;

  *ret_imports = (ProbeImports){ 0 };
  allocator = open_importable (heap, &ret_imports->reason);
  if (!allocator)
    return;
  import_buffers (self, allocator, ret_imports);
  gst_object_unref (allocator);
}

void
probe_imports_clear (ProbeImports *imports)
{
  g_clear_pointer (&imports->reason, g_free);
}

/* The first that can be opened of those whose property contiguous is that. NULL: there is none */
static GstAllocator *
find_allocator (GList *heaps, GstHeapAnswer contiguous)
{
  GstAllocator *allocator = NULL;

  for (GList *l = heaps; l && !allocator; l = l->next) {
    g_autofree gchar *reason = NULL;

    if (gst_heap_get_answer (l->data, GST_HEAP_PROPERTY_CONTIGUOUS) == contiguous &&
        gst_heap_get_answer (l->data, GST_HEAP_PROPERTY_PROTECTED) != GST_HEAP_ANSWER_YES)
      allocator = open_importable (l->data, &reason);
  }
  return allocator;
}

/* What it takes and what not. */
static void
question (ProbeDevice *self, GList *heaps)
{
  GstAllocator *contiguous = find_allocator (heaps, GST_HEAP_ANSWER_YES);
  g_auto (ProbeImports) scattered = { 0 };
  g_auto (ProbeImports) promised = { 0 };

  self->scatterer = find_allocator (heaps, GST_HEAP_ANSWER_NO);
  if (self->scatterer)
    import_buffers (self, self->scatterer, &scattered);
  self->witness.refuses_scattered = scattered.n_refused > 0;
  if (contiguous)
    import_buffers (self, contiguous, &promised);
  gst_clear_object (&contiguous);
}

ProbeDevice *
probe_device_new (const gchar *path, GList *heaps, GError **error)
{
  ProbeQueue queue;
  ProbeDevice *self;

  if (!probe_queue_open (&queue, path, error))
    return NULL;
  self = g_new0 (ProbeDevice, 1);
  self->path = g_strdup (path);
  self->queue = queue;
  question (self, heaps);
  return self;
}

void
probe_device_free (ProbeDevice *self)
{
  gst_clear_object (&self->scatterer);
  probe_queue_close (&self->queue);
  g_free (self->path);
  g_free (self);
}

const gchar *
probe_device_get_path (ProbeDevice *self)
{
  return self->path;
}

const ProbeWitness *
probe_device_get_witness (ProbeDevice *self)
{
  return &self->witness;
}
