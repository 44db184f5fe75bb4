/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames as unixfdsrc makes them of what another process sent. */
#include "sent.h"

#include <gst/allocators/gstdmabuf.h>

#include <sys/mman.h>
#include <unistd.h>

int
sent_dmabuf_new (const gchar *heap, gsize size)
{
  gchar *name = g_strconcat ("heap:", heap, NULL);
  int fd = memfd_create (name, MFD_CLOEXEC);

  g_free (name);
  fail_unless (fd >= 0 && ftruncate (fd, size) == 0);
  return fd;
}

GstBuffer *
sent_buffer_new (int fd, gsize offset, gsize size)
{
  GstAllocator *allocator = gst_dmabuf_allocator_new ();
  GstMemory *memory = gst_dmabuf_allocator_alloc (allocator, dup (fd), offset + size);
  GstBuffer *buffer = gst_buffer_new ();

  gst_memory_resize (memory, offset, size);
  GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_READONLY);
  gst_buffer_append_memory (buffer, memory);
  gst_object_unref (allocator);
  return buffer;
}

GstBuffer *
sent_frame_new (int fd)
{
  GstBuffer *buffer = sent_buffer_new (fd, 0, SENT_SIZE);
  GstHeapMeta *meta = gst_buffer_add_heap_meta (buffer);

  g_strlcpy (meta->heap, "camera", sizeof meta->heap);
  meta->sizes[0] = SENT_PAGES * HEAP_FIXTURE_PAGE;
  meta->format = GST_VIDEO_FORMAT_NV12;
  meta->width = 64;
  meta->height = 32;
  meta->n_planes = 2;
  meta->offset[1] = SENT_STRIDE * 32;
  meta->stride[0] = meta->stride[1] = SENT_STRIDE;
  meta->alignment.padding_right = SENT_STRIDE - 64;
  return buffer;
}
