/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The terminal that the tracer writes to. */
#pragma once

#include <glib.h>

/* Columns of the terminal that stderr is. 0: it is none, or one that does not say. */
guint gst_heap_trace_terminal_columns (void);
/* text with all but printable characters as \xNN, and valid UTF-8. Returns: (transfer full) */
gchar *gst_heap_trace_printable (const gchar *text);
/* Takes text, which is printable. Returns: (transfer full): no more than most characters of it, from both ends */
gchar *gst_heap_trace_shorten (gchar *text, guint most);
/* Appends text, which is printable, in lines of no more than columns; all but the first are indented. 0: one line. */
void gst_heap_trace_append_wrapped (GString *string, const gchar *text, guint columns);
