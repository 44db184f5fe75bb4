/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Neighbours that insist on dma-bufs where the heap gives none, told on the bus. */
#include "gstheapinsistence.h"

#include "gstheaplistener.h"
#include "gstheaprefuser.h"

#include <gst/base/gstbasetransform.h>

/* Errors are posted in any thread, also while the element stops: whoever tells of it holds a reference. */
struct _GstHeapInsistence {
  GstElement *element; /* owned; a GstBaseTransform */
  GstHeap *heap;       /* owned */
  GstHeapListener listener;
  gint has_said; /* atomic */
};

/* Which heap would do, or why none does. */
static gchar *
advise (void)
{
  GstHeapSelection *selection = gst_heap_selection_new (NULL, GST_HEAP_PROPERTY_IMPORTABLE, 0, 0);
  GError *error = NULL;
  GstHeap *heap = gst_heap_selection_select (selection, &error);
  gchar *advice = heap ? g_strdup_printf ("ask for heap-require=importable, for which this machine has heap \"%s\".",
                             gst_heap_get_name (heap))
                       : g_strdup (error->message);

  g_clear_object (&heap);
  g_clear_error (&error);
  gst_heap_selection_unref (selection);
  return advice;
}

static void
explain_caps (GstHeapInsistence *self)
{
  GstElement *insister = gst_heap_refuser_find (GST_BASE_TRANSFORM_SRC_PAD (self->element), GST_HEAP_REFUSES_PLAIN);
  gchar *advice;

  if (insister && g_atomic_int_compare_and_exchange (&self->has_said, FALSE, TRUE)) {
    advice = advise ();
    GST_ELEMENT_ERROR (self->element, RESOURCE, SETTINGS,
        ("%s takes only memory:DMABuf, and memory of heap \"%s\" is no dma-buf: %s", GST_OBJECT_NAME (insister),
            gst_heap_get_name (self->heap), advice),
        (NULL));
    g_free (advice);
  }
  gst_clear_object (&insister);
}

static void
explain_error (GstBus *bus, GstMessage *message, gpointer data)
{
  GstHeapInsistence *self = data;

  if (GST_MESSAGE_SRC (message) != GST_OBJECT (self->element) && gst_heap_refuser_is_of_caps (message))
    explain_caps (self);
}

static void
clear_insistence (gpointer data)
{
  GstHeapInsistence *self = data;

  g_object_unref (self->heap);
  gst_object_unref (self->element);
}

static void
release_insistence (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear_insistence);
}

GstHeapInsistence *
gst_heap_insistence_new (GstElement *element, GstHeap *heap)
{
  GstHeapInsistence *self;

  if (gst_heap_has (heap, GST_HEAP_PROPERTY_IMPORTABLE))
    return NULL;
  self = g_atomic_rc_box_new0 (GstHeapInsistence);
  self->element = gst_object_ref (element);
  self->heap = g_object_ref (heap);
  gst_heap_listener_start (&self->listener, element, explain_error, g_atomic_rc_box_acquire (self), release_insistence);
  return self;
}

void
gst_heap_insistence_free (GstHeapInsistence *self)
{
  if (!self)
    return;
  gst_heap_listener_stop (&self->listener);
  release_insistence (self, NULL);
}
