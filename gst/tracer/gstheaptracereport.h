/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books as a table, as JSON and as a picture. */
#pragma once

#include "gstheapledger.h"

/* books are open. allocators: of GstStructure, as of gst_heap_trace_allocators_get_stats(). All return (transfer full)
 * the text. columns: of the terminal; 0: any number. */
gchar *gst_heap_trace_table (const GstHeapLedgerBooks *books, GPtrArray *allocators, guint columns);
gchar *gst_heap_trace_json (const GstHeapLedgerBooks *books, GPtrArray *allocators);
/* In the language of Graphviz. */
gchar *gst_heap_trace_dot (const GstHeapLedgerBooks *books);

/* "3 bytes", "4.0 KiB". Returns: (transfer full) */
gchar *gst_heap_trace_format_bytes (guint64 bytes);
/* The name of element among those of books: with the bins that it is in, where it is not the only one of that name.
 * Printable, and not too long. Returns: (transfer full) */
gchar *gst_heap_trace_name (const GstHeapLedgerBooks *books, const GstHeapLedgerElement *element);
/* The memory of what went over link, as people read it: "system", "7 system + 3 SystemMemory"; "-": nothing. */
gchar *gst_heap_trace_describe_memory (const GstHeapLedgerLink *link);
/* What element did to frames besides passing them on, in one line. NULL: nothing that is a copy. */
gchar *gst_heap_trace_describe_copies (const GstHeapLedgerElement *element);
