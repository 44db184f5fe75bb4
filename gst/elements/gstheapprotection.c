/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Neighbours that want the CPU to reach protected memory, told on the bus. */
#include "gstheapprotection.h"

#include "gstheaplistener.h"
#include "gstheaporigin.h"
#include "gstheaprefuser.h"
#include "gstheapwalk.h"

#include <gst/base/gstbasetransform.h>

/* Errors are posted and memory is mapped in any thread, also while the element stops: whoever tells of it holds a
 * reference. */
struct _GstHeapProtection {
  GstElement *element;         /* owned; a GstBaseTransform */
  GstHeapAllocator *allocator; /* owned */
  GstHeapListener listener;
  gulong map_handler;

  /* Atomic: */
  gint has_passed; /* a buffer went downstream */
  gint is_spoilt;  /* upstream could not write */
  gint has_said_who_refuses, has_warned;
};

static const gchar *
heap_name (GstHeapProtection *self)
{
  return gst_heap_get_name (gst_heap_allocator_get_heap (self->allocator));
}

void
gst_heap_protection_explain_caps (GstHeapProtection *self)
{
  GstElement *refuser = gst_heap_refuser_find (GST_BASE_TRANSFORM_SRC_PAD (self->element), GST_HEAP_REFUSES_DMABUFS);

  if (refuser && g_atomic_int_compare_and_exchange (&self->has_said_who_refuses, FALSE, TRUE))
    GST_ELEMENT_ERROR (self->element, RESOURCE, SETTINGS,
        ("Memory of heap \"%s\" is protected: the CPU cannot read it, and %s takes only system memory. Put an element "
         "there that takes memory:DMABuf, or select another heap.",
            heap_name (self), GST_OBJECT_NAME (refuser)),
        (NULL));
  gst_clear_object (&refuser);
}

static void
explain_error (GstBus *bus, GstMessage *message, gpointer data)
{
  GstHeapProtection *self = data;

  if (GST_MESSAGE_SRC (message) != GST_OBJECT (self->element) && gst_heap_refuser_is_of_caps (message))
    gst_heap_protection_explain_caps (self);
}

static void
blame_upstream (GstHeapProtection *self)
{
  GstHeapOrigin origin;

  if (!g_atomic_int_compare_and_exchange (&self->is_spoilt, FALSE, TRUE))
    return;
  gst_heap_origin_find (&origin, GST_BASE_TRANSFORM_SINK_PAD (self->element));
  GST_ELEMENT_ERROR (self->element, RESOURCE, SETTINGS,
      ("Memory of heap \"%s\" is protected: the CPU cannot write to it, and %s%s%s%s wants to. Use an element upstream "
       "that has a device write into dma-bufs, as v4l2src io-mode=dmabuf-import does, or select another heap.",
          heap_name (self), origin.producer ? GST_OBJECT_NAME (origin.producer) : "what is upstream",
          origin.through->len > 0 ? " (through " : "", origin.through->str, origin.through->len > 0 ? ")" : ""),
      (NULL));
  gst_heap_origin_clear (&origin);
}

/* No error: an application may well look whether it can map. */
static void
warn_of_downstream (GstHeapProtection *self)
{
  GstPad *peer;
  GstElement *next;

  if (!g_atomic_int_compare_and_exchange (&self->has_warned, FALSE, TRUE))
    return;
  peer = gst_heap_walk_get_peer (GST_BASE_TRANSFORM_SRC_PAD (self->element));
  next = peer ? gst_pad_get_parent_element (peer) : NULL;
  GST_ELEMENT_WARNING (self->element, RESOURCE, SETTINGS,
      ("Memory of heap \"%s\" is protected: the CPU cannot read it. %s, an element behind it, or the application "
       "wanted "
       "to, and got nothing.",
          heap_name (self), next ? GST_OBJECT_NAME (next) : "What is downstream"),
      (NULL));
  gst_clear_object (&next);
  gst_clear_object (&peer);
}

/* Who writes comes before a buffer has passed, and who only writes at any time. */
static void
explain_map (GstHeapAllocator *allocator, GstMapFlags flags, GstHeapProtection *self)
{
  if (!g_atomic_int_get (&self->has_passed) || !(flags & GST_MAP_READ))
    blame_upstream (self);
  else
    warn_of_downstream (self);
}

gboolean
gst_heap_protection_let_pass (GstHeapProtection *self)
{
  if (g_atomic_int_get (&self->is_spoilt))
    return FALSE;
  g_atomic_int_set (&self->has_passed, TRUE);
  return TRUE;
}

static void
clear_protection (gpointer data)
{
  GstHeapProtection *self = data;

  gst_object_unref (self->allocator);
  gst_object_unref (self->element);
}

static void
release_protection (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear_protection);
}

GstHeapProtection *
gst_heap_protection_new (GstElement *element, GstHeapAllocator *allocator)
{
  GstHeapProtection *self;

  if (!gst_heap_has (gst_heap_allocator_get_heap (allocator), GST_HEAP_PROPERTY_PROTECTED))
    return NULL;
  self = g_atomic_rc_box_new0 (GstHeapProtection);
  self->element = gst_object_ref (element);
  self->allocator = gst_object_ref (allocator);
  self->map_handler = g_signal_connect_data (
      allocator, "map-refused", G_CALLBACK (explain_map), g_atomic_rc_box_acquire (self), release_protection, 0);
  gst_heap_listener_start (&self->listener, element, explain_error, g_atomic_rc_box_acquire (self), release_protection);
  return self;
}

void
gst_heap_protection_free (GstHeapProtection *self)
{
  if (!self)
    return;
  g_signal_handler_disconnect (self->allocator, self->map_handler);
  gst_heap_listener_stop (&self->listener);
  release_protection (self, NULL);
}
