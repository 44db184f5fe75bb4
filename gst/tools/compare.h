/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How long one thing takes beside another. */
#pragma once

#include "statistics.h"

#include <time.h>

/* Something that is done again and again. */
typedef struct {
  const gchar *name;
  gboolean (*run) (gpointer data, guint n); /* does it n times; FALSE: it cannot be done */
  gpointer data;
  GDestroyNotify free_data;
} BenchSide;

typedef struct {
  ToolSpread ours, peer; /* nanoseconds each time */
  ToolSpread ratio;      /* pair by pair */
  guint n_pairs;
} BenchTimes;

/* Takes one that is all zero, too. */
void bench_side_clear (BenchSide *side);

/* Runs both by turns n_pairs times, each time as often as fills milliseconds, and the other way round every other
 * time: whatever else the machine does befalls both. Interrupted, it ends after the pair it is at. FALSE: one of them
 * cannot be done, or there was no time for a pair. */
gboolean bench_compare (const BenchSide *ours, const BenchSide *peer, clockid_t clock, guint n_pairs,
    guint milliseconds, BenchTimes *ret_times);
