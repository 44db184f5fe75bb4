/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An allocator of offsets: which parts of some memory are in use. It never looks at that memory, nor makes a system
 * call.
 *
 * Offsets and sizes are in units of the caller's choice, pages for example. The memory is a number of segments, which
 * lie anywhere in one space of offsets; a range lies in one segment. Ranges have exactly the size that was asked for.
 *
 * What it is good at is video: few sizes, and several buffers of each. Among the holes it takes the one that loses
 * least once it has been filled with ranges of the size asked for, and puts the range beside the neighbour whose size
 * is closer, so that what is freed together leaves one hole. Allocating and freeing take a number of steps that depends
 * on neither the number of ranges nor that of holes, unless it fails: before that, it may look at each hole.
 *
 * No locks: one thread at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ranges;

/* A part of a segment that is in use. */
struct range {
  uint32_t offset; /* units */
  uint32_t size;   /* units */
  uint32_t node;   /* for ranges_free() */
};

/* Figures of the moment, in units. */
struct ranges_report {
  uint64_t total;
  uint64_t free;
  uint32_t largest; /* the largest hole */
  uint32_t n_holes;
  uint32_t n_ranges; /* in use */
};

/* 0 or -ENOMEM. Without a segment at first. */
int ranges_new (struct ranges **ret_ranges);
/* Takes NULL. Ranges in use are forgotten. */
void ranges_destroy (struct ranges *ranges);
/* Adds the segment of size units at offset, all of it free. It must not overlap another one; where they touch, they
 * stay two. -EINVAL for 0 units, -EOVERFLOW for an end above UINT32_MAX, -ENOMEM. */
int ranges_add (struct ranges *ranges, uint32_t offset, uint32_t size);
/* Takes away a segment as it was added. -EBUSY when any of it is in use, or there is no such segment. */
int ranges_remove (struct ranges *ranges, uint32_t offset, uint32_t size);
/* Takes size units at a multiple of align, a power of two. -EINVAL for a size of 0 or another align, -ENOSPC when no
 * hole has room, -ENOMEM. Nothing has changed after a failure. */
int ranges_alloc (struct ranges *ranges, uint32_t size, uint32_t align, struct range *ret_range);
/* Frees a range of ranges_alloc(). Cannot fail, and allocates nothing. */
void ranges_free (struct ranges *ranges, const struct range *range);
void ranges_get_report (const struct ranges *ranges, struct ranges_report *ret_report);
/* Looks at all of the bookkeeping, for tests: NULL, or in a few words what is wrong with it. */
const char *ranges_check (const struct ranges *ranges);
