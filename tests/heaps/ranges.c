/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The allocator of offsets, case by case. Memory is drawn from offset 0 on: a letter for each unit of a range, "." for
 * one of a hole, " " for one of no segment; "|", which is no unit, where two segments touch. The linker leads the
 * core's calls of the C library to the __wrap_ functions here. */
#include "heaps/ranges.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_UNITS 64

static struct ranges *ranges;
static struct range drawn[128]; /* by their letters */
static bool no_memory;

void *__real_calloc (size_t n, size_t size);
void *__real_reallocarray (void *old, size_t n, size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_reallocarray (void *old, size_t n, size_t size);

void *
__wrap_calloc (size_t n, size_t size)
{
  return no_memory ? NULL : __real_calloc (n, size);
}

void *
__wrap_reallocarray (void *old, size_t n, size_t size)
{
  return no_memory ? NULL : __real_reallocarray (old, n, size);
}

static void
begin (void)
{
  ck_assert_int_eq (ranges_new (&ranges), 0);
}

static void
end (void)
{
  ck_assert_ptr_null (ranges_check (ranges));
  ranges_destroy (ranges);
  ranges = NULL;
}

static struct ranges_report
report (void)
{
  struct ranges_report ret;

  ck_assert_ptr_null (ranges_check (ranges));
  ranges_get_report (ranges, &ret);
  return ret;
}

static void
assert_report (struct ranges_report expected)
{
  struct ranges_report is = report ();

  ck_assert_uint_eq (is.total, expected.total);
  ck_assert_uint_eq (is.free, expected.free);
  ck_assert_uint_eq (is.largest, expected.largest);
  ck_assert_uint_eq (is.n_holes, expected.n_holes);
  ck_assert_uint_eq (is.n_ranges, expected.n_ranges);
}

static struct range
take (uint32_t size, uint32_t align)
{
  struct range range;

  ck_assert_int_eq (ranges_alloc (ranges, size, align, &range), 0);
  ck_assert_uint_eq (range.size, size);
  ck_assert_uint_eq (range.offset % align, 0);
  return range;
}

/* Nothing changes, neither here nor in what the caller has. */
static void
assert_refused (uint32_t size, uint32_t align, int error)
{
  struct ranges_report before = report ();
  struct range range = { 1, 2, 3 };

  ck_assert_int_eq (ranges_alloc (ranges, size, align, &range), error);
  ck_assert_uint_eq (range.offset, 1);
  ck_assert_uint_eq (range.size, 2);
  ck_assert_uint_eq (range.node, 3);
  assert_report (before);
}

/* How many of the characters from the first on are the same. */
static uint32_t
run (const char *picture)
{
  uint32_t length = 1;

  while (picture[length] == picture[0])
    length++;
  return length;
}

/* Adds a segment, all of it in use. What shall be a hole is counted up in holes. */
static void
draw_segment (const char *picture, uint32_t offset, struct range *holes, uint32_t *n_holes)
{
  uint32_t length = (uint32_t) strcspn (picture, "| "), size;

  ck_assert_int_eq (ranges_add (ranges, offset, length), 0);
  for (uint32_t i = 0; i < length; i += size) {
    struct range range = take (size = run (&picture[i]), 1);
    ck_assert_uint_eq (range.offset, offset + i);
    if (picture[i] == '.')
      holes[(*n_holes)++] = range;
    else
      drawn[(unsigned char) picture[i]] = range;
  }
}

static void
draw (const char *picture)
{
  struct range holes[MAX_UNITS];
  uint32_t n_holes = 0, offset = 0;

  while (*picture != '\0') {
    size_t length = strcspn (picture, "| ");
    if (length > 0)
      draw_segment (picture, offset, holes, &n_holes);
    picture += length;
    offset += (uint32_t) length + (*picture == ' ');
    picture += *picture != '\0';
  }
  while (n_holes > 0)
    ranges_free (ranges, &holes[--n_holes]);
}

static void
assert_looks_like (const char *picture)
{
  struct ranges_report expected = { 0 };

  for (uint32_t i = 0, size; picture[i] != '\0'; i += size) {
    size = run (&picture[i]);
    if (strchr ("| ", picture[i]) != NULL)
      continue;
    expected.total += size;
    expected.n_ranges += picture[i] != '.';
    expected.n_holes += picture[i] == '.';
    expected.free += picture[i] == '.' ? size : 0;
    if (picture[i] == '.' && size > expected.largest)
      expected.largest = size;
  }
  assert_report (expected);
}

START_TEST (test_without_segment_there_is_nothing)
{
  assert_looks_like ("");
  assert_refused (1, 1, -ENOSPC);
}
END_TEST

START_TEST (test_destroy_takes_null_and_forgets_ranges)
{
  struct ranges *other;

  ranges_destroy (NULL);
  ck_assert_int_eq (ranges_new (&other), 0);
  ck_assert_int_eq (ranges_add (other, 0, 10), 0);
  ck_assert_int_eq (ranges_alloc (other, 3, 1, &(struct range){ 0 }), 0);
  ranges_destroy (other);
}
END_TEST

/* Before; what is asked for; after, with "#" where it lies, or NULL. */
static const struct {
  const char *before;
  uint32_t size, align;
  const char *after;
} allocs[] = {
  /* Exact sizes, and offset 0 is one. */
  { ".", 1, 1, "#" },
  { "..........", 10, 1, "##########" },
  { "..........", 7, 1, "#######..." },
  { "   ....", 4, 1, "   ####" },
  /* The hole that loses least: of the size, then of a multiple of it. */
  { ".....aaaa...bbb....", 3, 1, ".....aaaa###bbb...." },
  { ".......aaaa........bbb", 4, 1, ".......aaaa####....bbb" },
  { "......aaaa..........bbb", 5, 1, "......aaaa#####.....bbb" },
  { ".......aaaa.....bbb......", 5, 1, ".......aaaa#####bbb......" },
  { "...|......|....", 4, 1, "...|......|####" },
  /* In a hole, beside the neighbour whose size is closer. */
  { "aaaa........bb", 3, 1, "aaaa###.....bb" },
  { "aaaa........bb", 2, 1, "aaaa......##bb" },
  { "aa........bbbb", 4, 1, "aa....####bbbb" },
  { "aa........bbbb", 2, 1, "aa##......bbbb" },
  { "........bbbb", 1, 1, ".......#bbbb" },
  { "aaaa........", 1, 1, "aaaa#......." },
  { "aaa......bbb", 3, 1, "aaa###...bbb" },
  /* At a multiple of the alignment, in both places. */
  { "......", 1, 2, "#....." },
  { "......", 1, 1u << 31, "#....." },
  { "a...........", 4, 4, "a...####...." },
  { "aaaa.......bb", 2, 2, "aaaa....##.bb" },
  { "   .......", 2, 8, "   .....##" },
  { "   ......", 2, 8, NULL },
  { "a.....", 1, 8, NULL },
  { "a.....", 1, 1u << 31, NULL },
  { "aaaaa......b", 4, 4, NULL },
  /* The hole of that very size begins elsewhere, a larger one has room. */
  { "a....bbb........c", 4, 4, "a....bbb####....c" },
  { "a.bb.......", 1, 2, "a.bb#......" },
  { "a..bbbcc...d", 2, 4, "a..bbbcc##.d" },
  /* No room: in all holes together, but in none; across segments that touch. */
  { "", 1, 1, NULL },
  { "aa", 1, 1, NULL },
  { "aa.bb..cc", 3, 1, NULL },
  { "....|....", 5, 1, NULL },
  { "..........", 11, 1, NULL },
  { "..........", UINT32_MAX, 1, NULL },
  { "..........", UINT32_MAX, 1u << 31, NULL },
};

START_TEST (test_alloc_as_drawn)
{
  const char *after = allocs[_i].after;
  uint32_t offset = 0;

  draw (allocs[_i].before);
  assert_looks_like (allocs[_i].before);
  if (after == NULL) {
    assert_refused (allocs[_i].size, allocs[_i].align, -ENOSPC);
    return;
  }
  for (const char *c = after; *c != '#'; c++)
    offset += *c != '|';
  ck_assert_uint_eq (take (allocs[_i].size, allocs[_i].align).offset, offset);
  assert_looks_like (after);
}
END_TEST

/* Before; what is freed, in this order; after. */
static const struct {
  const char *before, *freed, *after;
} frees[] = {
  { "a", "a", "." },
  { "aabbcc", "b", "aa..cc" },
  { "aa..bbcc", "b", "aa....cc" },
  { "aabb..cc", "b", "aa....cc" },
  { "aa..bb..cc", "b", "aa......cc" },
  { "aabbccdd", "bdac", "........" },
  { "aabbccdd", "abcd", "........" },
  { "aabbccdd", "dcba", "........" },
  { "..aa..bb", "ba", "........" },
  /* Holes of two segments stay two. */
  { "aa|bb", "ab", "..|.." },
  { "aa|bb|cc", "acb", "..|..|.." },
  { "..aa|bb..", "ba", "....|...." },
  { "aa bb", "ba", ".. .." },
};

START_TEST (test_free_as_drawn)
{
  draw (frees[_i].before);
  for (const char *c = frees[_i].freed; *c != '\0'; c++)
    ranges_free (ranges, &drawn[(unsigned char) *c]);
  assert_looks_like (frees[_i].after);
}
END_TEST

static const struct {
  uint32_t size, align;
  int error;
} refusals[] = {
  { 0, 1, -EINVAL },
  { 0, 0, -EINVAL },
  { 1, 0, -EINVAL },
  { 1, 3, -EINVAL },
  { 1, 6, -EINVAL },
  { 1, UINT32_MAX, -EINVAL },
  { 1, (1u << 31) + 1, -EINVAL },
  { 101, 1, -ENOSPC },
  { 100, 1u << 31, -ENOSPC },
  { UINT32_MAX, 1, -ENOSPC },
  { UINT32_MAX, 2, -ENOSPC },
  { UINT32_MAX, 1u << 31, -ENOSPC },
  { 1u << 31, 1u << 31, -ENOSPC },
};

START_TEST (test_refused_alloc_changes_nothing)
{
  ck_assert_int_eq (ranges_add (ranges, 1, 100), 0);
  assert_refused (refusals[_i].size, refusals[_i].align, refusals[_i].error);
}
END_TEST

static const struct {
  uint32_t offset, size;
  int result;
} adds[] = {
  { 0, 0, -EINVAL },
  { UINT32_MAX, 0, -EINVAL },
  { 0, 1, 0 },
  { 0, UINT32_MAX, 0 },
  { 1, UINT32_MAX, -EOVERFLOW },
  { UINT32_MAX - 1, 1, 0 },
  { UINT32_MAX - 1, 2, -EOVERFLOW },
  { UINT32_MAX, 1, -EOVERFLOW },
  { UINT32_MAX, UINT32_MAX, -EOVERFLOW },
};

START_TEST (test_segment_ends_at_the_last_offset)
{
  uint32_t offset = adds[_i].offset, size = adds[_i].size;

  ck_assert_int_eq (ranges_add (ranges, offset, size), adds[_i].result);
  if (adds[_i].result < 0) {
    assert_looks_like ("");
    return;
  }
  assert_report ((struct ranges_report){ size, size, size, 1, 0 });
  ck_assert_uint_eq (take (size, 1).offset, offset);
  assert_report ((struct ranges_report){ size, 0, 0, 0, 1 });
}
END_TEST

START_TEST (test_two_halves_of_all_offsets)
{
  uint32_t half = 1u << 31;

  ck_assert_int_eq (ranges_add (ranges, 0, UINT32_MAX), 0);
  ck_assert_uint_eq (take (half, half).offset, 0);
  assert_refused (half, half, -ENOSPC);
  ck_assert_uint_eq (take (half - 1, half).offset, half);
  assert_report ((struct ranges_report){ UINT32_MAX, 0, 0, 0, 2 });
}
END_TEST

START_TEST (test_two_segments_are_all_offsets)
{
  ck_assert_int_eq (ranges_add (ranges, 0, 1u << 31), 0);
  ck_assert_int_eq (ranges_add (ranges, 1u << 31, (1u << 31) - 1), 0);
  assert_report ((struct ranges_report){ UINT32_MAX, UINT32_MAX, 1u << 31, 2, 0 });
  assert_refused ((1u << 31) + 1, 1, -ENOSPC);
}
END_TEST

/* What is drawn; the segment taken away; the result; after. */
static const struct {
  const char *before;
  uint32_t offset, size;
  int result;
  const char *after;
} removals[] = {
  { "....", 0, 4, 0, "" },
  { ".... ....", 5, 4, 0, "...." },
  { "....|....", 4, 4, 0, "...." },
  { "....|....", 0, 4, 0, "    ...." },
  { "aaaa|....", 4, 4, 0, "aaaa" },
  { "....|aa..", 4, 4, -EBUSY, NULL },
  { "aaaa", 0, 4, -EBUSY, NULL },
  { "a...", 0, 4, -EBUSY, NULL },
  { "...a", 0, 4, -EBUSY, NULL },
  { ".aa.", 0, 4, -EBUSY, NULL },
  /* A hole is no segment, neither is a part of one, nor several. */
  { "a...", 1, 3, -EBUSY, NULL },
  { "...a", 0, 3, -EBUSY, NULL },
  { "....", 0, 3, -EBUSY, NULL },
  { "....", 1, 3, -EBUSY, NULL },
  { "....", 0, 5, -EBUSY, NULL },
  { "....|....", 0, 8, -EBUSY, NULL },
  { "....|....", 2, 4, -EBUSY, NULL },
  { " ....", 0, 4, -EBUSY, NULL },
  { "....", 0, 0, -EBUSY, NULL },
  { "....", 4, 0, -EBUSY, NULL },
  { "....", 0, UINT32_MAX, -EBUSY, NULL },
  { "", 0, 1, -EBUSY, NULL },
};

START_TEST (test_remove_as_drawn)
{
  draw (removals[_i].before);
  ck_assert_int_eq (ranges_remove (ranges, removals[_i].offset, removals[_i].size), removals[_i].result);
  assert_looks_like (removals[_i].result == 0 ? removals[_i].after : removals[_i].before);
  ck_assert_int_eq (ranges_remove (ranges, removals[_i].offset, removals[_i].size), -EBUSY);
}
END_TEST

START_TEST (test_segment_comes_and_goes)
{
  struct range range;

  ck_assert_int_eq (ranges_add (ranges, 100, 10), 0);
  for (uint32_t i = 0; i < 1000; i++) {
    ck_assert_int_eq (ranges_add (ranges, 110, 20), 0);
    range = take (15, 1);
    ck_assert_uint_ge (range.offset, 110);
    ck_assert_int_eq (ranges_remove (ranges, 110, 20), -EBUSY);
    ranges_free (ranges, &range);
    ck_assert_int_eq (ranges_remove (ranges, 110, 20), 0);
    assert_refused (15, 1, -ENOSPC);
  }
  assert_report ((struct ranges_report){ 10, 10, 10, 1, 0 });
}
END_TEST

/* Not as with size classes: a segment of n times the size holds n ranges. */
START_TEST (test_nothing_is_lost_to_rounding)
{
  static const uint32_t sizes[] = { 1, 2, 3, 7, 63, 64, 65, 113, 127, 129, 1000, 1013, 3038, 8100, 65537, 1000003 };

  for (size_t i = 0; i < N_ELEMENTS (sizes); i++) {
    uint32_t size = sizes[i], total = 17 * size;
    struct range taken[17];
    ck_assert_int_eq (ranges_add (ranges, 5, total), 0);
    for (uint32_t n = 0; n < 17; n++)
      taken[n] = take (size, 1);
    assert_report ((struct ranges_report){ total, 0, 0, 0, 17 });
    assert_refused (1, 1, -ENOSPC);
    for (uint32_t n = 0; n < 17; n++)
      ranges_free (ranges, &taken[n * 5 % 17]);
    assert_report ((struct ranges_report){ total, total, total, 1, 0 });
    ck_assert_int_eq (ranges_remove (ranges, 5, total), 0);
  }
}
END_TEST

/* By the numbers of permutations, in the factorial system. */
START_TEST (test_all_is_one_hole_whatever_is_freed_first)
{
  for (uint32_t n = 0; n < 720; n++) {
    char order[] = "abcdef";
    draw ("abbcccddddeeeeeff");
    for (uint32_t i = 0, rest = n; i < 6; rest /= 6 - i, i++) {
      uint32_t chosen = i + rest % (6 - i);
      char letter = order[chosen];
      order[chosen] = order[i];
      order[i] = letter;
      ranges_free (ranges, &drawn[(unsigned char) letter]);
    }
    assert_looks_like (".................");
    ck_assert_int_eq (ranges_remove (ranges, 0, 17), 0);
  }
}
END_TEST

START_TEST (test_freed_pool_leaves_one_hole)
{
  static const uint32_t sizes[] = { 113, 300, 1013, 338, 8100 };
  struct range pools[5][6];

  ck_assert_int_eq (ranges_add (ranges, 0, 262144), 0);
  for (uint32_t i = 0; i < 5; i++) {
    for (uint32_t n = 0; n < 6; n++)
      pools[i][n] = take (sizes[i], 1);
  }
  for (uint32_t i = 0; i < 4; i++) {
    uint32_t n_holes = report ().n_holes;
    for (uint32_t n = 0; n < 6; n++)
      ranges_free (ranges, &pools[i][n * 5 % 6]);
    ck_assert_uint_le (report ().n_holes, n_holes + 1);
    for (uint32_t n = 0; n < 6; n++)
      pools[i][n] = take (sizes[i], 1);
    ck_assert_uint_eq (report ().n_holes, n_holes);
  }
}
END_TEST

/* The array moves as it grows; what callers hold stays as it is. */
START_TEST (test_many_ranges_keep_their_places)
{
  static struct range taken[20000];

  ck_assert_int_eq (ranges_add (ranges, 1000, 60000), 0);
  for (uint32_t i = 0; i < 20000; i++)
    taken[i] = take (3, 1);
  assert_refused (1, 1, -ENOSPC);
  for (uint32_t i = 0; i < 20000; i++)
    ck_assert_uint_eq (taken[i].offset, 1000 + 3 * i);
  for (uint32_t i = 0; i < 20000; i += 2)
    ranges_free (ranges, &taken[i]);
  assert_report ((struct ranges_report){ 60000, 30000, 3, 10000, 10000 });
  assert_refused (4, 1, -ENOSPC);
  for (uint32_t i = 1; i < 20000; i += 2)
    ranges_free (ranges, &taken[i]);
  assert_report ((struct ranges_report){ 60000, 60000, 60000, 1, 0 });
}
END_TEST

START_TEST (test_out_of_memory_changes_nothing)
{
  struct ranges *other = ranges;

  no_memory = true;
  ck_assert_int_eq (ranges_new (&other), -ENOMEM);
  ck_assert_ptr_eq (other, ranges);
  ck_assert_int_eq (ranges_add (ranges, 0, 10), -ENOMEM);
  assert_looks_like ("");
  no_memory = false;
  ck_assert_int_eq (ranges_add (ranges, 0, 10), 0);
  assert_looks_like ("..........");
}
END_TEST

START_TEST (test_free_needs_no_memory)
{
  static struct range taken[1000];
  uint32_t n = 0;
  int r;

  ck_assert_int_eq (ranges_add (ranges, 0, 1000), 0);
  no_memory = true;
  while ((r = ranges_alloc (ranges, 1, 1, &taken[n])) == 0)
    n++;
  ck_assert_int_eq (r, -ENOMEM);
  ck_assert_uint_gt (n, 0);
  assert_refused (1, 1, -ENOMEM);
  assert_report ((struct ranges_report){ 1000, 1000 - n, 1000 - n, 1, n });
  for (uint32_t i = 0; i < n; i += 2)
    ranges_free (ranges, &taken[i]);
  for (uint32_t i = 1; i < n; i += 2)
    ranges_free (ranges, &taken[i]);
  assert_report ((struct ranges_report){ 1000, 1000, 1000, 1, 0 });
  ck_assert_int_eq (ranges_remove (ranges, 0, 1000), 0);
}
END_TEST

static void
add_tests (TCase *tcase)
{
  tcase_add_test (tcase, test_without_segment_there_is_nothing);
  tcase_add_test (tcase, test_destroy_takes_null_and_forgets_ranges);
  tcase_add_loop_test (tcase, test_alloc_as_drawn, 0, N_ELEMENTS (allocs));
  tcase_add_loop_test (tcase, test_free_as_drawn, 0, N_ELEMENTS (frees));
  tcase_add_loop_test (tcase, test_refused_alloc_changes_nothing, 0, N_ELEMENTS (refusals));
  tcase_add_loop_test (tcase, test_segment_ends_at_the_last_offset, 0, N_ELEMENTS (adds));
  tcase_add_test (tcase, test_two_halves_of_all_offsets);
  tcase_add_test (tcase, test_two_segments_are_all_offsets);
  tcase_add_loop_test (tcase, test_remove_as_drawn, 0, N_ELEMENTS (removals));
  tcase_add_test (tcase, test_segment_comes_and_goes);
  tcase_add_test (tcase, test_nothing_is_lost_to_rounding);
  tcase_add_test (tcase, test_all_is_one_hole_whatever_is_freed_first);
  tcase_add_test (tcase, test_freed_pool_leaves_one_hole);
  tcase_add_test (tcase, test_many_ranges_keep_their_places);
  tcase_add_test (tcase, test_out_of_memory_changes_nothing);
  tcase_add_test (tcase, test_free_needs_no_memory);
}

int
main (void)
{
  Suite *suite = suite_create ("ranges");
  TCase *tcase = tcase_create ("ranges");
  SRunner *runner = srunner_create (suite);
  int n_failed;

  tcase_add_checked_fixture (tcase, begin, end);
  add_tests (tcase);
  suite_add_tcase (suite, tcase);
  srunner_run_all (runner, CK_ENV);
  n_failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
