/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Finds dma-bufs by /proc/PID/fd, fdinfo and maps, and by debugfs' list of them. */
#include "gstheapcensus.h"

#include <gst/heaps/gstheaperror.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LINK_PREFIX "/dmabuf:" /* what the link of such an fd reads: the kernel's d_dname() */
#define UNKNOWN_EXPORTER "?"
#define LEAST_DIGITS 8 /* of each number in bufinfo: the kernel's "%08zu" */

static void
buffer_free (gpointer data)
{
  GstHeapCensusBuffer *buffer = data;

  g_ptr_array_unref (buffer->pids);
  g_free (buffer->exporter);
  g_free (buffer);
}

/* What is not known of it yet is added. */
static GstHeapCensusBuffer *
add_buffer (GstHeapCensus *census, guint64 inode, guint64 size, const gchar *exporter)
{
  GstHeapCensusBuffer *buffer = g_hash_table_lookup (census->buffers, &inode);

  if (!buffer) {
    buffer = g_new0 (GstHeapCensusBuffer, 1);
    buffer->inode = inode;
    buffer->pids = g_ptr_array_new ();
    g_hash_table_insert (census->buffers, &buffer->inode, buffer);
  }
  buffer->size = MAX (buffer->size, size);
  if (exporter && !buffer->exporter)
    buffer->exporter = g_strdup (exporter);
  return buffer;
}

/* Processes are looked at one after the other: who holds it already is the last. */
static void
add_holder (GstHeapCensusBuffer *buffer, gint pid)
{
  gpointer holder = GINT_TO_POINTER (pid);

  if (buffer->pids->len == 0 || buffer->pids->pdata[buffer->pids->len - 1] != holder)
    g_ptr_array_add (buffer->pids, holder);
}

/* The name comes last, and is any text: whoever gave it may have written lines of other keys. */
static void
cut_name (gchar *info)
{
  gchar *name = strstr (info, "\nname:");

  if (name)
    *name = '\0';
}

/* What a line of fdinfo says behind key, which begins it. Returns: (nullable): at the first such line */
static gchar *
find_value (const gchar *info, const gchar *key)
{
  for (const gchar *line = info; line; line = strchr (line, '\n')) {
    line += *line == '\n';
    if (g_str_has_prefix (line, key))
      return g_strstrip (g_strndup (line + strlen (key), strcspn (line + strlen (key), "\n")));
  }
  return NULL;
}

static guint64
find_number (const gchar *info, const gchar *key)
{
  gchar *value = find_value (info, key);
  guint64 number = value ? g_ascii_strtoull (value, NULL, 10) : 0;

  g_free (value);
  return number;
}

/* Linux before 5.19 does not say the inode in fdinfo. */
static guint64
find_inode (const gchar *info, const gchar *link)
{
  guint64 inode = find_number (info, "ino:");
  struct stat status;

  return inode > 0 ? inode : stat (link, &status) == 0 ? status.st_ino : 0;
}

static void
look_at_fd (GstHeapCensus *census, const gchar *process, gint pid, const gchar *fd)
{
  gchar *link = g_build_filename (process, "fd", fd, NULL);
  gchar *target = g_file_read_link (link, NULL), *path, *info = NULL, *exporter;
  guint64 inode;

  if (target && g_str_has_prefix (target, LINK_PREFIX)) {
    path = g_build_filename (process, "fdinfo", fd, NULL);
    if (g_file_get_contents (path, &info, NULL, NULL))
      cut_name (info);
    inode = info ? find_inode (info, link) : 0;
    if (inode > 0) {
      exporter = find_value (info, "exp_name:");
      add_holder (add_buffer (census, inode, find_number (info, "size:"), exporter), pid);
      g_free (exporter);
    }
    g_free (info);
    g_free (path);
  }
  g_free (target);
  g_free (link);
}

/* One that is gone by now holds nothing. */
static void
look_at_fds (GstHeapCensus *census, const gchar *process, gint pid)
{
  gchar *path = g_build_filename (process, "fd", NULL);
  GError *error = NULL;
  GDir *directory = g_dir_open (path, 0, &error);
  const gchar *fd;

  while (directory && (fd = g_dir_read_name (directory)))
    look_at_fd (census, process, pid, fd);
  if (directory)
    g_dir_close (directory);
  else if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    census->n_unseen++;
  g_clear_error (&error);
  g_free (path);
}

/* A mapping holds its dma-buf without an fd, too: "BEGIN-END rw-s OFFSET 00:0e INODE /dmabuf:NAME". How large that is
 * at the least is what the mapping tells. */
static void
look_at_mapping (GstHeapCensus *census, const gchar *line, gint pid)
{
  guint64 begin, end, offset, inode;
  gint path = 0;

  if (sscanf (line,
          "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %*4c %" G_GINT64_MODIFIER "x %*x:%*x %" G_GINT64_MODIFIER
          "u %n",
          &begin, &end, &offset, &inode, &path) == 4 &&
      path > 0 && g_str_has_prefix (line + path, LINK_PREFIX) && end > begin)
    add_holder (add_buffer (census, inode, offset + (end - begin), NULL), pid);
}

static void
look_at_mappings (GstHeapCensus *census, const gchar *process, gint pid)
{
  gchar *path = g_build_filename (process, "maps", NULL), *text = NULL, *end;

  g_file_get_contents (path, &text, NULL, NULL);
  for (gchar *line = text; line && *line; line = end) {
    end = line + strcspn (line, "\n");
    if (*end)
      *end++ = '\0';
    if (strstr (line, LINK_PREFIX))
      look_at_mapping (census, line, pid);
  }
  g_free (text);
  g_free (path);
}

static void
look_at_process (GstHeapCensus *census, const gchar *proc, const gchar *name, gint pid)
{
  gchar *process = g_build_filename (proc, name, NULL);

  look_at_fds (census, process, pid);
  look_at_mappings (census, process, pid);
  g_free (process);
}

/* Of the processes that hold any: of the others nobody asks. */
static void
read_commands (GstHeapCensus *census, const gchar *proc)
{
  GHashTableIter iter;
  GstHeapCensusBuffer *buffer;

  g_hash_table_iter_init (&iter, census->buffers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &buffer)) {
    for (guint i = 0; i < buffer->pids->len; i++) {
      gpointer pid = buffer->pids->pdata[i];
      gchar *path, *text = NULL;

      if (g_hash_table_contains (census->commands, pid))
        continue;
      path = g_strdup_printf ("%s/%d/comm", proc, GPOINTER_TO_INT (pid));
      g_file_get_contents (path, &text, NULL, NULL);
      g_hash_table_insert (census->commands, pid, text ? g_strchomp (text) : g_strdup (UNKNOWN_EXPORTER));
      g_free (path);
    }
  }
}

static gboolean
is_number (const gchar *text)
{
  gsize length = strspn (text, "0123456789abcdef");

  return length >= LEAST_DIGITS && text[length] == '\0';
}

/* A buffer's line: size, flags, mode, count, exporter, inode, name, between tabs. The name is any text, of which a line
 * may begin: with 31 bytes at the most it cannot be as long as all the numbers together. */
static void
look_at_entry (GstHeapCensus *census, const gchar *line)
{
  gchar **fields = g_strsplit (line, "\t", 7);

  if (g_strv_length (fields) >= 6 && is_number (fields[0]) && is_number (fields[1]) && is_number (fields[2]) &&
      is_number (fields[3]) && is_number (fields[5]))
    add_buffer (
        census, g_ascii_strtoull (fields[5], NULL, 10), g_ascii_strtoull (fields[0], NULL, 10), g_strstrip (fields[4]));
  g_strfreev (fields);
}

static void
read_bufinfo (GstHeapCensus *census, const gchar *bufinfo)
{
  gchar *text = NULL;
  gchar **lines;

  census->is_complete = g_file_get_contents (bufinfo, &text, NULL, NULL);
  lines = g_strsplit (text ? text : "", "\n", -1);
  for (gchar **line = lines; *line; line++)
    look_at_entry (census, *line);
  g_strfreev (lines);
  g_free (text);
}

/* What only a mapping told of is of nobody knows what heap. */
static void
name_exporters (GstHeapCensus *census)
{
  GHashTableIter iter;
  GstHeapCensusBuffer *buffer;

  g_hash_table_iter_init (&iter, census->buffers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &buffer)) {
    if (!buffer->exporter)
      buffer->exporter = g_strdup (UNKNOWN_EXPORTER);
  }
}

gboolean
gst_heap_census_take (GstHeapCensus *ret_census, const gchar *proc, const gchar *bufinfo, GError **error)
{
  GstHeapCensus census = { 0 };
  GError *failure = NULL;
  GDir *directory = g_dir_open (proc, 0, &failure);
  const gchar *name;

  if (!directory) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND, failure->message);
    g_error_free (failure);
    return FALSE;
  }
  census.buffers = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, buffer_free);
  census.commands = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  while ((name = g_dir_read_name (directory))) {
    gint64 pid = g_ascii_strtoll (name, NULL, 10);

    if (pid > 0 && pid <= G_MAXINT)
      look_at_process (&census, proc, name, pid);
  }
  g_dir_close (directory);
  read_bufinfo (&census, bufinfo);
  name_exporters (&census);
  read_commands (&census, proc);
  *ret_census = census;
  return TRUE;
}

void
gst_heap_census_clear (GstHeapCensus *census)
{
  g_clear_pointer (&census->buffers, g_hash_table_unref);
  g_clear_pointer (&census->commands, g_hash_table_unref);
}
