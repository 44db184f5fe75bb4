/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One thing measured beside another. */
#include "compare.h"

#define MAX_RUNS (1 << 28)

BenchCase *
bench_case_new (gchar *name)
{
  BenchCase *self = g_new0 (BenchCase, 1);

  self->name = name;
  self->clock = CLOCK_PROCESS_CPUTIME_ID;
  for (guint i = 0; i < N_CALL_KINDS; i++)
    self->max_calls[i] = BENCH_NO_LIMIT;
  return self;
}

static void
clear_side (BenchSide *side)
{
  if (side->data && side->free_data)
    side->free_data (side->data);
}

void
bench_case_free (BenchCase *self)
{
  clear_side (&self->ours);
  clear_side (&self->peer);
  g_free (self->name);
  g_free (self);
}

void
bench_case_forbid_calls (BenchCase *self)
{
  for (guint i = 0; i < N_CALL_KINDS; i++)
    self->max_calls[i] = 0;
}

static gdouble
now (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (gdouble) time.tv_sec * 1e9 + (gdouble) time.tv_nsec;
}

/* Nanoseconds for n times. */
static gdouble
measure (clockid_t clock, const BenchSide *side, guint n)
{
  gdouble begin = now (clock);

  side->run (side->data, n);
  return now (clock) - begin;
}

/* How often it is done in so many milliseconds. The first time may take a hundred times as long as those that follow,
 * and anything may come between: of two times the shorter one counts. */
static guint
calibrate (clockid_t clock, const BenchSide *side, guint milliseconds)
{
  gdouble wanted = milliseconds * 1e6, taken = 0;
  guint n = 1;

  side->run (side->data, 1);
  for (;;) {
    taken = MIN (measure (clock, side, n), measure (clock, side, n));
    if (taken >= wanted / 4 || n >= MAX_RUNS)
      break;
    n *= 2;
  }
  return CLAMP (n * (wanted / taken), 1, MAX_RUNS);
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

static BenchSpread
spread_of (gdouble *values, guint n)
{
  qsort (values, n, sizeof values[0], compare_numbers);
  return (BenchSpread){ values[n / 4], values[n / 2], values[n - 1 - n / 4] };
}

void
bench_compare (BenchCase *self, guint n_pairs, guint milliseconds, BenchTimes *ret_times)
{
  const BenchSide *sides[] = { &self->ours, &self->peer };
  gdouble *times[] = { g_new (gdouble, n_pairs), g_new (gdouble, n_pairs) };
  gdouble *ratios = g_new (gdouble, n_pairs);
  guint n[2];

  for (guint i = 0; i < 2; i++)
    n[i] = calibrate (self->clock, sides[i], milliseconds);
  for (guint i = 0; i < n_pairs; i++) {
    for (guint turn = 0; turn < 2; turn++) {
      guint which = (turn + i) % 2;

      times[which][i] = measure (self->clock, sides[which], n[which]) / n[which];
    }
    ratios[i] = times[0][i] / times[1][i];
  }
  *ret_times =
      (BenchTimes){ spread_of (times[0], n_pairs), spread_of (times[1], n_pairs), spread_of (ratios, n_pairs) };
  g_free (times[0]);
  g_free (times[1]);
  g_free (ratios);
}
