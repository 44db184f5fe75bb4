/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* SIGUSR1, for a process that may have no main loop. */
#pragma once

#include <glib.h>

typedef struct _GstHeapTraceSignal GstHeapTraceSignal;

/* Calls function with data, in a thread of its own, whenever the signal comes. NULL: the process does something else
 * with it already. */
GstHeapTraceSignal *gst_heap_trace_signal_new (void (*function) (gpointer data), gpointer data);
/* No call any more once it returns. */
void gst_heap_trace_signal_free (GstHeapTraceSignal *self);
