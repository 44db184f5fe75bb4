/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapdownload: makes frames in memory of a heap good for the CPU. */
#include "gstheapdownload.h"

#include "gstheapplaincopier.h"
#include "gstheaptiled.h"
#include "gstheaptransformcaps.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/heaps/heaps.h>
#include <stdatomic.h>

/**
 * SECTION:element-heapdownload
 * @title: heapdownload
 * @short_description: makes frames in memory of a heap good for the CPU
 *
 * What comes as linear `memory:DMABuf`, in either form of the caps, leaves as plain video/x-raw, in the same memory.
 * It is copied where that memory is known not to be cached by the CPU, which would read it many times slower than
 * it is copied out once with wide loads; and where downstream would not find the planes. What is plain already is
 * looked at in the same way. Each reason for copies is a warning, once for the caps, and copies are counted.
 *
 * Protected memory, which the CPU cannot read, is an error.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf ! heapdownload ! videoconvert ! jpegenc ! filesink location=a.jpg
 * ]| Software behind a camera, whatever memory the camera's driver has.
 *
 * Since: 0.1
 */

GST_DEBUG_CATEGORY_STATIC (heap_download_debug);
#define GST_CAT_DEFAULT heap_download_debug
GST_DEBUG_CATEGORY_STATIC (performance_debug);

typedef enum
{
  COPY_AUTO,
  COPY_ALWAYS,
  COPY_NEVER,
} Copy;

enum
{
  PROP_0,
  PROP_COPY,
  PROP_STATS,
};

/* What becomes of a buffer, and why. */
typedef enum
{
  PASS,
  REFUSE,        /* the CPU cannot read it */
  COPY_UNCACHED, /* it would read it slowly */
  COPY_ASKED,    /* copy=always */
  COPY_LAYOUT,   /* downstream would not find the planes */
  N_FATES,
} Fate;

struct _GstHeapDownload {
  GstBaseTransform parent;

  gint copy;                  /* atomic; a Copy */
  GstHeapPlainCopier *copier; /* constant */
  GstHeapTiled *tiled;        /* NULL in READY and below */
  gboolean drops_feature;     /* buffers come as memory:DMABuf, and leave plain */
  guint warned;               /* bits of the fates that were warned of under these caps */

  _Atomic guint64 frames_passed, frames_copied, bytes_copied;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_TYPE (GstHeapDownload, gst_heap_download, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (heapdownload, "heapdownload", GST_RANK_NONE, GST_TYPE_HEAP_DOWNLOAD)

#define GST_TYPE_HEAP_DOWNLOAD_COPY (gst_heap_download_copy_get_type ())

static GType
gst_heap_download_copy_get_type (void)
{
  static const GEnumValue values[] = {
    { COPY_AUTO, "What is known not to be cached", "auto" },
    { COPY_ALWAYS, "Each frame in dma-bufs", "always" },
    { COPY_NEVER, "None: an error where downstream would misread it", "never" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstHeapDownloadCopy", values));
  return type;
}

/* In *ret_memory which memory is the reason. */
static Fate
judge_memory (GstHeapDownload *self, GstBuffer *buffer, GstMemory **ret_memory)
{
  Copy copy = g_atomic_int_get (&self->copy);
  Fate fate = PASS;

  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    Fate this = PASS;

    if (GST_MEMORY_IS_NOT_MAPPABLE (memory) ||
        gst_heap_memory_get_answer (memory, GST_HEAP_PROPERTY_PROTECTED) == GST_HEAP_ANSWER_YES)
      this = REFUSE;
    else if (copy == COPY_ALWAYS && gst_is_dmabuf_memory (memory))
      this = COPY_ASKED;
    else if (copy == COPY_AUTO &&
             gst_heap_memory_get_answer (memory, GST_HEAP_PROPERTY_CACHEABLE) == GST_HEAP_ANSWER_NO)
      this = COPY_UNCACHED;

    if (this == PASS || fate == REFUSE)
      continue;
    fate = this;
    *ret_memory = memory;
  }
  return fate;
}

static Fate
judge (GstHeapDownload *self, GstBuffer *buffer, GstMemory **ret_memory)
{
  Fate fate = judge_memory (self, buffer, ret_memory);

  if (fate == PASS && self->drops_feature && !gst_heap_plain_copier_is_readable (self->copier, buffer))
    return COPY_LAYOUT;
  return fate;
}

static const gchar *
name_of (GstMemory *memory)
{
  const gchar *name = gst_heap_memory_get_exporter (memory);

  return name ? name : memory->allocator ? GST_OBJECT_NAME (memory->allocator) : "unknown";
}

static void
post_refusal (GstHeapDownload *self, GstMemory *memory)
{
  GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS,
      ("Memory of \"%s\" is protected: the CPU cannot read it, and what is behind %s wants it to. Link an element "
       "there "
       "that takes memory:DMABuf, without %s, or have frames allocated elsewhere: heap-forbid=protected.",
          name_of (memory), GST_OBJECT_NAME (self), GST_OBJECT_NAME (self)),
      (NULL));
}

static gchar *
name_downstream (GstHeapDownload *self)
{
  GstPad *peer = gst_pad_get_peer (GST_BASE_TRANSFORM_SRC_PAD (self));
  GstObject *element = peer ? gst_pad_get_parent (peer) : NULL;
  gchar *name = element ? gst_object_get_name (element) : g_strdup ("what is downstream");

  gst_clear_object (&element);
  gst_clear_object (&peer);
  return name;
}

static void
post_misread (GstHeapDownload *self)
{
  gchar *name = name_downstream (self);

  GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS,
      ("%s does not read GstVideoMeta, and would misread frames that do not lie in memory as their caps say. Unset "
       "copy=never to have them copied, or put an element there that reads it, as videoconvert does.",
          name),
      (NULL));
  g_free (name);
}

/* Once for the caps and the reason. */
static void
warn_of_copies (GstHeapDownload *self, Fate why, GstMemory *memory)
{
  gchar *name;

  if (why == COPY_ASKED || self->warned & (1u << why))
    return;
  self->warned |= 1u << why;
  if (why == COPY_UNCACHED) {
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
        ("Each frame is copied into memory that is cached: memory of \"%s\" is not, and the CPU reads it slowly. Have "
         "frames allocated where it is: heap-require=cacheable; or set copy=never to pass them on.",
            name_of (memory)),
        (NULL));
    return;
  }
  name = name_downstream (self);
  GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
      ("Each frame is copied: %s does not read GstVideoMeta, and would misread frames that do not lie in memory as "
       "their "
       "caps say. Put an element there that does, as videoconvert, or ask for no stride and no alignment upstream.",
          name),
      (NULL));
  g_free (name);
}

static GstFlowReturn
copy_buffer (GstHeapDownload *self, GstBuffer *buffer, Fate why, GstMemory *memory, GstBuffer **ret_copy)
{
  GError *error = NULL;
  GstFlowReturn flow = gst_heap_plain_copier_copy (self->copier, buffer, ret_copy, &error);

  if (flow == GST_FLOW_ERROR) {
    gst_heap_element_post_error (GST_ELEMENT (self), error);
    g_error_free (error);
  }
  if (flow != GST_FLOW_OK)
    return flow;
  warn_of_copies (self, why, memory);
  self->frames_copied++;
  self->bytes_copied += gst_buffer_get_size (*ret_copy);
  GST_CAT_DEBUG_OBJECT (performance_debug, self, "copied %" GST_PTR_FORMAT " out of the heap", buffer);
  return GST_FLOW_OK;
}

/* *ret_out is another buffer, or buffer with a reference of its own. */
static GstFlowReturn
handle (GstHeapDownload *self, GstBuffer *buffer, GstBuffer **ret_out)
{
  GstMemory *memory = NULL;
  Fate fate = judge (self, buffer, &memory);

  if (fate == PASS) {
    self->frames_passed++;
    *ret_out = gst_buffer_ref (buffer);
    return GST_FLOW_OK;
  }
  if (fate == REFUSE) {
    post_refusal (self, memory);
    return GST_FLOW_ERROR;
  }
  if (fate == COPY_LAYOUT && g_atomic_int_get (&self->copy) == COPY_NEVER) {
    post_misread (self);
    return GST_FLOW_ERROR;
  }
  return copy_buffer (self, buffer, fate, memory, ret_out);
}

static GstFlowReturn
gst_heap_download_generate_output (GstBaseTransform *trans, GstBuffer **outbuf)
{
  GstBuffer *buffer = g_steal_pointer (&trans->queued_buf);
  GstFlowReturn flow;

  *outbuf = NULL;
  if (!buffer)
    return GST_FLOW_OK;
  flow = handle (GST_HEAP_DOWNLOAD (trans), buffer, outbuf);
  gst_buffer_unref (buffer);
  return flow;
}

static GstCaps *
gst_heap_download_transform_caps (GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *filter)
{
  GstCaps *result = gst_heap_transform_caps_to_plain (caps, direction);
  GstCaps *filtered;

  if (!filter)
    return result;
  filtered = gst_caps_intersect_full (filter, result, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (result);
  return filtered;
}

/* While nothing is linked behind it, the base class would have the caps stay as they are. */
static GstCaps *
gst_heap_download_fixate_caps (GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *othercaps)
{
  GstCaps *possible = gst_heap_transform_caps_to_plain (caps, direction);
  GstCaps *fixed = gst_heap_fixate_caps (caps, gst_caps_can_intersect (othercaps, possible) ? othercaps : possible);

  gst_caps_unref (possible);
  gst_caps_unref (othercaps);
  return fixed;
}

static gboolean
gst_heap_download_set_caps (GstBaseTransform *trans, GstCaps *incaps, GstCaps *outcaps)
{
  GstHeapDownload *self = GST_HEAP_DOWNLOAD (trans);

  gst_heap_plain_copier_set_caps (self->copier, outcaps);
  self->drops_feature = gst_heap_caps_are_dmabuf (incaps);
  self->warned = 0;
  return TRUE;
}

/* Downstream's pools and allocators are of plain memory: who sends dma-bufs has his own. Strides of his own are no
 * trouble, as what downstream cannot read is copied. */
static gboolean
answer_for_dmabufs (GstBaseTransform *trans, GstQuery *query)
{
  GstCaps *outcaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SRC_PAD (trans));
  GstQuery *asked = gst_query_new_allocation (outcaps, FALSE);

  if (outcaps && gst_pad_peer_query (GST_BASE_TRANSFORM_SRC_PAD (trans), asked)) {
    for (guint i = 0; i < gst_query_get_n_allocation_metas (asked); i++) {
      const GstStructure *params;
      GType api = gst_query_parse_nth_allocation_meta (asked, i, &params);

      if (api != GST_VIDEO_META_API_TYPE)
        gst_query_add_allocation_meta (query, api, params);
    }
  }
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  gst_query_unref (asked);
  gst_clear_caps (&outcaps);
  return TRUE;
}

static gboolean
gst_heap_download_propose_allocation (GstBaseTransform *trans, GstQuery *decide_query, GstQuery *query)
{
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (gst_heap_caps_are_dmabuf (caps))
    return answer_for_dmabufs (trans, query);
  return gst_pad_peer_query (GST_BASE_TRANSFORM_SRC_PAD (trans), query);
}

static gboolean
gst_heap_download_sink_event (GstBaseTransform *trans, GstEvent *event)
{
  GstHeapDownload *self = GST_HEAP_DOWNLOAD (trans);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    gst_heap_plain_copier_set_flushing (self->copier, TRUE);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    gst_heap_plain_copier_set_flushing (self->copier, FALSE);
  return GST_BASE_TRANSFORM_CLASS (gst_heap_download_parent_class)->sink_event (trans, event);
}

static gboolean
gst_heap_download_src_event (GstBaseTransform *trans, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_RECONFIGURE)
    gst_heap_plain_copier_renegotiate (GST_HEAP_DOWNLOAD (trans)->copier);
  return GST_BASE_TRANSFORM_CLASS (gst_heap_download_parent_class)->src_event (trans, event);
}

static gboolean
gst_heap_download_start (GstBaseTransform *trans)
{
  GstHeapDownload *self = GST_HEAP_DOWNLOAD (trans);

  self->frames_passed = self->frames_copied = self->bytes_copied = 0;
  gst_heap_plain_copier_start (self->copier);
  self->tiled = gst_heap_tiled_new (trans);
  return TRUE;
}

static gboolean
gst_heap_download_stop (GstBaseTransform *trans)
{
  GstHeapDownload *self = GST_HEAP_DOWNLOAD (trans);

  g_clear_pointer (&self->tiled, gst_heap_tiled_free);
  gst_heap_plain_copier_set_caps (self->copier, NULL);
  return TRUE;
}

/* A copy that waits for a buffer would keep the pad from being deactivated. */
static GstStateChangeReturn
gst_heap_download_change_state (GstElement *element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_heap_plain_copier_interrupt (GST_HEAP_DOWNLOAD (element)->copier);
  return GST_ELEMENT_CLASS (gst_heap_download_parent_class)->change_state (element, transition);
}

static void
gst_heap_download_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_COPY)
    g_atomic_int_set (&GST_HEAP_DOWNLOAD (object)->copy, g_value_get_enum (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_heap_download_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstHeapDownload *self = GST_HEAP_DOWNLOAD (object);

  if (id == PROP_COPY)
    g_value_set_enum (value, g_atomic_int_get (&self->copy));
  else if (id == PROP_STATS)
    g_value_take_boxed (
        value, gst_structure_new ("heapdownload-stats", "frames-passed", G_TYPE_UINT64, (guint64) self->frames_passed,
                   "frames-copied", G_TYPE_UINT64, (guint64) self->frames_copied, "bytes-copied", G_TYPE_UINT64,
                   (guint64) self->bytes_copied, NULL));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_heap_download_finalize (GObject *object)
{
  gst_heap_plain_copier_free (GST_HEAP_DOWNLOAD (object)->copier);
  G_OBJECT_CLASS (gst_heap_download_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_COPY,
      g_param_spec_enum ("copy", "Copy",
          "Which frames are copied into memory that the CPU caches: auto, those in memory that is known not to be "
          "cached "
          "(by its heap, the kernel's name of it, or heaps.conf); always, each in dma-bufs; never, none",
          GST_TYPE_HEAP_DOWNLOAD_COPY, COPY_AUTO,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics", "frames-passed, frames-copied and bytes-copied since the last start",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
gst_heap_download_class_init (GstHeapDownloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (heap_download_debug, "heapdownload", 0, "heapdownload element");
  GST_DEBUG_CATEGORY_GET (performance_debug, "GST_PERFORMANCE");

  object_class->set_property = gst_heap_download_set_property;
  object_class->get_property = gst_heap_download_get_property;
  object_class->finalize = gst_heap_download_finalize;
  install_properties (object_class);

  element_class->change_state = gst_heap_download_change_state;
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Heap download", "Filter/Memory",
      "Makes frames in memory of a Linux DMA-BUF heap good for the CPU", "The gst-heaps authors");

  trans_class->start = gst_heap_download_start;
  trans_class->stop = gst_heap_download_stop;
  trans_class->transform_caps = gst_heap_download_transform_caps;
  trans_class->fixate_caps = gst_heap_download_fixate_caps;
  trans_class->set_caps = gst_heap_download_set_caps;
  trans_class->sink_event = gst_heap_download_sink_event;
  trans_class->src_event = gst_heap_download_src_event;
  trans_class->propose_allocation = gst_heap_download_propose_allocation;
  trans_class->generate_output = gst_heap_download_generate_output;
}

/* Without a transform function the base class is in passthrough, whatever the caps: it allocates nothing, and has
 * generate_output() send what came. */
static void
gst_heap_download_init (GstHeapDownload *self)
{
  self->copier = gst_heap_plain_copier_new (GST_BASE_TRANSFORM_SRC_PAD (self));
}
