/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A key file, line by line: what is wrong with one is told with its line, and the other lines count. GKeyFile gives
 * up at the first line that it cannot read, and tells of no line where it is. */
#include "gstheapconfigfile.h"

#include "gstheapdebug.h"

#include "heaps/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GST_CAT_DEFAULT gst_heap_debug
#define MOST_PROBLEMS 32 /* told; a file that is no configuration has one in each line */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What is known while a file is read. */
typedef struct {
  GstHeapConfigPlace place;
  gchar *group;      /* NULL: before the first */
  gboolean is_unfit; /* the group has no name, and what is in it does not count */
  GHashTable *seen;  /* "GROUP\nKEY" -> its line */
  GstHeapConfigHandler handler;
  gpointer user_data;
} Reader;

void
gst_heap_config_complain (const GstHeapConfigPlace *place, const gchar *format, ...)
{
  GString *text = g_string_new (place->path);
  va_list arguments;

  if (place->line > 0)
    g_string_append_printf (text, ":%u", place->line);
  g_string_append (text, ": ");
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
  GST_WARNING ("%s", text->str);
  if (place->problems->len < MOST_PROBLEMS)
    g_ptr_array_add (place->problems, g_strdup (text->str));
  else if (place->problems->len == MOST_PROBLEMS)
    g_ptr_array_add (place->problems, g_strdup_printf ("%s: and more that is wrong", place->path));
  g_string_free (text, TRUE);
}

/* Not by name: a directory opens and does not read, a device never ends. */
static gchar *
read_stream (FILE *stream, const GstHeapConfigPlace *place, gsize *ret_size)
{
  gchar *text = g_malloc (GST_HEAP_CONFIG_FILE_LARGEST + 1);
  gsize size = fread (text, 1, GST_HEAP_CONFIG_FILE_LARGEST + 1, stream);

  if (ferror (stream)) {
    gst_heap_config_complain (place, "%s; nothing of it counts", g_strerror (errno));
    g_clear_pointer (&text, g_free);
  } else if (size > GST_HEAP_CONFIG_FILE_LARGEST) {
    gst_heap_config_complain (
        place, "has more than %d bytes, which is no configuration; nothing of it counts", GST_HEAP_CONFIG_FILE_LARGEST);
    g_clear_pointer (&text, g_free);
  }
  *ret_size = size;
  return text;
}

/* Returns: (nullable): the text, of *ret_size bytes */
static gchar *
read_text (const GstHeapConfigPlace *place, gboolean may_be_absent, gsize *ret_size)
{
  FILE *stream = fopen (place->path, "re");
  gchar *text;

  if (!stream) {
    if (!may_be_absent || (errno != ENOENT && errno != ENOTDIR))
      gst_heap_config_complain (place, "%s; nothing of it counts", g_strerror (errno));
    return NULL;
  }
  text = read_stream (stream, place, ret_size);
  fclose (stream);
  return text;
}

static void
begin_group (Reader *reader, gchar *line)
{
  gsize length = strlen (line);

  g_clear_pointer (&reader->group, g_free);
  reader->is_unfit = TRUE;
  if (line[length - 1] != ']') {
    gst_heap_config_complain (&reader->place, "a group ends with \"]\"; nothing in this one counts");
    return;
  }
  reader->group = g_strndup (line + 1, length - 2);
  if (!heap_name_is_valid (reader->group)) {
    gst_heap_config_complain (
        &reader->place, "\"%.64s\" can be no heap's name; nothing in this group counts", reader->group);
    return;
  }
  reader->is_unfit = FALSE;
  reader->handler (&reader->place, reader->group, NULL, NULL, reader->user_data);
}

/* Whether key is in the group for the first time. */
static gboolean
is_first (Reader *reader, const gchar *key)
{
  gchar *whole = g_strconcat (reader->group, "\n", key, NULL);
  guint line = GPOINTER_TO_UINT (g_hash_table_lookup (reader->seen, whole));

  if (line == 0) {
    g_hash_table_insert (reader->seen, whole, GUINT_TO_POINTER (reader->place.line));
    return TRUE;
  }
  gst_heap_config_complain (
      &reader->place, "[%s] %.64s is said already, in line %u, which counts", reader->group, key, line);
  g_free (whole);
  return FALSE;
}

static void
read_key (Reader *reader, gchar *line)
{
  gchar *value = strchr (line, '=');

  if (!value || value == line) {
    gst_heap_config_complain (&reader->place, "\"%.64s\" is neither [GROUP] nor KEY=VALUE", line);
    return;
  }
  *value++ = '\0';
  g_strchomp (line);
  g_strchug (value);
  if (is_first (reader, line))
    reader->handler (&reader->place, reader->group, line, value, reader->user_data);
}

/* What follows the line of a group belongs to none when that is garbled, least of all to the group before it. */
static void
drop_line (Reader *reader, const gchar *line)
{
  if (line[0] == '#')
    return;
  reader->is_unfit = reader->is_unfit || line[0] == '[';
  gst_heap_config_complain (&reader->place, "is no valid UTF-8; %s does not count",
      line[0] == '[' ? "what stands in this group" : "the line");
}

static void
read_line (Reader *reader, gchar *line, gsize size)
{
  if (!g_utf8_validate (line, size, NULL)) {
    drop_line (reader, line + strspn (line, " \t"));
    return;
  }
  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return;
  if (line[0] == '[')
    begin_group (reader, line);
  else if (reader->group && !reader->is_unfit)
    read_key (reader, line);
  else if (!reader->is_unfit)
    gst_heap_config_complain (&reader->place, "\"%.64s\" stands before the first [GROUP]", line);
}

static void
read_lines (Reader *reader, gchar *text, gsize size)
{
  gchar *end = text + size, *next;

  if (size >= strlen (BYTE_ORDER_MARK) && memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    text += strlen (BYTE_ORDER_MARK);
  for (; text < end; text = next) {
    gchar *stop = memchr (text, '\n', end - text);

    if (!stop)
      stop = end;
    next = stop + 1;
    *stop = '\0'; /* there is room for one more than size */
    reader->place.line++;
    read_line (reader, text, stop - text);
  }
}

void
gst_heap_config_file_read (
    const gchar *path, gboolean may_be_absent, GPtrArray *problems, GstHeapConfigHandler handler, gpointer user_data)
{
  Reader reader = { .place = { path, 0, problems }, .handler = handler, .user_data = user_data };
  gsize size;
  gchar *text = read_text (&reader.place, may_be_absent, &size);

  if (!text)
    return;
  reader.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  read_lines (&reader, text, size);
  g_hash_table_unref (reader.seen);
  g_free (reader.group);
  g_free (text);
}
