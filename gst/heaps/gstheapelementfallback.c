/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* For authors of elements: what the bus is told when memory of another heap is given. */
#include <gst/heaps/gstheapelement.h>

static void
post_structure (GstElement *element, const gchar *from, const gchar *to, guint64 size, const GError *reason)
{
  GstStructure *structure = gst_structure_new ("heap-fallback", "from", G_TYPE_STRING, from, "to", G_TYPE_STRING, to,
      "size", G_TYPE_UINT64, size, "reason", G_TYPE_STRING, reason->message, NULL);

  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}

static void
report_fallback (GstHeapAllocator *allocator, GstHeap *heap, guint64 size, const GError *reason, GstElement *element)
{
  const gchar *from = gst_heap_get_name (gst_heap_allocator_get_heap (allocator)), *to = gst_heap_get_name (heap);

  post_structure (element, from, to, size, reason);
  GST_ELEMENT_WARNING (element, RESOURCE, NO_SPACE_LEFT,
      ("%s. Memory of heap \"%s\" is used where there is none of heap \"%s\": it satisfies the same selection. For no "
       "other memory than that of heap \"%s\", name it alone (heap-name); for more of it, make the heap larger or keep "
       "fewer buffers.",
          reason->message, to, from, from),
      (NULL));
}

/**
 * gst_heap_element_watch_allocator:
 * @element: any element
 * @allocator: a #GstHeapAllocator whose memory @element uses or offers
 *
 * Has @element say on the bus when @allocator gives memory of another heap than its own, once for each such heap: in an
 * element message for programs, with the structure `heap-fallback` and the fields `from` and `to` (strings, names of
 * heaps), `size` (#guint64, the bytes that were wanted) and `reason` (string); and in a warning for people. See
 * #GstHeapAllocator::fell-back.
 *
 * Since: 0.1
 */
void
gst_heap_element_watch_allocator (GstElement *element, GstHeapAllocator *allocator)
{
  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (GST_IS_HEAP_ALLOCATOR (allocator));

  g_signal_connect_object (allocator, "fell-back", G_CALLBACK (report_fallback), element, 0);
}
