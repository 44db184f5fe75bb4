/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Elements that are not of this project, in memory of real heaps: by a context, a property, and an offer on a pad. */
#include "device-test.h"

GType heap_source_get_type (void); /* of examples/heapsource.c */

static GstElement *
parse (const gchar *description)
{
  GError *error = NULL;
  GstElement *pipeline;

  gst_element_register (NULL, "heapsource", GST_RANK_NONE, heap_source_get_type ());
  pipeline = gst_parse_launch (description, &error);
  g_assert_no_error (error);
  return pipeline;
}

/* Plays pipeline, whose frames have to come in few dma-bufs, all exported by heap. */
static void
assert_plays_in (GstElement *pipeline, const gchar *heap, guint n_frames)
{
  DeviceTestTraffic traffic;
  GHashTableIter exporters;
  gpointer exporter;

  device_test_play (pipeline, &traffic, NULL);
  fail_unless_equals_int (traffic.frames, n_frames);
  fail_unless_equals_int (traffic.frames_in_dmabufs, n_frames);
  fail_unless (g_hash_table_size (traffic.inodes) < n_frames, "a dma-buf for each frame");
  g_hash_table_iter_init (&exporters, traffic.inodes);
  while (g_hash_table_iter_next (&exporters, NULL, &exporter))
    fail_unless_equals_string (exporter, heap);
  device_test_traffic_clear (&traffic);
  fail_unless_equals_int (dmabuf_info_count (heap), 0);
}

GST_START_TEST (test_an_element_writes_where_the_context_says)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("default_cma_region", NULL);
  GstContext *context = gst_heap_selection_to_context (selection);
  GstElement *pipeline = parse ("bin.( heapsource num-buffers=30 ) ! fakesink name=sink");

  gst_element_set_context (pipeline, context);
  assert_plays_in (pipeline, device_test_cma_heap (), 30);
  gst_context_unref (context);
  gst_heap_selection_unref (selection);
}
GST_END_TEST

GST_START_TEST (test_an_element_writes_where_its_property_says)
{
  assert_plays_in (parse ("heapsource heap-name=system num-buffers=30 ! queue ! fakesink name=sink"), "system", 30);
}
GST_END_TEST

/* v4l2src has no memory of its own in this mode: without an offer it fails. */
GST_START_TEST (test_a_camera_writes_into_the_heap_offered_on_a_pad)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("heap-require=contiguous", NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, NULL);
  gchar *camera = device_test_camera (1);
  gchar *description = g_strdup_printf ("v4l2src device=%s io-mode=dmabuf-import num-buffers=20 ! "
                                        "video/x-raw,format=BGRx,width=640,height=480 ! fakesink name=sink",
      camera);
  GstElement *pipeline = parse (description), *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");

  fail_unless (gst_heap_pad_offer (pad, GST_HEAP_ALLOCATOR (allocator), 2) != 0);
  gst_object_unref (pad);
  gst_object_unref (sink);
  assert_plays_in (pipeline, device_test_cma_heap (), 20);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
  g_free (description);
  g_free (camera);
}
GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("element");
  TCase *tcase = tcase_create ("element");

  if (device_test_cma_heap () == NULL) {
    g_print ("SKIP: this kernel has no CMA heap\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 60);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_an_element_writes_where_the_context_says);
  tcase_add_test (tcase, test_an_element_writes_where_its_property_says);
  tcase_add_test (tcase, test_a_camera_writes_into_the_heap_offered_on_a_pad);
  return device_test_run ("element", suite, argc, argv);
}
