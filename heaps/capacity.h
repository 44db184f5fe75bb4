/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How much memory a heap has: figures for people, in lists and in errors. */
#pragma once

#include "heap.h"

/* In bytes. They may be out of date once they are read. */
struct heap_capacity {
  uint64_t total;
  uint64_t free;
  bool is_limit; /* no more than free can be had at once */
};

/* Reads the figures of a heap, which need not be open:
 * - of a CMA region, from /sys/kernel/mm/cma/REGION (CONFIG_CMA_SYSFS), where a region has the heap's name, or
 *   for the default region the one that is known to be it (see region.h). Without that, of the default region,
 *   if nothing tells of a second one, CmaTotal of /proc/meminfo less what /sys/kernel/mm/cma counts as allocated (from
 *   Linux 6.9 on), or else CmaFree. What other memory has borrowed of the region, and makes room when it must, counts
 *   as free (which is the limit then), but not in CmaFree.
 * - of "system" and "process", MemTotal and MemAvailable of /proc/meminfo.
 * - of "process-contiguous", the huge pages of all sizes. What a process has taken of them and has room in is not free.
 * -ENODATA where nothing tells. */
int heap_capacity_read (const struct heap_info *info, struct heap_capacity *ret_capacity);

/* The largest size up to upper_bound, in bytes and whole pages, for which allocating succeeds now; 0 when not even a
 * page does. Found by trial, with at most HEAP_LARGEST_TRIES allocations that are closed at once: exact to a page for
 * 128 MiB, above that to a 32768th part of upper_bound. For the text of errors, and for a person who asks: it takes
 * time, it takes memory that someone else might have got, and the kernel logs each trial that fails.
 * -EOPNOTSUPP for heaps that are not known to be contiguous: they give single pages, so that a largest piece means
 * nothing, and a trial could use up the memory of the system. Else what allocating says, but -ENOMEM. */
int heap_largest (struct heap *heap, size_t upper_bound, size_t *ret_largest);
#define HEAP_LARGEST_TRIES 16
/* An upper_bound for a heap whose capacity is unknown: 1 MiB, doubled until allocating it fails. For the same use, and
 * with the same errors. */
int heap_find_bound (struct heap *heap, size_t *ret_upper_bound);
