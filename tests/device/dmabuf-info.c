/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel itself says of dma-bufs. */
#include "dmabuf-info.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUFINFO "/sys/kernel/debug/dma_buf/bufinfo"

/* A buffer's line of bufinfo: size, flags, mode, count, exporter, inode, name, between tabs. */
typedef struct {
  gchar *exporter;
  guint64 size, inode;
} Entry;

static gboolean
parse_entry (const gchar *line, Entry *entry)
{
  gchar **fields = g_strsplit (line, "\t", -1);
  gboolean is_entry = g_strv_length (fields) >= 7 && g_ascii_isdigit (fields[0][0]);

  if (is_entry) {
    entry->exporter = g_strdup (g_strstrip (fields[4]));
    entry->size = strtoull (fields[0], NULL, 10);
    entry->inode = strtoull (fields[5], NULL, 10);
  }
  g_strfreev (fields);
  return is_entry;
}

static gchar **
read_bufinfo (void)
{
  gchar *text = NULL;
  gchar **lines;

  if (!g_file_get_contents (BUFINFO, &text, NULL, NULL))
    g_error ("%s cannot be read: the device tests need debugfs", BUFINFO);
  lines = g_strsplit (text, "\n", -1);
  g_free (text);
  return lines;
}

/* What /proc/self/fdinfo says of fd behind key; NULL when nothing. The caller frees it. */
static gchar *
read_fdinfo (int fd, const gchar *key)
{
  gchar *path = g_strdup_printf ("/proc/self/fdinfo/%d", fd);
  gchar *text = NULL, *value = NULL;
  gchar **lines;

  g_file_get_contents (path, &text, NULL, NULL);
  lines = g_strsplit (text ? text : "", "\n", -1);
  for (gchar **line = lines; *line && !value; line++) {
    if (g_str_has_prefix (*line, key))
      value = g_strdup (g_strstrip (*line + strlen (key)));
  }
  g_strfreev (lines);
  g_free (text);
  g_free (path);
  return value;
}

gchar *
dmabuf_info_exporter (int fd)
{
  return read_fdinfo (fd, "exp_name:");
}

gchar *
dmabuf_info_name (int fd)
{
  return read_fdinfo (fd, "name:");
}

guint64
dmabuf_info_inode (int fd)
{
  struct stat st;

  return fstat (fd, &st) == 0 ? st.st_ino : 0;
}

gchar *
dmabuf_info_attached (guint64 inode)
{
  gchar **lines = read_bufinfo ();
  GString *devices = NULL;
  Entry entry;

  for (gchar **line = lines; *line; line++) {
    if (parse_entry (*line, &entry)) {
      g_free (entry.exporter);
      if (devices)
        break;
      if (entry.inode == inode)
        devices = g_string_new (NULL);
    } else if (devices && strstr (*line, "Attached Devices:") == NULL && strstr (*line, "Total ") == NULL) {
      g_string_append_printf (devices, "%s\n", g_strstrip (*line));
    }
  }
  g_strfreev (lines);
  return devices ? g_strchomp (g_string_free (devices, FALSE)) : NULL;
}

/* Adds up those of an exporter. */
static guint
count (const gchar *exporter, guint64 *ret_bytes)
{
  gchar **lines = read_bufinfo ();
  guint n = 0;
  Entry entry;

  *ret_bytes = 0;
  for (gchar **line = lines; *line; line++) {
    if (!parse_entry (*line, &entry))
      continue;
    if (exporter == NULL || g_str_equal (entry.exporter, exporter)) {
      n++;
      *ret_bytes += entry.size;
    }
    g_free (entry.exporter);
  }
  g_strfreev (lines);
  return n;
}

guint
dmabuf_info_count (const gchar *exporter)
{
  guint64 bytes;

  return count (exporter, &bytes);
}

guint64
dmabuf_info_bytes (const gchar *exporter)
{
  guint64 bytes;

  count (exporter, &bytes);
  return bytes;
}
