/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which element runs in this thread, for messages that do not say who they are of. */
#pragma once

#include "gstheapledger.h"

/* A buffer or an event goes over link to an element, which runs until gst_heap_trace_thread_leave(). NULL: through a
 * ghost pad, behind which the same element runs on. link: (transfer full) */
void gst_heap_trace_thread_enter (GstHeapLedgerLink *link);
void gst_heap_trace_thread_leave (void);
/* For as long as the element runs, or the thread is its own. NULL: nobody knows. */
GstHeapLedgerElement *gst_heap_trace_thread_get_element (void);
