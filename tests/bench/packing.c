/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How densely an allocator of offsets packs pools of video frames. */
#include "packing.h"

#include "frames.h"

#define N_UNITS ((1u << 30) / FRAMES_PAGE)
#define MAX_POOLS 4096
#define MAX_BUFFERS 8

struct pool {
  struct range buffers[MAX_BUFFERS];
  uint32_t n_buffers;
};

const struct packing_trace packing_traces[] = {
  { "steady", "always a pool more; when it does not fit, one is freed", 5, 1, false, false },
  { "steady, 8 formats", "the same with eight formats", 8, 1, false, false },
  { "waves", "when a pool does not fit, 1 to 4 are freed", 5, 4, false, false },
  { "waves, 8 formats", "the same with eight formats", 8, 4, false, false },
  { "coin", "a pool more or a pool less, by chance", 5, 1, false, true },
  { "partial", "as steady, and the buffers that did fit stay", 5, 1, true, false },
};
const size_t packing_n_traces = sizeof packing_traces / sizeof packing_traces[0];

/* The state of one trace. */
struct region {
  const struct offsets_kind *kind;
  void *offsets;
  struct pool pools[MAX_POOLS];
  uint32_t n_pools;
  uint64_t used;
};

/* In any order. */
static void
free_buffers (struct region *region, struct pool *pool)
{
  while (pool->n_buffers > 0) {
    uint32_t chosen = frames_draw (pool->n_buffers);
    region->used -= pool->buffers[chosen].size;
    region->kind->free (region->offsets, &pool->buffers[chosen]);
    pool->buffers[chosen] = pool->buffers[--pool->n_buffers];
  }
}

static void
free_pool (struct region *region)
{
  uint32_t chosen = frames_draw (region->n_pools);

  free_buffers (region, &region->pools[chosen]);
  region->pools[chosen] = region->pools[--region->n_pools];
}

/* False: it did not fit, and ret_occupancy is what was in use then. */
static bool
alloc_pool (struct region *region, const struct packing_trace *trace, double *ret_occupancy)
{
  struct pool *pool = &region->pools[region->n_pools];
  uint32_t size = frames_draw_size (trace->n_formats), n_buffers = 4 + frames_draw (5);

  for (pool->n_buffers = 0; pool->n_buffers < n_buffers; pool->n_buffers++) {
    if (!region->kind->alloc (region->offsets, size, &pool->buffers[pool->n_buffers])) {
      *ret_occupancy = (double) region->used / N_UNITS;
      if (trace->keeps_part)
        region->n_pools += pool->n_buffers > 0;
      else
        free_buffers (region, pool);
      return false;
    }
    region->used += size;
  }
  region->n_pools++;
  return true;
}

static void
step (struct region *region, const struct packing_trace *trace, struct packing *packing)
{
  double occupancy;

  if (trace->flips_coin && region->n_pools > 0 && frames_draw (2) == 0) {
    free_pool (region);
    return;
  }
  if (alloc_pool (region, trace, &occupancy))
    return;
  packing->mean += occupancy;
  packing->worst = occupancy < packing->worst ? occupancy : packing->worst;
  packing->n_full++;
  for (uint32_t n = 1 + frames_draw (trace->max_freed); n > 0 && region->n_pools > 0; n--)
    free_pool (region);
}

bool
packing_measure (const struct offsets_kind *kind, const struct packing_trace *trace, uint64_t seed, uint64_t n_steps,
    struct packing *ret_packing)
{
  static struct region region;
  struct packing packing = { 0, 1, 0 };

  region = (struct region){ .kind = kind, .offsets = kind->create (N_UNITS) };
  if (region.offsets == NULL)
    return false;
  frames_seed (seed);
  for (uint64_t i = 0; i < n_steps; i++)
    step (&region, trace, &packing);
  kind->destroy (region.offsets);
  packing.mean /= packing.n_full > 0 ? packing.n_full : 1;
  *ret_packing = packing;
  return true;
}
