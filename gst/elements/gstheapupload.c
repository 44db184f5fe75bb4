/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload: has upstream write into memory of a heap, or copies into it. */
#include "gstheapupload.h"

#include "gstheapblame.h"
#include "gstheapcaps.h"
#include "gstheapcopier.h"
#include "gstheapdescribe.h"
#include "gstheapdownstream.h"
#include "gstheaplayoutwish.h"
#include "gstheapimporters.h"
#include "gstheaplending.h"
#include "gstheapnaming.h"
#include "gstheapprotection.h"
#include "gstheapquirks.h"
#include "gstheapsettings.h"
#include "gstheaptransformcaps.h"
#include "gstheapwatch.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/heaps/heaps.h>

/**
 * SECTION:element-heapupload
 * @title: heapupload
 * @short_description: puts buffers into memory of a Linux DMA-BUF heap
 *
 * heapupload offers a pool and an allocator of one heap to the element upstream, so that this writes straight into
 * memory the consumer downstream can import. Buffers that come in such memory are passed on as they are. Others are
 * copied into it, which is said in a warning once for each format and counted in the property "stats"; with
 * require-zero-copy=true they are an error that names the element which made them. No buffer leaves that is not in the
 * memory asked for.
 *
 * The heap is chosen by name (heap-name) or by what it can do (heap-require, heap-prefer, heap-forbid), when the
 * element goes to PAUSED. With none of these set it is what the context gst.heaps.Selection of the pipeline or the
 * environment variable GST_HEAPS asks for, else "system", or "process" where that cannot be had. Where no heap will do
 * that is an error which lists every heap and why not. The property "heap" tells which one is in use.
 *
 * Any media type passes. Raw video leaves under plain caps, or as memory:DMABuf where downstream takes that alone; from
 * a protected heap as memory:DMABuf only, and an element that needs the CPU is an error which names it. Put
 * heapupload right behind the element that allocates, and before a tee, as a tee passes no offers on.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc ! video/x-raw,format=NV12,width=1920,height=1080 ! heapupload ! fakevideosink
 * ]| Frames are generated into the heap "system", or where there are no heaps into memory of the process.
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! heapupload heap-require=contiguous ! kmssink
 * ]| A camera writes into physically contiguous memory, which the display scans out.
 * |[
 * gst-launch-1.0 filesrc location=a.ogv ! oggdemux ! theoradec !
 *     heapupload heap-name="linux,cma;system" require-zero-copy=true ! kmssink
 * ]| A decoder must write into one of two heaps.
 *
 * Since: 0.1
 */

GST_DEBUG_CATEGORY_STATIC (heap_upload_debug);
#define GST_CAT_DEFAULT heap_upload_debug
GST_DEBUG_CATEGORY_STATIC (performance_debug);

enum
{
  PROP_0,
  PROP_FIRST_SETTING,
  PROP_HEAP = PROP_FIRST_SETTING + GST_HEAP_N_SETTINGS,
  PROP_STATS,
};

struct _GstHeapUpload {
  GstBaseTransform parent;

  /* From start() to stop(). The streaming thread reads them without the object lock, others with it. */
  GstHeapSelection *selection;
  GstHeapAllocator *allocator;

  GstHeapWatch *watch;           /* from start() to stop() */
  GstHeapProtection *protection; /* the same; NULL: the heap is not protected */
  GstHeapLending *lending;       /* the same; set and cleared with the object lock */
  GstHeapCopier *copier;
  GstHeapLayoutWish wish;
  GstBufferPool *offered_pool;    /* the last one; ALLOCATION queries are serialized */
  GstHeapAsked asked;             /* for the caps there are: streaming thread */
  GstHeapDescription description; /* of what goes out: streaming thread */
  gboolean is_dmabuf;             /* by the caps it goes out in: streaming thread */
  gboolean warned;                /* of copies, for the caps there are: streaming thread */
  gsize least_size;               /* bytes behind each buffer: streaming thread */
  gint least_size_is_known;       /* atomic; for the caps there are, as far as downstream tells */
  GstPadChainFunction chain;      /* of the base class */

  /* The object lock protects what follows. */
  GstHeapSettings settings;
  guint64 frames_passed, frames_copied, bytes_copied;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE (GstHeapUpload, gst_heap_upload, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (heapupload, "heapupload", GST_RANK_NONE, GST_TYPE_HEAP_UPLOAD)

static GstHeapAllocator *
ref_allocator (GstHeapUpload *self)
{
  GstHeapAllocator *allocator;

  GST_OBJECT_LOCK (self);
  allocator = self->allocator ? gst_object_ref (self->allocator) : NULL;
  GST_OBJECT_UNLOCK (self);
  return allocator;
}

static gchar *
dup_heap_name (GstHeapUpload *self)
{
  GstHeapAllocator *allocator = ref_allocator (self);
  gchar *name;

  if (!allocator)
    return NULL;
  name = g_strdup (gst_heap_get_name (gst_heap_allocator_get_heap (allocator)));
  gst_object_unref (allocator);
  return name;
}

static GstStructure *
make_stats (GstHeapUpload *self)
{
  GstHeapAllocator *allocator = ref_allocator (self);
  guint64 lent = 0, dropped = 0;
  GstStructure *stats, *nested;

  GST_OBJECT_LOCK (self);
  if (self->lending)
    gst_heap_lending_count (self->lending, &lent, &dropped);
  stats = gst_structure_new ("heapupload-stats", "frames-passed", G_TYPE_UINT64, self->frames_passed, "frames-copied",
      G_TYPE_UINT64, self->frames_copied, "bytes-copied", G_TYPE_UINT64, self->bytes_copied, "frames-lent",
      G_TYPE_UINT64, lent, "frames-dropped", G_TYPE_UINT64, dropped, NULL);
  GST_OBJECT_UNLOCK (self);

  if (allocator) {
    nested = gst_heap_allocator_get_stats (allocator);
    gst_structure_set (stats, "allocator", GST_TYPE_STRUCTURE, nested, NULL);
    gst_structure_free (nested);
    gst_object_unref (allocator);
  }
  return stats;
}

static void
count_passed (GstHeapUpload *self)
{
  GST_OBJECT_LOCK (self);
  self->frames_passed++;
  GST_OBJECT_UNLOCK (self);
}

static void
count_copied (GstHeapUpload *self, gsize bytes)
{
  GST_OBJECT_LOCK (self);
  self->frames_copied++;
  self->bytes_copied += bytes;
  GST_OBJECT_UNLOCK (self);
}

/* Whether memory is not what was asked for. */
static gboolean
is_unfit (GstHeapUpload *self, GstMemory *memory)
{
  return !gst_heap_selection_accepts_memory (self->selection, memory) ||
         (self->is_dmabuf && !gst_is_dmabuf_memory (memory));
}

/* Whether some memory of buffer is not what was asked for, or frames lie otherwise in it: then *ret_unfit says which,
 * and why. */
static gboolean
find_unfit (GstHeapUpload *self, GstBuffer *buffer, GstHeapUnfit *ret_unfit)
{
  guint n = gst_buffer_n_memory (buffer);

  *ret_unfit = (GstHeapUnfit){ .sinkpad = GST_BASE_TRANSFORM_SINK_PAD (self),
    .heap = gst_heap_allocator_get_heap (self->allocator),
    .min_size = self->least_size,
    .asked = self->asked };
  if (gst_buffer_get_size (buffer) == 0)
    return FALSE;

  for (guint i = 0; i < n; i++) {
    ret_unfit->memory = gst_buffer_peek_memory (buffer, i);
    ret_unfit->behind += ret_unfit->memory->maxsize;
    if (is_unfit (self, ret_unfit->memory))
      return TRUE;
  }
  ret_unfit->is_small = ret_unfit->behind < ret_unfit->min_size;
  if (!ret_unfit->is_small && !gst_heap_layout_wish_accepts (&self->wish, buffer, NULL)) {
    ret_unfit->wish = &self->wish;
    ret_unfit->buffer = buffer;
  }
  return ret_unfit->is_small || ret_unfit->wish;
}

/* Whether what is asked of the layout can be had downstream; else that is an error. */
static gboolean
check_layout (GstHeapUpload *self)
{
  GstCaps *incaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SINK_PAD (self));
  GstCaps *outcaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SRC_PAD (self));
  GError *error = NULL;
  gboolean possible = gst_heap_layout_wish_check (
      &self->wish, GST_BASE_TRANSFORM_SRC_PAD (self), incaps, outcaps, self->allocator, &error);

  if (!possible)
    gst_heap_element_post_error (GST_ELEMENT (self), error);
  g_clear_error (&error);
  gst_clear_caps (&outcaps);
  gst_clear_caps (&incaps);
  return possible;
}

static gboolean
get_require_zero_copy (GstHeapUpload *self)
{
  gboolean required;

  GST_OBJECT_LOCK (self);
  required = self->settings.require_zero_copy;
  GST_OBJECT_UNLOCK (self);
  return required;
}

static GstFlowReturn
copy_buffer (GstHeapUpload *self, GstBuffer *buffer, const GstHeapUnfit *unfit, GstBuffer **ret_copy)
{
  GstElement *element = GST_ELEMENT (self);
  GError *error = NULL;
  GstFlowReturn flow;

  if (get_require_zero_copy (self)) {
    gst_heap_unfit_refuse (unfit, element);
    return GST_FLOW_ERROR;
  }

  flow = gst_heap_copier_copy (self->copier, buffer, ret_copy, &error);
  if (flow == GST_FLOW_ERROR) {
    gst_heap_unfit_fail (unfit, element, error);
    g_error_free (error);
  }
  if (flow != GST_FLOW_OK)
    return flow;

  if (!self->warned)
    gst_heap_unfit_warn (unfit, element);
  self->warned = TRUE;
  count_copied (self, gst_buffer_get_size (*ret_copy));
  GST_CAT_DEBUG_OBJECT (performance_debug, self, "copied %" GST_PTR_FORMAT " into the heap", buffer);
  return GST_FLOW_OK;
}

static void
learn_least_size (GstHeapUpload *self, GstHeapAllocator *allocator, gboolean wait)
{
  gsize imported = gst_heap_importers_min_size (GST_BASE_TRANSFORM_SRC_PAD (self), wait);

  GST_OBJECT_LOCK (self);
  self->least_size = MAX (self->settings.min_size, imported);
  GST_OBJECT_UNLOCK (self);
  GST_DEBUG_OBJECT (self, "buffers have at least %" G_GSIZE_FORMAT " bytes", self->least_size);
  gst_heap_allocator_set_min_size (allocator, self->least_size);
}

/* Takes over buffer. */
static void
send (GstHeapUpload *self, GstBuffer *buffer, GstBuffer **outbuf)
{
  gst_heap_watch_note_buffer (self->watch, buffer);
  *outbuf = gst_heap_description_apply (&self->description, buffer);
}

/* Returns: whether all that leaves goes to other processes */
static gboolean
look_downstream (GstHeapUpload *self, GstHeapAllocator *allocator, gboolean wait)
{
  learn_least_size (self, allocator, wait);
  return gst_heap_lending_find (self->lending, GST_BASE_TRANSFORM_SRC_PAD (self));
}

static GstFlowReturn
gst_heap_upload_generate_output (GstBaseTransform *trans, GstBuffer **outbuf)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);
  GstBuffer *buffer = g_steal_pointer (&trans->queued_buf);
  GstBuffer *copy;
  GstHeapUnfit unfit;
  GstFlowReturn flow;

  *outbuf = NULL;
  if (!buffer)
    return GST_FLOW_OK;

  if (g_atomic_int_compare_and_exchange (&self->least_size_is_known, FALSE, TRUE))
    look_downstream (self, self->allocator, TRUE);
  if ((self->protection && !gst_heap_protection_let_pass (self->protection)) ||
      (!gst_heap_layout_wish_is_settled (&self->wish) && !check_layout (self))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  if (!find_unfit (self, buffer, &unfit)) {
    count_passed (self);
    send (self, buffer, outbuf);
    return GST_FLOW_OK;
  }
  flow = copy_buffer (self, buffer, &unfit, &copy);
  gst_buffer_unref (buffer);
  if (flow == GST_FLOW_OK)
    send (self, copy, outbuf);
  return flow;
}

/* Sees what downstream returned, too. A pipeline that runs may push before the element has started: the allocator is
 * what it has last. */
static GstFlowReturn
gst_heap_upload_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (parent);
  GstFlowReturn flow;

  if (!g_atomic_pointer_get (&self->allocator)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }
  flow = self->chain (pad, parent, buffer);
  gst_heap_watch_note_flow (self->watch, flow);
  return flow;
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
static gboolean
gst_heap_upload_propose_allocation (GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);
  GstHeapAllocator *allocator = ref_allocator (self);
  GError *error = NULL;

  ask_downstream (self, query);
  if (!allocator)
    return FALSE;

  gst_heap_quirks_apply (GST_BASE_TRANSFORM_SINK_PAD (self), query);
  if (look_downstream (self, allocator, FALSE))
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

static GstHeapCapsFacts
get_caps_facts (GstHeapUpload *self)
{
  GstHeapAllocator *allocator = ref_allocator (self);
  GstHeapCapsFacts facts = gst_heap_caps_facts (allocator ? gst_heap_allocator_get_heap (allocator) : NULL);

  gst_clear_object (&allocator);
  return facts;
}

static GstCaps *
gst_heap_upload_transform_caps (GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstCaps *result = gst_heap_transform_caps (caps, direction, get_caps_facts (GST_HEAP_UPLOAD (trans)));
  GstCaps *filtered;

  if (!filter)
    return result;
  filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (result);
  return filtered;
}

/* While nothing is linked behind it, the base class would have the caps stay as they are. */
static GstCaps *
gst_heap_upload_fixate_caps (GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *othercaps)
{
  GstCaps *possible = gst_heap_upload_transform_caps (trans, direction, caps, NULL);
  GstCaps *fixed = gst_heap_fixate_caps (caps, gst_caps_can_intersect (othercaps, possible) ? othercaps : possible);

  gst_caps_unref (possible);
  gst_caps_unref (othercaps);
  return fixed;
}

static gboolean
gst_heap_upload_set_caps (GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);
  GError *error = NULL;

  if (!gst_heap_layout_wish_set_caps (
          &self->wish, GST_BASE_TRANSFORM_SINK_PAD (self), GST_BASE_TRANSFORM_SRC_PAD (self), incaps, &error)) {
    gst_heap_element_post_error (GST_ELEMENT (self), error);
    g_error_free (error);
    return FALSE;
  }
  gst_heap_copier_set_caps (self->copier, incaps, outcaps, &self->wish.params);
  gst_heap_description_set_caps (&self->description, outcaps);
  self->is_dmabuf = gst_heap_caps_are_dmabuf (outcaps);
  self->warned = FALSE;
  g_atomic_int_set (&self->least_size_is_known, FALSE);
  if (self->asked != GST_HEAP_ASKED_EARLY)
    self->asked = GST_HEAP_ASKED_NEVER;
  return TRUE;
}

static gboolean
gst_heap_upload_sink_event (GstBaseTransform *trans, GstEvent *event)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);
  GstEventType type = GST_EVENT_TYPE (event);
  gboolean handled;

  if (type == GST_EVENT_FLUSH_START)
    gst_heap_copier_set_flushing (self->copier, TRUE);
  else if (type == GST_EVENT_FLUSH_STOP)
    gst_heap_copier_set_flushing (self->copier, FALSE);
  handled = GST_BASE_TRANSFORM_CLASS (gst_heap_upload_parent_class)->sink_event (trans, event);
  if (type == GST_EVENT_CAPS && !handled && g_atomic_pointer_get (&self->allocator) && self->protection)
    gst_heap_protection_explain_caps (self->protection);
  return handled;
}

static gboolean
gst_heap_upload_src_event (GstBaseTransform *trans, GstEvent *event)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);

  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE) {
    gst_heap_copier_renegotiate (self->copier);
    gst_heap_layout_wish_renegotiate (&self->wish);
    g_atomic_int_set (&self->least_size_is_known, FALSE);
  }
  return GST_BASE_TRANSFORM_CLASS (gst_heap_upload_parent_class)->src_event (trans, event);
}

/* Where nobody has a wish: any memory will do. */
static GstHeapSelection *
make_selection (GstHeapUpload *self, GError **error)
{
  GError *invalid = NULL;
  GstHeapSelection *selection = gst_heap_element_find_selection (GST_ELEMENT (self), &invalid);

  if (!selection && !invalid)
    return gst_heap_selection_new (NULL, 0, 0, 0);
  if (invalid)
    g_propagate_error (error, invalid);
  return selection;
}

/* Takes both. Counts from 0 when there is an allocator. */
static void
set_allocator (GstHeapUpload *self, GstHeapSelection *selection, GstAllocator *allocator)
{
  GstHeapSelection *old_selection;
  GstHeapAllocator *old_allocator;

  GST_OBJECT_LOCK (self);
  old_selection = self->selection;
  old_allocator = self->allocator;
  self->selection = selection;
  self->allocator = allocator ? GST_HEAP_ALLOCATOR (allocator) : NULL;
  if (allocator)
    self->frames_passed = self->frames_copied = self->bytes_copied = 0;
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&old_selection, gst_heap_selection_unref);
  g_clear_object (&old_allocator);
}

static void
configure_allocator (GstHeapUpload *self, GstAllocator *allocator)
{
  guint64 cache_bytes, max_bytes;
  gchar *label;

  GST_OBJECT_LOCK (self);
  cache_bytes = self->settings.cache_bytes;
  max_bytes = self->settings.max_bytes;
  label = gst_heap_naming_insert_element (self->settings.label, GST_OBJECT_NAME (self));
  GST_OBJECT_UNLOCK (self);
  g_object_set (allocator, "cache-bytes", cache_bytes, "max-bytes", max_bytes, "label", label, NULL);
  g_free (label);
}

static guint
get_max_lent (GstHeapUpload *self)
{
  guint max_lent;

  GST_OBJECT_LOCK (self);
  max_lent = self->settings.max_lent;
  GST_OBJECT_UNLOCK (self);
  return max_lent;
}

/* Takes lending. */
static void
set_lending (GstHeapUpload *self, GstHeapLending *lending)
{
  GstHeapLending *old;

  GST_OBJECT_LOCK (self);
  old = self->lending;
  self->lending = lending;
  GST_OBJECT_UNLOCK (self);
  g_clear_pointer (&old, gst_heap_lending_free);
}

static gboolean
read_layout (GstHeapUpload *self, GError **error)
{
  gboolean makes_sense;

  GST_OBJECT_LOCK (self);
  makes_sense = gst_heap_layout_wish_start (&self->wish, &self->settings.layout, error);
  GST_OBJECT_UNLOCK (self);
  return makes_sense;
}

static gboolean
gst_heap_upload_start (GstBaseTransform *trans)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);
  GError *error = NULL;
  GstHeapSelection *selection = read_layout (self, &error) ? make_selection (self, &error) : NULL;
  GstAllocator *allocator = selection ? gst_heap_allocator_new (selection, &error) : NULL;

  if (!allocator) {
    gst_heap_element_post_error (GST_ELEMENT (self), error);
    g_error_free (error);
    g_clear_pointer (&selection, gst_heap_selection_unref);
    return FALSE;
  }

  configure_allocator (self, allocator);
  gst_heap_description_set_caps (&self->description, NULL);
  self->is_dmabuf = FALSE;
  self->asked = GST_HEAP_ASKED_NEVER;
  self->warned = FALSE;
  g_atomic_int_set (&self->least_size_is_known, FALSE);
  gst_heap_copier_start (self->copier, GST_HEAP_ALLOCATOR (allocator));
  self->watch = gst_heap_watch_new (GST_ELEMENT (self), GST_HEAP_ALLOCATOR (allocator));
  self->protection = gst_heap_protection_new (GST_ELEMENT (self), GST_HEAP_ALLOCATOR (allocator));
  gst_heap_element_report_fallback (GST_ELEMENT (self), GST_HEAP_ALLOCATOR (allocator));
  set_lending (self, gst_heap_lending_new (GST_ELEMENT (self), get_max_lent (self)));
  /* Last: queries may come at once, and are answered from here on. */
  set_allocator (self, selection, allocator);
  g_object_notify (G_OBJECT (self), "heap");
  return TRUE;
}

static gboolean
gst_heap_upload_stop (GstBaseTransform *trans)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);

  g_clear_pointer (&self->watch, gst_heap_watch_free);
  g_clear_pointer (&self->protection, gst_heap_protection_free);
  set_lending (self, NULL);
  gst_clear_object (&self->offered_pool);
  gst_heap_copier_stop (self->copier);
  set_allocator (self, NULL, NULL);
  g_object_notify (G_OBJECT (self), "heap");
  return TRUE;
}

/* A copy that waits for a buffer would keep the pad from being deactivated. */
static GstStateChangeReturn
gst_heap_upload_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_heap_copier_set_flushing (GST_HEAP_UPLOAD (element)->copier, TRUE);
  return GST_ELEMENT_CLASS (gst_heap_upload_parent_class)->change_state (element, transition);
}

static void
gst_heap_upload_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (object);

  GST_OBJECT_LOCK (self);
  gst_heap_settings_set (&self->settings, id - PROP_FIRST_SETTING, value);
  GST_OBJECT_UNLOCK (self);
}

static void
get_setting (GstHeapUpload *self, guint setting, GValue *value)
{
  GST_OBJECT_LOCK (self);
  gst_heap_settings_get (&self->settings, setting, value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_heap_upload_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (object);

  if (id == PROP_HEAP)
    g_value_take_string (value, dup_heap_name (self));
  else if (id == PROP_STATS)
    g_value_take_boxed (value, make_stats (self));
  else
    get_setting (self, id - PROP_FIRST_SETTING, value);
}

static void
gst_heap_upload_finalize (GObject *object)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (object);

  gst_heap_copier_free (self->copier);
  set_allocator (self, NULL, NULL);
  gst_heap_settings_clear (&self->settings);
  gst_heap_layout_wish_clear (&self->wish);
  G_OBJECT_CLASS (gst_heap_upload_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags reading = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  gst_heap_element_class_install_properties (GST_ELEMENT_CLASS (klass));
  gst_heap_settings_install (klass, PROP_FIRST_SETTING);
  g_object_class_install_property (klass, PROP_HEAP,
      g_param_spec_string ("heap", "Heap", "Name of the heap in use; none in READY and below", NULL, reading));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "frames-passed, frames-copied and bytes-copied since the last start, and those of the allocator",
          GST_TYPE_STRUCTURE, reading));
}

static void
gst_heap_upload_class_init (GstHeapUploadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (heap_upload_debug, "heapupload", 0, "heapupload element");
  GST_DEBUG_CATEGORY_GET (performance_debug, "GST_PERFORMANCE");

  object_class->set_property = gst_heap_upload_set_property;
  object_class->get_property = gst_heap_upload_get_property;
  object_class->finalize = gst_heap_upload_finalize;
  install_properties (object_class);

  element_class->change_state = gst_heap_upload_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Heap upload", "Filter/Memory",
      "Puts buffers into memory of a Linux DMA-BUF heap, by offering it upstream", "The gst-heaps authors");

  trans_class->start = gst_heap_upload_start;
  trans_class->stop = gst_heap_upload_stop;
  trans_class->transform_caps = gst_heap_upload_transform_caps;
  trans_class->fixate_caps = gst_heap_upload_fixate_caps;
  trans_class->set_caps = gst_heap_upload_set_caps;
  trans_class->sink_event = gst_heap_upload_sink_event;
  trans_class->src_event = gst_heap_upload_src_event;
  trans_class->propose_allocation = gst_heap_upload_propose_allocation;
  trans_class->generate_output = gst_heap_upload_generate_output;
}

/* Without a transform function the base class is in passthrough, whatever the caps: it allocates nothing, and has
 * generate_output() send what came. */
static void
gst_heap_upload_init (GstHeapUpload *self)
{
  GstPad *sinkpad = GST_BASE_TRANSFORM_SINK_PAD (self);

  gst_heap_settings_init (&self->settings);
  self->copier = gst_heap_copier_new (GST_BASE_TRANSFORM_SRC_PAD (self));
  self->chain = GST_PAD_CHAINFUNC (sinkpad);
  gst_pad_set_chain_function (sinkpad, gst_heap_upload_chain);
}
