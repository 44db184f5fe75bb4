/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How a GstHeapChoice comes to be, and what stands in for the heap that was taken. */
#pragma once

#include <gst/heaps/gstheapselection.h>

#include "heaps/selection.h"

/* Takes over the content of core, and heap: the one taken, or NULL. */
G_GNUC_INTERNAL
GstHeapChoice *gst_heap_choice_new (const struct heap_choice *core, GstHeap *heap);
/* What is asked for; owned by selection. Its names end with NULL. */
G_GNUC_INTERNAL
const struct heap_request *gst_heap_selection_get_request (GstHeapSelection *selection);
/* Makes selection one of the heap of fd, which is duplicated; with fd -1 it stays as it is. Takes over selection, which
 * may be NULL, and nobody else has. NULL with an error when fd is not open; without one when selection is NULL. */
G_GNUC_INTERNAL
GstHeapSelection *gst_heap_selection_with_fd (GstHeapSelection *selection, gint fd, GError **error);
/* What selection comes to, with a heap that is open; NULL with an error as of gst_heap_selection_select(). */
G_GNUC_INTERNAL
GstHeapChoice *gst_heap_selection_take (GstHeapSelection *selection, GError **error);
/* Whether any candidate is left that may stand in. */
G_GNUC_INTERNAL
gboolean gst_heap_choice_has_fallback (GstHeapChoice *choice);
/* Whether selection accepts all candidates that are left and may stand in. */
G_GNUC_INTERNAL
gboolean gst_heap_choice_fallbacks_are_accepted (GstHeapChoice *choice, GstHeapSelection *selection);
/* Opens the next candidate that may stand in; NULL when none is left. Changes choice, which nobody else reads
 * meanwhile. The caller owns what comes of it. */
G_GNUC_INTERNAL
GstHeap *gst_heap_choice_open_fallback (GstHeapChoice *choice);
