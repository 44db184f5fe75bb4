/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What was measured of each importer with each heap, as a table, and whether the documentation says the same. */
#pragma once

#include <glib.h>

typedef struct _ImporterTable ImporterTable;

/* machine: which of those that have a table in the documentation, "one region" for example. */
ImporterTable *importer_table_new (const gchar *machine);
void importer_table_free (ImporterTable *table);
/* Heaps with the same verdict of the same importer, one after the other, become one row. */
void importer_table_add (ImporterTable *table, const gchar *importer, const gchar *heap, const gchar *verdict);
/* As the documentation has it, with the marks around it. The caller frees it. */
gchar *importer_table_print (ImporterTable *table);
/* Whether the file has the table word by word. */
gboolean importer_table_is_in (ImporterTable *table, const gchar *path);
