/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How long an allocator of offsets takes. */
#pragma once

#include "offsets.h"

/* For a pair of alloc and free, in nanoseconds of the thread; of many short loops, as other programs run too. */
struct speed {
  double least, median;
};

/* With so many ranges in use, among which one is freed and another one allocated. False: out of memory. */
bool speed_measure (const struct offsets_kind *kind, uint32_t n_live, uint64_t seed, struct speed *ret_speed);
