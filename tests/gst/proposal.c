/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst_heap_allocator_propose(): what an answered ALLOCATION query comes to. */
#include "heap-fixture.h"

#include <gst/video/video.h>

#define CAPS "video/x-raw,format=NV12,width=640,height=480,framerate=30/1"
#define SIZE (640 * 480 * 3 / 2)

static GstQuery *
new_query (const gchar *caps_string, gboolean need_pool)
{
  GstCaps *caps = caps_string ? gst_caps_from_string (caps_string) : NULL;
  GstQuery *query = gst_query_new_allocation (caps, need_pool);

  gst_clear_caps (&caps);
  return query;
}

static void
propose (GstAllocator *allocator, GstQuery *query, guint min)
{
  GError *error = NULL;

  fail_unless (gst_heap_allocator_propose (GST_HEAP_ALLOCATOR (allocator), query, min, &error));
  g_assert_no_error (error);
}

static void
assert_only_ours (GstQuery *query, GstAllocator *allocator)
{
  GstAllocator *proposed;
  GstBufferPool *pool;

  fail_unless_equals_int (gst_query_get_n_allocation_params (query), 1);
  gst_query_parse_nth_allocation_param (query, 0, &proposed, NULL);
  fail_unless (proposed == allocator);
  gst_object_unref (proposed);
  fail_unless (gst_query_get_n_allocation_pools (query) <= 1);
  if (gst_query_get_n_allocation_pools (query) == 1) {
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
    fail_unless (pool == NULL || GST_IS_HEAP_BUFFER_POOL (pool));
    gst_clear_object (&pool);
  }
}

GST_START_TEST (test_replaces_what_downstream_offers_and_keeps_what_it_wants)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  GstAllocationParams params = { .align = 31, .prefix = 16, .padding = 8 };
  GstBufferPool *pool = gst_video_buffer_pool_new ();
  guint size, min, max;

  gst_query_add_allocation_pool (query, pool, SIZE + 1000, 3, 7);
  gst_query_add_allocation_pool (query, pool, SIZE, 1, 0);
  gst_query_add_allocation_param (query, NULL, &params);
  gst_query_add_allocation_param (query, NULL, &params);
  gst_object_unref (pool);

  propose (allocator, query, 2);
  assert_only_ours (query, allocator);
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, &max);
  fail_unless (pool != NULL);
  fail_unless_equals_int (size, SIZE + 1000);
  fail_unless_equals_int (min, 3);
  fail_unless_equals_int (max, 0);
  gst_object_unref (pool);
  gst_query_parse_nth_allocation_param (query, 0, NULL, &params);
  fail_unless_equals_int (params.align, 31);
  fail_unless_equals_int (params.prefix, 0);
  fail_unless_equals_int (params.padding, 8);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_answers_where_downstream_could_not)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  guint size, min;

  propose (allocator, query, 4);
  assert_only_ours (query, allocator);
  gst_query_parse_nth_allocation_pool (query, 0, NULL, &size, &min, NULL);
  fail_unless_equals_int (size, SIZE);
  fail_unless_equals_int (min, 4);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_each_query_gets_a_pool_of_its_own)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pools[2];

  for (guint i = 0; i < 2; i++) {
    GstQuery *query = new_query (CAPS, TRUE);

    propose (allocator, query, 0);
    gst_query_parse_nth_allocation_pool (query, 0, &pools[i], NULL, NULL, NULL);
    gst_query_unref (query);
  }
  fail_unless (pools[0] != pools[1]);
  gst_object_unref (pools[0]);
  gst_object_unref (pools[1]);
  gst_object_unref (allocator);
}

GST_END_TEST

static const struct {
  const gchar *caps;
  gboolean need_pool;
} without_pool[] = {
  { NULL, TRUE },
  { CAPS, FALSE },
  { "video/x-h264", TRUE },
  { "audio/x-raw,format=S16LE,rate=48000,channels=2", TRUE },
  { "video/x-raw", TRUE },
};

GST_START_TEST (test_proposes_the_allocator_where_no_pool_can_be)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (without_pool[__i__].caps, without_pool[__i__].need_pool);
  GstBufferPool *pool = NULL;

  gst_heap_allocator_propose (GST_HEAP_ALLOCATOR (allocator), query, 1, NULL);
  assert_only_ours (query, allocator);
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, NULL, NULL, NULL);
  fail_unless (pool == NULL);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

/* v4l2 of GStreamer 1.28 proposes a padding of 4 GiB less a frame, and a size of 0. */
GST_START_TEST (test_absurd_wishes_are_not_followed)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  GstAllocationParams params = { .align = G_MAXSIZE, .prefix = G_MAXSIZE, .padding = (guint) -SIZE };
  GstBufferPool *pool;
  GstBuffer *buffer;
  guint size;

  gst_query_add_allocation_param (query, NULL, &params);
  gst_query_add_allocation_pool (query, NULL, 0, 0, 0);
  propose (allocator, query, 0);
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, NULL, NULL);
  fail_unless_equals_int (size, SIZE);
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless_equals_int (heap_fixture_stat (allocator, "bytes-live"), 462848);
  gst_buffer_unref (buffer);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_caps_no_buffer_can_have_are_an_error)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query ("video/x-raw,format=NV12,width=100000,height=100000,framerate=1/1", TRUE);
  GError *error = NULL;

  fail_if (gst_heap_allocator_propose (GST_HEAP_ALLOCATOR (allocator), query, 1, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  assert_only_ours (query, allocator);
  g_clear_error (&error);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_metas_of_downstream_stay)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);

  gst_query_add_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, NULL);
  propose (allocator, query, 0);
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_CROP_META_API_TYPE, NULL));
  fail_if (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL));
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

static Suite *
proposal_suite (void)
{
  Suite *suite = suite_create ("proposal");
  TCase *tcase = heap_fixture_add_case (suite, "proposal");

  tcase_add_test (tcase, test_replaces_what_downstream_offers_and_keeps_what_it_wants);
  tcase_add_test (tcase, test_answers_where_downstream_could_not);
  tcase_add_test (tcase, test_each_query_gets_a_pool_of_its_own);
  tcase_add_loop_test (tcase, test_proposes_the_allocator_where_no_pool_can_be, 0, G_N_ELEMENTS (without_pool));
  tcase_add_test (tcase, test_absurd_wishes_are_not_followed);
  tcase_add_test (tcase, test_caps_no_buffer_can_have_are_an_error);
  tcase_add_test (tcase, test_metas_of_downstream_stay);
  return suite;
}

GST_CHECK_MAIN (proposal)
