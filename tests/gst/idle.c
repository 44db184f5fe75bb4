/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The idle buffers of a pool: their order, more of them than the ring has room for, and that who waits is woken. */
#include "gst/heaps/gstheapidle.h"

#include <gst/check/gstcheck.h>

#define N_THREADS 4
#define N_ROUNDS 20000 /* of each thread */
#define FOR_EVER (20 * G_USEC_PER_SEC)

static GstHeapIdle idle;

static void
setup (void)
{
  memset (&idle, 0, sizeof idle);
  gst_heap_idle_init (&idle);
}

static void
put_new (guint n)
{
  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = gst_buffer_new ();

    GST_BUFFER_OFFSET (buffer) = i;
    gst_heap_idle_put (&idle, buffer);
  }
}

/* All that are there, once each. Returns: how many they were */
static guint
take_all (gboolean in_order)
{
  guint64 seen[4] = { 0 };
  GstBuffer *buffer;
  guint n, count;

  for (n = 0; (buffer = gst_heap_idle_take (&idle, &count)); n++) {
    guint number = GST_BUFFER_OFFSET (buffer);

    fail_unless (!in_order || number == n);
    fail_if (seen[number / 64] & (G_GUINT64_CONSTANT (1) << number % 64));
    seen[number / 64] |= G_GUINT64_CONSTANT (1) << number % 64;
    gst_buffer_unref (buffer);
  }
  return n;
}

GST_START_TEST (test_what_came_first_is_taken_first)
{
  put_new (5);
  fail_unless_equals_int (take_all (TRUE), 5);
  gst_heap_idle_clear (&idle);
}

GST_END_TEST

GST_START_TEST (test_there_is_room_for_any_number)
{
  for (guint n = RING_SIZE - 1; n < 4 * RING_SIZE; n += RING_SIZE / 2) {
    put_new (n);
    fail_unless_equals_int (take_all (TRUE), n);
  }
  gst_heap_idle_clear (&idle);
}

GST_END_TEST

/* A wake-up that is lost is a wait that ends with its time. Who yields makes the others wait. */
static gpointer
take_and_put (gpointer data)
{
  for (guint i = 0; i < N_ROUNDS; i++) {
    GstBuffer *buffer;
    guint count;

    while (!(buffer = gst_heap_idle_take (&idle, &count)))
      fail_unless (gst_heap_idle_wait (&idle, count, FOR_EVER), "nobody was woken");
    if (i % 4 == 0)
      g_thread_yield ();
    gst_heap_idle_put (&idle, buffer);
  }
  return NULL;
}

static const guint n_buffers[] = { 1, 3, RING_SIZE + 1 };

GST_START_TEST (test_who_waits_is_woken)
{
  GThread *threads[N_THREADS];

  put_new (n_buffers[__i__]);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("idle", take_and_put, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  fail_unless_equals_int (take_all (FALSE), n_buffers[__i__]);
  gst_heap_idle_clear (&idle);
}

GST_END_TEST

/* Nobody waits then, so nobody is told. */
GST_START_TEST (test_what_comes_before_the_wait_ends_it)
{
  guint count;

  fail_if (gst_heap_idle_take (&idle, &count));
  put_new (1);
  fail_unless (gst_heap_idle_wait (&idle, count, 1000));
  fail_unless_equals_int (take_all (TRUE), 1);
  gst_heap_idle_clear (&idle);
}

GST_END_TEST

static gpointer
wake_soon (gpointer data)
{
  g_usleep (50 * 1000);
  gst_heap_idle_wake (&idle);
  return NULL;
}

GST_START_TEST (test_wait_ends_without_a_buffer)
{
  GThread *thread;
  guint count;

  fail_if (gst_heap_idle_take (&idle, &count));
  fail_if (gst_heap_idle_wait (&idle, count, 1000));
  thread = g_thread_new ("wake", wake_soon, NULL);
  fail_unless (gst_heap_idle_wait (&idle, count, FOR_EVER));
  g_thread_join (thread);
  /* What was told since is not waited for. */
  fail_unless (gst_heap_idle_wait (&idle, count, FOR_EVER));
  gst_heap_idle_clear (&idle);
}

GST_END_TEST

static Suite *
idle_suite (void)
{
  Suite *suite = suite_create ("idle");
  TCase *tcase = tcase_create ("idle");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, setup, NULL);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_what_came_first_is_taken_first);
  tcase_add_test (tcase, test_there_is_room_for_any_number);
  tcase_add_loop_test (tcase, test_who_waits_is_woken, 0, G_N_ELEMENTS (n_buffers));
  tcase_add_test (tcase, test_what_comes_before_the_wait_ends_it);
  tcase_add_test (tcase, test_wait_ends_without_a_buffer);
  return suite;
}

GST_CHECK_MAIN (idle)
