/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Text in columns for the terminal, from which nothing gets at it that a name holds. */
#pragma once

#include <glib.h>

typedef struct _GstHeapTraceCells GstHeapTraceCells;

GstHeapTraceCells *gst_heap_trace_cells_new (guint n_columns, const gchar *const *heading);
/* Row by row. Of a long text the middle is left out. 0 is "-". */
void gst_heap_trace_cells_add_text (GstHeapTraceCells *self, const gchar *text);
void gst_heap_trace_cells_add_number (GstHeapTraceCells *self, guint64 number);
void gst_heap_trace_cells_add_bytes (GstHeapTraceCells *self, guint64 bytes);
/* Appends all rows to text, and frees self. In lines of no more than columns, or 0 for any: where columns do not fit,
 * each row is a line of its own with what is not "-" below it. Nothing at all without a row. */
void gst_heap_trace_cells_finish (GstHeapTraceCells *self, GString *text, guint columns);
