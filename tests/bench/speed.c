/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How long an allocator of offsets takes. */
#include "speed.h"

#include "frames.h"

#include <stdlib.h>
#include <time.h>

#define N_PAIRS 2048
#define N_LOOPS 301
/* Twice what is in use, and some for few ranges that are all large. */
#define MEAN_SIZE 1424
#define MORE_UNITS 600000

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Frees any range and allocates another one, N_PAIRS times. What is random is drawn before the clock starts. */
static bool
measure_loop (const struct offsets_kind *kind, void *offsets, struct range *live, uint32_t n_live, double *ret_ns)
{
  static uint32_t chosen[N_PAIRS], sizes[N_PAIRS];
  bool is_ok = true;
  double begin;

  for (uint32_t i = 0; i < N_PAIRS; i++) {
    chosen[i] = frames_draw (n_live);
    sizes[i] = frames_draw_size (8);
  }
  begin = now ();
  for (uint32_t i = 0; i < N_PAIRS && is_ok; i++) {
    kind->free (offsets, &live[chosen[i]]);
    is_ok = kind->alloc (offsets, sizes[i], &live[chosen[i]]);
  }
  *ret_ns = (now () - begin) / N_PAIRS;
  return is_ok;
}

/* Until each range has been replaced twice, the order is that of the beginning. */
static bool
measure_loops (const struct offsets_kind *kind, void *offsets, struct range *live, uint32_t n_live, double *ret_ns)
{
  bool is_ok = true;

  for (uint32_t i = 0; i < n_live && is_ok; i++)
    is_ok = kind->alloc (offsets, frames_draw_size (8), &live[i]);
  for (uint32_t i = 0; i < n_live / N_PAIRS * 2 && is_ok; i++)
    is_ok = measure_loop (kind, offsets, live, n_live, &ret_ns[0]);
  for (uint32_t i = 0; i < N_LOOPS && is_ok; i++)
    is_ok = measure_loop (kind, offsets, live, n_live, &ret_ns[i]);
  return is_ok;
}

bool
speed_measure (const struct offsets_kind *kind, uint32_t n_live, uint64_t seed, struct speed *ret_speed)
{
  static double ns[N_LOOPS];
  struct range *live = calloc (n_live, sizeof *live);
  void *offsets = kind->create (n_live * 2 * MEAN_SIZE + MORE_UNITS);
  bool is_ok = live != NULL && offsets != NULL;

  frames_seed (seed);
  is_ok = is_ok && measure_loops (kind, offsets, live, n_live, ns);
  if (is_ok) {
    qsort (ns, N_LOOPS, sizeof ns[0], compare);
    *ret_speed = (struct speed){ ns[0], ns[N_LOOPS / 2] };
  }
  if (offsets != NULL)
    kind->destroy (offsets);
  free (live);
  return is_ok;
}
