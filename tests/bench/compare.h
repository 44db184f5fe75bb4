/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One thing measured beside another: what a benchmark is made of, and the clock that runs while it does it. */
#pragma once

#include "calls.h"

#include <time.h>

#define BENCH_NO_LIMIT (-1)

/* Something that is done again and again. */
typedef struct {
  const gchar *name;
  void (*run) (gpointer data, guint n); /* does it n times */
  gpointer data;
  GDestroyNotify free_data;
} BenchSide;

/* What is measured, and what it has to reach. */
typedef struct {
  gchar *name; /* owned */
  BenchSide ours, peer;
  clockid_t clock;              /* the processor's time, where nothing waits */
  gdouble max_ratio;            /* of the times, ours by the peer's; 0: there is no such target */
  gint max_calls[N_CALL_KINDS]; /* for each frame, of ours; BENCH_NO_LIMIT: any number */
} BenchCase;

/* Benchmarks of one kind. */
typedef struct {
  const gchar *name, *description;
  guint n_cases;
  gboolean counts_calls;
  /* NULL: this machine cannot do that one, for the reason in *ret_reason, which the caller frees. */
  BenchCase *(*create) (guint number, gchar **ret_reason);
} BenchGroup;

/* The median, and the quartiles on its sides. */
typedef struct {
  gdouble low, median, high;
} BenchSpread;

typedef struct {
  BenchSpread ours, peer; /* nanoseconds each time */
  BenchSpread ratio;      /* pair by pair */
} BenchTimes;

/* No limit on anything. Takes over name. */
BenchCase *bench_case_new (gchar *name);
void bench_case_free (BenchCase *self);
/* It makes no call of any kind. */
void bench_case_forbid_calls (BenchCase *self);

/* Runs both by turns n_pairs times, each time as often as fills milliseconds, and the other way round every other
 * time: whatever else the machine does befalls both. */
void bench_compare (BenchCase *self, guint n_pairs, guint milliseconds, BenchTimes *ret_times);
