/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The properties of heaps, and their text form. */
#pragma once

#include <gst/heaps/heaps-prelude.h>

G_BEGIN_DECLS

/**
 * GstHeapProperties:
 * @GST_HEAP_PROPERTY_NONE: none
 * @GST_HEAP_PROPERTY_IMPORTABLE: buffers are dma-bufs, which devices can import
 * @GST_HEAP_PROPERTY_CONTIGUOUS: a buffer is physically contiguous
 * @GST_HEAP_PROPERTY_CACHEABLE: CPU mappings are cached
 * @GST_HEAP_PROPERTY_PROTECTED: neither the CPU nor the OS can read the memory
 * @GST_HEAP_PROPERTY_DMA32: all of it lies below 4 GiB
 * @GST_HEAP_PROPERTY_DECRYPTED: shared with the host in a confidential guest
 *
 * What memory of a heap is guaranteed to be.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_PROPERTY_NONE = 0,
  GST_HEAP_PROPERTY_IMPORTABLE = (1 << 0),
  GST_HEAP_PROPERTY_CONTIGUOUS = (1 << 1),
  GST_HEAP_PROPERTY_CACHEABLE = (1 << 2),
  GST_HEAP_PROPERTY_PROTECTED = (1 << 3),
  GST_HEAP_PROPERTY_DMA32 = (1 << 4),
  GST_HEAP_PROPERTY_DECRYPTED = (1 << 5),
} GstHeapProperties;

/**
 * GstHeapAnswer:
 * @GST_HEAP_ANSWER_UNKNOWN: nothing is known
 * @GST_HEAP_ANSWER_NO: there is no such guarantee
 * @GST_HEAP_ANSWER_YES: each buffer has the property
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_ANSWER_UNKNOWN,
  GST_HEAP_ANSWER_NO,
  GST_HEAP_ANSWER_YES,
} GstHeapAnswer;

GST_HEAPS_API
gboolean gst_heap_properties_from_string (const gchar *string, GstHeapProperties *properties, GError **error);
GST_HEAPS_API
gchar *gst_heap_properties_to_string (GstHeapProperties properties);

G_END_DECLS
