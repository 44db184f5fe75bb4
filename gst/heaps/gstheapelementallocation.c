/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What an element's selection makes of an ALLOCATION query. */
#include <gst/heaps/gstheapelement.h>
#include <gst/heaps/gstheapproposal.h>

#include "gstheapdebug.h"

#define GST_CAT_DEFAULT gst_heap_debug

#define CACHE_BYTES ((guint64) 256 * 1024 * 1024) /* as heapupload has it */
#define LONGEST_NAME 24 /* of the 31 bytes that the name of a dma-buf may have: there has to be room for a number */

/* What an element used last. Nothing is held: whoever uses a pool holds that, and the pool its allocator. So the next
 * pool has the same allocator if it begins before the last one ends, and an element that has stopped has nothing open.
 * The object lock of the element protects it. */
typedef struct {
  GWeakRef allocator;
  gchar *selection; /* what the allocator was made for, as text */
  GWeakRef pool;
} Last;

static GQuark
last_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-element-last");
  return quark;
}

static void
free_last (gpointer data)
{
  Last *last = data;

  g_weak_ref_clear (&last->allocator);
  g_weak_ref_clear (&last->pool);
  g_free (last->selection);
  g_free (last);
}

/* With the object lock. */
static Last *
last_of (GstElement *element)
{
  Last *last = g_object_get_qdata (G_OBJECT (element), last_quark ());

  if (!last) {
    last = g_new0 (Last, 1);
    g_weak_ref_init (&last->allocator, NULL);
    g_weak_ref_init (&last->pool, NULL);
    g_object_set_qdata_full (G_OBJECT (element), last_quark (), last, free_last);
  }
  return last;
}

static void
configure_allocator (GstElement *element, GstAllocator *allocator)
{
  gchar *name = g_strndup (GST_OBJECT_NAME (element), LONGEST_NAME);
  gchar **parts = g_strsplit (name, "%", -1);
  gchar *escaped = g_strjoinv ("%%", parts);
  gchar *label = g_strconcat (escaped, "/%n", NULL);

  g_object_set (allocator, "cache-bytes", CACHE_BYTES, "label", label, NULL);
  g_free (label);
  g_free (escaped);
  g_strfreev (parts);
  g_free (name);
}

/* Returns: (nullable): the allocator that is in use for what selection says, or a new one */
static GstHeapAllocator *
make_allocator (GstElement *element, GstHeapSelection *selection, GError **error)
{
  gchar *text = gst_heap_selection_to_string (selection);
  GstAllocator *allocator = NULL;

  GST_OBJECT_LOCK (element);
  if (g_strcmp0 (last_of (element)->selection, text) == 0)
    allocator = g_weak_ref_get (&last_of (element)->allocator);
  GST_OBJECT_UNLOCK (element);

  if (!allocator) {
    allocator = gst_heap_allocator_new (selection, error);
    if (!allocator)
      goto out;
    configure_allocator (element, allocator);
    gst_heap_element_watch_allocator (element, GST_HEAP_ALLOCATOR (allocator));
    GST_OBJECT_LOCK (element);
    g_weak_ref_set (&last_of (element)->allocator, allocator);
    g_free (last_of (element)->selection);
    last_of (element)->selection = g_steal_pointer (&text);
    GST_OBJECT_UNLOCK (element);
  }
out:
  g_free (text);
  return allocator ? GST_HEAP_ALLOCATOR (allocator) : NULL;
}

static gboolean
fits (GstHeapSelection *selection, gpointer allocator)
{
  return GST_IS_HEAP_ALLOCATOR (allocator) && gst_heap_allocator_get_carve_size (allocator) == 0 &&
         gst_heap_selection_accepts_allocator (selection, allocator);
}

/* Whether the pool of query gives what selection asks for. One that is not ours may take any memory, whatever allocator
 * it is given. */
static gboolean
has_pool (GstQuery *query, GstHeapSelection *selection)
{
  GstBufferPool *pool = NULL;
  gboolean has;

  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  has = GST_IS_HEAP_BUFFER_POOL (pool) &&
        fits (selection, gst_heap_buffer_pool_get_allocator (GST_HEAP_BUFFER_POOL (pool)));
  gst_clear_object (&pool);
  return has;
}

/* Returns: (nullable): the allocator of query, if it gives what selection asks for */
static GstHeapAllocator *
find_allocator (GstQuery *query, GstHeapSelection *selection)
{
  GstAllocator *allocator = NULL;

  if (gst_query_get_n_allocation_params (query) > 0)
    gst_query_parse_nth_allocation_param (query, 0, &allocator, NULL);
  if (allocator && !fits (selection, allocator))
    gst_clear_object (&allocator);
  return allocator ? GST_HEAP_ALLOCATOR (allocator) : NULL;
}

/* Returns: (nullable): the allocator that query has to offer; NULL without an error: it is good as it is */
static GstHeapAllocator *
choose_allocator (GstElement *element, GstQuery *query, GError **error)
{
  GstHeapSelection *selection = gst_heap_element_find_selection (element, error);
  GstHeapAllocator *allocator = NULL;

  if (!selection)
    return NULL;
  if (!has_pool (query, selection)) {
    allocator = find_allocator (query, selection);
    if (!allocator)
      allocator = make_allocator (element, selection, error);
  }
  gst_heap_selection_unref (selection);
  return allocator;
}

/* The pool of query is one of ours, in the place of the last one. */
static void
take_over_pool (GstElement *element, GstQuery *query)
{
  GstBufferPool *pool = NULL, *before;

  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  if (!pool)
    return;
  gst_heap_element_watch_pool (element, GST_HEAP_BUFFER_POOL (pool));
  GST_OBJECT_LOCK (element);
  before = g_weak_ref_get (&last_of (element)->pool);
  g_weak_ref_set (&last_of (element)->pool, pool);
  GST_OBJECT_UNLOCK (element);
  if (before)
    gst_heap_buffer_pool_retire (GST_HEAP_BUFFER_POOL (before));
  gst_clear_object (&before);
  gst_object_unref (pool);
}

static gboolean
offer (GstElement *element, GstHeapAllocator *allocator, GstQuery *query, guint min_buffers, GError **error)
{
  gboolean offered;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (!gst_heap_allows_caps (gst_heap_allocator_get_heap (allocator), caps, error))
    return FALSE;
  offered = gst_heap_allocator_propose (allocator, query, min_buffers, error);
  take_over_pool (element, query);
  return offered;
}

/* Takes error. */
static gboolean
fail (GstElement *element, GError *error)
{
  gst_heap_element_post_error (element, error);
  g_error_free (error);
  return FALSE;
}

/**
 * gst_heap_element_decide_allocation:
 * @element: an element that allocates buffers for downstream
 * @query: an ALLOCATION query that downstream has answered, or could not
 *
 * Makes @query have the memory that is wanted of @element, by gst_heap_element_find_selection(). Where nobody wants any
 * in particular, @query stays as it is. So it does where downstream offers a #GstHeapBufferPool whose heap will do; an
 * allocator downstream offers whose heap will do is taken; else it is a new one, with a fresh pool. What downstream
 * wants of size, number, alignment and metas is kept, as of gst_heap_allocator_propose().
 *
 * To be called from a decide_allocation method before chaining up:
 *
 * |[<!-- language="C" -->
 * static gboolean
 * my_src_decide_allocation (GstBaseSrc *src, GstQuery *query)
 * {
 *   return gst_heap_element_decide_allocation (GST_ELEMENT (src), query) &&
 *          GST_BASE_SRC_CLASS (my_src_parent_class)->decide_allocation (src, query);
 * }
 * ]|
 *
 * Returns: %TRUE; %FALSE when the memory is not to be had, which @element has then posted as an error
 *
 * Since: 0.1
 */
gboolean
gst_heap_element_decide_allocation (GstElement *element, GstQuery *query)
{
  GstHeapAllocator *allocator;
  GError *error = NULL;

  g_return_val_if_fail (GST_IS_ELEMENT (element), FALSE);
  g_return_val_if_fail (GST_IS_QUERY (query) && GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION, FALSE);

  allocator = choose_allocator (element, query, &error);
  if (allocator)
    offer (element, allocator, query, 0, &error);
  gst_clear_object (&allocator);
  return error ? fail (element, error) : TRUE;
}

/**
 * gst_heap_element_propose_allocation:
 * @element: an element that reads the buffers of upstream
 * @query: an ALLOCATION query of upstream, with what the parent class, or downstream, has answered
 * @min_buffers: the number of buffers that @element keeps while upstream writes the next one
 *
 * Offers upstream the memory that is wanted of @element, as gst_heap_element_decide_allocation() has it for buffers
 * that go downstream. Upstream may allocate elsewhere all the same. To be called from a propose_allocation method after
 * chaining up.
 *
 * Returns: %TRUE; %FALSE when the memory is not to be had, which @element has then posted as an error
 *
 * Since: 0.1
 */
gboolean
gst_heap_element_propose_allocation (GstElement *element, GstQuery *query, guint min_buffers)
{
  GstHeapAllocator *allocator;
  GError *error = NULL;

  g_return_val_if_fail (GST_IS_ELEMENT (element), FALSE);
  g_return_val_if_fail (GST_IS_QUERY (query) && GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION, FALSE);

  allocator = choose_allocator (element, query, &error);
  if (error)
    return fail (element, error);
  if (allocator && !offer (element, allocator, query, min_buffers, &error))
    GST_WARNING_OBJECT (element, "no pool is offered upstream: %s", error->message);
  g_clear_error (&error);
  gst_clear_object (&allocator);
  return TRUE;
}
