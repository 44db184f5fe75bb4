/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload: how it starts, what it passes, what it offers upstream. */
#include "upload-harness.h"

#include <gst/base/gstbasetransform.h>

static void
assert_start_fails (const gchar *properties, gint code, const gchar *part)
{
  gchar *launch = g_strdup_printf ("heapupload %s", properties);
  GstElement *element = gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_NONE, NULL);
  Upload upload = { NULL, gst_bus_new () };

  gst_element_set_bus (element, upload.bus);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  upload_assert_error (&upload, code, part);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  gst_element_set_bus (element, NULL);
  gst_object_unref (upload.bus);
  gst_object_unref (element);
  g_free (launch);
}

GST_START_TEST (test_unknown_property_lists_the_known_ones)
{
  assert_start_fails ("heap-require=contigous", GST_RESOURCE_ERROR_SETTINGS, "\"contigous\"");
  assert_start_fails ("heap-prefer=contigous", GST_RESOURCE_ERROR_SETTINGS, "heap-prefer");
  assert_start_fails ("heap-forbid=cached", GST_RESOURCE_ERROR_SETTINGS,
      "importable, contiguous, cacheable, protected, dma32, decrypted");
}
GST_END_TEST

GST_START_TEST (test_absent_heap_is_an_error)
{
  assert_start_fails ("heap-name=absent", GST_RESOURCE_ERROR_NOT_FOUND, "absent");
}
GST_END_TEST

GST_START_TEST (test_unsatisfied_requirement_is_an_error)
{
  assert_start_fails ("heap-name=system heap-require=contiguous", GST_RESOURCE_ERROR_NOT_FOUND, "contiguous");
  assert_start_fails (
      "heap-name=default_cma_region heap-forbid=contiguous", GST_RESOURCE_ERROR_NOT_FOUND, "contiguous");
}
GST_END_TEST

GST_START_TEST (test_heap_without_permission_is_an_error)
{
  fake_add_heap_full ("locked", 0x1234, 0, 44, 0660, EACCES);
  assert_start_fails ("heap-name=locked", GST_RESOURCE_ERROR_OPEN_READ, "locked");
}
GST_END_TEST

GST_START_TEST (test_nothing_is_opened_before_start)
{
  GstElement *element = gst_element_factory_make ("heapupload", NULL);
  gchar *heap;

  gst_element_set_state (element, GST_STATE_READY);
  g_object_get (element, "heap", &heap, NULL);
  fail_unless (heap == NULL);
  fail_unless_equals_int (fake_calls_total (), 0);

  gst_element_set_state (element, GST_STATE_PAUSED);
  g_object_get (element, "heap", &heap, NULL);
  fail_unless_equals_string (heap, "system");
  g_free (heap);
  fail_unless (fake_open_fds () > 0);

  gst_element_set_state (element, GST_STATE_READY);
  g_object_get (element, "heap", &heap, NULL);
  fail_unless (heap == NULL);
  fail_unless_equals_int (fake_open_fds (), 0);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}
GST_END_TEST

GST_START_TEST (test_properties_are_kept)
{
  GstElement *element =
      gst_parse_launch_full ("heapupload heap-name=a;b heap-require=contiguous heap-prefer=cacheable "
                             "heap-forbid=protected require-zero-copy=true min-buffers=3 min-size=5000",
          NULL, GST_PARSE_FLAG_NONE, NULL);
  gchar *name, *require, *prefer, *forbid;
  gboolean zero_copy;
  guint min, size;

  g_object_get (element, "heap-name", &name, "heap-require", &require, "heap-prefer", &prefer, "heap-forbid", &forbid,
      "require-zero-copy", &zero_copy, "min-buffers", &min, "min-size", &size, NULL);
  fail_unless_equals_string (name, "a;b");
  fail_unless_equals_string (require, "contiguous");
  fail_unless_equals_string (prefer, "cacheable");
  fail_unless_equals_string (forbid, "protected");
  fail_unless (zero_copy);
  fail_unless_equals_int (min, 3);
  fail_unless_equals_int (size, 5000);
  g_free (name);
  g_free (require);
  g_free (prefer);
  g_free (forbid);
  gst_object_unref (element);
}
GST_END_TEST

static void
assert_passes (Upload *upload, GstBuffer *buffer)
{
  GstBuffer *out = gst_harness_push_and_pull (upload->harness, buffer);

  fail_unless (out == buffer);
  gst_buffer_unref (out);
}

GST_START_TEST (test_heap_memory_passes)
{
  Upload upload = upload_new ("heap-name=system", I420);

  assert_passes (&upload, buffer_of (heap_memory_new ("system", I420_SIZE), NULL));
  assert_passes (&upload, buffer_of (heap_memory_new ("system", 400), heap_memory_new ("system", 368)));
  upload_assert_counts (&upload, 2, 0, 0);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_part_of_heap_memory_passes)
{
  Upload upload = upload_new ("heap-name=system", "application/x-a");
  GstBuffer *whole = buffer_of (heap_memory_new ("system", 8000), NULL);
  GstBuffer *part = gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, 100, 500);

  assert_passes (&upload, part);
  gst_buffer_unref (whole);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_dmabuf_of_the_same_heap_from_elsewhere_passes)
{
  Upload upload = upload_new ("heap-name=system", I420);

  assert_passes (&upload, buffer_of (foreign_memory_new ("/dev/dma_heap/system", 4096), NULL));
  upload_assert_counts (&upload, 1, 0, 0);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_empty_buffers_pass)
{
  Upload upload = upload_new ("require-zero-copy=true", "application/x-a");

  assert_passes (&upload, gst_buffer_new ());
  assert_passes (&upload, gst_buffer_new_allocate (NULL, 0, NULL));
  upload_assert_counts (&upload, 2, 0, 0);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_lists_pass)
{
  Upload upload = upload_new ("", "application/x-a");
  GstBufferList *list = gst_buffer_list_new ();
  GstBuffer *out;

  for (guint i = 0; i < 3; i++)
    gst_buffer_list_add (list, i == 1 ? pattern_new (500) : buffer_of (heap_memory_new ("system", 500), NULL));
  fail_unless_equals_int (gst_pad_push_list (upload.harness->srcpad, list), GST_FLOW_OK);
  for (guint i = 0; i < 3; i++) {
    out = gst_harness_pull (upload.harness);
    assert_in_heap (out, "system");
    gst_buffer_unref (out);
  }
  upload_assert_counts (&upload, 2, 1, 500);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_gap_events_pass)
{
  Upload upload = upload_new ("", I420);
  gboolean is_gap;

  fail_unless (gst_harness_push_event (upload.harness, gst_event_new_gap (0, GST_SECOND)));
  do {
    GstEvent *event = gst_harness_pull_event (upload.harness);

    fail_unless (event);
    is_gap = GST_EVENT_TYPE (event) == GST_EVENT_GAP;
    gst_event_unref (event);
  } while (!is_gap);
  upload_free (&upload);
}
GST_END_TEST

static GstQuery *
ask (Upload *upload, const gchar *caps_string, gboolean need_pool)
{
  GstCaps *caps = caps_string ? gst_caps_from_string (caps_string) : NULL;
  GstQuery *query = gst_query_new_allocation (caps, need_pool);

  fail_unless (gst_pad_peer_query (upload->harness->srcpad, query));
  gst_clear_caps (&caps);
  return query;
}

static void
assert_offers_allocator (GstQuery *query)
{
  GstAllocator *allocator;

  fail_unless_equals_int (gst_query_get_n_allocation_params (query), 1);
  gst_query_parse_nth_allocation_param (query, 0, &allocator, NULL);
  fail_unless (GST_IS_HEAP_ALLOCATOR (allocator));
  gst_object_unref (allocator);
}

static GstBufferPool *
offered_pool (GstQuery *query, guint *size, guint *min)
{
  GstBufferPool *pool = NULL;

  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, size, min, NULL);
  return pool;
}

GST_START_TEST (test_offers_pool_and_allocator)
{
  Upload upload = upload_new ("min-buffers=5", I420);
  GstQuery *one = ask (&upload, I420, TRUE), *two = ask (&upload, I420, TRUE);
  GstBufferPool *pool, *other;
  guint size, min;

  pool = offered_pool (one, &size, &min);
  other = offered_pool (two, NULL, NULL);
  fail_unless (GST_IS_HEAP_BUFFER_POOL (pool));
  fail_unless (pool != other, "a pool that is in use takes no other configuration");
  fail_unless (size >= I420_SIZE);
  fail_unless_equals_int (min, 5);
  assert_offers_allocator (one);
  gst_object_unref (pool);
  gst_object_unref (other);
  gst_query_unref (one);
  gst_query_unref (two);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_offers_the_allocator_alone_where_no_pool_can_be)
{
  const gchar *caps[] = { NULL, "audio/x-raw", "video/x-h264", "ANY", "EMPTY" };
  Upload upload = upload_new ("", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (caps); i++) {
    GstQuery *query = ask (&upload, caps[i], TRUE);

    assert_offers_allocator (query);
    fail_unless (offered_pool (query, NULL, NULL) == NULL);
    gst_query_unref (query);
  }
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_offered_buffers_have_the_least_size)
{
  Upload upload = upload_new ("min-size=100000", I420);
  GstQuery *query = ask (&upload, I420, TRUE);
  GstBufferPool *pool = offered_pool (query, NULL, NULL);
  GstBuffer *buffer;

  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_get_size (buffer), I420_SIZE);
  fail_unless_equals_int (gst_buffer_peek_memory (buffer, 0)->maxsize, 25 * 4096);
  assert_passes (&upload, buffer);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_query_unref (query);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_no_pool_for_whom_needs_none)
{
  Upload upload = upload_new ("", I420);
  GstQuery *query = ask (&upload, I420, FALSE);

  assert_offers_allocator (query);
  fail_unless (offered_pool (query, NULL, NULL) == NULL);
  gst_query_unref (query);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_survives_absurd_caps)
{
  const gchar *caps[] = { "video/x-raw,format=I420,width=2147483647,height=2147483647",
    "video/x-raw,format=I420,width=0,height=0", "video/x-raw,format=I420,width=-1,height=16", "video/x-raw",
    "video/x-raw,format=ENCODED,width=1,height=1", "video/x-raw,format=NONSENSE,width=1,height=1",
    "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12,width=320,height=240",
    "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=\"NV12:0x0100000000000001\",width=320,height=240",
    "video/x-raw(ANY),format=I420,width=32,height=16" };
  Upload upload = upload_new ("", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (caps); i++) {
    GstCaps *parsed = gst_caps_from_string (caps[i]);
    GstQuery *query = gst_query_new_allocation (parsed, TRUE);
    GstBufferPool *pool;

    gst_pad_peer_query (upload.harness->srcpad, query);
    pool = offered_pool (query, NULL, NULL);
    if (pool)
      gst_buffer_pool_set_active (pool, TRUE);
    if (pool)
      gst_buffer_pool_set_active (pool, FALSE);
    gst_clear_object (&pool);
    gst_query_unref (query);
    gst_caps_unref (parsed);
  }
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_no_offer_before_start)
{
  GstElement *element = gst_element_factory_make ("heapupload", NULL);
  GstPad *pad = gst_element_get_static_pad (element, "sink");
  GstQuery *query = gst_query_new_allocation (NULL, TRUE);

  gst_pad_query (pad, query);
  fail_unless_equals_int (gst_query_get_n_allocation_params (query), 0);
  gst_query_unref (query);
  gst_object_unref (pad);
  gst_object_unref (element);
}
GST_END_TEST

/* As a query that upstream sends reaches the element: with the stream lock, as it is serialized. */
static guint
ask_element (GstElement *element)
{
  GstCaps *caps = gst_caps_from_string (I420);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);
  guint n_offers;

  GST_PAD_STREAM_LOCK (GST_BASE_TRANSFORM_SINK_PAD (element));
  GST_BASE_TRANSFORM_GET_CLASS (element)->propose_allocation (GST_BASE_TRANSFORM (element), NULL, query);
  GST_PAD_STREAM_UNLOCK (GST_BASE_TRANSFORM_SINK_PAD (element));
  n_offers = gst_query_get_n_allocation_pools (query);
  gst_query_unref (query);
  gst_caps_unref (caps);
  return n_offers;
}

static gpointer
to_paused (gpointer element)
{
  gst_element_set_state (element, GST_STATE_PAUSED);
  return NULL;
}

/* It once told of its allocator before it had all that answering takes. The lock holds it up where it looks for the bus
 * of its pipeline. */
GST_START_TEST (test_no_offer_while_it_starts)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *element = gst_element_factory_make ("heapupload", NULL);
  GThread *thread;

  gst_bin_add (GST_BIN (pipeline), element);
  gst_element_set_state (element, GST_STATE_READY);
  GST_OBJECT_LOCK (pipeline);
  thread = g_thread_new ("to-paused", to_paused, element);
  for (guint i = 0; i < 50; i++) {
    fail_unless_equals_int (ask_element (element), 0);
    g_usleep (1000);
  }
  GST_OBJECT_UNLOCK (pipeline);
  g_thread_join (thread);
  fail_unless_equals_int (ask_element (element), 1);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (pipeline);
}
GST_END_TEST

static gpointer
to_ready (gpointer element)
{
  gst_element_set_state (element, GST_STATE_READY);
  return NULL;
}

/* It once told of its allocator when what answering takes was gone already. The lock holds it up where it leaves the
 * bus of its pipeline. */
GST_START_TEST (test_no_offer_while_it_stops)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *element = gst_element_factory_make ("heapupload", NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  GThread *thread;

  gst_bin_add (GST_BIN (pipeline), element);
  gst_element_set_state (element, GST_STATE_PAUSED);
  GST_OBJECT_LOCK (bus);
  thread = g_thread_new ("to-ready", to_ready, element);
  for (guint i = 0; i < 10000 && ask_element (element) > 0; i++)
    g_usleep (1000);
  fail_unless_equals_int (ask_element (element), 0);
  GST_OBJECT_UNLOCK (bus);
  g_thread_join (thread);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}
GST_END_TEST

static void
add_starting (Suite *suite)
{
  TCase *starting = test_case_new (suite, "starting", test_setup);

  tcase_add_test (starting, test_unknown_property_lists_the_known_ones);
  tcase_add_test (starting, test_absent_heap_is_an_error);
  tcase_add_test (starting, test_unsatisfied_requirement_is_an_error);
  tcase_add_test (starting, test_heap_without_permission_is_an_error);
  tcase_add_test (starting, test_nothing_is_opened_before_start);
  tcase_add_test (starting, test_properties_are_kept);
}

static void
add_passing (Suite *suite)
{
  TCase *passing = test_case_new (suite, "passing", test_setup);

  tcase_add_test (passing, test_heap_memory_passes);
  tcase_add_test (passing, test_part_of_heap_memory_passes);
  tcase_add_test (passing, test_dmabuf_of_the_same_heap_from_elsewhere_passes);
  tcase_add_test (passing, test_empty_buffers_pass);
  tcase_add_test (passing, test_lists_pass);
  tcase_add_test (passing, test_gap_events_pass);
}

static void
add_answering (Suite *suite)
{
  TCase *answering = test_case_new (suite, "answering", test_setup);

  tcase_add_test (answering, test_offers_pool_and_allocator);
  tcase_add_test (answering, test_offers_the_allocator_alone_where_no_pool_can_be);
  tcase_add_test (answering, test_offered_buffers_have_the_least_size);
  tcase_add_test (answering, test_no_pool_for_whom_needs_none);
  tcase_add_test (answering, test_survives_absurd_caps);
  tcase_add_test (answering, test_no_offer_before_start);
  tcase_add_test (answering, test_no_offer_while_it_starts);
  tcase_add_test (answering, test_no_offer_while_it_stops);
}

static Suite *
heapupload_suite (void)
{
  Suite *suite = suite_create ("heapupload");

  add_starting (suite);
  add_passing (suite);
  add_answering (suite);
  return suite;
}

GST_CHECK_MAIN (heapupload)
