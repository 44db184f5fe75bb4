/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Where buffers come from, as far as it can be told by walking upstream. */
#include "gstheaporigin.h"

#include "gstheapwalk.h"

/* The input that feeds an output, if there is just one. */
static GstPad *
get_only_input (GstPad *srcpad)
{
  GstIterator *inputs = gst_pad_iterate_internal_links (srcpad);
  GValue first = G_VALUE_INIT, second = G_VALUE_INIT;
  GstPad *input = NULL;

  if (!inputs)
    return NULL;
  if (gst_iterator_next (inputs, &first) == GST_ITERATOR_OK) {
    if (gst_iterator_next (inputs, &second) == GST_ITERATOR_DONE)
      input = g_value_dup_object (&first);
    else if (G_IS_VALUE (&second))
      g_value_unset (&second);
    g_value_unset (&first);
  }
  gst_iterator_free (inputs);
  return input;
}

/* Whether the output is one of those an element makes on request, as tee does. */
static gboolean
is_of_splitter (GstPad *output)
{
  GstPadTemplate *template = gst_pad_get_pad_template (output);
  gboolean on_request = template && GST_PAD_TEMPLATE_PRESENCE (template) == GST_PAD_REQUEST;

  gst_clear_object (&template);
  return on_request;
}

static void
note_passed_through (GstHeapOrigin *origin, GstElement *element, GstPad *output)
{
  if (origin->through->len > 0)
    g_string_prepend (origin->through, ", ");
  g_string_prepend (origin->through, GST_OBJECT_NAME (element));

  if (!origin->splitter && is_of_splitter (output))
    origin->splitter = gst_element_get_name (element);
}

/* Looks where the buffers that come in at sinkpad are from. */
void
gst_heap_origin_find (GstHeapOrigin *origin, GstPad *sinkpad)
{
  GstPad *input = gst_object_ref (sinkpad);

  *origin = (GstHeapOrigin){ .through = g_string_new (NULL) };

  for (guint i = 0; input && i < GST_HEAP_LONGEST_WALK; i++) {
    GstPad *output = gst_heap_walk_get_peer (input);
    GstElement *element = output ? gst_pad_get_parent_element (output) : NULL;

    gst_object_unref (input);
    input = element ? get_only_input (output) : NULL;
    if (input && !gst_heap_walk_passes_on (element, input))
      gst_clear_object (&input);
    if (input)
      note_passed_through (origin, element, output);
    if (!element) {
      gst_clear_object (&output);
      break;
    }
    gst_clear_object (&origin->producer);
    gst_clear_object (&origin->output);
    origin->producer = element;
    origin->output = output;
  }
  gst_clear_object (&input);
}

void
gst_heap_origin_clear (GstHeapOrigin *origin)
{
  gst_clear_object (&origin->producer);
  gst_clear_object (&origin->output);
  g_string_free (origin->through, TRUE);
  g_free (origin->splitter);
}
