/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory in huge pages, and which parts of it are said to be contiguous. */
#include "heaps/huge-region.h"

#include "huge-machine.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct huge_region region;

static void
take (size_t n_pages)
{
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, n_pages, -1), 0);
}

/* Every run, in MiB; a size of 0 ends them. */
static void
assert_runs (const size_t (*runs)[2])
{
  size_t n = 0, longest = 0;

  for (; runs[n][1] > 0; n++) {
    ck_assert_uint_lt (n, region.n_runs);
    ck_assert_uint_eq (region.runs[n].offset, runs[n][0] * MIB);
    ck_assert_uint_eq (region.runs[n].size, runs[n][1] * MIB);
    longest = runs[n][1] * MIB > longest ? runs[n][1] * MIB : longest;
  }
  ck_assert_uint_eq (region.n_runs, n);
  ck_assert_uint_eq (huge_region_longest (&region), longest);
}

/* What is called a run is one by the frames themselves. */
static void
assert_runs_are_true (void)
{
  uint64_t address;

  for (size_t i = 0; i < region.n_runs; i++) {
    ck_assert_int_eq (huge_region_find (&region, region.runs[i].offset, region.runs[i].size, &address), 0);
    ck_assert_uint_eq (address % HUGE_PAGE, 0);
  }
}

START_TEST (test_region_is_sealed_zeroed_memory_of_its_size)
{
  size_t size;

  set_pages_by (4, 1);
  take (3);
  ck_assert_uint_eq (fake_huge_pages_taken (), 3);
  ck_assert_uint_eq (region.size, 3 * HUGE_PAGE);
  ck_assert_uint_eq (region.page_size, HUGE_PAGE);
  ck_assert_int_eq (sys_fd_size (region.memfd, &size), 0);
  ck_assert_uint_eq (size, region.size);
  ck_assert_int_eq (fcntl (region.memfd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  ck_assert_int_eq (fcntl (region.memfd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  ck_assert_int_eq (region.data[0], 0);
  ck_assert_int_eq (region.data[region.size - 1], 0);
  region.data[region.size - 1] = 1;
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_region_is_not_mapped_in_forked_processes)
{
  int status;
  pid_t pid;

  set_pages_by (1, 1);
  take (1);
  pid = fork ();
  if (pid == 0) /* msync fails with ENOMEM where nothing is mapped */
    _exit (msync (region.data, region.size, MS_ASYNC) < 0 ? 0 : 1);
  ck_assert_int_eq (waitpid (pid, &status, 0), pid);
  ck_assert_int_eq (status, 0);
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_adjacent_pages_are_one_run)
{
  set_pages_by (4, 1);
  take (4);
  ck_assert (region.is_known);
  assert_runs ((const size_t[][2]){ { 0, 8 }, { 0, 0 } });
  assert_runs_are_true ();
  /* They came in order: nothing was given back for it. */
  ck_assert_uint_eq (fake_calls (FAKE_PUNCH_HOLE), 0);
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_pages_that_come_backwards_are_put_in_order)
{
  set_pages_by (4, -1);
  take (4);
  assert_runs ((const size_t[][2]){ { 0, 8 }, { 0, 0 } });
  assert_runs_are_true ();
  ck_assert_int_eq (region.data[region.size - 1], 0);
  ck_assert_uint_eq (fake_huge_pages_taken (), 4);
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_pages_in_any_order_are_put_in_order)
{
  const unsigned places[] = { 7, 2, 11, 6, 1, 3, 5, 10 };

  set_pages (places, N_ELEMENTS (places));
  take (N_ELEMENTS (places));
  assert_runs ((const size_t[][2]){ { 0, 6 }, { 6, 6 }, { 12, 4 }, { 0, 0 } });
  assert_runs_are_true ();
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_scattered_pages_are_left_as_they_are)
{
  set_pages_by (5, -2);
  take (5);
  ck_assert (region.is_known);
  assert_runs ((const size_t[][2]){ { 0, 2 }, { 2, 2 }, { 4, 2 }, { 6, 2 }, { 8, 2 }, { 0, 0 } });
  ck_assert_uint_eq (fake_calls (FAKE_PUNCH_HOLE), 0);
  huge_region_finish (&region);
}
END_TEST

/* Side by side, and not in the order of their addresses: the second ends where the first begins. */
START_TEST (test_order_of_addresses_counts)
{
  uint64_t address;

  set_pages_by (2, 1);
  take (2);
  ck_assert_int_eq (huge_region_find (&region, 0, 2 * HUGE_PAGE, &address), 0);
  ck_assert_uint_eq (address, address_of (MAX_HUGE_PAGES));
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_secret_frames_make_each_page_a_run)
{
  uint64_t address = 42;

  set_pages_by (3, 1);
  fake_set_pagemap (false);
  take (3);
  ck_assert (!region.is_known);
  assert_runs ((const size_t[][2]){ { 0, 2 }, { 2, 2 }, { 4, 2 }, { 0, 0 } });
  ck_assert_int_eq (huge_region_find (&region, HUGE_PAGE, HUGE_PAGE, &address), 0);
  ck_assert_uint_eq (address, 0);
  address = 42;
  ck_assert_int_eq (huge_region_find (&region, HUGE_PAGE - sys_page_size (), 2 * sys_page_size (), &address), -EXDEV);
  ck_assert_uint_eq (address, 42);
  huge_region_finish (&region);
}
END_TEST

/* Else a moment without fds would leave a region unknown for all its life. */
START_TEST (test_not_to_look_is_not_to_be_refused)
{
  static const struct {
    int error;
    bool is_refusal;
  } rows[] = { { EPERM, true }, { EACCES, true }, { ENOENT, true }, { EMFILE, false }, { ENOMEM, false } };

  set_pages_by (2, 1);
  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    uint64_t address = 42;
    int error = rows[i].is_refusal ? 0 : -rows[i].error;
    fake_fail (FAKE_PAGE_FRAME, 1, rows[i].error);
    ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, 2, -1), error);
    if (rows[i].is_refusal) {
      ck_assert (!region.is_known);
      huge_region_finish (&region);
    }
    take (2);
    ck_assert (region.is_known);
    fake_fail (FAKE_PAGE_FRAME, 1, rows[i].error);
    ck_assert_int_eq (huge_region_find (&region, 0, HUGE_PAGE, &address), error);
    ck_assert_uint_eq (address, rows[i].is_refusal ? 0 : 42);
    for (unsigned n = 1; n <= 2; n++) {
      fake_fail (FAKE_PAGE_FRAME, n, rows[i].error);
      ck_assert_int_eq (
          huge_region_find (&region, 0, 2 * HUGE_PAGE, &address), rows[i].is_refusal ? -EXDEV : -rows[i].error);
      fake_disarm ();
    }
    huge_region_finish (&region);
  }
}
END_TEST

START_TEST (test_find_tells_the_address_within_the_page)
{
  const unsigned places[] = { 5, 6, 20 };
  size_t page = sys_page_size ();
  uint64_t address;

  set_pages (places, N_ELEMENTS (places));
  take (3);
  ck_assert_int_eq (huge_region_find (&region, 0, page, &address), 0);
  ck_assert_uint_eq (address, address_of (5));
  ck_assert_int_eq (huge_region_find (&region, 3 * page, page, &address), 0);
  ck_assert_uint_eq (address, address_of (5) + 3 * page);
  ck_assert_int_eq (huge_region_find (&region, HUGE_PAGE - page, 2 * page, &address), 0);
  ck_assert_uint_eq (address, address_of (6) - page);
  ck_assert_int_eq (huge_region_find (&region, 2 * HUGE_PAGE + page, HUGE_PAGE - page, &address), 0);
  ck_assert_uint_eq (address, address_of (20) + page);
  /* Across what is not adjacent. */
  address = 42;
  ck_assert_int_eq (huge_region_find (&region, 2 * HUGE_PAGE - page, 2 * page, &address), -EXDEV);
  ck_assert_int_eq (huge_region_find (&region, 0, 3 * HUGE_PAGE, &address), -EXDEV);
  ck_assert_uint_eq (address, 42);
  huge_region_finish (&region);
}
END_TEST

/* As the kernel does with what no dma-buf pins. */
static void
move_second_page (void)
{
  ck_assert_int_eq (sys_punch_hole (region.memfd, HUGE_PAGE, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_punch_hole (region.memfd, 0, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_fallocate (region.memfd, HUGE_PAGE, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_fallocate (region.memfd, 0, HUGE_PAGE), 0);
}

START_TEST (test_find_looks_at_where_pages_are_now)
{
  uint64_t address;

  set_pages_by (2, 1);
  take (2);
  assert_runs_are_true ();
  move_second_page ();
  ck_assert_int_eq (huge_region_find (&region, 0, 2 * HUGE_PAGE, &address), -EXDEV);
  ck_assert_int_eq (huge_region_find (&region, 0, HUGE_PAGE, &address), 0);
  ck_assert_uint_eq (address, address_of (MAX_HUGE_PAGES + 1));
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_too_few_pages_leave_nothing)
{
  set_pages_by (3, 1);
  memset (&region, 0x5a, sizeof region);
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, 4, -1), -ENOSPC);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
  ck_assert_uint_eq (fake_open_fds (), 0);
  ck_assert_uint_eq (fake_mappings (), 0);
  take (3);
  huge_region_finish (&region);
}
END_TEST

START_TEST (test_sizes_that_no_file_has_are_refused)
{
  set_pages_by (1, 1);
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, SIZE_MAX / HUGE_PAGE + 1, -1), -EOVERFLOW);
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, SIZE_MAX, -1), -EOVERFLOW);
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, ((size_t) SSIZE_MAX + 1) / HUGE_PAGE, -1), -EOVERFLOW);
  ck_assert_uint_eq (fake_calls_total (), 0);
}
END_TEST

START_TEST (test_page_size_that_the_machine_lacks_is_refused)
{
  set_pages_by (1, 1);
  ck_assert_int_eq (huge_region_init (&region, 32 * MIB, 1, -1), -ENODEV);
}
END_TEST

/* Somebody takes a page between giving back and taking again. */
START_TEST (test_rearranging_may_fail)
{
  set_pages_by (2, -1);
  fake_fail (FAKE_FALLOCATE, 2, ENOSPC);
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, 2, -1), -ENOSPC);
  set_pages_by (2, -1);
  fake_fail (FAKE_PUNCH_HOLE, 1, EINTR);
  ck_assert_int_eq (huge_region_init (&region, HUGE_PAGE, 2, -1), -EINTR);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
}
END_TEST

/* Pages that come backwards take the longest way. */
START_TEST (test_every_failure_leaves_nothing)
{
  unsigned n, n_failed = 0;

  set_pages_by (3, -1);
  for (n = 1;; n++) {
    int r;
    fake_fail_any (n, EIO);
    r = huge_region_init (&region, HUGE_PAGE, 3, -1);
    n_failed += r < 0;
    if (r == 0)
      huge_region_finish (&region);
    ck_assert_uint_eq (fake_open_fds (), 0);
    ck_assert_uint_eq (fake_mappings (), 0);
    ck_assert_uint_eq (fake_huge_pages_taken (), 0);
    if (fake_armed () > 0)
      break;
    ck_assert (r == 0 || r == -EIO);
    set_pages_by (3, -1);
  }
  /* Create, truncate, seal, take, map, fork; 3 looks; 3 back, 3 again, 3 looks. */
  ck_assert_uint_eq (n - 1, 18);
  ck_assert_uint_eq (n_failed, 18);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_region_is_sealed_zeroed_memory_of_its_size,
    test_region_is_not_mapped_in_forked_processes,
    test_adjacent_pages_are_one_run,
    test_pages_that_come_backwards_are_put_in_order,
    test_pages_in_any_order_are_put_in_order,
    test_scattered_pages_are_left_as_they_are,
    test_order_of_addresses_counts,
    test_secret_frames_make_each_page_a_run,
    test_not_to_look_is_not_to_be_refused,
    test_find_tells_the_address_within_the_page,
    test_find_looks_at_where_pages_are_now,
    test_too_few_pages_leave_nothing,
    test_sizes_that_no_file_has_are_refused,
    test_page_size_that_the_machine_lacks_is_refused,
    test_rearranging_may_fail,
    test_every_failure_leaves_nothing,
  };

  return suite_run ("huge-region", begin_on_machine, end_on_machine, tests, N_ELEMENTS (tests));
}
