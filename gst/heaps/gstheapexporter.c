/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who exported a dma-buf that is not of this library, and which one it is: what the kernel says of its fd. */
#include "gstheapexporter.h"

#include <gst/heaps/gstheapmemory.h>

#include <gst/allocators/gstdmabuf.h>

#include "heaps/catalog.h"
#include "heaps/sys.h"

/* Each exporter is a driver or a heap of this machine, so that interning is bounded. */
static const gchar *
exporter_of_fd (int fd)
{
  char name[HEAP_NAME_SIZE];

  if (sys_dmabuf_exporter (fd, name, sizeof name) < 0)
    return "unknown exporter";
  if (g_str_equal (name, "udmabuf"))
    return HEAP_PROCESS_NAME;
  return g_intern_string (name);
}

static GQuark
exporter_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-exporter");
  return quark;
}

const gchar *
gst_heap_exporter_of_memory (GstMemory *memory)
{
  const gchar *exporter;

  if (!gst_is_dmabuf_memory (memory))
    return NULL;
  if (memory->parent)
    return gst_heap_exporter_of_memory (memory->parent);

  exporter = gst_mini_object_get_qdata (GST_MINI_OBJECT (memory), exporter_quark ());
  if (!exporter) {
    exporter = exporter_of_fd (gst_dmabuf_memory_get_fd (memory));
    gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), exporter_quark (), (gpointer) exporter, NULL);
  }
  return exporter;
}

/**
 * gst_heap_memory_get_exporter:
 * @memory: any memory
 *
 * Who made the dma-buf that @memory is of: for memory of a heap of the kernel the name of its node, for the memory of
 * other drivers what they call themselves. It is asked of the kernel once for each memory.
 *
 * Returns: (transfer none) (nullable): the name of the heap, or of another exporter; "unknown exporter" where the
 *   kernel does not tell; %NULL when @memory is no dma-buf. The string lives as long as the process
 *
 * Since: 0.1
 */
const gchar *
gst_heap_memory_get_exporter (GstMemory *memory)
{
  GstHeap *heap;

  g_return_val_if_fail (memory != NULL, NULL);

  heap = gst_heap_memory_get_heap (memory);
  if (heap && gst_is_dmabuf_memory (memory))
    return g_intern_string (gst_heap_get_name (heap));
  return gst_heap_exporter_of_memory (memory);
}

/**
 * gst_heap_memory_get_inode:
 * @memory: any memory
 * @inode: (out): the number of the dma-buf, which no other has, in any process
 *
 * Tells whether two memories are of one dma-buf, as those are that `unixfdsrc` makes, one for each frame. Where several
 * buffers are carved out of one dma-buf they all have its number. It is asked of the kernel at each call.
 *
 * Returns: whether @memory is a dma-buf and the kernel tells its number
 *
 * Since: 0.1
 */
gboolean
gst_heap_memory_get_inode (GstMemory *memory, guint64 *inode)
{
  uint64_t number;

  g_return_val_if_fail (memory != NULL && inode != NULL, FALSE);

  if (!gst_is_dmabuf_memory (memory) || sys_fd_inode (gst_dmabuf_memory_get_fd (memory), &number) < 0)
    return FALSE;
  *inode = number;
  return TRUE;
}
