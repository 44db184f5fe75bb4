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

GPtrArray *
gst_heap_importers_find (GstPad *srcpad)
{
  GPtrArray *importers = gst_heap_walk_find_ends (srcpad);

  for (guint i = importers->len; i > 0; i--) {
    if (!gst_heap_importer_get_property (importers->pdata[i - 1]))
      g_ptr_array_remove_index (importers, i - 1);
  }
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
