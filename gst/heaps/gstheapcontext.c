/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A selection for all elements of a pipeline or bin. */
#include <gst/heaps/gstheapcontext.h>
#include <gst/heaps/gstheaperror.h>

/**
 * SECTION:gstheapcontext
 * @title: Context
 * @short_description: a selection for all elements of a pipeline or bin
 *
 * |[<!-- language="C" -->
 * g_autoptr (GstContext) context = gst_heap_selection_to_context (selection);
 * gst_element_set_context (pipeline, context);
 * ]|
 *
 * From then on @selection is what elements inside go by that have the properties of
 * gst_heap_element_class_install_properties() and of which none is set: those that are there, in bins too, and those
 * that are added later. Of several contexts an element has the one that it was given last. It looks when it allocates:
 * the context of a pipeline that plays takes effect at the next negotiation, or the next start.
 *
 * Who has no context yet asks as elements of GStreamer do, by a query to its neighbours and then by a message
 * `NEED_CONTEXT`, which a synchronous handler of the bus may answer by gst_element_set_context() on the message's
 * source.
 */

#define FIELD "selection"

/**
 * gst_heap_selection_to_context:
 * @selection: what memory elements are to use that are not told by their properties
 *
 * Returns: (transfer full): a persistent context for gst_element_set_context(), on a pipeline, a bin or an element
 *
 * Since: 0.1
 */
GstContext *
gst_heap_selection_to_context (GstHeapSelection *selection)
{
  GstContext *context;
  gchar *text;

  g_return_val_if_fail (selection != NULL, NULL);

  context = gst_context_new (GST_HEAP_CONTEXT_TYPE, TRUE);
  text = gst_heap_selection_to_string (selection);
  gst_structure_set (gst_context_writable_structure (context), FIELD, G_TYPE_STRING, text, NULL);
  g_free (text);
  return context;
}

/**
 * gst_heap_selection_new_from_context:
 * @context: a context of type #GST_HEAP_CONTEXT_TYPE
 * @error: #GST_HEAP_ERROR_INVALID when @context, which anybody may have made, holds none
 *
 * Returns: (transfer full) (nullable): the selection of @context
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_new_from_context (GstContext *context, GError **error)
{
  GstHeapSelection *selection;
  const gchar *text;

  g_return_val_if_fail (GST_IS_CONTEXT (context), NULL);
  g_return_val_if_fail (gst_context_has_context_type (context, GST_HEAP_CONTEXT_TYPE), NULL);

  text = gst_structure_get_string (gst_context_get_structure (context), FIELD);
  if (!text) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "the context " GST_HEAP_CONTEXT_TYPE " has no text in its field " FIELD);
    return NULL;
  }
  selection = gst_heap_selection_new_from_string (text, error);
  if (!selection)
    g_prefix_error (error, "the context " GST_HEAP_CONTEXT_TYPE ": ");
  return selection;
}
