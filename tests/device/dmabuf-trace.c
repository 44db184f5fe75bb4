/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel traces of dma-bufs.
 *
 * A line reads "THREAD-ID [CPU] FLAGS TIME: EVENT: ...". An ioctl is followed through the events of its thread: it
 * begins (sys_enter), takes a dma-buf (dma_buf_get), and is done (v4l2_qbuf, for a V4L2 queue that took it), or fails
 * (sys_exit).
 */
#include "dmabuf-trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INSTANCE "/sys/kernel/tracing/instances/device-test"
#define VIDEO_MAJOR 81

struct _DmabufTrace {
  GHashTable *events; /* inode -> GPtrArray of what was done with it */
  GHashTable *taken;  /* thread -> inode that the ioctl it is in took */
  guint refusals;
};

static void
write_control (const gchar *file, const gchar *text)
{
  gchar *path = g_build_filename (INSTANCE, file, NULL);
  FILE *stream = fopen (path, "w");

  if (!stream || fputs (text, stream) < 0 || fclose (stream) != 0)
    g_error ("cannot write \"%s\" to %s: the device tests need tracefs", text, path);
  g_free (path);
}

void
dmabuf_trace_begin (void)
{
  gchar *only_ioctls = g_strdup_printf ("id == %d", SYS_ioctl);

  if (mkdir (INSTANCE, 0700) < 0)
    g_error ("cannot make %s: the device tests need tracefs", INSTANCE);
  write_control ("events/raw_syscalls/filter", only_ioctls);
  write_control ("events/raw_syscalls/enable", "1");
  write_control ("events/dma_buf/enable", "1");
  write_control ("events/v4l2/v4l2_qbuf/enable", "1");
  write_control ("tracing_on", "1");
  g_free (only_ioctls);
}

static void
add_event (DmabufTrace *trace, guint64 inode, gchar *what)
{
  GPtrArray *events = g_hash_table_lookup (trace->events, &inode);

  if (!events) {
    events = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (trace->events, g_memdup2 (&inode, sizeof inode), events);
  }
  g_ptr_array_add (events, what);
}

static guint64
parse_inode (const gchar *text)
{
  const gchar *inode = strstr (text, "ino=");

  return inode ? strtoull (inode + strlen ("ino="), NULL, 10) : 0;
}

/* The name of a V4L2 node by its minor number. */
static gchar *
name_of_node (guint minor)
{
  gchar *path = g_strdup_printf ("/sys/dev/char/%u:%u/name", VIDEO_MAJOR, minor);
  gchar *name = NULL;

  g_file_get_contents (path, &name, NULL, NULL);
  g_free (path);
  return name ? g_strchomp (name) : g_strdup_printf ("minor %u", minor);
}

static void
read_qbuf (DmabufTrace *trace, guint thread, const gchar *text)
{
  guint64 *inode = g_hash_table_lookup (trace->taken, GUINT_TO_POINTER (thread));
  gchar queue[32];
  gchar *name;
  guint minor;

  if (!inode || sscanf (text, "minor = %u, index = %*u, type = %31[A-Z_]", &minor, queue) != 2)
    return;
  name = name_of_node (minor);
  add_event (trace, *inode, g_strdup_printf ("queued to %s (%s)", name, queue));
  g_free (name);
}

static void
read_exit (DmabufTrace *trace, guint thread, const gchar *text)
{
  const gchar *result = strchr (text, '=');

  if (result && atol (result + 1) < 0 && g_hash_table_contains (trace->taken, GUINT_TO_POINTER (thread)))
    trace->refusals++;
  g_hash_table_remove (trace->taken, GUINT_TO_POINTER (thread));
}

static void
read_event (DmabufTrace *trace, const gchar *name, guint thread, const gchar *event, const gchar *text)
{
  guint64 inode = parse_inode (text);

  if (g_str_equal (event, "sys_enter"))
    g_hash_table_remove (trace->taken, GUINT_TO_POINTER (thread));
  else if (g_str_equal (event, "sys_exit"))
    read_exit (trace, thread, text);
  else if (g_str_equal (event, "v4l2_qbuf"))
    read_qbuf (trace, thread, text);
  else if (g_str_equal (event, "dma_buf_get"))
    g_hash_table_insert (trace->taken, GUINT_TO_POINTER (thread), g_memdup2 (&inode, sizeof inode));
  else if (g_str_equal (event, "dma_buf_mmap_internal"))
    add_event (trace, inode, g_strdup_printf ("mapped by %s", name));
  else if (g_str_equal (event, "dma_buf_dynamic_attach") && strstr (text, "dev_name="))
    add_event (trace, inode, g_strdup_printf ("attached by %s", strstr (text, "dev_name=") + strlen ("dev_name=")));
}

/* Splits a line in place. */
static void
read_line (DmabufTrace *trace, gchar *line)
{
  gchar *cpu = strstr (line, " ["), *time = cpu ? strstr (cpu, ": ") : NULL;
  gchar *event = time ? time + 2 : NULL, *text = event ? strstr (event, ": ") : NULL;
  gchar *thread;

  if (!text)
    return;
  *cpu = *text = '\0';
  thread = strrchr (line, '-');
  if (!thread)
    return;
  *thread++ = '\0';
  read_event (trace, g_strstrip (line), atoi (thread), event, text + 2);
}

static void
read_lines (DmabufTrace *trace, gchar *text)
{
  gchar *end;

  for (gchar *line = text; (end = strchr (line, '\n')); line = end + 1) {
    *end = '\0';
    read_line (trace, line);
  }
}

DmabufTrace *
dmabuf_trace_end (void)
{
  DmabufTrace *trace = g_new0 (DmabufTrace, 1);
  gchar *text = NULL;

  trace->events = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  trace->taken = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  write_control ("tracing_on", "0");
  if (!g_file_get_contents (INSTANCE "/trace", &text, NULL, NULL))
    g_error ("cannot read " INSTANCE "/trace");
  read_lines (trace, text);
  g_free (text);
  rmdir (INSTANCE);
  return trace;
}

void
dmabuf_trace_free (DmabufTrace *trace)
{
  g_hash_table_unref (trace->events);
  g_hash_table_unref (trace->taken);
  g_free (trace);
}

static guint
count_events (DmabufTrace *trace, guint64 inode, const gchar *begin, const gchar *whole)
{
  GPtrArray *events = g_hash_table_lookup (trace->events, &inode);
  guint count = 0;

  for (guint i = 0; events && i < events->len; i++)
    count += whole ? g_str_equal (events->pdata[i], whole) : g_str_has_prefix (events->pdata[i], begin);
  return count;
}

guint
dmabuf_trace_count (DmabufTrace *trace, guint64 inode, const gchar *what)
{
  return count_events (trace, inode, NULL, what);
}

guint
dmabuf_trace_count_maps (DmabufTrace *trace, guint64 inode)
{
  return count_events (trace, inode, "mapped by ", NULL);
}

guint
dmabuf_trace_count_refusals (DmabufTrace *trace)
{
  return trace->refusals;
}

gchar *
dmabuf_trace_describe (DmabufTrace *trace, guint64 inode)
{
  GPtrArray *events = g_hash_table_lookup (trace->events, &inode);
  GString *text = g_string_new (NULL);

  for (guint i = 0; events && i < events->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const gchar *) events->pdata[i]);
  return g_string_free (text, FALSE);
}
