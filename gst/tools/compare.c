/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How long one thing takes beside another. */
#include "compare.h"

#include "interrupt.h"

#define MAX_RUNS (1 << 28)

void
bench_side_clear (BenchSide *side)
{
  if (side->data && side->free_data)
    side->free_data (side->data);
  side->data = NULL;
}

static gdouble
now (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (gdouble) time.tv_sec * 1e9 + (gdouble) time.tv_nsec;
}

/* Nanoseconds for n times. */
static gboolean
measure (clockid_t clock, const BenchSide *side, guint n, gdouble *ret_taken)
{
  gdouble begin = now (clock);
  gboolean is_done = side->run (side->data, n);

  *ret_taken = MAX (now (clock) - begin, 1);
  return is_done;
}

/* How often it is done in so many milliseconds. The first time may take a hundred times as long as those that follow,
 * and anything may come between: of two times the shorter one counts. 0: it cannot be done. */
static guint
calibrate (clockid_t clock, const BenchSide *side, guint milliseconds)
{
  gdouble wanted = milliseconds * 1e6, first, second, taken;
  guint n = 1;

  if (!side->run (side->data, 1))
    return 0;
  for (;;) {
    if (tool_interrupted () || !measure (clock, side, n, &first) || !measure (clock, side, n, &second))
      return 0;
    taken = MIN (first, second);
    if (taken >= wanted / 4 || n >= MAX_RUNS)
      break;
    n *= 2;
  }
  return CLAMP (n * (wanted / taken), 1, MAX_RUNS);
}

/* Of pair number i. */
static gboolean
measure_pair (clockid_t clock, const BenchSide *const *sides, const guint *n, guint i, gdouble *times[2])
{
  for (guint turn = 0; turn < 2; turn++) {
    guint which = (turn + i) % 2;

    if (!measure (clock, sides[which], n[which], &times[which][i]))
      return FALSE;
    times[which][i] /= n[which];
  }
  return TRUE;
}

gboolean
bench_compare (const BenchSide *ours, const BenchSide *peer, clockid_t clock, guint n_pairs, guint milliseconds,
    BenchTimes *ret_times)
{
  const BenchSide *sides[] = { ours, peer };
  g_autofree gdouble *our_times = g_new (gdouble, n_pairs);
  g_autofree gdouble *peer_times = g_new (gdouble, n_pairs);
  g_autofree gdouble *ratios = g_new (gdouble, n_pairs);
  gdouble *times[] = { our_times, peer_times };
  guint n[] = { calibrate (clock, ours, milliseconds), calibrate (clock, peer, milliseconds) };
  guint i = 0;

  if (n[0] == 0 || n[1] == 0)
    return FALSE;
  for (; i < n_pairs && !(i > 0 && tool_interrupted ()); i++) {
    if (!measure_pair (clock, sides, n, i, times))
      return FALSE;
    ratios[i] = our_times[i] / peer_times[i];
  }
  *ret_times = (BenchTimes){ tool_spread (our_times, i), tool_spread (peer_times, i), tool_spread (ratios, i), i };
  return TRUE;
}
