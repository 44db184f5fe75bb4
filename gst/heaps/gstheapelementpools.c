/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Has an element say on the bus what the pools that it uses or offers meet. */
#include <gst/heaps/gstheapelement.h>

#include "gstheapkeepers.h"

static void
report_failure (GstHeapBufferPool *pool, const GError *error, GstElement *element)
{
  gst_heap_element_post_error (element, error);
}

/* A pipeline that is paused may well keep all there is. */
static void
report_starvation (GstHeapBufferPool *pool, guint n_buffers, GstElement *element)
{
  gchar *keepers;

  if (GST_STATE (element) != GST_STATE_PLAYING)
    return;
  keepers = gst_heap_keepers_describe (element, GST_BUFFER_POOL (pool));
  GST_ELEMENT_WARNING (element, RESOURCE, BUSY,
      ("No buffer has come back to the pool for five seconds: all %u of them are in use%s%s, and there is no memory "
       "for "
       "more. "
       "If the pipeline does not go on by itself, something keeps more buffers than the heap has room for: make the "
       "heap larger, or that queue or delay shorter.",
          n_buffers, keepers ? ": " : "", keepers ? keepers : ""),
      (NULL));
  g_free (keepers);
}

/**
 * gst_heap_element_watch_starvation:
 * @element: any element
 * @pool: a pool that it uses
 *
 * Has @element post a warning when who acquires from @pool waits for long: see #GstHeapBufferPool::starved.
 *
 * Since: 0.1
 */
void
gst_heap_element_watch_starvation (GstElement *element, GstHeapBufferPool *pool)
{
  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (GST_IS_HEAP_BUFFER_POOL (pool));

  g_signal_connect_object (pool, "starved", G_CALLBACK (report_starvation), element, 0);
}

/**
 * gst_heap_element_watch_pool:
 * @element: any element
 * @pool: a pool that it offers or uses, and whose errors nobody else reports
 *
 * Has @element post what @pool meets: an error when there is no memory for a buffer, with the figures of the heap, as
 * who acquires gets a flow return without a word; and a warning when who acquires waits for long.
 *
 * Since: 0.1
 */
void
gst_heap_element_watch_pool (GstElement *element, GstHeapBufferPool *pool)
{
  gst_heap_element_watch_starvation (element, pool);
  g_signal_connect_object (pool, "failed", G_CALLBACK (report_failure), element, 0);
}
