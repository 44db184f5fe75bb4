/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What gst-heaps-1.0 bench compares. */
#pragma once

#include "bench-sides.h"

#include <gst/heaps/heaps.h>

/* Two sides, which own what they need. */
typedef struct {
  BenchSide ours, peer;
} BenchPair;

typedef struct {
  const gchar *what;
  /* FALSE: not of this heap, or not on this machine, for the reason in *ret_reason, which the caller frees; NULL: it
   * is not worth a word. */
  gboolean (*create) (GstHeap *heap, const GstVideoInfo *info, BenchPair *ret_pair, gchar **ret_reason);
} BenchKind;

/* They end with one whose what is NULL. */
extern const BenchKind bench_kinds[];

void bench_pair_clear (BenchPair *pair);
