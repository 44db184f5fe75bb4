/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A million buffers through a pool that threads share, with all that may happen to buffers and pools: nothing is lost.
 *
 * What happens is random. STRESS_SEED repeats a run as far as its threads allow, STRESS_BUFFERS is for another number
 * of buffers. */
#include "heap-fixture.h"

#include <errno.h>

#define N_BUFFERS 1000000
#define N_THREADS 4
#define N_HELD 6 /* by each thread, at most */
#define MAX_BUFFERS 12
#define SIZE (2 * HEAP_FIXTURE_PAGE)

typedef struct {
  GstBufferPool *pool;
  GstAllocator *allocator;
  gint n_left;        /* atomic: buffers to be taken */
  gint n_starved;     /* atomic: waits of five seconds */
  gint n_failed;      /* atomic: errors that were not arranged */
  gboolean may_fail;  /* whether calls are made to fail */
  gint n_failures;    /* atomic: of these, what acquiring returned */
  gboolean may_flush; /* whether the pool is flushed and stopped */
  gint n_flushes;     /* atomic: what acquiring returned for that */
} Stress;

typedef struct {
  Stress *stress;
  GRand *random;
  GstBuffer *held[N_HELD];
} Worker;

static guint
number_from_environment (const gchar *name, guint otherwise)
{
  const gchar *text = g_getenv (name);

  return text ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
map_for (GstBuffer *buffer, GstMapFlags flags)
{
  GstMapInfo map;

  /* A SYNC may be made to fail. */
  if (!gst_buffer_map (buffer, &map, flags))
    return;
  fail_unless_equals_int (map.size, SIZE);
  if (flags & GST_MAP_WRITE)
    map.data[0]++;
  gst_buffer_unmap (buffer, &map);
}

/* A copy shares the memory: which of both is given back first is random, and that memory does not go to the next
 * meanwhile. */
static GstBuffer *
copy_or_rewrite (Worker *worker, GstBuffer *buffer)
{
  GstBuffer *copy;

  if (g_rand_boolean (worker->random)) {
    copy = gst_buffer_copy (buffer);
    gst_buffer_unref (buffer);
    return copy;
  }
  copy = gst_buffer_ref (buffer);
  buffer = gst_buffer_make_writable (buffer);
  fail_unless (buffer != copy);
  GST_BUFFER_PTS (buffer) = 1;
  gst_buffer_unref (copy);
  return buffer;
}

/* What elements do to a buffer, and what makes it unfit to come back. */
static GstBuffer *
use (Worker *worker, GstBuffer *buffer)
{
  switch (g_rand_int_range (worker->random, 0, 32)) {
    case 0:
      return copy_or_rewrite (worker, buffer);
    case 1:
      map_for (buffer, GST_MAP_READ);
      break;
    case 2:
      map_for (buffer, GST_MAP_READWRITE);
      break;
    case 3:
      gst_buffer_resize (buffer, 16, 100);
      break;
    case 4:
      if (g_rand_int_range (worker->random, 0, 16) == 0)
        gst_buffer_append_memory (buffer, gst_allocator_alloc (NULL, 10, NULL));
      break;
    case 5:
      if (g_rand_int_range (worker->random, 0, 16) == 0)
        gst_memory_unref (gst_buffer_get_memory (buffer, 0));
      break;
    default:
      break;
  }
  return buffer;
}

static void
count_flow (Stress *stress, GstFlowReturn flow)
{
  if (flow == GST_FLOW_FLUSHING && stress->may_flush)
    g_atomic_int_inc (&stress->n_flushes);
  else if (flow == GST_FLOW_ERROR && stress->may_fail)
    g_atomic_int_inc (&stress->n_failures);
  else
    g_atomic_int_inc (&stress->n_failed);
}

/* Threads that each hold all but one of their share never wait for each other for ever. */
static void
take (Worker *worker, guint slot)
{
  GstBufferPoolAcquireParams no_wait = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  Stress *stress = worker->stress;
  gboolean holds_none = TRUE, may_wait;
  GstBuffer *buffer = NULL;
  GstFlowReturn flow;

  for (guint i = 0; i < N_HELD; i++)
    holds_none &= worker->held[i] == NULL;
  may_wait = holds_none && g_rand_int_range (worker->random, 0, 4) > 0;
  flow = gst_buffer_pool_acquire_buffer (stress->pool, &buffer, may_wait ? NULL : &no_wait);
  if (flow == GST_FLOW_OK) {
    fail_unless_equals_int (gst_buffer_get_size (buffer), SIZE);
    fail_unless (GST_BUFFER_PTS (buffer) == GST_CLOCK_TIME_NONE);
    worker->held[slot] = use (worker, buffer);
    g_atomic_int_add (&stress->n_left, -1);
    return;
  }
  fail_unless (buffer == NULL);
  if (flow != GST_FLOW_EOS || may_wait)
    count_flow (stress, flow);
  g_thread_yield ();
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;

  while (g_atomic_int_get (&worker->stress->n_left) > 0) {
    guint slot = g_rand_int_range (worker->random, 0, N_HELD);

    if (worker->held[slot])
      g_clear_pointer (&worker->held[slot], gst_buffer_unref);
    else
      take (worker, slot);
  }
  for (guint i = 0; i < N_HELD; i++)
    g_clear_pointer (&worker->held[i], gst_buffer_unref);
  return NULL;
}

/* A pool that does not start keeps its threads from going on: try as long as a failure is in the way. */
static void
restart (Stress *stress)
{
  fail_unless (gst_buffer_pool_set_active (stress->pool, FALSE));
  while (!gst_buffer_pool_set_active (stress->pool, TRUE))
    fail_unless (stress->may_fail);
}

static void
disturb_once (Stress *stress, GRand *random)
{
  static const enum fake_call calls[] = { FAKE_HEAP_ALLOC, FAKE_MMAP, FAKE_DMABUF_SYNC };
  static const int errors[] = { ENOMEM, EMFILE, EIO };
  guint what = g_rand_int_range (random, 0, 4);

  if (what == 0 && stress->may_flush) {
    gst_buffer_pool_set_flushing (stress->pool, TRUE);
    g_thread_yield ();
    gst_buffer_pool_set_flushing (stress->pool, FALSE);
  } else if (what == 1 && stress->may_flush) {
    restart (stress);
  } else if (stress->may_fail && fake_armed () == 0) {
    fake_fail (calls[g_rand_int_range (random, 0, G_N_ELEMENTS (calls))], g_rand_int_range (random, 1, 4),
        errors[g_rand_int_range (random, 0, G_N_ELEMENTS (errors))]);
  }
}

static void
disturb (Stress *stress, GRand *random)
{
  while (g_atomic_int_get (&stress->n_left) > 0) {
    if (stress->may_flush || stress->may_fail)
      disturb_once (stress, random);
    g_usleep (500);
  }
  fake_disarm ();
}

static void
note_starved (GstBufferPool *pool, guint n_buffers, Stress *stress)
{
  g_atomic_int_inc (&stress->n_starved);
}

/* The threads get seeds of their own from one. */
static void
run_threads (Stress *stress)
{
  guint seed = number_from_environment ("STRESS_SEED", g_random_int ());
  GRand *random = g_rand_new_with_seed (seed);
  Worker workers[N_THREADS] = { 0 };
  GThread *threads[N_THREADS];

  g_print ("STRESS_SEED=%u\n", seed);
  for (guint i = 0; i < N_THREADS; i++) {
    workers[i].stress = stress;
    workers[i].random = g_rand_new_with_seed (g_rand_int (random));
    threads[i] = g_thread_new ("stress", work, &workers[i]);
  }
  disturb (stress, random);
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
    g_rand_free (workers[i].random);
  }
  g_rand_free (random);
}

/* All that was taken has come back: what lies in the pool is all there is, and nothing is left when it stops. */
static void
assert_nothing_is_lost (Stress *stress)
{
  guint64 n_memories = heap_fixture_stat (stress->allocator, "memories");

  fail_unless (n_memories <= MAX_BUFFERS, "%" G_GUINT64_FORMAT " memories", n_memories);
  fail_unless_equals_int (fake_open_buffers ("system"), n_memories);
  fail_unless_equals_int (stress->n_starved, 0);
  fail_unless_equals_int (stress->n_failed, 0);
  fail_unless (gst_buffer_pool_set_active (stress->pool, FALSE));
  fail_unless_equals_uint64 (heap_fixture_stat (stress->allocator, "memories"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (stress->allocator, "bytes-live"), 0);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  fail_unless_equals_int (fake_mappings (), 0);
}

static const struct {
  const gchar *what;
  gboolean may_fail, may_flush;
  guint share; /* of the buffers, in percent */
} runs[] = {
  { "threads alone", FALSE, FALSE, 40 },
  { "flushes and restarts", FALSE, TRUE, 30 },
  { "flushes, restarts and failing calls", TRUE, TRUE, 30 },
};

GST_START_TEST (test_nothing_is_lost)
{
  guint n_buffers = number_from_environment ("STRESS_BUFFERS", N_BUFFERS) / 100 * runs[__i__].share;
  Stress stress = { .n_left = n_buffers, .may_fail = runs[__i__].may_fail, .may_flush = runs[__i__].may_flush };
  gint64 begin = g_get_monotonic_time ();

  stress.allocator = heap_fixture_allocator ("system");
  stress.pool = heap_fixture_pool (stress.allocator, "application/x-test", SIZE, 2, MAX_BUFFERS);
  g_signal_connect (stress.pool, "starved", G_CALLBACK (note_starved), &stress);
  run_threads (&stress);
  g_print ("%s: %u buffers in %.1f s; %d times flushing, %d errors\n", runs[__i__].what, n_buffers,
      (g_get_monotonic_time () - begin) / (gdouble) G_USEC_PER_SEC, stress.n_flushes, stress.n_failures);
  assert_nothing_is_lost (&stress);
  gst_object_unref (stress.pool);
  gst_object_unref (stress.allocator);
}

GST_END_TEST

static Suite *
stress_suite (void)
{
  Suite *suite = suite_create ("stress");
  TCase *tcase = heap_fixture_add_case (suite, "stress");

  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_nothing_is_lost, 0, G_N_ELEMENTS (runs));
  return suite;
}

GST_CHECK_MAIN (stress)
