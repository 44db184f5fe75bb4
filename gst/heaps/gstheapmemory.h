/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Telling memory of a heap from any other, and dma-bufs from elsewhere as memory. */
#pragma once

#include <gst/heaps/gstheap.h>

G_BEGIN_DECLS

GST_HEAPS_API
gboolean gst_is_heap_memory (GstMemory *memory);
GST_HEAPS_API
GstHeap *gst_heap_memory_get_heap (GstMemory *memory);
GST_HEAPS_API
const gchar *gst_heap_memory_get_exporter (GstMemory *memory);
GST_HEAPS_API
GstHeapAnswer gst_heap_memory_get_answer (GstMemory *memory, GstHeapProperties property);
GST_HEAPS_API
GstHeapAnswer gst_heap_memory_check_contiguous (GstMemory *memory, GError **error);
GST_HEAPS_API
gboolean gst_heap_memory_get_inode (GstMemory *memory, guint64 *inode);
GST_HEAPS_API
GstMemory *gst_heap_memory_wrap_fd (gint fd, GError **error);

G_END_DECLS
