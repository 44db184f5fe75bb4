/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload: has upstream write into memory of a heap, or copies into it. */
#include "gstheapnaming.h"
#include "gstheapupload-private.h"

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
 * element goes to PAUSED. With none of these set it is what the context gst.heaps.Selection of the pipeline, the
 * environment variable GST_HEAPS or heaps.conf asks for, else "system", or "process" where that cannot be had. Where no
 * heap will do that is an error which lists every heap and why not. The property "heap" tells which one is in use.
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

GST_DEBUG_CATEGORY (gst_heap_upload_debug);
GST_DEBUG_CATEGORY (gst_heap_upload_performance_debug);

enum
{
  PROP_0,
  PROP_FIRST_SETTING,
  PROP_HEAP = PROP_FIRST_SETTING + GST_HEAP_N_SETTINGS,
  PROP_STATS,
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE (GstHeapUpload, gst_heap_upload, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (heapupload, "heapupload", GST_RANK_NONE, GST_TYPE_HEAP_UPLOAD)

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
  else if (type == GST_EVENT_CAPS)
    gst_heap_layout_wish_renegotiate (&self->wish);
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
  self->insistence =
      gst_heap_insistence_new (GST_ELEMENT (self), gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)));
  gst_heap_element_watch_allocator (GST_ELEMENT (self), GST_HEAP_ALLOCATOR (allocator));
  gst_heap_lending_start (self->lending, get_max_lent (self));
  /* Last: queries may come at once, and are answered from here on. */
  set_allocator (self, selection, allocator);
  g_object_notify (G_OBJECT (self), "heap");
  return TRUE;
}

static gboolean
gst_heap_upload_stop (GstBaseTransform *trans)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (trans);

  /* First: upstream stops last, and a pad that is not active passes queries on. Who has the allocator has the stream
   * lock until he has answered. */
  GST_PAD_STREAM_LOCK (GST_BASE_TRANSFORM_SINK_PAD (self));
  set_allocator (self, NULL, NULL);
  GST_PAD_STREAM_UNLOCK (GST_BASE_TRANSFORM_SINK_PAD (self));
  g_clear_pointer (&self->watch, gst_heap_watch_free);
  g_clear_pointer (&self->protection, gst_heap_protection_free);
  g_clear_pointer (&self->insistence, gst_heap_insistence_free);
  gst_heap_lending_stop (self->lending);
  gst_clear_object (&self->offered_pool);
  gst_heap_copier_stop (self->copier);
  g_object_notify (G_OBJECT (self), "heap");
  return TRUE;
}

/* A copy that waits for a buffer would keep the pad from being deactivated. */
static GstStateChangeReturn
gst_heap_upload_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    gst_heap_lending_guard (GST_BASE_TRANSFORM_SRC_PAD (element));
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_heap_copier_interrupt (GST_HEAP_UPLOAD (element)->copier);
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
    g_value_take_string (value, gst_heap_upload_dup_heap_name (self));
  else if (id == PROP_STATS)
    g_value_take_boxed (value, gst_heap_upload_make_stats (self));
  else
    get_setting (self, id - PROP_FIRST_SETTING, value);
}

static void
gst_heap_upload_finalize (GObject *object)
{
  GstHeapUpload *self = GST_HEAP_UPLOAD (object);

  gst_heap_copier_free (self->copier);
  gst_heap_lending_free (self->lending);
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
          "frames-passed, frames-copied and bytes-copied since the last start, frames-lent to other processes now, "
          "frames-dropped as those did not come back, and what the allocator counts",
          GST_TYPE_STRUCTURE, reading));
}

static void
gst_heap_upload_class_init (GstHeapUploadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_heap_upload_debug, "heapupload", 0, "heapupload element");
  GST_DEBUG_CATEGORY_GET (gst_heap_upload_performance_debug, "GST_PERFORMANCE");

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
  self->lending = gst_heap_lending_new (GST_ELEMENT (self));
  self->chain = GST_PAD_CHAINFUNC (sinkpad);
  gst_pad_set_chain_function (sinkpad, gst_heap_upload_chain);
}
