/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books as a table, as JSON and as a picture. */
#pragma once

#include "gstheapledger.h"

/* books are open. allocators: of GstStructure, as of gst_heap_trace_allocators_get_stats(). All return (transfer full)
 * the text. */
gchar *gst_heap_trace_table (const GstHeapLedgerBooks *books, GPtrArray *allocators);
gchar *gst_heap_trace_json (const GstHeapLedgerBooks *books, GPtrArray *allocators);
/* In the language of Graphviz. */
gchar *gst_heap_trace_dot (const GstHeapLedgerBooks *books);

/* "3 bytes", "4.0 KiB". Returns: (transfer full) */
gchar *gst_heap_trace_format_bytes (guint64 bytes);
/* The memory of what went over link, as people read it: "system", "system + SystemMemory"; "-": nothing. */
gchar *gst_heap_trace_describe_memory (const GstHeapLedgerLink *link);
/* What element did to frames besides passing them on, in one line. NULL: nothing that is a copy. */
gchar *gst_heap_trace_describe_copies (const GstHeapLedgerElement *element);
