/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A selection for all elements of a pipeline or bin. */
#pragma once

#include <gst/heaps/gstheapselection.h>

G_BEGIN_DECLS

/**
 * GST_HEAP_CONTEXT_TYPE:
 *
 * The type of contexts of gst_heap_selection_to_context(). They have a field "selection", the string form of a
 * selection.
 *
 * Since: 0.1
 */
#define GST_HEAP_CONTEXT_TYPE "gst.heaps.Selection"

GST_HEAPS_API
GstContext *gst_heap_selection_to_context (GstHeapSelection *selection);
GST_HEAPS_API
GstHeapSelection *gst_heap_selection_new_from_context (GstContext *context, GError **error);

G_END_DECLS
