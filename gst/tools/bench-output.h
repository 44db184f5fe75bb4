/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What was compared, for people and for scripts. */
#pragma once

#include "compare.h"

#include <gst/heaps/heaps.h>

/* One thing, done with frames of one size. */
typedef struct {
  const gchar *what;
  gint width, height;
  const gchar *ours, *peer; /* their names; NULL where it was not compared */
  gchar *reason;            /* owned: why it was not; NULL: it was */
  BenchTimes times;
} BenchResult;

typedef struct {
  GstHeap *heap;      /* owned */
  GPtrArray *results; /* owned: of BenchResult */
} BenchHeap;

void bench_result_free (BenchResult *result);
void bench_heap_free (BenchHeap *heap);
void bench_print_text (const BenchHeap *heap);
/* heaps: of BenchHeap. */
void bench_print_json (GPtrArray *heaps, gboolean is_interrupted);
