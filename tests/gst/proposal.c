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

/* A GstVideoMeta that downstream reads, with what it says of the layout. */
static void
add_meta (GstQuery *query, const gchar *params_string)
{
  GstStructure *params = params_string ? gst_structure_from_string (params_string, NULL) : NULL;

  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, params);
  g_clear_pointer (&params, gst_structure_free);
}

/* A buffer of the pool proposed, as who takes it configures it. */
static GstBuffer *
take_buffer (GstQuery *query, gboolean with_meta)
{
  GstStructure *config;
  GstBufferPool *pool;
  GstBuffer *buffer;
  GstCaps *caps;
  guint size;

  gst_query_parse_allocation (query, &caps, NULL);
  gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, NULL, NULL);
  fail_unless (pool != NULL);
  config = gst_buffer_pool_get_config (pool);
  gst_buffer_pool_config_set_params (config, caps, size, 0, 0);
  if (with_meta)
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  return buffer;
}

static const struct {
  const gchar *meta, *layout;
  gint stride;
  gsize chroma;
} layouts[] = {
  { NULL, NULL, 640, 640 * 480 },
  { "video-meta, padding-bottom=(uint)8", NULL, 640, 640 * 488 },
  { "video-meta, padding-bottom=(uint)8, stride-align0=(uint)255, stride-align1=(uint)255", NULL, 768, 768 * 488 },
  { "video-meta, stride-align0=(uint)127", "layout, stride-align=256, height-align=32", 768, 768 * 480 },
  { "video-meta, padding-top=(uint)2", "layout, height-align=32", 640, 640 * 512 + 640 },
  /* What makes no sense is as if it had not been said. */
  { "video-meta, padding-bottom=(uint)4294967295", "layout, stride-align=256", 768, 768 * 480 },
  { "video-meta, stride-align0=(uint)254", NULL, 640, 640 * 480 },
  { "video-meta, padding-bottom=(uint)16000000", NULL, 640, 640 * 480 },
  { "overlay, padding-bottom=(uint)8", NULL, 640, 640 * 480 },
};

GST_START_TEST (test_layout_is_what_downstream_and_this_side_want)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  GstHeapLayoutParams *params =
      gst_heap_layout_params_new_from_string (layouts[__i__].layout ? layouts[__i__].layout : "layout", NULL);
  GError *error = NULL;
  GstBuffer *buffer;

  add_meta (query, layouts[__i__].meta);
  fail_unless (gst_heap_allocator_propose_layout (GST_HEAP_ALLOCATOR (allocator), query, 0, params, &error));
  g_assert_no_error (error);
  buffer = take_buffer (query, TRUE);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->stride[0], layouts[__i__].stride);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->offset[1], layouts[__i__].chroma);
  gst_buffer_unref (buffer);
  gst_heap_layout_params_free (params);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Who takes the pool writes by the default layout then. */
GST_START_TEST (test_who_does_not_ask_for_the_meta_gets_the_default_layout)
{
  GstHeapLayoutParams params = { .planes = GST_HEAP_PLANES_SPLIT, .stride_align = { 256, 256 } };
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  GstBuffer *buffer;

  add_meta (query, "video-meta, padding-bottom=(uint)8");
  fail_unless (gst_heap_allocator_propose_layout (GST_HEAP_ALLOCATOR (allocator), query, 0, &params, NULL));
  buffer = take_buffer (query, FALSE);
  fail_if (gst_buffer_get_video_meta (buffer));
  fail_unless_equals_int (gst_buffer_n_memory (buffer), 1);
  fail_unless_equals_int (gst_buffer_get_size (buffer), SIZE);
  gst_buffer_unref (buffer);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_alignment_of_the_pool_downstream_proposed_counts)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  GstBufferPool *pool = gst_video_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstVideoAlignment alignment = { .padding_bottom = 8, .stride_align = { 255, 255 } };
  GstBuffer *buffer;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  gst_buffer_pool_config_set_params (config, caps, SIZE, 0, 0);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &alignment);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  gst_query_add_allocation_pool (query, pool, SIZE, 0, 0);
  gst_object_unref (pool);
  add_meta (query, NULL);

  propose (allocator, query, 0);
  buffer = take_buffer (query, TRUE);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->stride[0], 768);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->offset[1], 768 * 488);
  gst_buffer_unref (buffer);
  gst_query_unref (query);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_layout_downstream_would_misread_is_not_proposed)
{
  GstHeapLayoutParams split = { .planes = GST_HEAP_PLANES_SPLIT };
  GstHeapLayoutParams harmless = { .stride_align = { 64, 64 }, .size_align = 65536 };
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstQuery *query = new_query (CAPS, TRUE);
  GError *error = NULL;
  GstBuffer *buffer;

  fail_if (gst_heap_allocator_propose_layout (GST_HEAP_ALLOCATOR (allocator), query, 0, &split, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED);
  assert_only_ours (query, allocator);
  fail_unless_equals_int (gst_query_get_n_allocation_pools (query), 0);
  g_clear_error (&error);

  fail_unless (gst_heap_allocator_propose_layout (GST_HEAP_ALLOCATOR (allocator), query, 0, &harmless, NULL));
  buffer = take_buffer (query, FALSE);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 524288);
  gst_buffer_unref (buffer);
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
  tcase_add_loop_test (tcase, test_layout_is_what_downstream_and_this_side_want, 0, G_N_ELEMENTS (layouts));
  tcase_add_test (tcase, test_who_does_not_ask_for_the_meta_gets_the_default_layout);
  tcase_add_test (tcase, test_alignment_of_the_pool_downstream_proposed_counts);
  tcase_add_test (tcase, test_layout_downstream_would_misread_is_not_proposed);
  return suite;
}

GST_CHECK_MAIN (proposal)
