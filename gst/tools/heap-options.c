/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heaps a command is for. */
#include "heap-options.h"

#include "terminal.h"

/* The heaps of the process are there always, with memory or without. */
static gboolean
is_candidate (GstHeap *heap, GstHeapSelection *selection)
{
  return !gst_heap_get_twin_of (heap) && (!selection || gst_heap_selection_accepts (selection, heap)) &&
         (gst_heap_get_path (heap) || gst_heap_check_access (heap, NULL));
}

/* selection NULL: all. */
static GList *
list_heaps (GstHeapSelection *selection)
{
  GList *all = gst_heap_list (), *heaps = NULL;

  for (GList *l = all; l; l = l->next)
    if (is_candidate (l->data, selection))
      heaps = g_list_append (heaps, g_object_ref (l->data));
  g_list_free_full (all, g_object_unref);
  return heaps;
}

/* Why none of them will do. */
static void
explain (GstHeapSelection *selection)
{
  g_autoptr (GstHeapChoice) choice = gst_heap_selection_choose (selection);
  g_autofree gchar *text = gst_heap_choice_to_string (choice);

  tool_error ("no heap fits:\n%s", g_strchomp (text));
}

static int
find_by_properties (const ToolHeapOptions *options, GList **ret_heaps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstHeapSelection) selection =
      gst_heap_selection_new_from_fields (NULL, options->require, NULL, options->forbid, &error);

  if (!selection) {
    tool_error ("%s", error->message);
    return TOOL_EXIT_USAGE;
  }
  *ret_heaps = list_heaps (selection);
  if (*ret_heaps)
    return TOOL_EXIT_OK;
  explain (selection);
  return TOOL_EXIT_NO;
}

/* selection NULL: it made no sense, as error says. Takes over both. */
static int
add_selected (GstHeapSelection *selection, GError *error, GList **heaps)
{
  GstHeap *heap = selection ? gst_heap_selection_select (selection, &error) : NULL;
  int result = heap ? TOOL_EXIT_OK : selection ? TOOL_EXIT_NO : TOOL_EXIT_USAGE;

  if (heap)
    *heaps = g_list_append (*heaps, heap);
  else
    tool_error ("%s", error->message);
  g_clear_error (&error);
  g_clear_pointer (&selection, gst_heap_selection_unref);
  return result;
}

static int
find_selected (gchar **selections, GList **ret_heaps)
{
  GList *heaps = NULL;
  int result = TOOL_EXIT_OK;

  for (gchar **text = selections; *text && result == TOOL_EXIT_OK; text++) {
    GError *error = NULL;
    GstHeapSelection *selection = gst_heap_selection_new_from_string (*text, &error);

    result = add_selected (selection, error, &heaps);
  }
  if (result == TOOL_EXIT_OK)
    *ret_heaps = heaps;
  else
    g_list_free_full (heaps, g_object_unref);
  return result;
}

int
tool_heap_options_find (const ToolHeapOptions *options, gchar **selections, GList **ret_heaps)
{
  gboolean has_properties = options->require || options->forbid;

  if (selections && has_properties) {
    tool_error ("either heaps are named, or --heap-require and --heap-forbid say which (see --help)");
    return TOOL_EXIT_USAGE;
  }
  if (selections)
    return find_selected (selections, ret_heaps);
  if (has_properties)
    return find_by_properties (options, ret_heaps);
  *ret_heaps = list_heaps (NULL);
  return TOOL_EXIT_OK;
}

GstHeapSelection *
tool_default_selection (GError **error)
{
  GError *invalid = NULL;
  GstHeapSelection *selection = gst_heap_selection_get_default (&invalid);

  if (invalid)
    g_propagate_error (error, invalid);
  return selection || invalid ? selection : gst_heap_selection_new (NULL, 0, 0, 0);
}

int
tool_heap_options_find_default (GList **ret_heaps)
{
  GError *error = NULL;
  GstHeapSelection *selection = tool_default_selection (&error);

  return add_selected (selection, error, ret_heaps);
}

void
tool_heap_options_clear (ToolHeapOptions *options)
{
  g_clear_pointer (&options->require, g_free);
  g_clear_pointer (&options->forbid, g_free);
}
