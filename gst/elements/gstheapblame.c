/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What to say of buffers that are not in heap memory: who made them, and what to do. */
#include "gstheapblame.h"

#include "gstheaporigin.h"

#include <gst/allocators/gstdmabuf.h>

static void
describe_origin (GString *text, const GstHeapOrigin *origin)
{
  g_string_append (text, origin->producer ? GST_OBJECT_NAME (origin->producer) : "what is upstream");
  if (origin->through->len > 0)
    g_string_append_printf (text, " (through %s)", origin->through->str);
}

static void
describe_memory (GString *text, GstMemory *memory)
{
  const gchar *type = memory->allocator ? memory->allocator->mem_type : NULL;

  if (gst_is_heap_memory (memory))
    g_string_append_printf (text, "memory of heap \"%s\"", gst_heap_get_name (gst_heap_memory_get_heap (memory)));
  else if (gst_is_dmabuf_memory (memory))
    g_string_append (text, "dma-bufs from elsewhere");
  else
    g_string_append (text, type ? type : "memory of an unknown kind");
}

static const gchar *
describe_asking (GstHeapAsked asked)
{
  switch (asked) {
    case GST_HEAP_ASKED_NEVER:
      return "It did not ask for an allocation.";
    case GST_HEAP_ASKED_EARLY:
      return "It asked for an allocation before it had caps, and not again.";
    case GST_HEAP_ASKED_NO_POOL:
      return "It asked for an allocation, was offered an allocator of the heap without a pool, and did not use it.";
    case GST_HEAP_ASKED_AND_TOLD:
      break;
  }
  return "It asked for an allocation, was offered a pool and an allocator of the heap, and used neither.";
}

static gboolean
has_property (GstElement *element, const gchar *name)
{
  return element && g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);
}

static void
describe_remedy (GString *text, const GstHeapOrigin *origin)
{
  const gchar *producer = origin->producer ? GST_OBJECT_NAME (origin->producer) : "";

  if (origin->splitter)
    g_string_append_printf (text, "Put heapupload before %s, which does not pass offers on; or ", origin->splitter);
  else if (has_property (origin->producer, "capture-io-mode"))
    g_string_append_printf (text, "Set capture-io-mode=dmabuf-import on %s; or ", producer);
  else if (has_property (origin->producer, "io-mode"))
    g_string_append_printf (text, "Set io-mode=dmabuf-import on %s; or ", producer);
  else if (origin->producer && g_str_equal (G_OBJECT_TYPE_NAME (origin->producer), "GstAppSrc"))
    g_string_append_printf (text, "Give %s buffers out of gst_heap_buffer_pool_new (); or ", producer);
  else
    g_string_append (text, "Use an element upstream that takes the pool it is offered; or ");
}

/* Of memory of a heap that would do, and has too few bytes. */
static void
describe_small (GString *text, const GstHeapUnfit *unfit)
{
  g_string_append_printf (text,
      " puts frames into memory of %" G_GSIZE_FORMAT
      " bytes, and what imports it takes none of less than %" G_GSIZE_FORMAT ". Have it allocate that much; or ",
      unfit->behind, unfit->min_size);
}

/* Of memory that would do, in which frames lie otherwise. */
static void
describe_layout (GString *text, const GstHeapUnfit *unfit)
{
  GError *why = NULL;

  gst_heap_layout_wish_accepts (unfit->wish, unfit->buffer, &why);
  g_string_append_printf (text, " lays frames out otherwise than is asked for: %s. ", why ? why->message : "");
  if (!gst_buffer_get_video_meta (unfit->buffer))
    g_string_append (text, "It asks for no GstVideoMeta, without which it would have no other layout. ");
  g_string_append (text, "Use an element upstream that takes its layout from the pool it is offered; or ");
  g_clear_error (&why);
}

/* Says what came, who made it, how that came about, and what to do: sentences, the last of which ends in "; or ". */
static gchar *
describe (const GstHeapUnfit *unfit)
{
  GString *text = g_string_new (NULL);
  GstHeapOrigin origin;

  gst_heap_origin_find (&origin, unfit->sinkpad);
  describe_origin (text, &origin);
  if (unfit->is_small) {
    describe_small (text, unfit);
  } else if (unfit->wish) {
    describe_layout (text, unfit);
  } else {
    g_string_append_printf (
        text, " does not write into heap \"%s\": its buffers are ", gst_heap_get_name (unfit->heap));
    describe_memory (text, unfit->memory);
    g_string_append_printf (text, ". %s ", describe_asking (unfit->asked));
    describe_remedy (text, &origin);
  }
  gst_heap_origin_clear (&origin);
  return g_string_free (text, FALSE);
}

/* What an ALLOCATION query that is answered has come to. */
GstHeapAsked
gst_heap_asked_by_query (GstQuery *query)
{
  GstBufferPool *pool = NULL;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (!caps)
    return GST_HEAP_ASKED_EARLY;
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  if (!pool)
    return GST_HEAP_ASKED_NO_POOL;
  gst_object_unref (pool);
  return GST_HEAP_ASKED_AND_TOLD;
}

/* Posts a warning that buffers like this one are copied. */
void
gst_heap_unfit_warn (const GstHeapUnfit *unfit, GstElement *element)
{
  gchar *text = describe (unfit);

  GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS,
      ("Each buffer is copied: %sset require-zero-copy=true to make this an error.", text), (NULL));
  g_free (text);
}

/* Posts an error that it would have to be copied. */
void
gst_heap_unfit_refuse (const GstHeapUnfit *unfit, GstElement *element)
{
  gchar *text = describe (unfit);

  GST_ELEMENT_ERROR (
      element, RESOURCE, SETTINGS, ("%sset require-zero-copy=false to have each buffer copied.", text), (NULL));
  g_free (text);
}

/* Posts an error that it could not be copied, and why. */
void
gst_heap_unfit_fail (const GstHeapUnfit *unfit, GstElement *element, const GError *why)
{
  gchar *text = describe (unfit);
  GError *error = g_error_new (why->domain, why->code,
      "Cannot copy a buffer into the heap: %s. %sselect a heap that can take copies.", why->message, text);

  gst_heap_element_post_error (element, error);
  g_error_free (error);
  g_free (text);
}
