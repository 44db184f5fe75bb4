/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Errors that others of a pipeline post, for who has something to say to them. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GstBus *bus; /* owned; of the whole pipeline; NULL when there is none */
  gulong handler;
} GstHeapListener;

/* In the thread that posts the error, and before whoever reads the bus sees it: what is posted in here is read first.
 * Also while element stops, and a moment after the listener has stopped: data has to be good until release. */
typedef void (*GstHeapListenerFunc) (GstBus *bus, GstMessage *error, gpointer data);

/* Has explain called for each error in the pipeline that element is in. release is called for data, at once where there
 * is no bus. */
void gst_heap_listener_start (
    GstHeapListener *listener, GstElement *element, GstHeapListenerFunc explain, gpointer data, GClosureNotify release);
void gst_heap_listener_stop (GstHeapListener *listener);

G_END_DECLS
