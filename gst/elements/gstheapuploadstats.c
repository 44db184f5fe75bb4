/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What heapupload has done, and with which heap, for whoever asks, in any thread. */
#include "gstheapupload-private.h"

GstHeapAllocator *
gst_heap_upload_ref_allocator (GstHeapUpload *self)
{
  GstHeapAllocator *allocator;

  GST_OBJECT_LOCK (self);
  allocator = self->allocator ? gst_object_ref (self->allocator) : NULL;
  GST_OBJECT_UNLOCK (self);
  return allocator;
}

gchar *
gst_heap_upload_dup_heap_name (GstHeapUpload *self)
{
  GstHeapAllocator *allocator = gst_heap_upload_ref_allocator (self);
  gchar *name;

  if (!allocator)
    return NULL;
  name = g_strdup (gst_heap_get_name (gst_heap_allocator_get_heap (allocator)));
  gst_object_unref (allocator);
  return name;
}

GstStructure *
gst_heap_upload_make_stats (GstHeapUpload *self)
{
  GstHeapAllocator *allocator = gst_heap_upload_ref_allocator (self);
  guint64 lent, dropped;
  GstStructure *stats, *nested;

  gst_heap_lending_count (self->lending, &lent, &dropped);
  GST_OBJECT_LOCK (self);
  stats = gst_structure_new ("heapupload-stats", "frames-passed", G_TYPE_UINT64, self->frames_passed, "frames-copied",
      G_TYPE_UINT64, self->frames_copied, "bytes-copied", G_TYPE_UINT64, self->bytes_copied, "frames-lent",
      G_TYPE_UINT64, lent, "frames-dropped", G_TYPE_UINT64, dropped, NULL);
  GST_OBJECT_UNLOCK (self);

  if (allocator) {
    nested = gst_heap_allocator_get_stats (allocator);
    gst_structure_set (stats, "allocator", GST_TYPE_STRUCTURE, nested, NULL);
    gst_structure_free (nested);
    gst_object_unref (allocator);
  }
  return stats;
}

void
gst_heap_upload_count_passed (GstHeapUpload *self)
{
  GST_OBJECT_LOCK (self);
  self->frames_passed++;
  GST_OBJECT_UNLOCK (self);
}

void
gst_heap_upload_count_copied (GstHeapUpload *self, gsize bytes)
{
  GST_OBJECT_LOCK (self);
  self->frames_copied++;
  self->bytes_copied += bytes;
  GST_OBJECT_UNLOCK (self);
}
