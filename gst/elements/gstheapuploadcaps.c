/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The caps that heapupload takes and gives. */
#include "gstheapcaps.h"
#include "gstheaptransformcaps.h"
#include "gstheapupload-private.h"

static GstHeapCapsFacts
get_caps_facts (GstHeapUpload *self)
{
  GstHeapAllocator *allocator = gst_heap_upload_ref_allocator (self);
  GstHeapCapsFacts facts = gst_heap_caps_facts (allocator ? gst_heap_allocator_get_heap (allocator) : NULL);

  gst_clear_object (&allocator);
  return facts;
}

GstCaps *
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
GstCaps *
gst_heap_upload_fixate_caps (GstBaseTransform *trans, GstPadDirection direction, GstCaps *caps, GstCaps *othercaps)
{
  GstCaps *possible = gst_heap_upload_transform_caps (trans, direction, caps, NULL);
  GstCaps *fixed = gst_heap_fixate_caps (caps, gst_caps_can_intersect (othercaps, possible) ? othercaps : possible);

  gst_caps_unref (possible);
  gst_caps_unref (othercaps);
  return fixed;
}

gboolean
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
