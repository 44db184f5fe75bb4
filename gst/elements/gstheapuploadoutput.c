/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What becomes of a buffer: heapupload passes it on, copies it or refuses it. */
#include "gstheapimporters.h"
#include "gstheapupload-private.h"

#include <gst/allocators/gstdmabuf.h>

#define GST_CAT_DEFAULT gst_heap_upload_debug

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

/* Whether what is asked of the layout can be had, and downstream takes it; else that is an error. */
static gboolean
check_layout (GstHeapUpload *self)
{
  GstCaps *incaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SINK_PAD (self));
  GstCaps *outcaps = gst_pad_get_current_caps (GST_BASE_TRANSFORM_SRC_PAD (self));
  GError *error = NULL;
  gboolean possible = gst_heap_upload_ask_device (self, &error) &&
                      gst_heap_layout_wish_check (
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
  gst_heap_upload_count_copied (self, gst_buffer_get_size (*ret_copy));
  GST_CAT_DEBUG_OBJECT (gst_heap_upload_performance_debug, self, "copied %" GST_PTR_FORMAT " into the heap", buffer);
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

gboolean
gst_heap_upload_look_downstream (GstHeapUpload *self, GstHeapAllocator *allocator, gboolean wait)
{
  learn_least_size (self, allocator, wait);
  return gst_heap_lending_find (self->lending, GST_BASE_TRANSFORM_SRC_PAD (self));
}

GstFlowReturn
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
    gst_heap_upload_look_downstream (self, self->allocator, TRUE);
  if ((self->protection && !gst_heap_protection_let_pass (self->protection)) ||
      (!gst_heap_layout_wish_is_settled (&self->wish) && !check_layout (self))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  if (!find_unfit (self, buffer, &unfit)) {
    gst_heap_upload_count_passed (self);
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
GstFlowReturn
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
