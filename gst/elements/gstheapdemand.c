/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What an element asks of memory that others allocated, and what to say of memory that is otherwise. */
#include "gstheapdemand.h"

gboolean
gst_heap_demand_find (GstElement *element, GstHeapSelection **ret_demand, GError **error)
{
  GError *invalid = NULL;
  GstHeapSelection *selection = gst_heap_element_find_selection (element, &invalid);

  if (invalid) {
    g_propagate_error (error, invalid);
    return FALSE;
  }
  if (selection && !gst_heap_selection_has_demands (selection))
    g_clear_pointer (&selection, gst_heap_selection_unref);
  *ret_demand = selection;
  return TRUE;
}

static gboolean
is_unknown (GstHeapVerdict verdict)
{
  return verdict == GST_HEAP_VERDICT_LACKS_UNKNOWN || verdict == GST_HEAP_VERDICT_HAS_UNKNOWN;
}

/* Writes what selecting a heap here says of the one of that name. */
static void
write_reason (GString *text, GstHeapSelection *demand, const gchar *name)
{
  GstHeapChoice *choice = gst_heap_selection_choose (demand);
  guint n = gst_heap_choice_get_n_candidates (choice), i = 0;
  gchar *reason = NULL;

  while (i < n && !g_str_equal (gst_heap_choice_get_name (choice, i), name))
    i++;
  if (i < n)
    reason = gst_heap_choice_get_reason (choice, i);
  g_string_append_printf (text, ": %s.", reason ? reason : "this machine has no heap of that name");
  if (i < n && is_unknown (gst_heap_choice_get_verdict (choice, i)))
    g_string_append (text, " If you know it of your board, say so in heaps.conf.");
  g_free (reason);
  gst_heap_choice_unref (choice);
}

static void
set_error (GError **error, GstHeapSelection *demand, GstMemory *memory)
{
  const gchar *exporter = gst_heap_memory_get_exporter (memory);
  gchar *asked = gst_heap_selection_to_string (demand);
  GString *text = g_string_new ("Frames come in ");

  if (exporter)
    g_string_append_printf (text, "dma-bufs of \"%s\"", exporter);
  else
    g_string_append_printf (text, "memory that is no dma-buf (%s)",
        memory->allocator && memory->allocator->mem_type ? memory->allocator->mem_type : "of an unknown kind");
  g_string_append_printf (text, ", and %s is asked for", asked);
  if (exporter)
    write_reason (text, demand, exporter);
  else
    g_string_append_c (text, '.');
  g_string_append_printf (text,
      " Have them allocated like that where they are made (heapupload %s), or set heap-name=\"\" to take what comes.",
      asked);
  g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, text->str);
  g_string_free (text, TRUE);
  g_free (asked);
}

gboolean
gst_heap_demand_check (GstHeapSelection *demand, GstBuffer *buffer, GError **error)
{
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);

    if (gst_heap_selection_accepts_memory (demand, memory))
      continue;
    set_error (error, demand, memory);
    return FALSE;
  }
  return TRUE;
}
