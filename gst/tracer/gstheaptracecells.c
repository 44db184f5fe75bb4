/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Text in columns for the terminal. */
#include "gstheaptracecells.h"

#include "gstheaptracereport.h"
#include "gstheaptraceterminal.h"

#define MOST_CHARACTERS 120 /* of a cell */
#define GAP 2

struct _GstHeapTraceCells {
  guint n_columns;
  GPtrArray *cells; /* row by row; the first row is the heading */
};

GstHeapTraceCells *
gst_heap_trace_cells_new (guint n_columns, const gchar *const *heading)
{
  GstHeapTraceCells *self = g_new (GstHeapTraceCells, 1);

  self->n_columns = n_columns;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_columns; i++)
    gst_heap_trace_cells_add_text (self, heading[i]);
  return self;
}

void
gst_heap_trace_cells_add_text (GstHeapTraceCells *self, const gchar *text)
{
  g_ptr_array_add (self->cells, gst_heap_trace_shorten (gst_heap_trace_printable (text), MOST_CHARACTERS));
}

void
gst_heap_trace_cells_add_number (GstHeapTraceCells *self, guint64 number)
{
  g_ptr_array_add (self->cells, number > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, number) : g_strdup ("-"));
}

void
gst_heap_trace_cells_add_bytes (GstHeapTraceCells *self, guint64 bytes)
{
  g_ptr_array_add (self->cells, bytes > 0 ? gst_heap_trace_format_bytes (bytes) : g_strdup ("-"));
}

static guint
width_of_column (const GstHeapTraceCells *self, guint column)
{
  glong width = 0;

  for (guint i = column; i < self->cells->len; i += self->n_columns)
    width = MAX (width, g_utf8_strlen (g_ptr_array_index (self->cells, i), -1));
  return width;
}

static void
append_row (GString *text, const GstHeapTraceCells *self, guint first, const guint *widths)
{
  for (guint column = 0; column < self->n_columns; column++) {
    const gchar *cell = g_ptr_array_index (self->cells, first + column);

    g_string_append (text, cell);
    if (column + 1 < self->n_columns)
      g_string_append_printf (text, "%*s", (int) (widths[column] - g_utf8_strlen (cell, -1) + GAP), "");
  }
  g_string_append_c (text, '\n');
}

/* What the first column says, and in lines below it what the others do. */
static void
append_record (GString *text, const GstHeapTraceCells *self, guint first, guint columns)
{
  g_autoptr (GString) rest = g_string_new ("  ");

  gst_heap_trace_append_wrapped (text, g_ptr_array_index (self->cells, first), columns);
  for (guint column = 1; column < self->n_columns; column++) {
    const gchar *cell = g_ptr_array_index (self->cells, first + column);

    if (!g_str_equal (cell, "-"))
      g_string_append_printf (
          rest, "%s%s: %s", rest->len > 2 ? "; " : "", (const gchar *) g_ptr_array_index (self->cells, column), cell);
  }
  if (rest->len > 2)
    gst_heap_trace_append_wrapped (text, rest->str, columns);
}

static void
append_rows (GString *text, const GstHeapTraceCells *self, guint columns)
{
  g_autofree guint *widths = g_new (guint, self->n_columns);
  guint width = 0;

  for (guint column = 0; column < self->n_columns; column++) {
    widths[column] = width_of_column (self, column);
    width += widths[column] + (column > 0 ? GAP : 0);
  }
  g_string_append_c (text, '\n');
  if (columns == 0 || width <= columns) {
    for (guint first = 0; first < self->cells->len; first += self->n_columns)
      append_row (text, self, first, widths);
    return;
  }
  g_string_append_printf (text, "%s:\n", (const gchar *) g_ptr_array_index (self->cells, 0));
  for (guint first = self->n_columns; first < self->cells->len; first += self->n_columns)
    append_record (text, self, first, columns);
}

void
gst_heap_trace_cells_finish (GstHeapTraceCells *self, GString *text, guint columns)
{
  if (self->cells->len > self->n_columns)
    append_rows (text, self, columns);
  g_ptr_array_unref (self->cells);
  g_free (self);
}
