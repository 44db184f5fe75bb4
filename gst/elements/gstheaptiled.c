/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames in dma-bufs that have no plain form, told on the bus. */
#include "gstheaptiled.h"

#include "gstheaplistener.h"
#include "gstheaprefuser.h"
#include "gstheaptransformcaps.h"

struct _GstHeapTiled {
  GstHeapListener listener;
};

static void
explain_error (GstBus *bus, GstMessage *message, gpointer data)
{
  GstBaseTransform *trans = data;
  GstCaps *caps;
  gchar *text;

  if (GST_MESSAGE_SRC (message) == GST_OBJECT (trans) || !gst_heap_refuser_is_of_caps (message))
    return;
  caps = gst_pad_peer_query_caps (GST_BASE_TRANSFORM_SINK_PAD (trans), NULL);
  if (gst_heap_caps_have_no_plain_form (caps)) {
    text = gst_caps_to_string (caps);
    GST_ELEMENT_ERROR (trans, STREAM, FORMAT,
        ("Frames that are tiled, or of a format that only devices know, have no plain form, and upstream has no other: "
         "ask it for linear ones, by a drm-format without a modifier as in NV12, or have a device convert them."),
        ("upstream has %s", text));
    g_free (text);
  }
  gst_caps_unref (caps);
}

static void
release_trans (gpointer trans, GClosure *closure)
{
  gst_object_unref (trans);
}

GstHeapTiled *
gst_heap_tiled_new (GstBaseTransform *trans)
{
  GstHeapTiled *self = g_new0 (GstHeapTiled, 1);

  gst_heap_listener_start (&self->listener, GST_ELEMENT (trans), explain_error, gst_object_ref (trans), release_trans);
  return self;
}

void
gst_heap_tiled_free (GstHeapTiled *self)
{
  if (!self)
    return;
  gst_heap_listener_stop (&self->listener);
  g_free (self);
}
