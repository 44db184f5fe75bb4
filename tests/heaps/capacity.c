/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How much a heap has, by what the kernel says and by trial. */
#include "heaps/capacity.h"
#include "heaps/open.h"

#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MIB 1048576u
#define MEMINFO                                                                                                        \
  "MemTotal:        2048492 kB\nMemFree:         1812000 kB\nMemAvailable:    1812204 kB\n"                            \
  "CmaTotal:         131072 kB\nCmaFree:          122880 kB\n"

static struct heap_catalog catalog;

static void
end (void)
{
  heap_catalog_finish (&catalog);
  end_on_machine ();
}

static void
set_file (const char *directory, const char *name, const char *file, const char *text)
{
  char path[512];

  snprintf (path, sizeof path, "%s/%s/%s", directory, name, file);
  fake_set_file (path, text);
}

/* A CMA region as CONFIG_CMA_SYSFS shows it. */
static void
add_region (const char *name, const char *total, const char *available)
{
  set_file ("/sys/kernel/mm/cma", name, "total_pages", total);
  set_file ("/sys/kernel/mm/cma", name, "available_pages", available);
}

static void
add_node (const char *name, bool is_marked)
{
  set_file (HEAP_DEVICE_TREE_REGIONS, name, "compatible", "shared-dma-pool");
  set_file (HEAP_DEVICE_TREE_REGIONS, name, "reusable", "");
  if (is_marked)
    set_file (HEAP_DEVICE_TREE_REGIONS, name, "linux,cma-default", "");
}

static void
add_proc (const char *cmdline)
{
  fake_set_file ("/proc/meminfo", MEMINFO);
  fake_set_file ("/proc/cmdline", cmdline);
}

/* "TOTAL FREE" in pages, "~" where free is no limit; or "unknown". */
static const char *
capacity_of (const char *name)
{
  static char text[64];
  struct heap_capacity capacity = { 1, 2, false };
  unsigned page = (unsigned) sys_page_size ();
  int r;

  heap_catalog_finish (&catalog);
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
  r = heap_capacity_read (heap_catalog_find (&catalog, name), &capacity);
  if (r == 0) {
    snprintf (text, sizeof text, "%u %s%u", (unsigned) (capacity.total / page), capacity.is_limit ? "" : "~",
        (unsigned) (capacity.free / page));
    return text;
  }
  ck_assert_int_eq (r, -ENODATA);
  ck_assert_uint_eq (capacity.total, 1);
  ck_assert_uint_eq (capacity.free, 2);
  return "unknown";
}

START_TEST (test_bare_machine_tells_nothing)
{
  fake_add_heap ("system");
  fake_add_heap ("default_cma_region");
  ck_assert_str_eq (capacity_of ("system"), "unknown");
  ck_assert_str_eq (capacity_of ("default_cma_region"), "unknown");
  ck_assert_str_eq (capacity_of ("process"), "unknown");
}
END_TEST

START_TEST (test_system_and_process_have_the_memory_of_the_machine)
{
  fake_add_heap ("system");
  add_proc ("");
  ck_assert_str_eq (capacity_of ("system"), "512123 ~453051");
  ck_assert_str_eq (capacity_of ("process"), "512123 ~453051");
}
END_TEST

START_TEST (test_region_is_found_by_its_name)
{
  fake_add_heap ("video@c000000");
  fake_add_heap ("reserved");
  add_region ("video@c000000", "4096\n", "4000\n");
  add_region ("reserved", "32768\n", "0\n");
  ck_assert_str_eq (capacity_of ("video@c000000"), "4096 4000");
  ck_assert_str_eq (capacity_of ("reserved"), "32768 0");
}
END_TEST

START_TEST (test_default_region_is_the_only_one)
{
  fake_add_heap ("default_cma_region");
  add_region ("whatever", "100", "50");
  ck_assert_str_eq (capacity_of ("default_cma_region"), "100 50");
}
END_TEST

START_TEST (test_default_region_is_the_documented_one)
{
  fake_add_heap ("default_cma_region");
  add_region ("hugetlb0", "1", "1");
  add_region ("reserved", "100", "50");
  add_region ("video@c000000", "2", "2");
  ck_assert_str_eq (capacity_of ("default_cma_region"), "100 50");
}
END_TEST

START_TEST (test_default_region_is_the_marked_one)
{
  fake_add_heap ("default_cma_region");
  add_node ("display-memory@8000000", true);
  add_node ("linux,cma@d000000", false);
  add_region ("linux,cma@d000000", "1", "1");
  add_region ("display-memory@8000000", "100", "50");
  ck_assert_str_eq (capacity_of ("default_cma_region"), "100 50");
}
END_TEST

START_TEST (test_default_region_among_several_is_not_guessed)
{
  fake_add_heap ("default_cma_region");
  add_region ("a", "1", "1");
  add_region ("b", "2", "2");
  add_proc ("");
  add_node ("a", false);
  ck_assert_str_eq (capacity_of ("default_cma_region"), "unknown");
}
END_TEST

START_TEST (test_link_has_the_figures_of_its_target)
{
  fake_add_heap_full ("npu", (254u << 8) | 3, 0, 0, 0600, 0);
  fake_add_heap_full ("video@c000000", (254u << 8) | 3, 0, 0, 0600, 0);
  fake_set_file ("/sys/dev/char/254:3/uevent", "MAJOR=254\nMINOR=3\nDEVNAME=dma_heap/video@c000000\n");
  add_region ("video@c000000", "4096", "4000");
  ck_assert_str_eq (capacity_of ("npu"), "4096 4000");
  ck_assert_str_eq (capacity_of ("video@c000000"), "4096 4000");
}
END_TEST

START_TEST (test_link_to_the_default_region_has_its_figures)
{
  fake_add_heap_full ("vidbuf_cached", 7, 0, 0, 0600, 0);
  fake_add_heap_full ("default_cma_region", 7, 0, 0, 0600, 0);
  add_region ("reserved", "100", "50");
  ck_assert_str_eq (capacity_of ("vidbuf_cached"), "100 50");
}
END_TEST

START_TEST (test_without_sysfs_meminfo_tells_of_the_default_region)
{
  fake_add_heap ("default_cma_region");
  fake_add_heap ("camera");
  add_proc ("cma=128M quiet");
  ck_assert_str_eq (capacity_of ("default_cma_region"), "32768 ~30720");
  ck_assert_str_eq (capacity_of ("camera"), "unknown");
  add_node ("linux,cma@8000000", true);
  ck_assert_str_eq (capacity_of ("default_cma_region"), "32768 ~30720");
}
END_TEST

/* As Linux 6.12 has it: counters of allocations, and no sizes. */
static void
add_counters (const char *name, const char *allocated, const char *released)
{
  set_file ("/sys/kernel/mm/cma", name, "alloc_pages_success", allocated);
  set_file ("/sys/kernel/mm/cma", name, "release_pages_success", released);
}

START_TEST (test_counters_tell_what_meminfo_leaves_out)
{
  fake_add_heap ("reserved");
  add_proc ("cma=128M quiet");
  add_counters ("reserved", "5000\n", "4000\n");
  ck_assert_str_eq (capacity_of ("reserved"), "32768 31768");
  add_counters ("reserved", "37768", "5000");
  ck_assert_str_eq (capacity_of ("reserved"), "32768 0");
}
END_TEST

START_TEST (test_counters_that_do_not_fit_are_left_alone)
{
  static const char *const rows[][2] = { { "4000", "5000" }, { "32769", "0" }, { "", "0" }, { "1", "much" } };

  fake_add_heap ("reserved");
  add_proc ("cma=128M quiet");
  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    add_counters ("reserved", rows[i][0], rows[i][1]);
    ck_assert_str_eq (capacity_of ("reserved"), "32768 ~30720");
  }
  add_counters ("reserved", "1", "1");
  ck_assert_str_eq (capacity_of ("reserved"), "32768 32768");
  add_counters ("whatever", "1", "1");
  ck_assert_str_eq (capacity_of ("reserved"), "32768 ~30720");
}
END_TEST

START_TEST (test_sum_of_several_regions_is_nobodys)
{
  fake_add_heap ("default_cma_region");
  add_proc ("hugetlb_cma=1G");
  ck_assert_str_eq (capacity_of ("default_cma_region"), "unknown");
  add_proc ("");
  add_node ("video@c000000", false);
  ck_assert_str_eq (capacity_of ("default_cma_region"), "unknown");
}
END_TEST

START_TEST (test_nonsense_is_no_figure)
{
  fake_add_heap ("a");
  fake_add_heap ("b");
  fake_add_heap ("system");
  add_region ("a", "many", "1");
  add_region ("b", "18446744073709551615", "1");
  fake_set_file ("/proc/meminfo", "MemTotals: 1 kB\nMemTotal: 1 kB\nMemAvailable: x\n");
  ck_assert_str_eq (capacity_of ("a"), "unknown");
  ck_assert_str_eq (capacity_of ("b"), "unknown");
  ck_assert_str_eq (capacity_of ("system"), "unknown");
}
END_TEST

START_TEST (test_region_without_these_figures_is_unknown)
{
  fake_add_heap ("video@c000000");
  add_counters ("video@c000000", "0", "0");
  ck_assert_str_eq (capacity_of ("video@c000000"), "unknown");
}
END_TEST

START_TEST (test_every_failure_leaves_the_figures_unknown)
{
  unsigned n = 0;

  fake_add_heap ("default_cma_region");
  add_region ("reserved", "100", "50");
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
  do {
    struct heap_capacity capacity = { 0 };
    fake_disarm ();
    fake_fail_any (++n, EIO);
    ck_assert_int_le (heap_capacity_read (&catalog.heaps[0], &capacity), 0);
    ck_assert (capacity.total == 0 || capacity.total == 100 * sys_page_size ());
    ck_assert_uint_eq (fake_open_fds (), 0);
  } while (fake_armed () == 0);
  ck_assert_uint_gt (n, 5);
}
END_TEST

static struct heap *
open_heap (const char *name)
{
  char path[64];
  struct heap *heap = NULL;

  fake_add_heap (name);
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
  snprintf (path, sizeof path, "/dev/dma_heap/%s", name);
  ck_assert_int_eq (heap_open (heap_catalog_find (&catalog, name), path, &heap), 0);
  return heap;
}

START_TEST (test_largest_is_found_to_the_page)
{
  struct heap *heap = open_heap ("reserved");
  size_t page = sys_page_size ();
  const size_t rows[][3] = {
    /* what there is, the upper bound, the answer */
    { 0, 16 * MIB, 0 },
    { page, 16 * MIB, page },
    { 2 * MIB - page, 16 * MIB, 2 * MIB - page },
    { 15 * MIB, 16 * MIB, 15 * MIB },
    { 16 * MIB, 16 * MIB, 16 * MIB },
    { 17 * MIB, 16 * MIB, 16 * MIB },
    { 77 * MIB + 3 * page, 128 * MIB, 77 * MIB + 3 * page },
    { MIB, 0, 0 },
    { MIB, page - 1, 0 },
    { MIB, page, page },
    { MIB, 2 * page - 1, page },
  };

  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    size_t largest = 42;
    unsigned before = fake_calls (FAKE_HEAP_ALLOC);
    fake_set_capacity ("reserved", rows[i][0]);
    ck_assert_int_eq (heap_largest (heap, rows[i][1], &largest), 0);
    ck_assert_msg (largest == rows[i][2], "%zu: %zu, not %zu", i, largest, rows[i][2]);
    ck_assert_uint_le (fake_calls (FAKE_HEAP_ALLOC) - before, HEAP_LARGEST_TRIES);
    ck_assert_uint_eq (fake_open_buffers ("reserved"), 0);
  }
  heap_unref (heap);
}
END_TEST

START_TEST (test_largest_tries_a_few_times_whatever_the_bound)
{
  struct heap *heap = open_heap ("reserved");
  size_t largest;

  fake_set_capacity ("reserved", 3 * MIB);
  ck_assert_int_eq (heap_largest (heap, SIZE_MAX, &largest), 0);
  ck_assert_uint_le (largest, 3 * MIB);
  ck_assert_uint_eq (fake_calls (FAKE_HEAP_ALLOC), HEAP_LARGEST_TRIES);
  heap_unref (heap);
}
END_TEST

START_TEST (test_bound_is_the_first_size_that_fails)
{
  struct heap *heap = open_heap ("reserved");
  const size_t rows[][2] = { { 0, MIB }, { MIB - 1, MIB }, { MIB, 2 * MIB }, { 3 * MIB, 4 * MIB },
    { 4 * MIB, 8 * MIB } };
  size_t bound = 42;

  fake_set_capacity ("reserved", 3 * MIB);
  for (unsigned n = 1; n <= 3; n++) {
    fake_fail (FAKE_HEAP_ALLOC, n, EMFILE);
    ck_assert_int_eq (heap_find_bound (heap, &bound), -EMFILE);
    ck_assert_uint_eq (bound, 42);
  }
  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    fake_set_capacity ("reserved", rows[i][0]);
    ck_assert_int_eq (heap_find_bound (heap, &bound), 0);
    ck_assert_uint_eq (bound, rows[i][1]);
    ck_assert_uint_eq (fake_open_buffers ("reserved"), 0);
  }
  heap_unref (heap);
}
END_TEST

START_TEST (test_largest_is_for_contiguous_heaps)
{
  static const char *const names[] = { "system", "odd" };

  for (size_t i = 0; i < N_ELEMENTS (names); i++) {
    size_t largest = 42;
    struct heap *heap;
    heap_catalog_finish (&catalog);
    heap = open_heap (names[i]);
    ck_assert_int_eq (heap_largest (heap, MIB, &largest), -EOPNOTSUPP);
    ck_assert_int_eq (heap_find_bound (heap, &largest), -EOPNOTSUPP);
    ck_assert_uint_eq (largest, 42);
    heap_unref (heap);
  }
  ck_assert_uint_eq (fake_calls (FAKE_HEAP_ALLOC), 0);
}
END_TEST

START_TEST (test_largest_fails_as_allocating_does)
{
  struct heap *heap = open_heap ("reserved");
  size_t largest = 42;

  fake_set_capacity ("reserved", 3 * MIB);
  for (unsigned n = 1; n <= 5; n++) {
    fake_fail (FAKE_HEAP_ALLOC, n, EMFILE);
    ck_assert_int_eq (heap_largest (heap, 16 * MIB, &largest), -EMFILE);
    ck_assert_uint_eq (largest, 42);
    ck_assert_uint_eq (fake_open_buffers ("reserved"), 0);
  }
  heap_unref (heap);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_bare_machine_tells_nothing,
    test_system_and_process_have_the_memory_of_the_machine,
    test_region_is_found_by_its_name,
    test_default_region_is_the_only_one,
    test_default_region_is_the_documented_one,
    test_default_region_is_the_marked_one,
    test_default_region_among_several_is_not_guessed,
    test_link_has_the_figures_of_its_target,
    test_link_to_the_default_region_has_its_figures,
    test_without_sysfs_meminfo_tells_of_the_default_region,
    test_counters_tell_what_meminfo_leaves_out,
    test_counters_that_do_not_fit_are_left_alone,
    test_sum_of_several_regions_is_nobodys,
    test_nonsense_is_no_figure,
    test_region_without_these_figures_is_unknown,
    test_every_failure_leaves_the_figures_unknown,
    test_largest_is_found_to_the_page,
    test_largest_tries_a_few_times_whatever_the_bound,
    test_bound_is_the_first_size_that_fails,
    test_largest_is_for_contiguous_heaps,
    test_largest_fails_as_allocating_does,
  };

  return suite_run ("capacity", begin_on_machine, end, tests, N_ELEMENTS (tests));
}
