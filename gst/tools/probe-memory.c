/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What reading and writing mapped memory tells. */
#include "probe-memory.h"

#include "interrupt.h"
#include "statistics.h"

#include <string.h>
#include <time.h>

#define N_TURNS 5
#define FILLING 0xa5
/* The least slowdown of memory that is not cached, and the most of memory that is. A cache gives a word each cycle or
 * two, memory one in a hundred; what else the machine does is far less. */
#define UNCACHED_FROM 4.0
#define CACHED_UP_TO 2.0

gsize
probe_find_nonzero (const guint8 *data, gsize size)
{
  gsize at = 0;

  while (at < size && data[at] == 0)
    at++;
  return at;
}

/* What the compiler cannot do without. */
static volatile guint64 sink;

static void
read_all (guint8 *data, gsize size)
{
  const guint64 *words = (const guint64 *) (const void *) data;
  guint64 a = 0, b = 0, c = 0, d = 0;

  for (gsize i = 0; i + 4 <= size / sizeof *words; i += 4) {
    a ^= words[i];
    b ^= words[i + 1];
    c ^= words[i + 2];
    d ^= words[i + 3];
  }
  sink = a ^ b ^ c ^ d;
}

static void
write_all (guint8 *data, gsize size)
{
  memset (data, FILLING, size);
}

/* Of this thread: what else runs does not count. */
static gdouble
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gdouble) time.tv_sec + (gdouble) time.tv_nsec / 1e9;
}

/* Bytes a second. */
static gdouble
measure (void (*access) (guint8 *data, gsize size), guint8 *data, gsize size, guint milliseconds)
{
  gdouble begin = now (), taken;
  guint n = 0;

  do {
    access (data, size);
    n++;
    taken = now () - begin;
  } while (taken * 1000 < milliseconds && !tool_interrupted ());
  return (gdouble) size * n / MAX (taken, 1e-9);
}

/* Rates that percent of the turns do not exceed: 50 for the median, 100 for the best. */
static ProbeRate
compare (void (*access) (guint8 *data, gsize size), guint8 *data, gsize size, guint milliseconds, guint percent)
{
  g_autofree guint8 *other = g_try_malloc (size);
  gdouble heap[N_TURNS], peer[N_TURNS];
  guint n = 0;

  if (!other)
    return (ProbeRate){ 0 };
  write_all (other, size); /* all of its pages are there */
  access (data, size);
  while (n < N_TURNS && (n == 0 || !tool_interrupted ())) {
    heap[n] = measure (access, data, size, milliseconds);
    peer[n] = measure (access, other, size, milliseconds);
    n++;
  }
  return (ProbeRate){ tool_percentile (heap, n, percent), tool_percentile (peer, n, percent) };
}

ProbeRate
probe_read_rate (const guint8 *data, gsize size, guint milliseconds)
{
  return compare (read_all, (guint8 *) data, size, milliseconds, 50);
}

ProbeRate
probe_best_read_rate (const guint8 *data, gsize size, guint milliseconds)
{
  return compare (read_all, (guint8 *) data, size, milliseconds, 100);
}

ProbeRate
probe_write_rate (guint8 *data, gsize size, guint milliseconds)
{
  return compare (write_all, data, size, milliseconds, 50);
}

GstHeapAnswer
probe_judge_cached (const ProbeRate *rate)
{
  if (rate->heap <= 0 || rate->malloc <= 0)
    return GST_HEAP_ANSWER_UNKNOWN;
  if (rate->malloc >= rate->heap * UNCACHED_FROM)
    return GST_HEAP_ANSWER_NO;
  return rate->malloc <= rate->heap * CACHED_UP_TO ? GST_HEAP_ANSWER_YES : GST_HEAP_ANSWER_UNKNOWN;
}
