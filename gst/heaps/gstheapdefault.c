/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a process selects that says nothing itself: $GST_HEAPS, else what heaps.conf says. */
#include <gst/heaps/gstheapselection.h>

#include "gstheapconfig.h"

#define VARIABLE "GST_HEAPS"

/* The text of the default selection; NULL: there is none. *ret_place: who says so; owned by the process */
static const gchar *
find_default (const gchar **ret_place)
{
  const gchar *text = g_getenv (VARIABLE);

  if (!text || *text == '\0')
    return gst_heap_config_get_selection (ret_place);
  *ret_place = VARIABLE;
  return text;
}

/**
 * gst_heap_selection_get_default:
 * @error: #GST_HEAP_ERROR_INVALID when what is said there makes no sense
 *
 * What the environment variable `GST_HEAPS` asks for, which has the string form of a selection. Empty is as good as
 * unset. Where it is unset, what `heaps.conf` says by `selection=` in its group `[gst-heaps]`.
 *
 * Returns: (transfer full) (nullable): the selection for who is not told otherwise; %NULL where there is none, and
 *     then @error is not set either
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_get_default (GError **error)
{
  const gchar *place, *text = find_default (&place);
  GstHeapSelection *selection;

  if (!text)
    return NULL;
  selection = gst_heap_selection_new_from_string (text, error);
  if (!selection)
    g_prefix_error (error, "the default selection of %s: ", place);
  return selection;
}

/**
 * gst_heap_selection_get_default_source:
 *
 * Returns: (nullable): who says what gst_heap_selection_get_default() returns: "GST_HEAPS", or the file and the line,
 *     as "/etc/gst-heaps/heaps.conf:2"; %NULL where nobody does
 *
 * Since: 0.1
 */
const gchar *
gst_heap_selection_get_default_source (void)
{
  const gchar *place;

  return find_default (&place) ? place : NULL;
}
