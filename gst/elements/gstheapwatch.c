/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What befalls the memory that was offered, told on the bus in words of heaps. */
#include "gstheapwatch.h"

#include "gstheapimporters.h"
#include "gstheaplistener.h"
#include "gstheaporigin.h"

#include <gst/base/gstbasetransform.h>

#include <string.h>

/* A device has seen each buffer of a pool by then: what fails later is not for the memory. */
#define MOST_REFUSED 64
#define NO_POOL "need a pool to import from" /* in what those of V4L2 say for developers, which is not translated */

/* Errors are posted in any thread, also while the element stops: whoever explains one holds a reference. */
struct _GstHeapWatch {
  GstElement *element;     /* owned; a GstBaseTransform */
  GstAllocator *allocator; /* owned */
  gulong fallback_handler; /* of allocator */
  GstHeapListener listener;

  GMutex lock;      /* protects what follows */
  GPtrArray *heaps; /* owned; whose memory is given: that of allocator, and those that stood in for it */
  gboolean has_offered;
  gchar *why_no_pool; /* owned; NULL where one was offered */

  /* Atomic: */
  gint n_errors;  /* that anyone posted */
  gint n_buffers; /* that went downstream since heaps has its last one; it is not counted far */
  gint foreign;   /* some of them are in memory of none of heaps */
};

/* The heap that came last of those whose memory a device may refuse as it is in pieces; NULL: there is none. */
static GstHeap *
ref_suspect (GstHeapWatch *watch)
{
  GstHeap *suspect = NULL;

  g_mutex_lock (&watch->lock);
  for (guint i = watch->heaps->len; i > 0 && !suspect; i--) {
    if (!gst_heap_has (watch->heaps->pdata[i - 1], GST_HEAP_PROPERTY_CONTIGUOUS))
      suspect = g_object_ref (watch->heaps->pdata[i - 1]);
  }
  g_mutex_unlock (&watch->lock);
  return suspect;
}

static gboolean
is_contiguous (GstHeapWatch *watch)
{
  GstHeap *suspect = ref_suspect (watch);
  gboolean is = suspect == NULL;

  g_clear_object (&suspect);
  return is;
}

static const gchar *
heap_name (GstHeapWatch *watch)
{
  return gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (watch->allocator)));
}

static gboolean
may_be_refused (GstHeapWatch *watch)
{
  return g_atomic_int_get (&watch->n_buffers) <= MOST_REFUSED && !g_atomic_int_get (&watch->foreign);
}

/* An error and no warning, as gst-launch-1.0 stops at the first error and shows no warning any more. */
static void
blame_memory (GstHeapWatch *watch, const gchar *importer, const gchar *how)
{
  GstHeap *suspect = ref_suspect (watch);

  GST_ELEMENT_ERROR (watch->element, RESOURCE, SETTINGS,
      ("%s, which imports dma-bufs, failed %s memory of heap \"%s\". That memory is not known to be physically "
       "contiguous, and devices without an IOMMU refuse memory that is not (\"Bad address\"): ask for "
       "heap-require=contiguous.",
          importer, how, gst_heap_get_name (suspect)),
      (NULL));
  g_object_unref (suspect);
}

/* Returns: (nullable): why, where an offer was asked for and had no pool */
static gchar *
dup_why_no_pool (GstHeapWatch *watch, gboolean *ret_has_offered)
{
  gchar *why;

  g_mutex_lock (&watch->lock);
  why = g_strdup (watch->why_no_pool);
  *ret_has_offered = watch->has_offered;
  g_mutex_unlock (&watch->lock);
  return why;
}

static void
blame_no_pool (GstHeapWatch *watch, const GstHeapOrigin *origin, const gchar *property, const gchar *why)
{
  const gchar *importer = GST_OBJECT_NAME (origin->producer);

  if (origin->splitter)
    GST_ELEMENT_ERROR (watch->element, RESOURCE, SETTINGS,
        ("%s with %s=dmabuf-import needs a pool, and %s passes none on: put heapupload before %s.", importer, property,
            origin->splitter, origin->splitter),
        (NULL));
  else if (why)
    GST_ELEMENT_ERROR (watch->element, RESOURCE, SETTINGS,
        ("%s with %s=dmabuf-import needs a pool, and heapupload could offer none: %s. Leave %s out.", importer,
            property, why, property),
        (NULL));
}

static gboolean
is_about_pool (GstMessage *message)
{
  gchar *debug = NULL;
  gboolean is;

  gst_message_parse_error (message, NULL, &debug);
  is = debug && strstr (debug, NO_POOL);
  g_free (debug);
  return is;
}

/* Of the element that should write into our memory. All that the driver said is "Bad address", and all that the element
 * makes of it is that memory is short. */
static void
explain_producer (GstHeapWatch *watch, GstMessage *message)
{
  gboolean has_offered;
  gchar *why = dup_why_no_pool (watch, &has_offered);
  const gchar *property;
  GstHeapOrigin origin;

  gst_heap_origin_find (&origin, GST_BASE_TRANSFORM_SINK_PAD (watch->element));
  property = origin.output ? gst_heap_importer_get_property (origin.output) : NULL;
  if (property && GST_MESSAGE_SRC (message) == GST_OBJECT (origin.producer)) {
    if (is_about_pool (message))
      blame_no_pool (watch, &origin, property, why);
    else if (has_offered && !why && !origin.splitter && !is_contiguous (watch) && may_be_refused (watch))
      blame_memory (watch, GST_MESSAGE_SRC_NAME (message), "while it was offered");
  }
  gst_heap_origin_clear (&origin);
  g_free (why);
}

/* Of an element that should read our memory. */
static void
explain_consumer (GstHeapWatch *watch, GstMessage *message)
{
  GPtrArray *importers = gst_heap_importers_find (GST_BASE_TRANSFORM_SRC_PAD (watch->element));

  for (guint i = 0; i < importers->len; i++) {
    GstObject *importer = gst_object_get_parent (importers->pdata[i]);

    if (importer && importer == GST_MESSAGE_SRC (message) && !is_about_pool (message))
      blame_memory (watch, GST_OBJECT_NAME (importer), "with");
    gst_clear_object (&importer);
  }
  g_ptr_array_unref (importers);
}

/* Whether an error is of the kind that elements make of a buffer that cannot be queued. An importer in trouble goes on
 * to post more, of other domains; and before, it may not have found or opened its device at all. */
static gboolean
is_of_buffers (GstMessage *message)
{
  GError *error = NULL;
  gboolean is;

  gst_message_parse_error (message, &error, NULL);
  is = g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED) ||
       g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ) ||
       g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE) ||
       g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS) ||
       g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
  g_error_free (error);
  return is;
}

static void
explain_error (GstBus *bus, GstMessage *message, gpointer data)
{
  GstHeapWatch *watch = data;

  g_atomic_int_inc (&watch->n_errors);
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (watch->element) || !is_of_buffers (message))
    return;
  explain_producer (watch, message);
  if (!is_contiguous (watch) && may_be_refused (watch) && g_atomic_int_get (&watch->n_buffers) > 0)
    explain_consumer (watch, message);
}

/* The importer that has just answered with an error, if one has. */
static GstObject *
find_refuser (GstHeapWatch *watch)
{
  GPtrArray *importers = gst_heap_importers_find (GST_BASE_TRANSFORM_SRC_PAD (watch->element));
  GstObject *refuser = NULL;

  for (guint i = 0; i < importers->len && !refuser; i++) {
    GstPad *peer = gst_pad_get_peer (importers->pdata[i]);

    if (peer && gst_pad_get_last_flow_return (peer) == GST_FLOW_ERROR)
      refuser = gst_object_get_parent (importers->pdata[i]);
    gst_clear_object (&peer);
  }
  g_ptr_array_unref (importers);
  return refuser;
}

/* GStreamer's v4l2sink says to the log alone that a buffer was refused, and returns an error (1.22 to 1.28, seen
 * 2026-11: gst_v4l2sink_show_frame()). The next to speak would be the source, of an internal error. */
void
gst_heap_watch_note_flow (GstHeapWatch *watch, GstFlowReturn flow)
{
  GstObject *refuser;

  if (flow != GST_FLOW_ERROR || !watch->listener.bus || g_atomic_int_get (&watch->n_errors) > 0 ||
      !may_be_refused (watch))
    return;
  refuser = find_refuser (watch);
  if (!refuser)
    return;
  if (is_contiguous (watch))
    GST_ELEMENT_ERROR (watch->element, RESOURCE, FAILED,
        ("%s, which imports dma-bufs, failed with memory of heap \"%s\" and does not say why: run again with "
         "GST_DEBUG=2. That memory is physically contiguous.",
            GST_OBJECT_NAME (refuser), heap_name (watch)),
        (NULL));
  else
    blame_memory (watch, GST_OBJECT_NAME (refuser), "with");
  gst_object_unref (refuser);
}

static gboolean
is_given (GstHeapWatch *watch, GstHeap *heap)
{
  gboolean is;

  if (heap == gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (watch->allocator)))
    return TRUE;
  g_mutex_lock (&watch->lock);
  is = g_ptr_array_find (watch->heaps, heap, NULL);
  g_mutex_unlock (&watch->lock);
  return is;
}

/* Devices have not seen memory of that heap yet. */
static void
note_fallback (GstHeapAllocator *allocator, GstHeap *heap, guint64 size, const GError *reason, GstHeapWatch *watch)
{
  g_mutex_lock (&watch->lock);
  g_ptr_array_add (watch->heaps, g_object_ref (heap));
  g_mutex_unlock (&watch->lock);
  g_atomic_int_set (&watch->n_buffers, 0);
}

/* Before buffer goes downstream. */
void
gst_heap_watch_note_buffer (GstHeapWatch *watch, GstBuffer *buffer)
{
  GstMemory *memory = gst_buffer_n_memory (buffer) > 0 ? gst_buffer_peek_memory (buffer, 0) : NULL;

  if (g_atomic_int_get (&watch->n_buffers) <= MOST_REFUSED)
    g_atomic_int_inc (&watch->n_buffers);
  if (memory && !is_given (watch, gst_heap_memory_get_heap (memory)))
    g_atomic_int_set (&watch->foreign, TRUE);
}

void
gst_heap_watch_note_offer (GstHeapWatch *watch, const gchar *why_no_pool)
{
  g_mutex_lock (&watch->lock);
  watch->has_offered = TRUE;
  g_free (watch->why_no_pool);
  watch->why_no_pool = g_strdup (why_no_pool);
  g_mutex_unlock (&watch->lock);
}

static void
clear_watch (gpointer data)
{
  GstHeapWatch *watch = data;

  g_free (watch->why_no_pool);
  g_mutex_clear (&watch->lock);
  g_ptr_array_unref (watch->heaps);
  gst_object_unref (watch->allocator);
  gst_object_unref (watch->element);
}

static void
release_watch (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear_watch);
}

GstHeapWatch *
gst_heap_watch_new (GstElement *element, GstHeapAllocator *allocator)
{
  GstHeapWatch *watch = g_atomic_rc_box_new0 (GstHeapWatch);

  g_mutex_init (&watch->lock);
  watch->element = gst_object_ref (element);
  watch->heaps = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (watch->heaps, g_object_ref (gst_heap_allocator_get_heap (allocator)));
  watch->allocator = GST_ALLOCATOR (gst_object_ref (allocator));
  watch->fallback_handler = g_signal_connect_data (
      allocator, "fell-back", G_CALLBACK (note_fallback), g_atomic_rc_box_acquire (watch), release_watch, 0);
  gst_heap_listener_start (&watch->listener, element, explain_error, g_atomic_rc_box_acquire (watch), release_watch);
  return watch;
}

void
gst_heap_watch_free (GstHeapWatch *watch)
{
  gst_heap_listener_stop (&watch->listener);
  g_signal_handler_disconnect (watch->allocator, watch->fallback_handler);
  release_watch (watch, NULL);
}
