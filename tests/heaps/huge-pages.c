/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The kernel's figures of huge pages, and the advice that follows from them. */
#include "heaps/huge-pages.h"

#include "huge-machine.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIB 1024

static struct huge_pages pages[HUGE_PAGES_MAX_SIZES];

static void
set_figure (uint64_t kib, const char *file, const char *text)
{
  char path[128];

  snprintf (path, sizeof path, "/sys/kernel/mm/hugepages/hugepages-%" PRIu64 "kB/%s", kib, file);
  fake_set_file (path, text);
}

static void
assert_pages (const struct huge_pages *actual, size_t page_size, uint64_t total, uint64_t unused, uint64_t persistent)
{
  ck_assert_uint_eq (actual->page_size, page_size);
  ck_assert_uint_eq (actual->total, total);
  ck_assert_uint_eq (actual->free, unused);
  ck_assert_uint_eq (actual->persistent, persistent);
}

START_TEST (test_kernel_without_huge_pages_has_no_size)
{
  ck_assert_uint_eq (huge_pages_read (pages), 0);
  ck_assert (!huge_pages_are_there ());
}
END_TEST

START_TEST (test_sizes_are_in_order)
{
  const uint64_t kib[] = { 1048576, 64, 32768, 2048 };

  for (size_t i = 0; i < N_ELEMENTS (kib); i++)
    set_figure (kib[i], "nr_hugepages", "0\n");
  ck_assert_uint_eq (huge_pages_read (pages), 4);
  assert_pages (&pages[0], 64 * KIB, 0, 0, 0);
  assert_pages (&pages[1], 2 * MIB, 0, 0, 0);
  assert_pages (&pages[2], 32 * MIB, 0, 0, 0);
  assert_pages (&pages[3], 1024 * MIB, 0, 0, 0);
}
END_TEST

START_TEST (test_more_sizes_than_there_is_room_for_are_left_out)
{
  for (uint64_t kib = 8; kib <= 8 << (HUGE_PAGES_MAX_SIZES + 2); kib *= 2)
    set_figure (kib, "nr_hugepages", "1\n");
  ck_assert_uint_eq (huge_pages_read (pages), HUGE_PAGES_MAX_SIZES);
  assert_pages (&pages[0], 8 * KIB, 1, 0, 1);
}
END_TEST

START_TEST (test_pages_promised_to_others_are_not_free)
{
  set_pages_by (10, 1);
  fake_set_file (HUGE_FILES "resv_hugepages", "3\n");
  ck_assert_uint_eq (huge_pages_read (pages), 1);
  assert_pages (&pages[0], HUGE_PAGE, 10, 7, 10);
  fake_set_file (HUGE_FILES "resv_hugepages", "11\n");
  huge_pages_read (pages);
  assert_pages (&pages[0], HUGE_PAGE, 10, 0, 10);
}
END_TEST

START_TEST (test_pages_that_the_system_may_add_count_as_free)
{
  set_pages_by (10, 1);
  fake_set_file (HUGE_FILES "nr_overcommit_hugepages", "5\n");
  huge_pages_read (pages);
  assert_pages (&pages[0], HUGE_PAGE, 15, 15, 10);
  /* Of the 10, 2 have been added; 3 more may be. */
  fake_set_file (HUGE_FILES "surplus_hugepages", "2\n");
  huge_pages_read (pages);
  assert_pages (&pages[0], HUGE_PAGE, 13, 13, 8);
  /* The limit was lowered meanwhile. */
  fake_set_file (HUGE_FILES "nr_overcommit_hugepages", "1\n");
  huge_pages_read (pages);
  assert_pages (&pages[0], HUGE_PAGE, 10, 10, 8);
}
END_TEST

START_TEST (test_what_is_no_size_is_left_out)
{
  static const char *const names[] = { "hugepages-0kB", "hugepages-3kB", "hugepages-kB",
    "hugepages-18014398509481984kB", "hugepages-18446744073709551615kB", "other" };
  char path[128];

  set_pages_by (1, 1);
  for (size_t i = 0; i < N_ELEMENTS (names); i++) {
    snprintf (path, sizeof path, "/sys/kernel/mm/hugepages/%s/nr_hugepages", names[i]);
    fake_set_file (path, "7\n");
  }
  ck_assert_uint_eq (huge_pages_read (pages), 1);
  assert_pages (&pages[0], HUGE_PAGE, 1, 1, 1);
}
END_TEST

START_TEST (test_files_that_are_not_there_or_no_numbers_count_as_nothing)
{
  set_figure (2048, "nr_hugepages", "many\n");
  set_figure (2048, "resv_hugepages", "");
  set_figure (2048, "free_hugepages", "a text that is longer than any number may ever be\n");
  ck_assert_uint_eq (huge_pages_read (pages), 1);
  assert_pages (&pages[0], HUGE_PAGE, 0, 0, 0);
}
END_TEST

START_TEST (test_pages_are_there_when_any_size_has_some)
{
  set_figure (2048, "nr_hugepages", "0\n");
  set_figure (1048576, "nr_hugepages", "0\n");
  ck_assert (!huge_pages_are_there ());
  set_figure (1048576, "nr_hugepages", "1\n");
  ck_assert (huge_pages_are_there ());
  set_figure (1048576, "nr_hugepages", "0\n");
  set_figure (2048, "nr_overcommit_hugepages", "1\n");
  ck_assert (huge_pages_are_there ());
}
END_TEST

static void
assert_advice (size_t size, const char *expected)
{
  char *text;
  size_t length;
  FILE *out = open_memstream (&text, &length);

  huge_pages_write_advice (out, size);
  fclose (out);
  ck_assert_str_eq (text, expected);
  free (text);
}

START_TEST (test_advice_tells_how_many_pages_it_takes)
{
  set_pages_by (10, 1);
  assert_advice (25 * MIB,
      "it takes 13 huge pages side by side, each of 2 MiB, and 10 of 10 are free: reserve more with "
      "\"sysctl vm.nr_hugepages=13\", or, while memory is still in one piece, with \"hugepages=13\" on the kernel's "
      "command line");
  set_pages_by (0, 1);
  assert_advice (1,
      "it takes 1 huge page of 2 MiB, and 0 of 0 are free: reserve more with \"sysctl vm.nr_hugepages=1\", or, while "
      "memory is still in one piece, with \"hugepages=1\" on the kernel's command line");
}
END_TEST

/* Enough are free, and not adjacent: as many again. */
START_TEST (test_advice_is_never_to_reserve_what_is_reserved)
{
  set_pages_by (10, 2);
  assert_advice (4 * MIB,
      "it takes 2 huge pages side by side, each of 2 MiB, and 10 of 10 are free: reserve more with "
      "\"sysctl vm.nr_hugepages=12\", or, while memory is still in one piece, with \"hugepages=12\" on the kernel's "
      "command line");
}
END_TEST

/* On arm64 there are pages of 64 KiB, and vm.nr_hugepages is not about them. */
START_TEST (test_advice_is_about_pages_of_the_default_size)
{
  set_figure (64, "nr_hugepages", "0\n");
  set_pages_by (0, 1);
  set_figure (1048576, "nr_hugepages", "0\n");
  fake_set_file ("/proc/meminfo", "MemTotal: 1000 kB\nHugepagesize:       2048 kB\nHugetlb: 0 kB\n");
  assert_advice (8 * MIB,
      "it takes 4 huge pages side by side, each of 2 MiB, and 0 of 0 are free: reserve more with "
      "\"sysctl vm.nr_hugepages=4\", or, while memory is still in one piece, with \"hugepages=4\" on the kernel's "
      "command line");
  /* default_hugepagesz= */
  fake_set_file ("/proc/meminfo", "MemTotal: 1000 kB\nHugepagesize:    1048576 kB\n");
  assert_advice (8 * MIB,
      "it takes 1 huge page of 1 GiB, and 0 of 0 are free: reserve more with \"sysctl vm.nr_hugepages=1\", or, while "
      "memory is still in one piece, with \"hugepages=1\" on the kernel's command line");
  fake_set_file ("/proc/meminfo", "MemTotal: 1000 kB\nHugepagesize: 77 kB\n");
  assert_advice (1,
      "it takes 1 huge page of 64 KiB, and 0 of 0 are free: reserve more with \"sysctl vm.nr_hugepages=1\", or, while "
      "memory is still in one piece, with \"hugepages=1\" on the kernel's command line");
}
END_TEST

START_TEST (test_advice_has_room_for_the_largest_size)
{
  set_pages_by (0, 1);
  assert_advice (SIZE_MAX,
      "it takes 8796093022208 huge pages side by side, each of 2 MiB, and 0 of 0 are free: reserve more with "
      "\"sysctl vm.nr_hugepages=8796093022208\", or, while memory is still in one piece, with "
      "\"hugepages=8796093022208\" on the kernel's command line");
}
END_TEST

START_TEST (test_advice_without_huge_pages_names_what_the_kernel_lacks)
{
  assert_advice (1, "this kernel is without huge pages (CONFIG_HUGETLBFS)");
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_kernel_without_huge_pages_has_no_size,
    test_sizes_are_in_order,
    test_more_sizes_than_there_is_room_for_are_left_out,
    test_pages_promised_to_others_are_not_free,
    test_pages_that_the_system_may_add_count_as_free,
    test_what_is_no_size_is_left_out,
    test_files_that_are_not_there_or_no_numbers_count_as_nothing,
    test_pages_are_there_when_any_size_has_some,
    test_advice_tells_how_many_pages_it_takes,
    test_advice_is_never_to_reserve_what_is_reserved,
    test_advice_is_about_pages_of_the_default_size,
    test_advice_has_room_for_the_largest_size,
    test_advice_without_huge_pages_names_what_the_kernel_lacks,
  };

  return suite_run ("huge-pages", begin_on_machine, end_on_machine, tests, N_ELEMENTS (tests));
}
