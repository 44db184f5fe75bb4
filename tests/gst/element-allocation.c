/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the selection of any element makes of an ALLOCATION query: the element of examples/heapsource.c, and a sink. */
#include "testing.h"

#include <gst/base/gstbasesink.h>

#define CAPS "video/x-raw,format=NV12,width=64,height=48,framerate=30/1"
#define SIZE (64 * 48 * 3 / 2)

GType heap_source_get_type (void); /* of examples/heapsource.c */

/* A sink that keeps two buffers, and has the four properties. */
typedef GstBaseSink HeapSink;
typedef GstBaseSinkClass HeapSinkClass;
static GType heap_sink_get_type (void);
G_DEFINE_TYPE (HeapSink, heap_sink, GST_TYPE_BASE_SINK)

static gboolean
heap_sink_propose_allocation (GstBaseSink *sink, GstQuery *query)
{
  return gst_heap_element_propose_allocation (GST_ELEMENT (sink), query, 2);
}

static void
heap_sink_class_init (HeapSinkClass *klass)
{
  static GstStaticPadTemplate template =
      GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &template);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Sink", "Sink", "Keeps buffers", "gst-heaps");
  klass->propose_allocation = heap_sink_propose_allocation;
  gst_heap_element_class_install_properties (GST_ELEMENT_CLASS (klass));
}

static void
heap_sink_init (HeapSink *self)
{
}

static void
setup (void)
{
  test_setup ();
  gst_element_register (NULL, "heapsource", GST_RANK_NONE, heap_source_get_type ());
  gst_element_register (NULL, "heapsink", GST_RANK_NONE, heap_sink_get_type ());
}

static void
setup_bare (void)
{
  test_setup_bare ();
  setup ();
  fake_reset ();
}

/* Plays description, whose last element is called sink, and looks where the frames are; heap NULL: in system memory. */
static void
assert_plays_in (GstElement *pipeline, const gchar *heap)
{
  TestWatch *watch = test_watch_new (pipeline, "sink", "sink", heap ? heap : "none", FALSE);

  test_play_to_eos (pipeline);
  if (heap)
    test_watch_assert_in_heap (watch, 5);
  else
    fail_unless_equals_int (watch->n_elsewhere, 5);
  gst_element_set_state (pipeline, GST_STATE_READY);
  fail_unless_equals_int (fake_open_fds (), 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

static const struct {
  const gchar *pipeline, *heap;
} playing[] = {
  { "heapsource num-buffers=5 heap-name=default_cma_region ! fakesink name=sink", "default_cma_region" },
  { "heapsource num-buffers=5 heap-require=contiguous ! " CAPS " ! fakesink name=sink", "default_cma_region" },
  { "heapsource num-buffers=5 heap-name=\"\" ! fakesink name=sink", "system" },
  { "heapsource num-buffers=5 heap-name=process ! fakesink name=sink", "process" },
  { "heapsource num-buffers=5 ! fakesink name=sink", NULL },
  { "heapsource num-buffers=5 heap-name=system ! queue ! tee ! queue ! fakevideosink name=sink", "system" },
  { "heapsource num-buffers=5 heap-name=system ! heapupload heap-name=system require-zero-copy=true "
    "! fakesink name=sink",
      "system" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! heapsink name=sink heap-require=contiguous", "default_cma_region" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! queue ! heapsink name=sink heap-name=system", "system" },
  { "videotestsrc num-buffers=5 ! " CAPS " ! heapsink name=sink", NULL },
  { "heapsource num-buffers=5 ! heapsink name=sink heap-name=system", "system" },
};

GST_START_TEST (test_frames_are_in_the_heap_selected)
{
  assert_plays_in (test_pipeline_new ("%s", playing[__i__].pipeline), playing[__i__].heap);
}
GST_END_TEST

GST_START_TEST (test_frames_are_where_the_context_or_the_environment_says)
{
  const gchar *pipelines[] = { "bin.( heapsource num-buffers=5 ) ! fakesink name=sink",
    "videotestsrc num-buffers=5 ! " CAPS " ! heapsink name=sink" };
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("heap-require=contiguous", NULL);
  GstContext *context = gst_heap_selection_to_context (selection);

  for (guint i = 0; i < G_N_ELEMENTS (pipelines); i++) {
    GstElement *pipeline = test_pipeline_new ("%s", pipelines[i]);

    g_setenv ("GST_HEAPS", "system", TRUE);
    gst_element_set_context (pipeline, context);
    assert_plays_in (pipeline, "default_cma_region");
    assert_plays_in (test_pipeline_new ("%s", pipelines[i]), "system");
    g_unsetenv ("GST_HEAPS");
    assert_plays_in (test_pipeline_new ("%s", pipelines[i]), NULL);
  }
  gst_context_unref (context);
  gst_heap_selection_unref (selection);
}
GST_END_TEST

static const struct {
  const gchar *properties, *part;
  gint code;
} errors[] = {
  { "heap-require=contigous", "\"contigous\"", GST_RESOURCE_ERROR_SETTINGS },
  { "heap-name=absent", "absent", GST_RESOURCE_ERROR_NOT_FOUND },
  { "heap-name=system heap-require=contiguous", "contiguous is required", GST_RESOURCE_ERROR_NOT_FOUND },
};

static GstElement *
element_new (const gchar *format, const gchar *properties)
{
  gchar *text = g_strdup_printf (format, properties);
  GstElement *element = gst_parse_launch_full (text, NULL, GST_PARSE_FLAG_NONE, NULL);

  g_free (text);
  return gst_object_ref_sink (element);
}

static GstQuery *
query_new (const gchar *caps_text)
{
  GstCaps *caps = gst_caps_from_string (caps_text);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);

  gst_caps_unref (caps);
  return query;
}

static void
assert_posts (GstBus *bus, gint code, const gchar *part)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  GError *error;

  fail_unless (message, "no error was posted");
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, code), "%d: %s", error->code, error->message);
  fail_unless (strstr (error->message, part), "\"%s\" is not in: %s", part, error->message);
  g_error_free (error);
  gst_message_unref (message);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
}

/* Takes bus and element. */
static void
element_free (GstElement *element, GstBus *bus)
{
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

static GstBus *
add_bus (GstElement *element)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  return bus;
}

GST_START_TEST (test_what_cannot_be_had_is_an_error_of_the_element)
{
  GstElement *source = element_new ("heapsource %s", errors[__i__].properties);
  GstQuery *query = query_new (CAPS);
  GstBus *bus = add_bus (source);

  fail_if (gst_heap_element_decide_allocation (source, query));
  assert_posts (bus, errors[__i__].code, errors[__i__].part);
  fail_if (gst_heap_element_propose_allocation (source, query, 0));
  assert_posts (bus, errors[__i__].code, errors[__i__].part);
  fail_unless_equals_int (gst_query_get_n_allocation_pools (query), 0);
  fail_unless_equals_int (gst_query_get_n_allocation_params (query), 0);
  gst_query_unref (query);
  element_free (source, bus);
}
GST_END_TEST

/* What is no dma-buf is not called one. */
GST_START_TEST (test_caps_of_another_memory_are_an_error)
{
  GstElement *source = element_new ("heapsource %s", "heap-name=process");
  GstQuery *query = query_new ("video/x-raw(memory:DMABuf),format=NV12,width=64,height=48,framerate=30/1");
  GstBus *bus = add_bus (source);

  fail_if (gst_heap_element_decide_allocation (source, query));
  assert_posts (bus, GST_RESOURCE_ERROR_NOT_FOUND, "memory:DMABuf");
  fail_unless (gst_heap_element_propose_allocation (source, query, 0));
  fail_unless_equals_int (gst_query_get_n_allocation_params (query), 0);
  gst_query_unref (query);
  element_free (source, bus);
}
GST_END_TEST

GST_START_TEST (test_a_full_heap_is_an_error_of_the_element)
{
  GstElement *pipeline = test_pipeline_new ("heapsource heap-name=system ! fakesink");
  gchar *text;

  fake_fail_every (FAKE_HEAP_ALLOC, ENOMEM);
  text = test_play_to_error (pipeline);
  fail_unless (strstr (text, "heap \"system\" does not give"), "%s", text);
  g_free (text);
  fake_disarm ();
  test_pipeline_free (pipeline);
}
GST_END_TEST

/* What downstream offers before the element decides. */
typedef enum
{
  NOTHING,
  SYSTEM,   /* an allocator or pool of heap "system" */
  CMA,      /* of the heap that is asked for */
  CARVED,   /* an allocator of that which divides one buffer */
  UPSTREAM, /* GStreamer's own pool, or its own allocator */
} Offered;

static GstAllocator *
allocator_of (Offered offered)
{
  GstAllocator *allocator, *carved;

  if (offered == NOTHING)
    return NULL;
  if (offered == UPSTREAM)
    return gst_allocator_find (GST_ALLOCATOR_SYSMEM);
  allocator = heap_fixture_allocator (offered == SYSTEM ? "system" : "default_cma_region");
  if (offered != CARVED)
    return allocator;
  carved = gst_heap_allocator_new_carved (
      gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)), 16 * HEAP_FIXTURE_PAGE, NULL);
  gst_object_unref (allocator);
  return carved;
}

static GstBufferPool *
pool_of (Offered offered)
{
  GstAllocator *allocator;
  GstBufferPool *pool;

  if (offered == NOTHING)
    return NULL;
  if (offered == UPSTREAM)
    return gst_video_buffer_pool_new ();
  allocator = allocator_of (offered);
  pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  gst_object_unref (allocator);
  return pool;
}

static const struct {
  Offered pool, allocator;
  gboolean keeps_pool, keeps_allocator;
} offers[] = {
  { NOTHING, NOTHING, FALSE, FALSE },
  { UPSTREAM, UPSTREAM, FALSE, FALSE },
  { UPSTREAM, NOTHING, FALSE, FALSE },
  { SYSTEM, SYSTEM, FALSE, FALSE },
  { CARVED, CARVED, FALSE, FALSE },
  { CMA, CMA, TRUE, TRUE },
  { CMA, NOTHING, TRUE, FALSE },
  { NOTHING, CMA, FALSE, TRUE },
  { UPSTREAM, CMA, FALSE, TRUE },
  { SYSTEM, CMA, FALSE, TRUE },
};

static void
add_offer (GstQuery *query, GstBufferPool *pool, GstAllocator *allocator)
{
  gst_query_add_allocation_pool (query, pool, SIZE + 100, 3, 5);
  if (allocator)
    gst_query_add_allocation_param (query, allocator, NULL);
}

/* That the only pool is the one that was offered, or that it is another. Returns: its heap's name */
static const gchar *
assert_pool (GstQuery *query, GstBufferPool *offered, gboolean is_kept)
{
  GstBufferPool *decided;
  const gchar *heap;
  guint size, min;

  fail_unless_equals_int (gst_query_get_n_allocation_pools (query), 1);
  gst_query_parse_nth_allocation_pool (query, 0, &decided, &size, &min, NULL);
  fail_unless (GST_IS_HEAP_BUFFER_POOL (decided));
  fail_unless_equals_int (decided == offered, is_kept);
  fail_unless_equals_int (size, SIZE + 100);
  fail_unless_equals_int (min, 3);
  heap = gst_heap_get_name (
      gst_heap_allocator_get_heap (gst_heap_buffer_pool_get_allocator (GST_HEAP_BUFFER_POOL (decided))));
  heap = g_intern_string (heap);
  gst_object_unref (decided);
  return heap;
}

static void
assert_allocator (GstQuery *query, GstAllocator *allocator)
{
  GstAllocator *decided = NULL;

  gst_query_parse_nth_allocation_param (query, 0, &decided, NULL);
  fail_unless (decided == allocator);
  gst_clear_object (&decided);
}

GST_START_TEST (test_what_downstream_offers_stays_where_it_will_do)
{
  GstElement *source = element_new ("heapsource %s", "heap-require=contiguous");
  GstBufferPool *pool = pool_of (offers[__i__].pool);
  GstAllocator *allocator = allocator_of (offers[__i__].allocator);
  GstQuery *query = query_new (CAPS);

  add_offer (query, pool, allocator);
  fail_unless (gst_heap_element_decide_allocation (source, query));
  fail_unless_equals_string (assert_pool (query, pool, offers[__i__].keeps_pool), "default_cma_region");
  if (offers[__i__].keeps_allocator)
    assert_allocator (query, allocator);
  gst_query_unref (query);
  gst_clear_object (&pool);
  gst_clear_object (&allocator);
  gst_object_unref (source);
}
GST_END_TEST

static GstAllocator *
decide (GstElement *source, GstQuery **ret_query)
{
  GstAllocator *allocator;

  *ret_query = query_new (CAPS);
  fail_unless (gst_heap_element_decide_allocation (source, *ret_query));
  gst_query_parse_nth_allocation_param (*ret_query, 0, &allocator, NULL);
  gst_object_unref (allocator); /* the query has it */
  return allocator;
}

GST_START_TEST (test_a_new_negotiation_has_the_same_allocator)
{
  GstElement *source = element_new ("heapsource %s", "heap-name=system");
  GstQuery *one, *two, *three;
  GstAllocator *allocator = decide (source, &one);

  fail_unless (decide (source, &two) == allocator);
  g_object_set (source, "heap-name", "reserved", NULL);
  fail_unless (decide (source, &three) != allocator);
  fail_unless (fake_open_fds () > 1);
  gst_query_unref (one);
  gst_query_unref (two);
  gst_query_unref (three);
  fail_unless_equals_int (fake_open_fds (), 0);
  gst_object_unref (source);
}
GST_END_TEST

GST_START_TEST (test_buffers_are_named_after_the_element)
{
  GstElement *pipeline = test_pipeline_new ("heapsource name=100%%camera heap-name=system num-buffers=1 ! fakesink");

  test_play_to_eos (pipeline);
  fail_unless (g_str_has_prefix (fake_last_name (), "100%camera/"), "%s", fake_last_name ());
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_as_many_buffers_are_offered_as_are_kept)
{
  GstElement *sink = element_new ("heapsink %s", "heap-name=system");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstQuery *query = query_new (CAPS);
  guint min;

  gst_pad_set_active (pad, TRUE);
  fail_unless (gst_pad_query (pad, query));
  gst_query_parse_nth_allocation_pool (query, 0, NULL, NULL, &min, NULL);
  fail_unless_equals_int (min, 2);
  gst_query_unref (query);
  gst_pad_set_active (pad, FALSE);
  gst_object_unref (pad);
  gst_object_unref (sink);
}
GST_END_TEST

static void
add_deciding (TCase *deciding)
{
  tcase_add_loop_test (deciding, test_what_cannot_be_had_is_an_error_of_the_element, 0, G_N_ELEMENTS (errors));
  tcase_add_test (deciding, test_a_full_heap_is_an_error_of_the_element);
  tcase_add_loop_test (deciding, test_what_downstream_offers_stays_where_it_will_do, 0, G_N_ELEMENTS (offers));
  tcase_add_test (deciding, test_a_new_negotiation_has_the_same_allocator);
  tcase_add_test (deciding, test_buffers_are_named_after_the_element);
  tcase_add_test (deciding, test_as_many_buffers_are_offered_as_are_kept);
}

static Suite *
element_allocation_suite (void)
{
  Suite *suite = suite_create ("element-allocation");
  TCase *running = test_case_new (suite, "running", setup);

  tcase_add_loop_test (running, test_frames_are_in_the_heap_selected, 0, G_N_ELEMENTS (playing));
  tcase_add_test (running, test_frames_are_where_the_context_or_the_environment_says);
  add_deciding (test_case_new (suite, "deciding", setup));
  tcase_add_test (test_case_new (suite, "bare", setup_bare), test_caps_of_another_memory_are_an_error);
  return suite;
}

GST_CHECK_MAIN (element_allocation)
