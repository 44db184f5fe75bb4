/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 alloc: holds memory of a heap, for a test of what others do then. */
#include "heap-options.h"
#include "hold.h"
#include "json-output.h"
#include "options.h"
#include "size-text.h"
#include "table.h"
#include "terminal.h"

#include <stdio.h>

#define NO_COUNT G_MININT64
#define LONGEST_SECONDS (G_MAXINT / 1000)

/* The command line. Text is NULL, and numbers are as initialised, where nothing was said. */
typedef struct {
  gchar *name, *require, *prefer, *forbid, *leave;
  gint64 count;
  gdouble seconds;
  gboolean fill, as_much_as_possible;
} Settings;

static void
settings_clear (Settings *settings)
{
  g_free (settings->name);
  g_free (settings->require);
  g_free (settings->prefer);
  g_free (settings->forbid);
  g_free (settings->leave);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settings, settings_clear)

static gboolean
check (const Settings *settings, const ToolOptions *options)
{
  if (!options->arguments)
    tool_error ("how large? write a SIZE, as 16M (see --help)");
  else if (settings->count != NO_COUNT && settings->count < 1)
    tool_error ("--count wants a number from 1 on");
  else if (settings->count != NO_COUNT && settings->leave)
    tool_error ("--count and --leave are two answers to how many");
  else if (settings->seconds != -1 && !(settings->seconds >= 0 && settings->seconds <= LONGEST_SECONDS))
    tool_error ("--for wants seconds, from 0 to %d", LONGEST_SECONDS);
  else
    return TRUE;
  return FALSE;
}

/* As many buffers as leave so much by what the kernel says now. FALSE with a message when it does not say. */
static gboolean
count_for_leaving (GstHeap *heap, guint64 leave, ToolHoldWish *wish)
{
  guint64 unused;

  if (!gst_heap_get_capacity (heap, NULL, &unused)) {
    tool_error ("--leave: nothing tells how much of \"%s\" is free (see gst-heaps-1.0 list)", gst_heap_get_name (heap));
    return FALSE;
  }
  wish->count = unused > leave ? (unused - leave) / wish->size : 0;
  return TRUE;
}

static GstHeap *
select_heap (const Settings *settings, GError **error)
{
  g_autoptr (GstHeapSelection) selection = NULL;

  if (settings->name || settings->require || settings->prefer || settings->forbid)
    selection = gst_heap_selection_new_from_fields (
        settings->name, settings->require, settings->prefer, settings->forbid, error);
  else
    selection = tool_default_selection (error);
  return selection ? gst_heap_selection_select (selection, error) : NULL;
}

static void
add_buffer (JsonBuilder *builder, ToolHold *hold, guint index)
{
  guint64 inode;

  json_builder_begin_object (builder);
  tool_json_add_integer (builder, "bytes", tool_hold_get_buffer_bytes (hold, index));
  if (gst_heap_memory_get_inode (tool_hold_get_buffer (hold, index), &inode))
    tool_json_add_integer (builder, "inode", inode);
  json_builder_end_object (builder);
}

static const gchar *
exporter_of (ToolHold *hold)
{
  return tool_hold_get_n_buffers (hold) > 0 ? gst_heap_memory_get_exporter (tool_hold_get_buffer (hold, 0)) : NULL;
}

static void
print_json (GstHeap *heap, ToolHold *hold, const ToolHoldWish *wish)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  tool_json_add_string (builder, "heap", gst_heap_get_name (heap));
  tool_json_add_string (builder, "exporter", exporter_of (hold));
  tool_json_add_integer (builder, "bytes", tool_hold_get_bytes (hold));
  tool_json_add_integer (builder, "size", wish->size);
  json_builder_set_member_name (builder, "buffers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tool_hold_get_n_buffers (hold); i++)
    add_buffer (builder, hold, i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  tool_json_print (builder);
}

static void
add_row (ToolTable *table, GstHeap *heap, ToolHold *hold, guint index)
{
  GstMemory *memory = tool_hold_get_buffer (hold, index);
  const gchar *exporter = gst_heap_memory_get_exporter (memory);
  guint64 inode;

  tool_table_add (table, gst_heap_get_name (heap));
  tool_table_add (table, exporter ? exporter : "-");
  tool_table_add_printf (table, "%" G_GUINT64_FORMAT, tool_hold_get_buffer_bytes (hold, index));
  if (gst_heap_memory_get_inode (memory, &inode))
    tool_table_add_printf (table, "%" G_GUINT64_FORMAT, inode);
  else
    tool_table_add (table, "-");
}

static void
print_table (GstHeap *heap, ToolHold *hold)
{
  static const gchar *const heading[] = { "heap", "exporter", "bytes", "inode" };
  g_autoptr (ToolTable) table = tool_table_new (G_N_ELEMENTS (heading));
  g_autofree gchar *sum =
      g_strdup_printf ("%s: %u buffers, %" G_GUINT64_FORMAT " bytes held; SIGINT (^C) or SIGTERM gives them back.\n",
          gst_heap_get_name (heap), tool_hold_get_n_buffers (hold), tool_hold_get_bytes (hold));

  for (guint i = 0; i < G_N_ELEMENTS (heading); i++)
    tool_table_add (table, heading[i]);
  for (guint i = 0; i < tool_hold_get_n_buffers (hold); i++)
    add_row (table, heap, hold, i);
  if (tool_hold_get_n_buffers (hold) > 0)
    tool_table_print (table);
  tool_print (sum);
}

/* Whether there is what was asked for. Says what is missing, and why: refusal, or where that is NULL, a signal. */
static gboolean
is_all_there (ToolHold *hold, const ToolHoldWish *wish, const GError *refusal)
{
  guint n = tool_hold_get_n_buffers (hold);

  if (n == wish->count && !refusal)
    return TRUE;
  tool_error ("had %u of %" G_GUINT64_FORMAT " buffers, %" G_GUINT64_FORMAT " bytes, which are given back: %s", n,
      wish->count, tool_hold_get_bytes (hold), refusal ? refusal->message : "interrupted");
  return FALSE;
}

static int
hold_memory (GstHeap *heap, const Settings *settings, const ToolHoldWish *wish, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (ToolHold) hold = tool_hold_new (heap, wish, &refusal, &error);

  if (!hold) {
    tool_error ("%s", error->message);
    return TOOL_EXIT_NO;
  }
  if (!settings->as_much_as_possible && !is_all_there (hold, wish, refusal))
    return TOOL_EXIT_NO;
  if (json)
    print_json (heap, hold, wish);
  else
    print_table (heap, hold);
  /* Who reads it is to know before it ends. Nobody may be there to read: main() tells. */
  if (fflush (stdout) == 0)
    tool_hold_wait (hold, settings->seconds < 0 ? -1 : (gint) (settings->seconds * 1000));
  return TOOL_EXIT_OK;
}

/* What is wished for in numbers. FALSE with a message on stderr. */
static gboolean
parse_wish (const Settings *settings, const gchar *size, ToolHoldWish *wish, guint64 *ret_leave)
{
  *wish =
      (ToolHoldWish){ .count = settings->count != NO_COUNT ? (guint64) settings->count : 1, .fill = settings->fill };
  if (settings->count == NO_COUNT && settings->as_much_as_possible)
    wish->count = G_MAXUINT64;
  *ret_leave = 0;
  if (!tool_parse_size ("SIZE", size, &wish->size))
    return FALSE;
  if (wish->count != G_MAXUINT64 && wish->size > (guint64) G_MAXINT64 / wish->count) {
    tool_error ("%" G_GUINT64_FORMAT " buffers of %s are more than can be counted", wish->count, size);
    return FALSE;
  }
  return !settings->leave || g_str_equal (settings->leave, "0") ||
         tool_parse_size ("--leave", settings->leave, ret_leave);
}

static int
alloc (const Settings *settings, const ToolOptions *options)
{
  g_autoptr (GstHeap) heap = NULL;
  g_autoptr (GError) error = NULL;
  ToolHoldWish wish;
  guint64 leave;

  if (!check (settings, options) || !parse_wish (settings, options->arguments[0], &wish, &leave))
    return TOOL_EXIT_USAGE;
  heap = select_heap (settings, &error);
  if (!heap) {
    tool_error ("%s", error->message);
    return g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID) ? TOOL_EXIT_USAGE : TOOL_EXIT_NO;
  }
  if (settings->leave && !count_for_leaving (heap, leave, &wish))
    return TOOL_EXIT_NO;
  return hold_memory (heap, settings, &wish, options->json);
}

static int
run (int argc, gchar **argv)
{
  g_auto (Settings) settings = { .count = NO_COUNT, .seconds = -1 };
  const GOptionEntry own[] = {
    { "heap-name", 0, 0, G_OPTION_ARG_FILENAME, &settings.name,
        "Names of heaps, as of why: the first that can be opened", "NAMES" },
    { "heap-require", 0, 0, G_OPTION_ARG_STRING, &settings.require, "Properties it must have", "PROPERTIES" },
    { "heap-prefer", 0, 0, G_OPTION_ARG_STRING, &settings.prefer, "Properties that put a heap before others",
        "PROPERTIES" },
    { "heap-forbid", 0, 0, G_OPTION_ARG_STRING, &settings.forbid, "Properties it must not have", "PROPERTIES" },
    { "count", 0, 0, G_OPTION_ARG_INT64, &settings.count, "How many buffers of SIZE (default: 1)", "N" },
    { "leave", 0, 0, G_OPTION_ARG_STRING, &settings.leave, "As many as leave so much free", "SIZE" },
    { "as-much-as-possible", 0, 0, G_OPTION_ARG_NONE, &settings.as_much_as_possible,
        "Hold what there is, also when that is less", NULL },
    { "fill", 0, 0, G_OPTION_ARG_NONE, &settings.fill, "Write the memory", NULL },
    { "for", 0, 0, G_OPTION_ARG_DOUBLE, &settings.seconds, "Give it back after so many seconds", "SECONDS" },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (ToolOptions) options = { 0 };

  if (!tool_options_parse (&options, &tool_alloc, own, 1, argc, argv))
    return TOOL_EXIT_USAGE;
  return alloc (&settings, &options);
}

const ToolCommand tool_alloc = {
  .name = "alloc",
  .arguments = "SIZE",
  .summary = "Hold memory of a heap, for a test of what others do then",
  .details =
      "Takes buffers of SIZE bytes (64K, 16M, 1G: powers of 1024) of a heap, and of no other, says what it\n"
      "holds, and gives it back on SIGINT (^C), SIGTERM or SIGHUP, or after --for SECONDS. What does a pipeline\n"
      "do when a heap is nearly full?\n"
      "  gst-heaps-1.0 alloc --heap-name=linux,cma --leave 4M 1M\n"
      "\n"
      "When there is less than was asked for, it is given back, and the exit code is 1, but with\n"
      "--as-much-as-possible, which without --count takes all there is. Take care: of the heap system that is\n"
      "the memory of the machine.\n"
      "\n"
      "Exits with 0 when it held what was asked for, 1 when not, 2 when the command line makes no sense.",
  .run = run,
};
