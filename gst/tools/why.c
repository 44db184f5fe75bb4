/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 why: which heap a selection takes, and why not the others. */
#include "heap-options.h"
#include "json-output.h"
#include "options.h"
#include "terminal.h"

#include <gst/heaps/heaps.h>

static const gchar *
verdict_name (GstHeapVerdict verdict)
{
  g_autoptr (GEnumClass) verdicts = g_type_class_ref (GST_TYPE_HEAP_VERDICT);

  return g_enum_get_value (verdicts, verdict)->value_nick;
}

static void
add_candidate (JsonBuilder *builder, GstHeapChoice *choice, guint index)
{
  g_autofree gchar *reason = gst_heap_choice_get_reason (choice, index);

  json_builder_begin_object (builder);
  tool_json_add_string (builder, "name", gst_heap_choice_get_name (choice, index));
  tool_json_add_string (builder, "requested-name", gst_heap_choice_get_requested_name (choice, index));
  tool_json_add_string (builder, "verdict", verdict_name (gst_heap_choice_get_verdict (choice, index)));
  tool_json_add_boolean (builder, "fallback", gst_heap_choice_is_fallback (choice, index));
  tool_json_add_string (builder, "reason", reason);
  json_builder_end_object (builder);
}

static void
print_json (GstHeapSelection *selection, GstHeapChoice *choice)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree gchar *text = gst_heap_selection_to_string (selection);
  g_autofree gchar *explanation = gst_heap_choice_to_string (choice);
  GstHeap *heap = gst_heap_choice_get_heap (choice);

  json_builder_begin_object (builder);
  tool_json_add_string (builder, "selection", text);
  tool_json_add_string (builder, "heap", heap ? gst_heap_get_name (heap) : NULL);
  tool_json_add_sizes (builder, heap, FALSE);
  json_builder_set_member_name (builder, "candidates");
  json_builder_begin_array (builder);
  for (guint i = 0; i < gst_heap_choice_get_n_candidates (choice); i++)
    add_candidate (builder, choice, i);
  json_builder_end_array (builder);
  tool_json_add_string (builder, "explanation", explanation);
  json_builder_end_object (builder);
  tool_json_print (builder);
}

/* How much the heap that was taken has. */
static void
print_sizes (GstHeap *heap)
{
  g_autofree gchar *text = NULL;
  guint64 total, unused;

  if (!gst_heap_get_capacity (heap, &total, &unused))
    return;
  text = g_strdup_printf ("%s has %" G_GUINT64_FORMAT " bytes in all: %" G_GUINT64_FORMAT " used, %" G_GUINT64_FORMAT
                          " free.\n",
      gst_heap_get_name (heap), total, total - MIN (unused, total), unused);
  tool_print (text);
}

static void
print_text (GstHeapChoice *choice)
{
  g_autofree gchar *explanation = gst_heap_choice_to_string (choice);

  tool_print (g_strchomp (explanation));
  tool_print ("\n");
  if (gst_heap_choice_get_heap (choice))
    print_sizes (gst_heap_choice_get_heap (choice));
}

/* In JSON the selection is told in any case. */
static void
print_default (GstHeapSelection *selection)
{
  g_autofree gchar *text = gst_heap_selection_to_string (selection);
  const gchar *source = gst_heap_selection_get_default_source ();
  g_autofree gchar *line = g_strdup_printf ("Asked for by %s: %s\n", source, text);

  if (source && *text)
    tool_print (line);
}

static int
run (int argc, gchar **argv)
{
  g_auto (ToolOptions) options = { 0 };
  g_autoptr (GstHeapSelection) selection = NULL;
  g_autoptr (GstHeapChoice) choice = NULL;
  g_autoptr (GError) error = NULL;

  if (!tool_options_parse (&options, &tool_why, NULL, 1, argc, argv))
    return TOOL_EXIT_USAGE;
  selection = options.arguments ? gst_heap_selection_new_from_string (options.arguments[0], &error)
                                : tool_default_selection (&error);
  if (!selection) {
    tool_error ("%s", error->message);
    return TOOL_EXIT_USAGE;
  }
  choice = gst_heap_selection_choose (selection);
  if (options.json)
    print_json (selection, choice);
  else
    print_text (choice);
  if (!options.json && !options.arguments)
    print_default (selection);
  return gst_heap_choice_get_heap (choice) ? TOOL_EXIT_OK : TOOL_EXIT_NO;
}

const ToolCommand tool_why = {
  .name = "why",
  .arguments = "[SELECTION]",
  .summary = "Say which heap a selection takes, and why not the others",
  .details = "Says for every heap why SELECTION takes it or not.\n"
             "\n"
             "SELECTION is a list of names, in order of preference:\n"
             "  gst-heaps-1.0 why 'linux,cma;system'\n"
             "or the properties of the elements, with quotes around values with , ; @ or spaces:\n"
             "  gst-heaps-1.0 why 'heap-name=\"linux,cma;system\", heap-require=contiguous+cacheable'\n"
             "With none, it is what elements do that were told nothing: what GST_HEAPS says, else heaps.conf.\n"
             "\n"
             "Exits with 0 when a heap is taken, 1 when none is, 2 when SELECTION makes no sense.",
  .run = run,
};
