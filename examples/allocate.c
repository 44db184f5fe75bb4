/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Selects a heap, takes a frame's memory from it, writes to it and shows the fd to hand to a device.
 *
 * cc allocate.c -o allocate $(pkg-config --cflags --libs gstreamer-heaps-1.0) */
#include <gst/allocators/allocators.h>
#include <gst/heaps/heaps.h>

static GstMemory *
allocate (const gchar *selection_text, gsize size, GError **error)
{
  g_autoptr (GstHeapSelection) selection = gst_heap_selection_new_from_string (selection_text, error);
  g_autoptr (GstAllocator) allocator = NULL;

  if (!selection)
    return NULL;
  allocator = gst_heap_allocator_new (selection, error);
  if (!allocator)
    return NULL;
  /* The memory keeps the allocator, and the allocator the heap. */
  return gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), size, NULL, error);
}

static gboolean
fill (GstMemory *memory, guint8 value)
{
  GstMapInfo map;

  if (!gst_memory_map (memory, &map, GST_MAP_WRITE))
    return FALSE;
  memset (map.data, value, map.size);
  gst_memory_unmap (memory, &map);
  return TRUE;
}

static void
describe (GstMemory *memory)
{
  GstHeap *heap = gst_heap_memory_get_heap (memory);
  gsize offset, true_size;
  gsize size = gst_memory_get_sizes (memory, &offset, &true_size);

  g_print ("heap %s: fd %d, %" G_GSIZE_FORMAT " bytes of %" G_GSIZE_FORMAT ", %s\n", gst_heap_get_name (heap),
      gst_fd_memory_get_fd (memory), size, true_size,
      gst_is_dmabuf_memory (memory) ? "a dma-buf" : "shared memory, which no device can import");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMemory) memory = NULL;

  gst_init (&argc, &argv);
  /* One 1080p frame of NV12. */
  memory = allocate (argc > 1 ? argv[1] : "", 1920 * 1080 * 3 / 2, &error);
  if (!memory) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  if (!fill (memory, 0x80))
    g_print ("not for the CPU: only devices read and write this memory\n");
  describe (memory);
  return 0;
}
