/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a benchmark is made of. */
#include "case.h"

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

void
bench_case_free (BenchCase *self)
{
  bench_side_clear (&self->ours);
  bench_side_clear (&self->peer);
  g_free (self->name);
  g_free (self);
}

void
bench_case_forbid_calls (BenchCase *self)
{
  for (guint i = 0; i < N_CALL_KINDS; i++)
    self->max_calls[i] = 0;
}
