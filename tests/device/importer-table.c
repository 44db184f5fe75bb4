/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What was measured, as a table. */
#include "importer-table.h"

#include <gst/gst.h>

#include <string.h>

typedef struct {
  gchar *importer;
  GString *heaps;
  gchar *verdict;
} Row;

struct _ImporterTable {
  gchar *title;
  GPtrArray *rows;
};

static void
free_row (gpointer data)
{
  Row *row = data;

  g_free (row->importer);
  g_string_free (row->heaps, TRUE);
  g_free (row->verdict);
  g_free (row);
}

ImporterTable *
importer_table_new (const gchar *machine)
{
  ImporterTable *table = g_new0 (ImporterTable, 1);
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  table->title = g_strdup_printf ("GStreamer %u.%u, %s", major, minor, machine);
  table->rows = g_ptr_array_new_with_free_func (free_row);
  return table;
}

void
importer_table_free (ImporterTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table->title);
  g_free (table);
}

static Row *
find_row (ImporterTable *table, const gchar *importer, const gchar *verdict)
{
  for (guint i = 0; i < table->rows->len; i++) {
    Row *row = table->rows->pdata[i];

    if (g_str_equal (row->importer, importer) && g_str_equal (row->verdict, verdict))
      return row;
  }
  return NULL;
}

void
importer_table_add (ImporterTable *table, const gchar *importer, const gchar *heap, const gchar *verdict)
{
  Row *row = find_row (table, importer, verdict);

  if (!row) {
    row = g_new0 (Row, 1);
    row->importer = g_strdup (importer);
    row->heaps = g_string_new (NULL);
    row->verdict = g_strdup (verdict);
    g_ptr_array_add (table->rows, row);
  }
  g_string_append_printf (row->heaps, "%s%s", row->heaps->len > 0 ? ", " : "", heap);
}

gchar *
importer_table_print (ImporterTable *table)
{
  GString *text = g_string_new (NULL);
  const gchar *above = "";

  g_string_append_printf (text, "<!-- begin: %s -->\n\n| importer | heaps | verdict |\n|---|---|---|\n", table->title);
  for (guint i = 0; i < table->rows->len; i++) {
    const Row *row = table->rows->pdata[i];

    g_string_append_printf (text, "| %s | %s | %s |\n", g_str_equal (row->importer, above) ? "" : row->importer,
        row->heaps->str, row->verdict);
    above = row->importer;
  }
  g_string_append_printf (text, "\n<!-- end: %s -->\n", table->title);
  return g_string_free (text, FALSE);
}

gboolean
importer_table_is_in (ImporterTable *table, const gchar *path)
{
  gchar *printed = importer_table_print (table), *text = NULL;
  gboolean is_in = g_file_get_contents (path, &text, NULL, NULL) && strstr (text, printed) != NULL;

  g_free (text);
  g_free (printed);
  return is_in;
}
