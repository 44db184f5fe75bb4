/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What can go wrong, as GError. */
#pragma once

#include <gst/heaps/heaps-prelude.h>

G_BEGIN_DECLS

/**
 * GST_HEAP_ERROR:
 *
 * The domain of the errors of this library; codes are of #GstHeapError.
 */
#define GST_HEAP_ERROR (gst_heap_error_quark ())

/**
 * GstHeapError:
 * @GST_HEAP_ERROR_FAILED: the system said something no other code stands for
 * @GST_HEAP_ERROR_INVALID: what was asked for makes no sense (a size of 0, a property that does not exist)
 * @GST_HEAP_ERROR_NOT_FOUND: no heap is there of the names asked for
 * @GST_HEAP_ERROR_PERMISSION: the heap is there, and this process may not open it
 * @GST_HEAP_ERROR_UNSATISFIED: no heap has the properties required, or all have one that is forbidden
 * @GST_HEAP_ERROR_NO_MEMORY: the heap has no room for it
 * @GST_HEAP_ERROR_NO_FDS: the process or the system has no file descriptor left
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_ERROR_FAILED,
  GST_HEAP_ERROR_INVALID,
  GST_HEAP_ERROR_NOT_FOUND,
  GST_HEAP_ERROR_PERMISSION,
  GST_HEAP_ERROR_UNSATISFIED,
  GST_HEAP_ERROR_NO_MEMORY,
  GST_HEAP_ERROR_NO_FDS,
} GstHeapError;

GST_HEAPS_API
GQuark gst_heap_error_quark (void);

G_END_DECLS
