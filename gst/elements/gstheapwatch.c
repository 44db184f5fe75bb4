/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What befalls the memory that was offered, told on the bus in words of heaps. */
#include "gstheapwatch.h"

#include "gstheaperrors.h"

#define IMPORTS "dmabuf-import"

/* Whether element is set to import dma-bufs, as those of V4L2 are by one of these. */
static gboolean
imports_dmabufs (GstElement *element)
{
  static const gchar *const modes[] = { "io-mode", "output-io-mode", "capture-io-mode" };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), modes[i]);
    const GEnumValue *mode;
    gint value;

    if (!pspec || !G_IS_PARAM_SPEC_ENUM (pspec))
      continue;
    g_object_get (element, modes[i], &value, NULL);
    mode = g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, value);
    if (mode && g_str_equal (mode->value_nick, IMPORTS))
      return TRUE;
  }
  return FALSE;
}

/* What an importer posts of a buffer it cannot queue. Once it is in trouble it posts more, of other domains. */
static gboolean
is_of_importer (GstMessage *message)
{
  GstObject *source = GST_MESSAGE_SRC (message);
  GError *error = NULL;
  gboolean is;

  if (!GST_IS_ELEMENT (source) || !imports_dmabufs (GST_ELEMENT (source)))
    return FALSE;
  gst_message_parse_error (message, &error, NULL);
  is = error->domain == GST_RESOURCE_ERROR;
  g_error_free (error);
  return is;
}

/* In the thread that posts the error, and before whoever reads the bus sees it: so this is read first. All that the
 * driver said is "Bad address", and all that the element makes of it is that memory is short. An error and no warning, as
 * gst-launch-1.0 stops at the first error and shows no warning any more. */
static void
explain_error (GstBus *bus, GstMessage *message, GstHeapWatch *watch)
{
  if (!is_of_importer (message))
    return;
  GST_ELEMENT_ERROR (watch->element, RESOURCE, SETTINGS,
      ("%s, which imports dma-bufs, failed while memory of heap \"%s\" was offered. That memory is not known to be "
       "physically contiguous, and devices without an IOMMU refuse memory that is not (\"Bad address\"): ask for "
       "heap-require=contiguous.",
          GST_MESSAGE_SRC_NAME (message), gst_heap_get_name (watch->heap)),
      (NULL));
}

static GstBus *
get_pipeline_bus (GstElement *element)
{
  GstObject *top = gst_object_ref (element);
  GstObject *parent;
  GstBus *bus;

  while ((parent = gst_object_get_parent (top))) {
    gst_object_unref (top);
    top = parent;
  }
  bus = top != GST_OBJECT (element) && GST_IS_PIPELINE (top) ? gst_element_get_bus (GST_ELEMENT (top)) : NULL;
  gst_object_unref (top);
  return bus;
}

/* heap is what element uses from now on. Contiguous memory is refused by nobody for where it lies: nothing to explain. */
void
gst_heap_watch_start (GstHeapWatch *watch, GstElement *element, GstHeap *heap)
{
  if (gst_heap_has (heap, GST_HEAP_PROPERTY_CONTIGUOUS))
    return;
  watch->bus = get_pipeline_bus (element);
  if (!watch->bus)
    return;
  watch->element = element;
  watch->heap = g_object_ref (heap);
  gst_bus_enable_sync_message_emission (watch->bus);
  watch->handler = g_signal_connect (watch->bus, "sync-message::error", G_CALLBACK (explain_error), watch);
}

void
gst_heap_watch_stop (GstHeapWatch *watch)
{
  if (!watch->bus)
    return;
  g_signal_handler_disconnect (watch->bus, watch->handler);
  gst_bus_disable_sync_message_emission (watch->bus);
  gst_clear_object (&watch->bus);
  g_clear_object (&watch->heap);
}

static void
report_failure (GstHeapBufferPool *pool, const GError *error, GstElement *element)
{
  gst_heap_post_error (element, error);
}

/* A pipeline that is paused may well keep all there is. */
static void
report_starvation (GstHeapBufferPool *pool, guint n_buffers, GstElement *element)
{
  if (GST_STATE (element) != GST_STATE_PLAYING)
    return;
  GST_ELEMENT_WARNING (element, RESOURCE, BUSY,
      ("No buffer has come back to the pool for five seconds: all %u of them are in use, and there is no memory for "
       "more. "
       "If the pipeline does not go on by itself, something keeps more buffers than the heap has room for: make the "
       "heap larger, or that queue or delay shorter.",
          n_buffers),
      (NULL));
}

void
gst_heap_watch_starvation (GstElement *element, GstBufferPool *pool)
{
  g_signal_connect_object (pool, "starved", G_CALLBACK (report_starvation), element, 0);
}

void
gst_heap_watch_pool (GstElement *element, GstBufferPool *pool)
{
  g_signal_connect_object (pool, "failed", G_CALLBACK (report_failure), element, 0);
  gst_heap_watch_starvation (element, pool);
}
