/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A key file, line by line: what is wrong with one is told with its line, and the other lines count. */
#pragma once

#include <glib.h>

/* The largest file that is read, in bytes. */
#define GST_HEAP_CONFIG_FILE_LARGEST (1024 * 1024)

/* Where something is said in a file. */
typedef struct {
  const gchar *path;
  guint line; /* from 1; 0: the file as a whole */
  GPtrArray *problems;
} GstHeapConfigPlace;

/* A line [group], with key and value NULL, or a line key=value in a group. Both are without spaces around them. */
typedef void (*GstHeapConfigHandler) (
    const GstHeapConfigPlace *place, const gchar *group, const gchar *key, const gchar *value, gpointer user_data);

/* Calls handler for each line of the file that is one; a key comes once in a group, at its first line. All that is
 * wrong is complained of. A file that may be absent is so without a word. */
G_GNUC_INTERNAL
void gst_heap_config_file_read (
    const gchar *path, gboolean may_be_absent, GPtrArray *problems, GstHeapConfigHandler handler, gpointer user_data);
/* Adds "FILE:LINE: what is wrong" to the problems of place, and to the debug log. */
G_GNUC_INTERNAL
void gst_heap_config_complain (const GstHeapConfigPlace *place, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
