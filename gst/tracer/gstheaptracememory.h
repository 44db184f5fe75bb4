/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which memory a buffer lies in, for the tracer's books. */
#pragma once

#include "gstheapledger.h"

#include <gst/gst.h>

/* The memories of buffer, and its pool. Asks the kernel of each memory once. Whether it is in memory that was offered
 * is not said. */
void gst_heap_trace_memory_describe (GstHeapLedger *ledger, GstBuffer *buffer, GstHeapLedgerFrame *ret_frame);
/* The name of an allocator's memory, as kinds have it, before there is any. */
const gchar *gst_heap_trace_memory_name_of_allocator (GstAllocator *allocator);
