/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Steps from one element of a pipeline to the next. */
#include "gstheapwalk.h"

#include <gst/base/gstbasetransform.h>

/* The pad that pad really is linked to, behind the ghost pads of bins. */
GstPad *
gst_heap_walk_get_peer (GstPad *pad)
{
  GstPad *peer = gst_pad_get_peer (pad);

  for (guint i = 0; peer && GST_IS_PROXY_PAD (peer) && i < GST_HEAP_LONGEST_WALK; i++) {
    GstPad *inner = NULL;

    if (GST_IS_GHOST_PAD (peer)) {
      inner = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));
    } else {
      GstProxyPad *outer = gst_proxy_pad_get_internal (GST_PROXY_PAD (peer));
      if (outer) {
        inner = gst_pad_get_peer (GST_PAD (outer));
        gst_object_unref (outer);
      }
    }
    gst_object_unref (peer);
    peer = inner;
  }
  return peer;
}

/* Whether the element sends on the buffers it gets. */
gboolean
gst_heap_walk_passes_on (GstElement *element, GstPad *input)
{
  const gchar *klass = gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);

  if (GST_IS_BASE_TRANSFORM (element))
    return gst_base_transform_is_passthrough (GST_BASE_TRANSFORM (element)) ||
           gst_base_transform_is_in_place (GST_BASE_TRANSFORM (element));
  return GST_PAD_IS_PROXY_ALLOCATION (input) || (klass && g_str_has_prefix (klass, "Generic"));
}

void
gst_heap_walk_add_outputs (GPtrArray *outputs, GstPad *input)
{
  GstIterator *iterator = gst_pad_iterate_internal_links (input);
  GValue output = G_VALUE_INIT;

  while (iterator && gst_iterator_next (iterator, &output) == GST_ITERATOR_OK) {
    g_ptr_array_add (outputs, g_value_dup_object (&output));
    g_value_unset (&output);
  }
  g_clear_pointer (&iterator, gst_iterator_free);
}

GstBus *
gst_heap_walk_get_bus (GstElement *element)
{
  GstObject *top = gst_object_ref (element);
  GstObject *parent;
  GstBus *bus;

  while ((parent = gst_object_get_parent (top))) {
    gst_object_unref (top);
    top = parent;
  }
  bus = top != GST_OBJECT (element) && GST_IS_PIPELINE (top) ? gst_element_get_bus (GST_ELEMENT (top)) : NULL;
  gst_object_unref (top);
  return bus;
}

/* Looks who is linked to an output: one that keeps what it gets, or that passes it on, whose outputs are to be looked
 * at then. */
static void
look_behind (GstPad *output, GPtrArray *outputs, GPtrArray *ends)
{
  GstPad *input = gst_heap_walk_get_peer (output);
  GstElement *element = input ? gst_pad_get_parent_element (input) : NULL;

  if (element && gst_heap_walk_passes_on (element, input))
    gst_heap_walk_add_outputs (outputs, input);
  else if (element)
    g_ptr_array_add (ends, gst_object_ref (input));
  gst_clear_object (&element);
  gst_clear_object (&input);
}

GPtrArray *
gst_heap_walk_find_ends (GstPad *srcpad)
{
  GPtrArray *ends = g_ptr_array_new_with_free_func (gst_object_unref);
  GPtrArray *outputs = g_ptr_array_new_with_free_func (gst_object_unref);

  g_ptr_array_add (outputs, gst_object_ref (srcpad));
  for (guint i = 0; i < outputs->len && i < GST_HEAP_LONGEST_WALK; i++)
    look_behind (outputs->pdata[i], outputs, ends);
  g_ptr_array_unref (outputs);
  return ends;
}
