/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the benchmarks of buffers share. */
#include "benchmarks.h"

GstAllocator *
bench_allocator_new (const gchar *heap, gchar **ret_reason)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (heap, NULL);
  GError *error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new (selection, &error);

  if (error) {
    *ret_reason = g_strdup (error->message);
    g_clear_error (&error);
  }
  gst_heap_selection_unref (selection);
  return allocator;
}
