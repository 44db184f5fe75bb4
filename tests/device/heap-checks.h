/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What must hold of each heap, whichever kernel it is of. All of these fail the test when it does not. */
#pragma once

#include <gst/gst.h>

/* A selection, and the exporter that the kernel must name for memory of it: NULL for that of the CMA heap. */
typedef struct {
  const gchar *selection;
  const gchar *exporter;
} HeapCheck;

/* The caller unrefs it. */
GstAllocator *heap_check_new_allocator (const gchar *selection, GError **error);

/* A dma-buf of the heap, of whole pages. */
void heap_check_memory_is_of_the_heap (const HeapCheck *check);
void heap_check_memory_is_zero_and_keeps_what_is_written (const HeapCheck *check);
/* The selection must be the name of a heap. Without a copy, into dma-bufs of the heap alone, and with all given
 * back. */
void heap_check_upstream_writes_into_the_heap (const HeapCheck *check);
