/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Errors that others of a pipeline post, for who has something to say to them. */
#include "gstheaplistener.h"

#include "gstheapwalk.h"

void
gst_heap_listener_start (
    GstHeapListener *listener, GstElement *element, GstHeapListenerFunc explain, gpointer data, GClosureNotify release)
{
  listener->bus = gst_heap_walk_get_bus (element);
  if (!listener->bus) {
    release (data, NULL);
    return;
  }
  gst_bus_enable_sync_message_emission (listener->bus);
  listener->handler =
      g_signal_connect_data (listener->bus, "sync-message::error", G_CALLBACK (explain), data, release, 0);
}

void
gst_heap_listener_stop (GstHeapListener *listener)
{
  if (!listener->bus)
    return;
  g_signal_handler_disconnect (listener->bus, listener->handler);
  gst_bus_disable_sync_message_emission (listener->bus);
  gst_clear_object (&listener->bus);
}
