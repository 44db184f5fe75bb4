/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 usage: which process holds how much of which heap. */
#include "json-output.h"
#include "options.h"
#include "table.h"
#include "terminal.h"

#include <gst/heaps/heaps.h>
#include <stdio.h>
#include <unistd.h>

static void
add_holder (JsonBuilder *builder, GstHeapUsage *usage, guint heap, guint holder)
{
  guint64 bytes, shared;
  guint n;

  bytes = gst_heap_usage_get_holder_bytes (usage, heap, holder, &n, &shared);
  json_builder_begin_object (builder);
  tool_json_add_integer (builder, "pid", gst_heap_usage_get_holder_pid (usage, heap, holder));
  tool_json_add_string (builder, "command", gst_heap_usage_get_holder_command (usage, heap, holder));
  tool_json_add_integer (builder, "bytes", bytes);
  tool_json_add_integer (builder, "shared-bytes", shared);
  tool_json_add_integer (builder, "buffers", n);
  json_builder_end_object (builder);
}

/* What no process was seen to hold; null where nobody tells. */
static void
add_unheld (JsonBuilder *builder, GstHeapUsage *usage, guint heap)
{
  guint64 bytes;
  guint n;

  json_builder_set_member_name (builder, "unheld");
  if (!gst_heap_usage_get_unheld_bytes (usage, heap, &bytes, &n)) {
    json_builder_add_null_value (builder);
    return;
  }
  json_builder_begin_object (builder);
  tool_json_add_integer (builder, "bytes", bytes);
  tool_json_add_integer (builder, "buffers", n);
  json_builder_end_object (builder);
}

static void
add_heap (JsonBuilder *builder, GstHeapUsage *usage, guint heap)
{
  guint64 bytes;
  guint n;

  bytes = gst_heap_usage_get_heap_bytes (usage, heap, &n);
  json_builder_begin_object (builder);
  tool_json_add_string (builder, "name", gst_heap_usage_get_heap_name (usage, heap));
  tool_json_add_integer (builder, "bytes", bytes);
  tool_json_add_integer (builder, "buffers", n);
  add_unheld (builder, usage, heap);
  json_builder_set_member_name (builder, "processes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gst_heap_usage_get_n_holders (usage, heap); i++)
    add_holder (builder, usage, heap, i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_json (GstHeapUsage *usage)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "heaps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gst_heap_usage_get_n_heaps (usage); i++)
    add_heap (builder, usage, i);
  json_builder_end_array (builder);
  tool_json_add_integer (builder, "unseen-processes", gst_heap_usage_get_n_unseen (usage));
  json_builder_end_object (builder);
  tool_json_print (builder);
}

/* shared: NULL where nothing is to be said of that. */
static void
add_row (ToolTable *table, const gchar *heap, const gchar *pid, const gchar *command, guint64 bytes,
    const guint64 *shared, guint n)
{
  g_autofree gchar *count = g_strdup_printf ("%u", n);

  tool_table_add (table, heap);
  tool_table_add (table, pid);
  tool_table_add (table, command);
  tool_table_add_size (table, TRUE, bytes);
  if (shared)
    tool_table_add_size (table, TRUE, *shared);
  else
    tool_table_add (table, "");
  tool_table_add (table, count);
}

static void
add_rows (ToolTable *table, GstHeapUsage *usage, guint heap)
{
  const gchar *name = gst_heap_usage_get_heap_name (usage, heap);
  guint64 bytes, shared;
  guint n;

  bytes = gst_heap_usage_get_heap_bytes (usage, heap, &n);
  add_row (table, name, "", "in all", bytes, NULL, n);
  for (guint i = 0; i < gst_heap_usage_get_n_holders (usage, heap); i++) {
    g_autofree gchar *pid = g_strdup_printf ("%d", gst_heap_usage_get_holder_pid (usage, heap, i));

    bytes = gst_heap_usage_get_holder_bytes (usage, heap, i, &n, &shared);
    add_row (table, name, pid, gst_heap_usage_get_holder_command (usage, heap, i), bytes, &shared, n);
  }
  if (gst_heap_usage_get_unheld_bytes (usage, heap, &bytes, &n) && n > 0)
    add_row (table, name, "-", "no process seen", bytes, NULL, n);
}

static void
print_unseen (guint n_unseen)
{
  g_autofree gchar *text = NULL;

  if (n_unseen == 0)
    return;
  text = g_strdup_printf ("\n%u process%s could not be looked at, nor what devices alone hold: run this as root.\n",
      n_unseen, n_unseen == 1 ? "" : "es");
  tool_print (text);
}

static void
print_table (GstHeapUsage *usage)
{
  static const gchar *const heading[] = { "heap", "pid", "command", "held", "shared", "buffers" };
  g_autoptr (ToolTable) table = tool_table_new (G_N_ELEMENTS (heading));

  for (guint i = 0; i < G_N_ELEMENTS (heading); i++)
    tool_table_add (table, heading[i]);
  for (guint i = 0; i < gst_heap_usage_get_n_heaps (usage); i++)
    add_rows (table, usage, i);
  if (gst_heap_usage_get_n_heaps (usage) > 0)
    tool_table_print (table);
  else
    tool_print ("No dma-buf was seen.\n");
  print_unseen (gst_heap_usage_get_n_unseen (usage));
}

static int
print_now (gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstHeapUsage) usage = gst_heap_usage_new (&error);

  if (!usage) {
    tool_error ("%s", error->message);
    return TOOL_EXIT_NO;
  }
  if (json)
    print_json (usage);
  else
    print_table (usage);
  return TOOL_EXIT_OK;
}

/* Until it is interrupted, or nobody reads any more. */
static int
watch (gboolean json)
{
  gboolean on_terminal = isatty (STDOUT_FILENO);
  int exit_code;

  for (;;) {
    if (on_terminal)
      fputs ("\033[H\033[J", stdout);
    exit_code = print_now (json);
    if (!on_terminal && !json)
      tool_print ("\n");
    if (exit_code != TOOL_EXIT_OK || fflush (stdout) != 0 || ferror (stdout))
      return exit_code;
    g_usleep (G_USEC_PER_SEC);
  }
}

static int
run (int argc, gchar **argv)
{
  gboolean is_watching = FALSE;
  const GOptionEntry own[] = {
    { "watch", 0, 0, G_OPTION_ARG_NONE, &is_watching, "Print it again each second, until interrupted", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (ToolOptions) options = { 0 };

  if (!tool_options_parse (&options, &tool_usage, own, 0, argc, argv))
    return TOOL_EXIT_USAGE;
  return is_watching ? watch (options.json) : print_now (options.json);
}

const ToolCommand tool_usage = {
  .name = "usage",
  .summary = "Say which process holds how much of which heap",
  .details = "Says of each heap how many bytes of it are in use, and which processes hold them, by an fd\n"
             "or a mapping. A dma-buf that two processes hold is \"shared\", and counts once for the heap.\n"
             "Heaps are called as the exporters of their dma-bufs: memory of processes is \"udmabuf\".\n"
             "\n"
             "Without the rights of root only one's own processes are seen, and not what devices alone hold.",
  .run = run,
};
