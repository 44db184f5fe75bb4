/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the tool makes of its measurements: its pure functions. */
#include "gst/tools/compare.h"
#include "gst/tools/probe-device.h"
#include "gst/tools/probe-largest.h"
#include "gst/tools/probe-memory.h"
#include "gst/tools/statistics.h"

#include <string.h>

static void
test_spread_is_the_median_and_the_quartiles (void)
{
  gdouble odd[] = { 5, 1, 4, 2, 3 }, one[] = { 7 };
  ToolSpread spread = tool_spread (odd, G_N_ELEMENTS (odd));

  g_assert_cmpfloat (spread.low, ==, 2);
  g_assert_cmpfloat (spread.median, ==, 3);
  g_assert_cmpfloat (spread.high, ==, 4);
  spread = tool_spread (one, 1);
  g_assert_cmpfloat (spread.low, ==, 7);
  g_assert_cmpfloat (spread.high, ==, 7);
}

static void
test_percentile_is_of_the_nearest_rank (void)
{
  gdouble values[200];

  for (guint i = 0; i < 200; i++)
    values[i] = 200 - i;
  g_assert_cmpfloat (tool_percentile (values, 200, 50), ==, 100);
  g_assert_cmpfloat (tool_percentile (values, 200, 99), ==, 198);
  g_assert_cmpfloat (tool_percentile (values, 200, 100), ==, 200);
  g_assert_cmpfloat (tool_percentile (values, 200, 0), ==, 1);
  g_assert_cmpfloat (tool_percentile (values, 10, 99), ==, 10);
  g_assert_cmpfloat (tool_percentile (values, 1, 50), ==, 1);
}

/* With room for so many bytes in one piece. Returns: what is found */
static gsize
search (gsize bound, gsize unit, gsize room, guint *ret_n)
{
  ProbeLargest largest;
  gsize size;

  probe_largest_begin (&largest, bound, unit);
  for (*ret_n = 0; (size = probe_largest_next (&largest)) > 0; (*ret_n)++) {
    g_assert_cmpuint (size, <=, bound);
    g_assert_cmpuint (size % unit, ==, 0);
    probe_largest_note (&largest, size <= room);
  }
  return probe_largest_get (&largest);
}

static void
test_largest_is_found_by_halving (void)
{
  guint n;

  g_assert_cmpuint (search (1 << 20, 4096, 1 << 20, &n), ==, 1 << 20);
  g_assert_cmpuint (n, ==, 1);
  for (gsize room = 0; room <= 64 * 4096; room += 4096)
    g_assert_cmpuint (search (64 * 4096, 4096, room, &n), ==, room);
  g_assert_cmpuint (search (4095, 4096, 4096, &n), ==, 0);
  g_assert_cmpuint (n, ==, 0);
  /* Exact enough, in few tries, however large the bound. */
  g_assert_cmpuint (search (G_MAXSSIZE, 4096, 1, &n), ==, 0);
  g_assert_cmpuint (n, <=, 16);
}

static void
test_slow_reads_are_of_memory_that_is_not_cached (void)
{
  g_assert_cmpint (probe_judge_cached (&(ProbeRate){ 10e9, 10e9 }), ==, GST_HEAP_ANSWER_YES);
  g_assert_cmpint (probe_judge_cached (&(ProbeRate){ 6e9, 10e9 }), ==, GST_HEAP_ANSWER_YES);
  g_assert_cmpint (probe_judge_cached (&(ProbeRate){ 3e9, 10e9 }), ==, GST_HEAP_ANSWER_UNKNOWN);
  g_assert_cmpint (probe_judge_cached (&(ProbeRate){ 0.2e9, 10e9 }), ==, GST_HEAP_ANSWER_NO);
  g_assert_cmpint (probe_judge_cached (&(ProbeRate){ 0, 10e9 }), ==, GST_HEAP_ANSWER_UNKNOWN);
}

static void
test_rates_are_of_all_bytes_and_writing_fills (void)
{
  guint8 memory[4096 + 8] = { 0 };
  ProbeRate rate = probe_read_rate (memory, 4096, 1);

  g_assert_cmpfloat (rate.heap, >, 0);
  g_assert_cmpfloat (rate.malloc, >, 0);
  g_assert_cmpuint (probe_find_nonzero (memory, sizeof memory), ==, sizeof memory);
  probe_write_rate (memory, 4096, 1);
  g_assert_cmpuint (probe_find_nonzero (memory + 4096, 8), ==, 8);
  memset (memory, 0, 4095);
  g_assert_cmpuint (probe_find_nonzero (memory, sizeof memory), ==, 4095);
}

static void
assert_judged (guint n_tried, guint n_refused, ProbeWitness witness, GstHeapAnswer promised, GstHeapAnswer expected)
{
  ProbeImports imports = { n_tried, n_refused, (gchar *) "Bad address" };
  g_autofree gchar *evidence = NULL;

  g_assert_cmpint (probe_judge_contiguous (&imports, &witness, promised, &evidence), ==, expected);
  g_assert_nonnull (evidence);
}

static void
test_a_device_tells_by_what_it_takes_and_what_not (void)
{
  const ProbeWitness picky = { TRUE, TRUE }, anything = { TRUE, FALSE }, nothing = { FALSE, TRUE };
  const GstHeapAnswer unknown = GST_HEAP_ANSWER_UNKNOWN, no = GST_HEAP_ANSWER_NO, yes = GST_HEAP_ANSWER_YES;

  assert_judged (4, 0, picky, yes, yes);
  assert_judged (4, 0, picky, unknown, yes);
  assert_judged (4, 0, picky, no, unknown); /* luck */
  assert_judged (4, 4, picky, no, no);
  assert_judged (4, 1, picky, yes, no);
  assert_judged (4, 1, nothing, yes, no); /* it took the others */
  assert_judged (4, 4, nothing, yes, unknown);
  assert_judged (4, 0, anything, yes, unknown);
  assert_judged (0, 0, picky, yes, unknown);
}

/* Something that takes so long, until it has been done so often. */
typedef struct {
  guint microseconds, n_possible, n_done;
} Work;

static gboolean
work (gpointer data, guint n)
{
  Work *self = data;

  g_usleep ((gulong) self->microseconds * n);
  self->n_done += n;
  return self->n_done <= self->n_possible;
}

static void
test_what_takes_ten_times_as_long_has_that_ratio (void)
{
  Work quick = { 1000, G_MAXUINT, 0 }, slow = { 10000, G_MAXUINT, 0 };
  const BenchSide ours = { "slow", work, &slow, NULL }, peer = { "quick", work, &quick, NULL };
  BenchTimes times;

  g_assert_true (bench_compare (&ours, &peer, CLOCK_MONOTONIC, 5, 20, &times));
  g_assert_cmpuint (times.n_pairs, ==, 5);
  g_assert_cmpfloat (times.ratio.median, >, 4);
  g_assert_cmpfloat (times.ratio.median, <, 25);
  g_assert_cmpfloat (times.ours.low, >=, 10e6);
  g_assert_cmpfloat (times.peer.low, >=, 1e6);
}

static void
test_what_fails_has_no_figures (void)
{
  for (guint n_possible = 0; n_possible < 40; n_possible += 13) {
    Work good = { 100, G_MAXUINT, 0 }, bad = { 100, n_possible, 0 };
    const BenchSide ours = { "good", work, &good, NULL }, peer = { "bad", work, &bad, NULL };
    BenchTimes times;

    g_assert_false (bench_compare (&ours, &peer, CLOCK_MONOTONIC, 100, 1, &times));
    g_assert_false (bench_compare (&peer, &ours, CLOCK_MONOTONIC, 100, 1, &times));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/statistics/spread", test_spread_is_the_median_and_the_quartiles);
  g_test_add_func ("/statistics/percentile", test_percentile_is_of_the_nearest_rank);
  g_test_add_func ("/probe/largest", test_largest_is_found_by_halving);
  g_test_add_func ("/probe/cached", test_slow_reads_are_of_memory_that_is_not_cached);
  g_test_add_func ("/probe/rates", test_rates_are_of_all_bytes_and_writing_fills);
  g_test_add_func ("/probe/contiguous", test_a_device_tells_by_what_it_takes_and_what_not);
  g_test_add_func ("/compare/ratio", test_what_takes_ten_times_as_long_has_that_ratio);
  g_test_add_func ("/compare/failure", test_what_fails_has_no_figures);
  return g_test_run ();
}
