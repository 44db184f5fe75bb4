/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pads and elements of a pipeline as the links and elements of the tracer's books. */
#include "gstheaptracepad.h"

#include "gstheaptracelog.h"
#include "gstheaptraceoffer.h"

#include <gst/base/gstaggregator.h>

/* Hangs on a source pad. */
struct _GstHeapTracePad {
  GstHeapLedger *ledger;
  gint has_offers; /* atomic: there is something in offers */
  GMutex lock;     /* protects what follows */
  guint links;     /* what linkings was when link was looked up */
  GstHeapLedgerLink *link;
  GstHeapTraceOffers offers;
};

/* Hangs on an element, or a pad that is of none. */
typedef struct {
  GstHeapLedger *ledger;
  GstHeapLedgerElement *element;
} Element;

static GMutex lock;    /* of who hangs something on a pad or an element */
static guint linkings; /* atomic: pads that were linked or unlinked so far */

static GQuark
trace_quark (void)
{
  static GQuark quark = 0; /* atomic */
  GQuark known = g_atomic_int_get (&quark);

  if (G_UNLIKELY (known == 0)) {
    known = g_quark_from_static_string ("gst-heap-trace");
    g_atomic_int_set (&quark, known);
  }
  return known;
}

static gchar *
factory_of (GstObject *object)
{
  GstElementFactory *factory = GST_IS_ELEMENT (object) ? gst_element_get_factory (GST_ELEMENT (object)) : NULL;

  return factory ? gst_object_get_name (GST_OBJECT (factory)) : NULL;
}

static GstHeapLedgerElement *
element_new (GstHeapLedger *ledger, GstObject *object)
{
  g_autofree gchar *name = gst_object_get_name (object);
  g_autofree gchar *path = gst_object_get_path_string (object);
  g_autofree gchar *factory = factory_of (object);

  if (factory)
    gst_heap_trace_log_expect (factory);
  return gst_heap_ledger_add_element (ledger, name ? name : "?", path, factory ? factory : "");
}

static void
element_gone (gpointer data)
{
  Element *self = data;

  gst_heap_ledger_drop_element (self->ledger, self->element);
  gst_heap_ledger_unref (self->ledger);
  g_free (self);
}

GstHeapLedgerElement *
gst_heap_trace_element (GstHeapLedger *ledger, GstObject *object)
{
  Element *self = g_object_get_qdata (G_OBJECT (object), trace_quark ());

  if (self)
    return self->element;
  g_mutex_lock (&lock);
  self = g_object_get_qdata (G_OBJECT (object), trace_quark ());
  if (!self) {
    self = g_new (Element, 1);
    self->ledger = gst_heap_ledger_ref (ledger);
    self->element = element_new (ledger, object);
    g_object_set_qdata_full (G_OBJECT (object), trace_quark (), self, element_gone);
  }
  g_mutex_unlock (&lock);
  return self->element;
}

GstPad *
gst_heap_trace_pad_get_peer (GstPad *pad)
{
  GstPad *peer = gst_pad_get_peer (pad);

  while (peer && GST_IS_PROXY_PAD (peer)) {
    GstProxyPad *internal = gst_proxy_pad_get_internal (GST_PROXY_PAD (peer));

    gst_object_unref (peer);
    peer = internal ? gst_pad_get_peer (GST_PAD (internal)) : NULL;
    g_clear_object (&internal);
  }
  return peer;
}

/* Of the element the pad is of, or of the pad. */
static GstHeapLedgerElement *
element_of_pad (GstHeapLedger *ledger, GstPad *pad)
{
  GstObject *parent = gst_object_get_parent (GST_OBJECT (pad));
  GstHeapLedgerElement *element =
      gst_heap_trace_element (ledger, parent && GST_IS_ELEMENT (parent) ? parent : GST_OBJECT (pad));

  g_clear_object (&parent);
  return element;
}

static void
pad_free (gpointer data)
{
  GstHeapTracePad *self = data;

  if (self->link) {
    gst_heap_ledger_drop_link (self->ledger, self->link);
    gst_heap_ledger_link_unref (self->link);
  }
  gst_heap_trace_offers_clear (&self->offers);
  gst_heap_ledger_unref (self->ledger);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static GQuark
pad_quark (void)
{
  static GQuark quark = 0; /* atomic */
  GQuark known = g_atomic_int_get (&quark);

  if (G_UNLIKELY (known == 0)) {
    known = g_quark_from_static_string ("gst-heap-trace-pad");
    g_atomic_int_set (&quark, known);
  }
  return known;
}

GstHeapTracePad *
gst_heap_trace_pad_get (GstHeapLedger *ledger, GstPad *src)
{
  GstHeapTracePad *self = g_object_get_qdata (G_OBJECT (src), pad_quark ());

  if (self)
    return self;
  g_mutex_lock (&lock);
  self = g_object_get_qdata (G_OBJECT (src), pad_quark ());
  if (!self) {
    self = g_new0 (GstHeapTracePad, 1);
    self->ledger = gst_heap_ledger_ref (ledger);
    g_mutex_init (&self->lock);
    g_object_set_qdata_full (G_OBJECT (src), pad_quark (), self, pad_free);
  }
  g_mutex_unlock (&lock);
  return self;
}

/* Elements are met in the order of the pipeline. Returns: (transfer full) */
static GstHeapLedgerLink *
find_link (GstHeapLedger *ledger, GstPad *src)
{
  GstPad *sink = gst_heap_trace_pad_get_peer (src);
  g_autofree gchar *from_pad = gst_object_get_name (GST_OBJECT (src));
  g_autofree gchar *to_pad = sink ? gst_object_get_name (GST_OBJECT (sink)) : g_strdup ("");
  GstHeapLedgerElement *from = element_of_pad (ledger, src);
  GstHeapLedgerElement *to = sink ? element_of_pad (ledger, sink) : NULL;
  GstHeapLedgerLink *link = gst_heap_ledger_get_link (ledger, from, from_pad, to, to_pad);

  g_clear_object (&sink);
  return link;
}

GstHeapLedgerLink *
gst_heap_trace_pad_get_link (GstHeapTracePad *self, GstPad *src)
{
  guint now = g_atomic_int_get (&linkings);
  GstHeapLedgerLink *link, *old;

  g_mutex_lock (&self->lock);
  link = self->link && self->links == now ? gst_heap_ledger_link_ref (self->link) : NULL;
  g_mutex_unlock (&self->lock);
  if (link)
    return link;

  link = find_link (self->ledger, src);
  g_mutex_lock (&self->lock);
  self->links = now;
  old = self->link;
  self->link = gst_heap_ledger_link_ref (link);
  g_mutex_unlock (&self->lock);
  if (old && old != link)
    gst_heap_ledger_drop_link (self->ledger, old);
  g_clear_pointer (&old, gst_heap_ledger_link_unref);
  return link;
}

void
gst_heap_trace_pad_relinked (void)
{
  g_atomic_int_inc (&linkings);
}

static gboolean
has_same (const GstStructure *a, const GstStructure *b, const gchar *field)
{
  const GValue *in = gst_structure_get_value (a, field), *out = gst_structure_get_value (b, field);

  return in == out || (in && out && gst_value_compare (in, out) == GST_VALUE_EQUAL);
}

/* With a drm-format the format stands elsewhere, and memory of no other format comes out where one is converted. */
static gboolean
has_same_format (const GstStructure *a, const GstStructure *b)
{
  return has_same (a, b, "format") || gst_structure_has_field (a, "drm-format") ||
         gst_structure_has_field (b, "drm-format");
}

static gboolean
has_same_content (const GstStructure *a, const GstStructure *b)
{
  if (gst_structure_has_name (a, "video/x-raw"))
    return has_same (a, b, "width") && has_same (a, b, "height") && has_same_format (a, b);
  if (gst_structure_has_name (a, "audio/x-raw"))
    return has_same (a, b, "rate") && has_same (a, b, "channels") && has_same (a, b, "format");
  return gst_structure_can_intersect (a, b);
}

static GstHeapWay
compare (GstCaps *in, GstCaps *out)
{
  const GstStructure *a, *b;

  if (!in || !out || gst_caps_is_any (in) || gst_caps_is_any (out) || gst_caps_is_empty (in) || gst_caps_is_empty (out))
    return GST_HEAP_WAY_PRODUCED;
  a = gst_caps_get_structure (in, 0);
  b = gst_caps_get_structure (out, 0);
  if (!gst_structure_has_name (a, gst_structure_get_name (b)))
    return GST_HEAP_WAY_PRODUCED;
  return has_same_content (a, b) ? GST_HEAP_WAY_COPIED : GST_HEAP_WAY_CONVERTED;
}

static gpointer
ref_pad (gconstpointer pad, gpointer unused)
{
  return gst_object_ref ((gpointer) pad);
}

static GList *
list_sink_pads (GstElement *element)
{
  GList *pads;

  GST_OBJECT_LOCK (element);
  pads = g_list_copy_deep (element->sinkpads, ref_pad, NULL);
  GST_OBJECT_UNLOCK (element);
  return pads;
}

/* Of several sink pads the one that what goes out is most like. */
static GstHeapWay
classify (GstElement *element, GstCaps *out)
{
  GstHeapWay way = GST_HEAP_WAY_PRODUCED;
  GList *pads = list_sink_pads (element);

  for (GList *at = pads; at; at = at->next) {
    GstCaps *in = gst_pad_get_current_caps (at->data);

    way = MIN (way, compare (in, out));
    gst_clear_caps (&in);
  }
  g_list_free_full (pads, gst_object_unref);
  return way;
}

/* Mixers have to write, whatever the caps. */
GstHeapWay
gst_heap_trace_pad_classify (GstPad *src)
{
  GstElement *element = gst_pad_get_parent_element (src);
  GstHeapWay way = GST_HEAP_WAY_PRODUCED;
  GstCaps *out;

  if (!element)
    return way;
  if (!GST_IS_AGGREGATOR (element)) {
    out = gst_pad_get_current_caps (src);
    way = classify (element, out);
    gst_clear_caps (&out);
  }
  gst_object_unref (element);
  return way;
}

void
gst_heap_trace_pad_note_offer (GstHeapTracePad *self, GstPad *src, GstQuery *query)
{
  GstHeapLedgerLink *link = gst_heap_trace_pad_get_link (self, src);
  GstHeapTraceOffers offers = { 0 }, old;
  gchar *text;

  gst_heap_trace_offers_read (&offers, query);
  text = gst_heap_trace_offers_to_string (&offers);
  gst_heap_ledger_set_offer (self->ledger, link, text);
  gst_heap_ledger_link_unref (link);
  g_free (text);

  g_mutex_lock (&self->lock);
  old = self->offers;
  self->offers = offers;
  g_atomic_int_set (&self->has_offers, offers.n > 0);
  g_mutex_unlock (&self->lock);
  gst_heap_trace_offers_clear (&old);
}

gboolean
gst_heap_trace_pad_is_as_offered (GstHeapTracePad *self, GstBuffer *buffer, const GstHeapLedgerFrame *frame)
{
  gboolean result;

  if (!g_atomic_int_get (&self->has_offers))
    return TRUE;
  g_mutex_lock (&self->lock);
  result = self->offers.n == 0 || gst_heap_trace_offers_have (&self->offers, buffer, frame);
  g_mutex_unlock (&self->lock);
  return result;
}
