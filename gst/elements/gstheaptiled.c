/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames in dma-bufs that have no plain form, told on the bus. */
#include "gstheaptiled.h"

#include "gstheaprefuser.h"
#include "gstheaptransformcaps.h"
#include "gstheapwalk.h"

struct _GstHeapTiled {
  GstBus *bus; /* owned; of the whole pipeline; NULL when there is none */
  gulong handler;
};

/* In the thread that posts the error, and before whoever reads the bus sees it: so what we say is read first. */
static void
explain_error (GstBus *bus, GstMessage *message, GstBaseTransform *trans)
{
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

GstHeapTiled *
gst_heap_tiled_new (GstBaseTransform *trans)
{
  GstHeapTiled *self = g_new0 (GstHeapTiled, 1);

  self->bus = gst_heap_walk_get_bus (GST_ELEMENT (trans));
  if (self->bus) {
    gst_bus_enable_sync_message_emission (self->bus);
    self->handler = g_signal_connect_object (self->bus, "sync-message::error", G_CALLBACK (explain_error), trans, 0);
  }
  return self;
}

void
gst_heap_tiled_free (GstHeapTiled *self)
{
  if (!self)
    return;
  if (self->bus) {
    g_signal_handler_disconnect (self->bus, self->handler);
    gst_bus_disable_sync_message_emission (self->bus);
    gst_object_unref (self->bus);
  }
  g_free (self);
}
