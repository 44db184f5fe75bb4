/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocator of offsets at random, beside a model that knows of each unit whether it is in use.
 *
 * RANGES_SEED=N repeats a walk; RANGES_OPERATIONS=N is the number of operations of all walks together. */
#include "heaps/ranges.h"
#include "suite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_OPERATIONS 10000000
#define MAX_UNITS 262144
#define MAX_SEGMENTS 8

/* ck_assert() tells the parent process each time. */
#define expect(condition)                                                                                              \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      ck_abort_msg ("not so: %s", #condition);                                                                         \
  } while (0)

struct arena {
  const char *name;
  uint32_t base, n_units; /* where segments lie */
  uint32_t max_size, max_align;
  uint32_t n_sizes;     /* how many different sizes there are; 0: any */
  uint32_t check_every; /* the full check takes as long as some hundred operations */
  uint32_t percent;     /* of all operations */
};

/* The smaller, the oftener everything happens that can. */
static const struct arena arenas[] = {
  { "tiny", 0, 48, 12, 8, 0, 1, 10 },
  { "small", UINT32_MAX - 500, 500, 60, 64, 0, 1, 10 },
  { "pools", 1000, 8192, 500, 1, 5, 64, 30 },
  { "single", 3, 16384, 3, 4, 0, 256, 30 },
  { "large", UINT32_MAX - MAX_UNITS, MAX_UNITS, 8100, 4096, 0, 256, 20 },
};

enum unit
{
  OUTSIDE, /* of all segments */
  HOLE,
  TAKEN,
};

struct segment {
  uint32_t offset, size;
};

/* Offsets here are without the base. */
static struct {
  const struct arena *arena;
  struct ranges *ranges;
  uint64_t random;
  bool filling; /* more is allocated than freed */
  uint8_t units[MAX_UNITS];
  struct segment segments[MAX_SEGMENTS];
  uint32_t n_segments;
  struct range taken[MAX_UNITS];
  uint32_t n_taken;
  uint64_t total, free;
  uint64_t n_allocs, n_full, n_adds, n_removals;
} walk;

static uint64_t
from_environment (const char *name, uint64_t otherwise)
{
  const char *text = getenv (name);

  return text != NULL ? strtoull (text, NULL, 0) : otherwise;
}

/* Below limit; xorshift64*. */
static uint32_t
draw (uint32_t limit)
{
  walk.random ^= walk.random >> 12;
  walk.random ^= walk.random << 25;
  walk.random ^= walk.random >> 27;
  return (uint32_t) (((walk.random * UINT64_C (0x2545f4914f6cdd1d)) >> 32) * limit >> 32);
}

static bool
all_are (enum unit unit, uint32_t offset, uint32_t size)
{
  const uint8_t *units = &walk.units[offset];

  return units[0] == unit && memcmp (units, units + 1, size - 1) == 0;
}

static bool
lies_in_a_segment (uint32_t offset, uint32_t size)
{
  for (uint32_t i = 0; i < walk.n_segments; i++) {
    const struct segment *segment = &walk.segments[i];
    if (offset >= segment->offset && offset + size <= segment->offset + segment->size)
      return true;
  }
  return false;
}

/* Where a run of the same units ends that begins at offset. */
static uint32_t
run_end (uint32_t offset, uint32_t limit)
{
  uint32_t end = offset + 1;

  while (end < limit && walk.units[end] == walk.units[offset])
    end++;
  return end;
}

/* Whether there is room, by looking everywhere. */
static bool
has_room (uint32_t size, uint32_t align)
{
  for (uint32_t i = 0; i < walk.n_segments; i++) {
    uint32_t end = walk.segments[i].offset + walk.segments[i].size;
    for (uint32_t at = walk.segments[i].offset, next; at < end; at = next) {
      uint64_t first = ((uint64_t) walk.arena->base + at + align - 1) & ~(uint64_t) (align - 1);
      next = run_end (at, end);
      if (walk.units[at] == HOLE && first + size <= (uint64_t) walk.arena->base + next)
        return true;
    }
  }
  return false;
}

/* By the model. */
static struct ranges_report
expected_report (bool counts_holes)
{
  struct ranges_report report = { .total = walk.total, .free = walk.free, .n_ranges = walk.n_taken };

  for (uint32_t i = 0; i < walk.n_segments && counts_holes; i++) {
    uint32_t end = walk.segments[i].offset + walk.segments[i].size;
    for (uint32_t at = walk.segments[i].offset, next; at < end; at = next) {
      next = run_end (at, end);
      if (walk.units[at] != HOLE)
        continue;
      report.n_holes++;
      report.largest = next - at > report.largest ? next - at : report.largest;
    }
  }
  return report;
}

static void
check_report (bool is_full)
{
  struct ranges_report report, expected = expected_report (is_full);

  ranges_get_report (walk.ranges, &report);
  expect (report.total == expected.total);
  expect (report.free == expected.free);
  expect (report.n_ranges == expected.n_ranges);
  if (!is_full)
    return;
  expect (report.n_holes == expected.n_holes);
  expect (report.largest == expected.largest);
  expect (ranges_check (walk.ranges) == NULL);
}

static uint32_t
draw_size (void)
{
  static const uint32_t parts[] = { 64, 23, 15, 9, 3 }; /* of 64 */
  uint32_t max = walk.arena->max_size;

  if (walk.arena->n_sizes > 0)
    return max * parts[draw (walk.arena->n_sizes)] / 64 + 1;
  return 1 + draw (draw (8) == 0 ? max : max / 3);
}

static uint32_t
draw_align (void)
{
  uint32_t align = 1;

  while (align < walk.arena->max_align && draw (3) == 0)
    align *= 2;
  return align;
}

static void
alloc (void)
{
  uint32_t size = draw_size (), align = draw_align (), offset;
  struct range *range = &walk.taken[walk.n_taken];
  int r = ranges_alloc (walk.ranges, size, align, range);

  if (r < 0) {
    expect (r == -ENOSPC);
    expect (!has_room (size, align));
    walk.filling = false;
    walk.n_full++;
    return;
  }
  expect (range->size == size);
  expect (range->offset % align == 0);
  expect (range->offset >= walk.arena->base);
  offset = range->offset - walk.arena->base;
  expect (lies_in_a_segment (offset, size));
  expect (all_are (HOLE, offset, size));
  memset (&walk.units[offset], TAKEN, size);
  walk.free -= size;
  walk.n_taken++;
  walk.n_allocs++;
}

static void
free_one (void)
{
  struct range *range;

  if (walk.n_taken == 0) {
    walk.filling = true;
    return;
  }
  range = &walk.taken[draw (walk.n_taken)];
  ranges_free (walk.ranges, range);
  memset (&walk.units[range->offset - walk.arena->base], HOLE, range->size);
  walk.free += range->size;
  *range = walk.taken[--walk.n_taken];
}

/* A segment wherever none is yet, often beside another one. */
static void
add_segment (void)
{
  uint32_t n_units = walk.arena->n_units, offset = draw (n_units), size;

  if (walk.n_segments > 0 && draw (2) == 0) {
    const struct segment *other = &walk.segments[draw (walk.n_segments)];
    offset = other->offset + other->size;
  }
  if (walk.n_segments == MAX_SEGMENTS || offset >= n_units || walk.units[offset] != OUTSIDE)
    return;
  size = 1 + draw (run_end (offset, n_units) - offset);
  expect (ranges_add (walk.ranges, walk.arena->base + offset, size) == 0);
  walk.segments[walk.n_segments++] = (struct segment){ offset, size };
  memset (&walk.units[offset], HOLE, size);
  walk.total += size;
  walk.free += size;
  walk.n_adds++;
}

/* As it was added, or in one of four cases with one unit less. */
static void
remove_segment (void)
{
  struct segment *segment, asked;
  bool is_segment = draw (4) > 0, is_gone;
  int r;

  if (walk.n_segments == 0)
    return;
  segment = &walk.segments[draw (walk.n_segments)];
  asked = (struct segment){ segment->offset + !is_segment, segment->size - !is_segment };
  r = ranges_remove (walk.ranges, walk.arena->base + asked.offset, asked.size);
  is_gone = is_segment && all_are (HOLE, asked.offset, asked.size);
  expect (r == (is_gone ? 0 : -EBUSY));
  if (!is_gone)
    return;
  memset (&walk.units[asked.offset], OUTSIDE, asked.size);
  walk.total -= asked.size;
  walk.free -= asked.size;
  *segment = walk.segments[--walk.n_segments];
  walk.n_removals++;
}

static void
step (void)
{
  uint32_t dice = draw (1024);

  if (dice < 4)
    add_segment ();
  else if (dice < 12 && !walk.filling)
    remove_segment ();
  else if (dice == 12)
    walk.filling = !walk.filling;
  else if (dice % 4 == 0 ? walk.filling : !walk.filling)
    free_one ();
  else
    alloc ();
}

/* All that is in use, and all segments. */
static void
give_back (void)
{
  while (walk.n_taken > 0)
    free_one ();
  check_report (true);
  while (walk.n_segments > 0)
    remove_segment ();
  check_report (true);
  ranges_destroy (walk.ranges);
}

START_TEST (test_walk)
{
  const struct arena *arena = &arenas[_i];
  uint64_t seed = from_environment ("RANGES_SEED", UINT64_C (0x9e3779b97f4a7c15));
  uint64_t n_operations = from_environment ("RANGES_OPERATIONS", N_OPERATIONS) * arena->percent / 100;

  printf ("%s: RANGES_SEED=%" PRIu64 ", %" PRIu64 " operations\n", arena->name, seed, n_operations);
  fflush (stdout);
  walk.arena = arena;
  walk.random = seed != 0 ? seed : 1;
  ck_assert_int_eq (ranges_new (&walk.ranges), 0);
  for (uint64_t i = 0; i < n_operations; i++) {
    step ();
    check_report (i % arena->check_every == 0);
  }
  printf ("%s: %" PRIu64 " allocated, %" PRIu64 " times full, %" PRIu64 " segments added, %" PRIu64 " removed\n",
      arena->name, walk.n_allocs, walk.n_full, walk.n_adds, walk.n_removals);
  ck_assert_uint_gt (walk.n_full, 0);
  ck_assert_uint_gt (walk.n_removals, 0);
  give_back ();
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("ranges-walk");
  TCase *tcase = tcase_create ("ranges-walk");
  SRunner *runner = srunner_create (suite);
  int n_failed;

  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (tcase, test_walk, 0, N_ELEMENTS (arenas));
  suite_add_tcase (suite, tcase);
  srunner_run_all (runner, CK_ENV);
  n_failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
