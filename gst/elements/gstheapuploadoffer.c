/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What heapupload answers to ALLOCATION queries from upstream. */
#include "gstheapdownstream.h"
#include "gstheapquirks.h"
#include "gstheapupload-private.h"

#define GST_CAT_DEFAULT gst_heap_upload_debug

gboolean
gst_heap_upload_ask_device (GstHeapUpload *self, GError **error)
{
  gboolean changed;

  if (!gst_heap_layout_wish_refresh (
          &self->wish, GST_BASE_TRANSFORM_SINK_PAD (self), GST_BASE_TRANSFORM_SRC_PAD (self), &changed, error))
    return FALSE;
  if (changed)
    gst_heap_copier_set_layout (self->copier, &self->wish.params);
  return TRUE;
}

static gboolean
offer (GstHeapUpload *self, GstHeapAllocator *allocator, GstQuery *query, GError **error)
{
  guint min_buffers;
  GstCaps *caps;

  GST_OBJECT_LOCK (self);
  min_buffers = self->settings.min_buffers;
  GST_OBJECT_UNLOCK (self);

  gst_query_parse_allocation (query, &caps, NULL);
  return gst_heap_allows_caps (gst_heap_allocator_get_heap (allocator), caps, error) &&
         gst_heap_upload_ask_device (self, error) &&
         gst_heap_allocator_propose_layout (
             allocator, query, MAX (min_buffers, GST_HEAP_LEAST_BUFFERS), &self->wish.params, error);
}

/* Ours in query, in the place of the one offered before. */
static void
replace_offered_pool (GstHeapUpload *self, GstQuery *query)
{
  GstBufferPool *pool = NULL;

  if (self->offered_pool)
    gst_heap_buffer_pool_retire (GST_HEAP_BUFFER_POOL (self->offered_pool));
  gst_clear_object (&self->offered_pool);
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  if (GST_IS_HEAP_BUFFER_POOL (pool)) {
    gst_heap_element_watch_pool (GST_ELEMENT (self), GST_HEAP_BUFFER_POOL (pool));
    self->offered_pool = pool;
  } else {
    gst_clear_object (&pool);
  }
}

static void
note_offer (GstHeapUpload *self, GstQuery *query, const GError *error)
{
  const gchar *why = error ? error->message : NULL;
  gchar *text = NULL;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (!why && caps && gst_caps_get_size (caps) > 0 && self->asked == GST_HEAP_ASKED_NO_POOL)
    why = text = g_strdup_printf ("the size of a buffer does not follow from the caps (%s)",
        gst_structure_get_name (gst_caps_get_structure (caps, 0)));
  gst_heap_watch_note_offer (self->watch, why);
  g_free (text);
}

/* What comes in the caps there are leaves in those of the src pad. */
static void
ask_downstream (GstHeapUpload *self, GstQuery *query)
{
  GstCaps *incaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SINK_PAD (self));
  GstCaps *outcaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SRC_PAD (self));
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (!caps || !incaps || !gst_caps_is_equal (caps, incaps))
    gst_clear_caps (&outcaps);
  if (!gst_heap_downstream_answer (GST_BASE_TRANSFORM_SRC_PAD (self), outcaps, query))
    GST_DEBUG_OBJECT (self, "downstream has no wishes");
  gst_clear_caps (&outcaps);
  gst_clear_caps (&incaps);
}

/* unixfdsink does not say it: the layout goes along in our meta. */
static void
wish_for_video_meta (GstQuery *query)
{
  if (!gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL))
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
}

/* The answer is downstream's, with our pool and allocator put in the first place: adding them before asking would
 * confuse those who aggregate. What downstream says to the query is nothing upstream acts on. */
gboolean
gst_heap_upload_propose_allocation (GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);
  GstHeapAllocator *allocator = gst_heap_upload_ref_allocator (self);
  GError *error = NULL;

  ask_downstream (self, query);
  if (!allocator)
    return FALSE;

  gst_heap_quirks_apply (GST_BASE_TRANSFORM_SINK_PAD (self), query);
  if (gst_heap_upload_look_downstream (self, allocator, FALSE))
    wish_for_video_meta (query);

  if (!offer (self, allocator, query, &error))
    GST_WARNING_OBJECT (self, "no pool is offered upstream: %s", error->message);
  replace_offered_pool (self, query);
  self->asked = gst_heap_asked_by_query (query);
  note_offer (self, query, error);
  g_clear_error (&error);
  gst_object_unref (allocator);
  return TRUE;
}
