/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a process selects that says nothing itself: $GST_HEAPS. */
#include <gst/heaps/gstheapselection.h>

#define VARIABLE "GST_HEAPS"

/**
 * gst_heap_selection_get_default:
 * @error: #GST_HEAP_ERROR_INVALID when `GST_HEAPS` makes no sense
 *
 * What the environment variable `GST_HEAPS` asks for, which has the string form of a selection. Empty is as good as
 * unset.
 *
 * Returns: (transfer full) (nullable): the selection for who is not told otherwise; %NULL where there is none, and
 *     then @error is not set either
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_get_default (GError **error)
{
  const gchar *text = g_getenv (VARIABLE);
  GstHeapSelection *selection;

  if (!text || *text == '\0')
    return NULL;
  selection = gst_heap_selection_new_from_string (text, error);
  if (!selection)
    g_prefix_error (error, "the environment variable " VARIABLE ": ");
  return selection;
}
