/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Counts what is copied out of and into some memory. */
#include "copy-meter.h"

#include <stdatomic.h>
#include <string.h>

#define N_RANGES 512
#define SHORTEST 65 /* bytes that count: a row of a frame does, a block of pixels that a codec moves does not */

/* Written under the lock of those who add and remove, read by every memcpy() without one. begin 0: free. */
typedef struct {
  _Atomic uintptr_t begin, end;
  _Atomic uint64_t written;
} Range;

static Range ranges[N_RANGES];
static atomic_int n_ranges; /* those behind were never in use */
static _Atomic uint64_t bytes_read;

int
copy_meter_add (const void *begin, size_t size)
{
  int i = 0;

  while (i < N_RANGES && ranges[i].begin != 0)
    i++;
  if (i == N_RANGES)
    return -1;
  ranges[i].written = 0;
  ranges[i].end = (uintptr_t) begin + size;
  ranges[i].begin = (uintptr_t) begin;
  if (i >= n_ranges)
    n_ranges = i + 1;
  return i;
}

void
copy_meter_remove (int range)
{
  if (range >= 0)
    ranges[range].begin = 0;
}

uint64_t
copy_meter_take_written (int range)
{
  return range >= 0 ? atomic_exchange (&ranges[range].written, 0) : 0;
}

uint64_t
copy_meter_take_read (void)
{
  return atomic_exchange (&bytes_read, 0);
}

static Range *
find (const void *address)
{
  uintptr_t at = (uintptr_t) address;
  int n = atomic_load_explicit (&n_ranges, memory_order_relaxed);

  for (int i = 0; i < n; i++) {
    uintptr_t begin = atomic_load_explicit (&ranges[i].begin, memory_order_relaxed);

    if (begin != 0 && at >= begin && at < atomic_load_explicit (&ranges[i].end, memory_order_relaxed))
      return &ranges[i];
  }
  return NULL;
}

static void
count (const void *to, const void *from, size_t size)
{
  Range *target;

  if (size < SHORTEST)
    return;
  if (find (from)) {
    atomic_fetch_add (&bytes_read, size);
    return;
  }
  target = find (to);
  if (target)
    atomic_fetch_add (&target->written, size);
}

/* Exported, so that it comes before libc's for every library. */
__attribute__ ((visibility ("default"))) void *
memcpy (void *restrict to, const void *restrict from, size_t size)
{
  count (to, from, size);
  return memmove (to, from, size);
}

void *__memcpy_chk (void *restrict to, const void *restrict from, size_t size, size_t room);

__attribute__ ((visibility ("default"))) void *
__memcpy_chk (void *restrict to, const void *restrict from, size_t size, size_t room)
{
  if (size > room)
    __builtin_trap ();
  return memcpy (to, from, size);
}
