/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A table for the terminal: columns as wide as what stands in them. */
#pragma once

#include <glib.h>

typedef struct _ToolTable ToolTable;

/* A table with n_columns columns; the first row added is its heading. */
ToolTable *tool_table_new (guint n_columns);
void tool_table_free (ToolTable *table);
/* Appends cell, left to right and row by row; it is made printable. */
void tool_table_add (ToolTable *table, const gchar *cell);
void tool_table_add_printf (ToolTable *table, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
/* The same for a size, in MiB, cut to tenths: "62.5M"; "?" where it is not known. */
void tool_table_add_size (ToolTable *table, gboolean is_known, guint64 bytes);
/* Prints it on stdout. The last row has to be complete. */
void tool_table_print (const ToolTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolTable, tool_table_free)
