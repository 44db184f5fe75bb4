/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Each element through its states, in every order, linked and not. */
#include "gst/elements/gstheapdownload.h"
#include "gst/elements/gstheapimport.h"
#include "testing.h"

#define SOURCE "videotestsrc ! video/x-raw,format=NV12,width=32,height=16 ! heapupload ! "
#define SINK " ! fakevideosink sync=false"

static const gchar *const elements[] = { "heapupload", "heapdownload", "heapimport" };
/* Each at work. */
static const gchar *const pipelines[] = {
  SOURCE "queue" SINK,
  SOURCE "video/x-raw(memory:DMABuf) ! queue ! heapdownload copy=always" SINK,
  SOURCE "queue ! heapimport heap-require=importable" SINK,
};

static void
setup (void)
{
  test_setup ();
  GST_ELEMENT_REGISTER (heapdownload, NULL);
  GST_ELEMENT_REGISTER (heapimport, NULL);
}

static const gchar *
element_of (int index)
{
  return elements[index];
}

static void
set_state (GstElement *element, GstState state)
{
  fail_if (gst_element_set_state (element, state) == GST_STATE_CHANGE_FAILURE);
  fail_if (gst_element_get_state (element, NULL, NULL, TEST_TIMEOUT) == GST_STATE_CHANGE_FAILURE);
}

GST_START_TEST (test_up_and_down)
{
  GstElement *element = gst_element_factory_make (element_of (__i__), NULL);

  for (GstState top = GST_STATE_READY; top <= GST_STATE_PLAYING; top++) {
    set_state (element, top);
    set_state (element, GST_STATE_NULL);
    fail_unless_equals_int (fake_open_fds (), 0);
  }
  gst_object_unref (element);
}
GST_END_TEST

GST_START_TEST (test_every_order)
{
  GstElement *element = gst_element_factory_make (element_of (__i__), NULL);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 500; i++)
    set_state (element, g_rand_int_range (random, GST_STATE_NULL, GST_STATE_PLAYING + 1));
  set_state (element, GST_STATE_NULL);
  g_rand_free (random);
  gst_object_unref (element);
}
GST_END_TEST

GST_START_TEST (test_every_order_with_data)
{
  GstElement *pipeline = test_pipeline_new ("%s", pipelines[__i__]);
  GRand *random = g_rand_new_with_seed (2);

  for (guint i = 0; i < 40; i++)
    set_state (pipeline, g_rand_int_range (random, GST_STATE_NULL, GST_STATE_PLAYING + 1));
  test_pipeline_free (pipeline);
  fail_unless_equals_int (fake_open_fds (), 0);
  g_rand_free (random);
}
GST_END_TEST

/* Without heap it may not start; when there is one again it does. */
GST_START_TEST (test_starts_after_a_failure)
{
  GstElement *element = gst_element_factory_make ("heapupload", NULL);

  g_object_set (element, "heap-name", "late", NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  fail_unless_equals_int (fake_open_fds (), 0);
  gst_element_set_state (element, GST_STATE_NULL);

  fake_add_heap ("late");
  set_state (element, GST_STATE_PLAYING);
  set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}
GST_END_TEST

GST_START_TEST (test_properties_are_readable_in_all_states)
{
  GstElement *element = gst_element_factory_make (element_of (__i__), NULL);

  for (GstState state = GST_STATE_NULL; state <= GST_STATE_PLAYING; state++) {
    GParamSpec **specs;
    guint n;

    set_state (element, state);
    specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);
    for (guint i = 0; i < n; i++) {
      GValue value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (element), specs[i]->name, &value);
      g_value_unset (&value);
    }
    g_free (specs);
  }
  set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}
GST_END_TEST

static Suite *
states_suite (void)
{
  Suite *suite = suite_create ("states");
  TCase *states = test_case_new (suite, "states", setup);
  const gint n = G_N_ELEMENTS (elements);

  tcase_add_loop_test (states, test_up_and_down, 0, n);
  tcase_add_loop_test (states, test_every_order, 0, n);
  tcase_add_loop_test (states, test_every_order_with_data, 0, G_N_ELEMENTS (pipelines));
  tcase_add_test (states, test_starts_after_a_failure);
  tcase_add_loop_test (states, test_properties_are_readable_in_all_states, 0, n);
  return suite;
}

GST_CHECK_MAIN (states)
