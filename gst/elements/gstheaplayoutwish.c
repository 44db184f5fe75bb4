/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout the user wishes for, and what comes of it downstream. */
#include "gstheaplayoutwish.h"

#include "gstheapcaps.h"
#include "gstheapdownstream.h"
#include "gstheaplayoutdevice.h"
#include "gstheapwalk.h"

static void
set_params (GstHeapLayoutWish *wish, const GstHeapLayoutParams *params)
{
  wish->params = *params;
  wish->is_set = !gst_heap_layout_params_is_default (params);
}

static gboolean
are_same (const GstHeapLayoutParams *a, const GstHeapLayoutParams *b)
{
  return memcmp (a, b, offsetof (GstHeapLayoutParams, _gst_reserved)) == 0;
}

gboolean
gst_heap_layout_wish_start (GstHeapLayoutWish *wish, const GstHeapLayoutFields *fields, GError **error)
{
  if (!gst_heap_layout_fields_parse (fields, &wish->asked, error))
    return FALSE;
  g_free (wish->device);
  wish->device = fields->device && *fields->device ? g_strdup (fields->device) : NULL;
  wish->has_info = FALSE;
  set_params (wish, &wish->asked);
  gst_heap_layout_wish_renegotiate (wish);
  return TRUE;
}

void
gst_heap_layout_wish_clear (GstHeapLayoutWish *wish)
{
  g_clear_pointer (&wish->device, g_free);
}

/* What the device says while it is asked counts for the neighbours from before. */
static gboolean
ask_device (GstHeapLayoutWish *wish, GstPad *sinkpad, GstPad *srcpad, const GstCaps *caps, GError **error)
{
  GstHeapLayoutParams params = wish->asked;

  g_atomic_int_set (&wish->is_asked, TRUE);
  if (wish->device && wish->has_info &&
      !gst_heap_layout_device_ask (wish->device, sinkpad, srcpad, caps, &params, error)) {
    g_atomic_int_set (&wish->is_asked, FALSE);
    return FALSE;
  }
  set_params (wish, &params);
  return TRUE;
}

gboolean
gst_heap_layout_wish_set_caps (
    GstHeapLayoutWish *wish, GstPad *sinkpad, GstPad *srcpad, const GstCaps *caps, GError **error)
{
  wish->has_info = gst_heap_caps_get_video_info (caps, &wish->info);
  g_atomic_int_set (&wish->is_checked, FALSE);
  return ask_device (wish, sinkpad, srcpad, caps, error);
}

void
gst_heap_layout_wish_renegotiate (GstHeapLayoutWish *wish)
{
  g_atomic_int_set (&wish->is_asked, FALSE);
  g_atomic_int_set (&wish->is_checked, FALSE);
}

gboolean
gst_heap_layout_wish_refresh (
    GstHeapLayoutWish *wish, GstPad *sinkpad, GstPad *srcpad, gboolean *ret_changed, GError **error)
{
  GstHeapLayoutParams before = wish->params;
  gboolean answered;
  GstCaps *caps;

  *ret_changed = FALSE;
  if (!wish->device || g_atomic_int_get (&wish->is_asked))
    return TRUE;
  caps = gst_pad_get_current_caps (sinkpad);
  answered = ask_device (wish, sinkpad, srcpad, caps, error);
  *ret_changed = answered && !are_same (&before, &wish->params);
  gst_clear_caps (&caps);
  return answered;
}

gboolean
gst_heap_layout_wish_is_settled (GstHeapLayoutWish *wish)
{
  return (!wish->device || g_atomic_int_get (&wish->is_asked)) &&
         (!wish->is_set || g_atomic_int_get (&wish->is_checked));
}

/* The only output of an element that passes on what comes in by input; NULL: it has several, or none. */
static GstPad *
find_only_output (GstPad *input)
{
  GstIterator *iterator = gst_pad_iterate_internal_links (input);
  GValue value = G_VALUE_INIT;
  GstPad *output = NULL;
  guint n = 0;

  for (; iterator && gst_iterator_next (iterator, &value) == GST_ITERATOR_OK; n++) {
    gst_clear_object (&output);
    output = g_value_dup_object (&value);
    g_value_unset (&value);
  }
  g_clear_pointer (&iterator, gst_iterator_free);
  if (n > 1)
    gst_clear_object (&output);
  return output;
}

/* Who answers ALLOCATION queries sent out of srcpad, as far as it can be told: past queues and the like. */
static gchar *
name_reader (GstPad *srcpad)
{
  GstPad *output = gst_object_ref (srcpad);
  gchar *name = NULL;

  for (guint i = 0; output && i < GST_HEAP_LONGEST_WALK; i++) {
    GstPad *input = gst_heap_walk_get_peer (output);
    GstElement *element = input ? gst_pad_get_parent_element (input) : NULL;

    gst_clear_object (&output);
    if (element) {
      g_free (name);
      name = gst_object_get_name (GST_OBJECT (element));
      if (gst_heap_walk_passes_on (element, input))
        output = find_only_output (input);
    }
    gst_clear_object (&element);
    gst_clear_object (&input);
  }
  gst_clear_object (&output);
  return name ? name : g_strdup ("what is downstream");
}

/* As the properties were set. */
static gchar *
describe_wish (const GstHeapLayoutWish *wish)
{
  GstStructure *structure = gst_heap_layout_params_to_structure (&wish->params);
  GString *text = g_string_new (NULL);

  for (gint i = 0; i < gst_structure_n_fields (structure); i++) {
    const gchar *name = gst_structure_nth_field_name (structure, i);
    gchar *value = gst_value_serialize (gst_structure_get_value (structure, name));

    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", name, value);
    g_free (value);
  }
  gst_structure_free (structure);
  return g_string_free (text, FALSE);
}

static void
explain_no_meta (const GstHeapLayoutWish *wish, GstPad *srcpad, GError **error)
{
  gchar *asked = describe_wish (wish), *name = name_reader (srcpad);

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED,
      "%s does not read GstVideoMeta, and would misread frames that lie as asked for (%s): ask for no layout, or send "
      "them to an element that reads it",
      name, asked);
  g_free (name);
  g_free (asked);
}

static gboolean
check_caps (const GstHeapLayoutWish *wish, GstCaps *caps, GError **error)
{
  if (wish->has_info)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "a layout is asked for, and %s is no raw video whose planes can be laid out",
      caps && gst_caps_get_size (caps) > 0 ? gst_structure_get_name (gst_caps_get_structure (caps, 0)) : "what comes");
  return FALSE;
}

gboolean
gst_heap_layout_wish_check (GstHeapLayoutWish *wish, GstPad *srcpad, GstCaps *incaps, GstCaps *outcaps,
    GstHeapAllocator *allocator, GError **error)
{
  GError *wrong = NULL;
  gboolean possible;
  GstQuery *query;

  if (!wish->is_set)
    return TRUE;
  if (!check_caps (wish, incaps, error))
    return FALSE;
  query = gst_query_new_allocation (incaps, FALSE);
  gst_heap_downstream_answer (srcpad, outcaps, query);
  possible = gst_heap_allocator_propose_layout (allocator, query, 0, &wish->params, &wrong);
  gst_query_unref (query);
  g_atomic_int_set (&wish->is_checked, possible);
  if (g_error_matches (wrong, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED)) {
    explain_no_meta (wish, srcpad, error);
    g_clear_error (&wrong);
  } else if (wrong) {
    g_propagate_error (error, wrong);
  }
  return possible;
}

gboolean
gst_heap_layout_wish_accepts (const GstHeapLayoutWish *wish, GstBuffer *buffer, GError **error)
{
  return !wish->is_set || !wish->has_info ||
         gst_heap_layout_params_accepts_buffer (&wish->params, &wish->info, buffer, error);
}
