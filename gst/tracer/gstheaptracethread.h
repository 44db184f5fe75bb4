/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which element runs in this thread, for messages that do not say who they are of. */
#pragma once

#include "gstheapledger.h"

/* from pushes a buffer or an event to to, which runs until gst_heap_trace_thread_leave(). Both NULL: a ghost pad,
 * behind which the same element runs on. */
void gst_heap_trace_thread_enter (GstHeapLedgerElement *from, GstHeapLedgerElement *to);
void gst_heap_trace_thread_leave (void);
/* NULL: nobody knows. */
GstHeapLedgerElement *gst_heap_trace_thread_get_element (void);
