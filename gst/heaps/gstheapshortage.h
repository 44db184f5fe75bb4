/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* That a heap had no room a moment ago: to ask one that is full may take long. Any thread; without a lock, as nothing
 * depends on it but whether a heap is asked in vain. All zero: it had room. */
#pragma once

#include <glib.h>

/* Nobody tells when another process or driver has given something back. */
#define GST_HEAP_SHORTAGE_LASTS G_USEC_PER_SEC

typedef struct {
  _Atomic gsize size;   /* bytes that it did not give; 0: it had room */
  _Atomic gint64 until; /* monotonic, in microseconds */
  _Atomic gint error;   /* why: ENOMEM, ... */
} GstHeapShortage;

/* The heap does not give size bytes now, because of an error (ENOMEM, ...). */
G_GNUC_INTERNAL
void gst_heap_shortage_begin (GstHeapShortage *shortage, gsize size, gint error);
/* Something was given back. */
G_GNUC_INTERNAL
void gst_heap_shortage_end (GstHeapShortage *shortage);
/* Whether the heap did not give size bytes, or less, a moment ago. */
G_GNUC_INTERNAL
gboolean gst_heap_shortage_lasts (GstHeapShortage *shortage, gsize size);
