/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocators of heaps whose memory was seen, and what they counted themselves. Any thread. */
#pragma once

#include <gst/gst.h>

/* Remembers allocator, without a reference; any other than of a heap is not of interest. */
void gst_heap_trace_allocators_note (GstAllocator *allocator);
/* Returns: (transfer full): of GstStructure, as of gst_heap_allocator_get_stats() with a field "heap"; of those that
 * are gone the last ones, which are added up by heap for all but the latest of them */
GPtrArray *gst_heap_trace_allocators_get_stats (void);
