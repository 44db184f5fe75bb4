/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The pool that copies are made into: it flushes when upstream does, and when the element stops, in whatever order they
 * tell it. Link with -Wl,--wrap=gst_buffer_pool_set_flushing. */
#include "gst/elements/gstheapoutlet.h"

#include "testing.h"

/* GStreamer's own calls come here, too. */
void __real_gst_buffer_pool_set_flushing (GstBufferPool *pool, gboolean flushing);
__attribute__ ((visibility ("default"))) void __wrap_gst_buffer_pool_set_flushing (
    GstBufferPool *pool, gboolean flushing);

/* Stopped, as by another thread, by whoever is about to tell its pool that the flush is over. */
static GstHeapOutlet *stopped_in_between;

void
__wrap_gst_buffer_pool_set_flushing (GstBufferPool *pool, gboolean flushing)
{
  GstHeapOutlet *outlet = flushing ? NULL : g_steal_pointer (&stopped_in_between);

  if (outlet)
    gst_heap_outlet_stop (outlet);
  __real_gst_buffer_pool_set_flushing (pool, flushing);
}

static GstBufferPool *
new_pool (void)
{
  GstBufferPool *pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, NULL, 16, 0, 0);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  return pool;
}

static void
set_pool (GstHeapOutlet *outlet, GstBufferPool *pool)
{
  GstBufferPool *old = gst_heap_outlet_exchange (outlet, pool);

  if (!old)
    return;
  gst_buffer_pool_set_active (old, FALSE);
  gst_object_unref (old);
}

GST_START_TEST (test_flush_and_stop_count_each)
{
  GstHeapOutlet outlet = { 0 };
  GstBufferPool *pool = new_pool ();

  gst_heap_outlet_init (&outlet);
  set_pool (&outlet, pool);
  gst_heap_outlet_set_flushing (&outlet, TRUE);
  fail_unless (GST_BUFFER_POOL_IS_FLUSHING (pool));
  gst_heap_outlet_set_flushing (&outlet, FALSE);
  fail_if (GST_BUFFER_POOL_IS_FLUSHING (pool));

  gst_heap_outlet_stop (&outlet);
  gst_heap_outlet_set_flushing (&outlet, TRUE);
  gst_heap_outlet_set_flushing (&outlet, FALSE);
  fail_unless (GST_BUFFER_POOL_IS_FLUSHING (pool));
  pool = new_pool ();
  set_pool (&outlet, pool);
  fail_unless (GST_BUFFER_POOL_IS_FLUSHING (pool));
  gst_heap_outlet_start (&outlet);
  fail_if (GST_BUFFER_POOL_IS_FLUSHING (pool));

  set_pool (&outlet, NULL);
  gst_heap_outlet_clear (&outlet);
}
GST_END_TEST

GST_START_TEST (test_stop_at_the_end_of_a_flush_is_not_lost)
{
  GstHeapOutlet outlet = { 0 };
  GstBufferPool *pool = new_pool ();

  gst_heap_outlet_init (&outlet);
  set_pool (&outlet, pool);
  gst_heap_outlet_set_flushing (&outlet, TRUE);
  stopped_in_between = &outlet;
  gst_heap_outlet_set_flushing (&outlet, FALSE);
  fail_unless (stopped_in_between == NULL);
  fail_unless (GST_BUFFER_POOL_IS_FLUSHING (pool));
  set_pool (&outlet, NULL);
  gst_heap_outlet_clear (&outlet);
}
GST_END_TEST

static Suite *
outlet_suite (void)
{
  Suite *suite = suite_create ("outlet");
  TCase *tcase = test_case_new (suite, "outlet", test_setup);

  tcase_add_test (tcase, test_flush_and_stop_count_each);
  tcase_add_test (tcase, test_stop_at_the_end_of_a_flush_is_not_lost);
  return suite;
}

GST_CHECK_MAIN (outlet)
