/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A table for the terminal: columns as wide as what stands in them. */
#include "table.h"

#include "terminal.h"

struct _ToolTable {
  guint n_columns;
  GPtrArray *cells; /* printable */
};

ToolTable *
tool_table_new (guint n_columns)
{
  ToolTable *table = g_new (ToolTable, 1);

  table->n_columns = n_columns;
  table->cells = g_ptr_array_new_with_free_func (g_free);
  return table;
}

void
tool_table_free (ToolTable *table)
{
  g_ptr_array_unref (table->cells);
  g_free (table);
}

void
tool_table_add (ToolTable *table, const gchar *cell)
{
  g_ptr_array_add (table->cells, tool_printable (cell));
}

void
tool_table_add_printf (ToolTable *table, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tool_table_add (table, text);
}

void
tool_table_add_size (ToolTable *table, gboolean is_known, guint64 bytes)
{
  guint64 mib = bytes >> 20, tenths = ((bytes & ((1 << 20) - 1)) * 10) >> 20;
  g_autofree gchar *text =
      is_known ? g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT "M", mib, tenths) : g_strdup ("?");

  tool_table_add (table, text);
}

static glong
column_width (const ToolTable *table, guint column)
{
  glong width = 0;

  for (guint i = column; i < table->cells->len; i += table->n_columns)
    width = MAX (width, g_utf8_strlen (g_ptr_array_index (table->cells, i), -1));
  return width;
}

static gchar *
format_row (const ToolTable *table, guint first_cell)
{
  GString *row = g_string_new (NULL);

  for (guint column = 0; column < table->n_columns; column++) {
    const gchar *cell = g_ptr_array_index (table->cells, first_cell + column);
    glong padding = column_width (table, column) - g_utf8_strlen (cell, -1) + 2;

    g_string_append (row, cell);
    if (column + 1 < table->n_columns)
      g_string_append_printf (row, "%*s", (int) padding, "");
  }
  return g_strchomp (g_string_free (row, FALSE));
}

void
tool_table_print (const ToolTable *table)
{
  g_assert (table->cells->len % table->n_columns == 0);
  for (guint cell = 0; cell < table->cells->len; cell += table->n_columns) {
    g_autofree gchar *row = format_row (table, cell);

    if (cell == 0)
      tool_print_bold (row);
    else
      tool_print (row);
    tool_print ("\n");
  }
}
