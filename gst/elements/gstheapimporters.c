/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Neighbours that are set to import dma-bufs. */
#include "gstheapimporters.h"

#include "gstheapdevice.h"
#include "gstheapwalk.h"

#define IMPORTS "dmabuf-import"

static gboolean
is_set_to_import (GstElement *element, const gchar *property)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), property);
  const GEnumValue *mode;
  gint value;

  if (!pspec || !G_IS_PARAM_SPEC_ENUM (pspec))
    return FALSE;
  g_object_get (element, property, &value, NULL);
  mode = g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, value);
  return mode && g_str_equal (mode->value_nick, IMPORTS);
}

const gchar *
gst_heap_importer_get_property (GstPad *pad)
{
  const gchar *one_of_two = GST_PAD_IS_SINK (pad) ? "output-io-mode" : "capture-io-mode";
  GstElement *element = gst_pad_get_parent_element (pad);
  const gchar *property = NULL;

  if (!element)
    return NULL;
  if (is_set_to_import (element, one_of_two))
    property = one_of_two;
  else if (is_set_to_import (element, "io-mode"))
    property = "io-mode";
  gst_object_unref (element);
  return property;
}

/* Looks who is linked to an output: one that imports, or that passes on, whose outputs are to be looked at then. */
static void
look_behind (GstPad *output, GPtrArray *outputs, GPtrArray *importers)
{
  GstPad *input = gst_heap_walk_get_peer (output);
  GstElement *element = input ? gst_pad_get_parent_element (input) : NULL;

  if (element && gst_heap_walk_passes_on (element, input))
    gst_heap_walk_add_outputs (outputs, input);
  else if (element && gst_heap_importer_get_property (input))
    g_ptr_array_add (importers, gst_object_ref (input));
  gst_clear_object (&element);
  gst_clear_object (&input);
}

GPtrArray *
gst_heap_importers_find (GstPad *srcpad)
{
  GPtrArray *importers = g_ptr_array_new_with_free_func (gst_object_unref);
  GPtrArray *outputs = g_ptr_array_new_with_free_func (gst_object_unref);

  g_ptr_array_add (outputs, gst_object_ref (srcpad));
  for (guint i = 0; i < outputs->len && i < GST_HEAP_LONGEST_WALK; i++)
    look_behind (outputs->pdata[i], outputs, importers);
  g_ptr_array_unref (outputs);
  return importers;
}

/* Downstream has the caps once it has answered a query that is serialized, behind queues too. */
static void
wait_for_caps (GstPad *srcpad)
{
  GstCaps *caps = gst_pad_get_current_caps (srcpad);
  GstQuery *query;

  if (!caps)
    return;
  query = gst_query_new_allocation (caps, FALSE);
  gst_pad_peer_query (srcpad, query);
  gst_query_unref (query);
  gst_caps_unref (caps);
}

gsize
gst_heap_importers_min_size (GstPad *srcpad, gboolean wait)
{
  GPtrArray *importers = gst_heap_importers_find (srcpad);
  gsize least = 0;

  if (wait && importers->len > 0)
    wait_for_caps (srcpad);
  for (guint i = 0; i < importers->len; i++) {
    GstElement *element = gst_pad_get_parent_element (importers->pdata[i]);

    if (element)
      least = MAX (least, gst_heap_device_min_size (element));
    gst_clear_object (&element);
  }
  g_ptr_array_unref (importers);
  return least;
}
