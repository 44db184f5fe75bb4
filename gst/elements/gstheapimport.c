/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapimport: gives what another process sent its memory and its layout back. */
#include "gstheapimport.h"

#include "gstheapdemand.h"

/**
 * SECTION:element-heapimport
 * @title: heapimport
 * @short_description: gives frames of another process their memory and their layout back
 *
 * For right behind `unixfdsrc`. Each dma-buf that comes gets one memory, of the dma-buf's true size, which is the same
 * whenever it comes again: so that a display, a compositor or an encoder imports each buffer of the sender once, and
 * not with every frame. The frame gets the layout back that it had at the sender, where that is a pipeline with
 * heapupload; unixfdsrc of GStreamer 1.28 loses it.
 *
 * What the sender says is checked against the memory and the caps, and is an error where it cannot be true. Memory that
 * is no dma-buf is passed on.
 *
 * It allocates nothing, so the properties "heap-name", "heap-require", "heap-forbid" and "heap-fd" are demands here: a
 * frame in other memory is an error that says what came. "heap-prefer" changes nothing.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc ! video/x-raw,format=BGRx,width=640,height=480 !
 *     heapupload heap-require=contiguous ! unixfdsink socket-path=/tmp/frames
 * gst-launch-1.0 unixfdsrc socket-path=/tmp/frames ! heapimport ! kmssink
 * ]| One process makes frames, another one shows them, without a copy.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_STATS,
};

struct _GstHeapImport {
  GstBaseTransform parent;

  GstHeapReceiver *receiver; /* constant */
  GstHeapSelection *demand;  /* NULL in READY and below, and where any memory will do */
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE (GstHeapImport, gst_heap_import, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (heapimport, "heapimport", GST_RANK_NONE, GST_TYPE_HEAP_IMPORT)

static gboolean
gst_heap_import_set_caps (GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GError *error = NULL;

  if (gst_heap_receiver_set_caps (GST_HEAP_IMPORT (trans)->receiver, incaps, &error))
    return TRUE;
  gst_heap_element_post_error (GST_ELEMENT (trans), error);
  g_error_free (error);
  return FALSE;
}

/* Returns: (nullable): the frame, in memory that will do */
static GstBuffer *
receive (GstHeapImport *self, GstBuffer *buffer, GError **error)
{
  GstBuffer *received = gst_heap_receiver_receive (self->receiver, buffer, error);

  if (received && self->demand && !gst_heap_demand_check (self->demand, received, error))
    gst_clear_buffer (&received);
  return received;
}

static GstFlowReturn
gst_heap_import_generate_output (GstBaseTransform *trans, GstBuffer **outbuf)
{
  GstBuffer *buffer = g_steal_pointer (&trans->queued_buf);
  GError *error = NULL;

  *outbuf = NULL;
  if (!buffer)
    return GST_FLOW_OK;
  *outbuf = receive (GST_HEAP_IMPORT (trans), buffer, &error);
  gst_buffer_unref (buffer);
  if (*outbuf)
    return GST_FLOW_OK;
  gst_heap_element_post_error (GST_ELEMENT (trans), error);
  g_error_free (error);
  return GST_FLOW_ERROR;
}

static gboolean
gst_heap_import_start (GstBaseTransform *trans)
{
  GError *error = NULL;

  if (gst_heap_demand_find (GST_ELEMENT (trans), &GST_HEAP_IMPORT (trans)->demand, &error))
    return TRUE;
  gst_heap_element_post_error (GST_ELEMENT (trans), error);
  g_error_free (error);
  return FALSE;
}

static gboolean
gst_heap_import_stop (GstBaseTransform *trans)
{
  GstHeapImport *self = GST_HEAP_IMPORT (trans);

  gst_heap_receiver_forget (self->receiver);
  g_clear_pointer (&self->demand, gst_heap_selection_unref);
  return TRUE;
}

static void
gst_heap_import_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATS)
    g_value_take_boxed (value, gst_heap_receiver_get_stats (GST_HEAP_IMPORT (object)->receiver));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_heap_import_finalize (GObject *object)
{
  g_object_unref (GST_HEAP_IMPORT (object)->receiver);
  G_OBJECT_CLASS (gst_heap_import_parent_class)->finalize (object);
}

static void
gst_heap_import_class_init (GstHeapImportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  object_class->get_property = gst_heap_import_get_property;
  object_class->finalize = gst_heap_import_finalize;
  g_object_class_install_property (object_class, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "frames received, imports: memories that had to be made for them, known: dma-bufs that are remembered, "
          "layouts-restored: frames whose layout had been lost on the way",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_heap_element_class_install_properties (element_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Heap import", "Filter/Memory",
      "Gives frames of another process their memory and their layout back", "The gst-heaps authors");

  trans_class->set_caps = gst_heap_import_set_caps;
  trans_class->generate_output = gst_heap_import_generate_output;
  trans_class->start = gst_heap_import_start;
  trans_class->stop = gst_heap_import_stop;
}

static void
gst_heap_import_init (GstHeapImport *self)
{
  self->receiver = gst_heap_receiver_new ();
}
