/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a benchmark is made of. */
#pragma once

#include "calls.h"

#include "gst/tools/compare.h"

#define BENCH_NO_LIMIT (-1)

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

/* No limit on anything. Takes over name. */
BenchCase *bench_case_new (gchar *name);
void bench_case_free (BenchCase *self);
/* It makes no call of any kind. */
void bench_case_forbid_calls (BenchCase *self);
