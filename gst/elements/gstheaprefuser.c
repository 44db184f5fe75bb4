/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who downstream takes no dma-bufs, or nothing else. */
#include "gstheaprefuser.h"

#include "gstheaptransformcaps.h"
#include "gstheapwalk.h"

/* Whether nothing comes in at input in that memory. What takes no raw video at all is not asked: it comes after whoever
 * turns raw video into something else. */
static gboolean
refuses (GstPad *input, GstHeapRefusal refusal)
{
  GstCaps *caps = gst_pad_query_caps (input, NULL);
  gboolean takes_system, takes_dmabuf, is_empty = gst_caps_is_empty (caps);

  gst_heap_caps_take_memory (caps, &takes_system, &takes_dmabuf);
  gst_caps_unref (caps);
  if (refusal == GST_HEAP_REFUSES_DMABUFS)
    return !takes_dmabuf && (takes_system || is_empty);
  return !takes_system && (takes_dmabuf || is_empty);
}

GstElement *
gst_heap_refuser_find (GstPad *srcpad, GstHeapRefusal refusal)
{
  GPtrArray *outputs = g_ptr_array_new_with_free_func (gst_object_unref);
  GstElement *refuser = NULL;

  g_ptr_array_add (outputs, gst_object_ref (srcpad));
  for (guint i = 0; i < outputs->len && i < GST_HEAP_LONGEST_WALK; i++) {
    GstPad *input = gst_heap_walk_get_peer (outputs->pdata[i]);

    if (input && refuses (input, refusal)) {
      gst_clear_object (&refuser);
      refuser = gst_pad_get_parent_element (input);
      gst_heap_walk_add_outputs (outputs, input);
    }
    gst_clear_object (&input);
  }
  g_ptr_array_unref (outputs);
  return refuser;
}

gboolean
gst_heap_refuser_is_of_caps (GstMessage *message)
{
  GError *error = NULL;
  gboolean is;

  gst_message_parse_error (message, &error, NULL);
  is = error->domain == GST_STREAM_ERROR || g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION);
  g_error_free (error);
  return is;
}
