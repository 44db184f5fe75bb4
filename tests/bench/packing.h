/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How densely an allocator of offsets packs pools of video frames. */
#pragma once

#include "offsets.h"

/* What happens when a pool does not fit. */
struct packing_trace {
  const char *name, *description;
  uint32_t n_formats; /* of frames_draw_size() */
  uint32_t max_freed; /* so many pools are freed at most */
  bool keeps_part;    /* the buffers that did fit stay */
  bool flips_coin;    /* between allocating and freeing a pool, at each step */
};

/* Of the occupancy at each failed allocation. */
struct packing {
  double mean, worst;
  uint32_t n_full;
};

extern const struct packing_trace packing_traces[];
extern const size_t packing_n_traces;

/* False: out of memory. */
bool packing_measure (const struct offsets_kind *kind, const struct packing_trace *trace, uint64_t seed,
    uint64_t n_steps, struct packing *ret_packing);
