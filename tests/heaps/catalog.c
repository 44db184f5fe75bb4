/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heaps are found, in which order, and what is known about them. */
#include "heaps/catalog.h"

#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct heap_catalog catalog;

static void
begin (void)
{
  begin_on_machine ();
  unsetenv ("GST_HEAPS_DIR");
}

static void
end (void)
{
  heap_catalog_finish (&catalog);
  end_on_machine ();
}

static void
read_catalog (void)
{
  heap_catalog_finish (&catalog);
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), 0);
}

/* A region of the device tree, and the heap that the kernel makes of it. */
static void
add_region (const char *name, bool is_marked)
{
  char path[512];

  snprintf (path, sizeof path, "%s/%s/compatible", HEAP_DEVICE_TREE_REGIONS, name);
  fake_set_file (path, "shared-dma-pool");
  snprintf (path, sizeof path, "%s/%s/linux,cma-default", HEAP_DEVICE_TREE_REGIONS, name);
  fake_set_file (path, is_marked ? "" : NULL);
  fake_add_heap (name);
}

static enum heap_evidence
evidence (const char *name)
{
  return heap_catalog_find (&catalog, name)->twin_evidence;
}

/* The heaps found, with ";" between them; each with "=TWIN" where it has one. */
static const char *
list_heaps (void)
{
  static char list[4096];
  int length = 0;

  *list = '\0';
  for (size_t i = 0; i < catalog.n_heaps; i++) {
    const struct heap_info *info = &catalog.heaps[i];
    length += snprintf (list + length, sizeof list - (size_t) length, "%s%s%s%s", i > 0 ? ";" : "", info->name,
        *info->twin_of != '\0' ? "=" : "", info->twin_of);
  }
  return list;
}

static enum heap_answer
answer (const char *name, enum heap_property property)
{
  return heap_catalog_find (&catalog, name)->facts.of[property].answer;
}

START_TEST (test_without_directory_there_is_process)
{
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "process;process-contiguous");
  ck_assert_int_eq (catalog.directory_error, -ENOENT);
  ck_assert_str_eq (catalog.directory, "/dev/dma_heap");
  ck_assert_int_eq (catalog.heaps[0].backend, HEAP_BACKEND_PROCESS);
  ck_assert_int_eq (catalog.heaps[0].access, 0);
}
END_TEST

START_TEST (test_unreadable_directory_is_no_error)
{
  fake_add_heap ("system");
  fake_set_directory (EACCES);
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "process;process-contiguous");
  ck_assert_int_eq (catalog.directory_error, -EACCES);
}
END_TEST

START_TEST (test_empty_directory_is_there)
{
  fake_set_directory (0);
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "process;process-contiguous");
  ck_assert_int_eq (catalog.directory_error, 0);
}
END_TEST

START_TEST (test_heaps_stand_in_the_order_programs_want)
{
  fake_add_heap ("zebra");
  fake_add_heap ("protected,secure-video");
  fake_add_heap ("default_cma_region");
  fake_add_heap ("Alpha");
  fake_add_heap ("video@42000000");
  fake_add_heap ("system");
  fake_add_heap ("alpha");
  read_catalog ();
  ck_assert_str_eq (list_heaps (),
      "system;default_cma_region;Alpha;alpha;video@42000000;zebra;protected,secure-video;process;process-contiguous");
}
END_TEST

START_TEST (test_default_region_comes_second_by_any_name)
{
  static const char *const names[] = { "default_cma_region", "reserved", "linux,cma", "default-pool",
    "linux,cma@1000" };

  for (size_t i = 0; i < N_ELEMENTS (names); i++) {
    char expected[128];
    fake_reset ();
    fake_add_heap ("a");
    fake_add_heap (names[i]);
    fake_add_heap ("system");
    read_catalog ();
    snprintf (expected, sizeof expected, "system;%s;a;process;process-contiguous", names[i]);
    ck_assert_str_eq (list_heaps (), expected);
  }
}
END_TEST

START_TEST (test_two_names_of_default_region_are_twins)
{
  fake_add_heap ("reserved");
  fake_add_heap ("default_cma_region");
  fake_add_heap ("system");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "system;default_cma_region;reserved=default_cma_region;process;process-contiguous");
  ck_assert_int_eq (evidence ("default_cma_region"), HEAP_EVIDENCE_NONE);
  ck_assert_int_eq (evidence ("reserved"), HEAP_EVIDENCE_KERNEL);
}
END_TEST

START_TEST (test_node_of_default_region_is_its_twin_and_no_other_is)
{
  fake_add_heap ("video@c000000");
  fake_add_heap ("linux,cma@8000000");
  fake_add_heap ("default_cma_region");
  fake_add_heap ("display-contiguous@d000000");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "default_cma_region;linux,cma@8000000=default_cma_region;"
                                   "display-contiguous@d000000;video@c000000;process;process-contiguous");
}
END_TEST

START_TEST (test_two_names_of_one_device_are_twins)
{
  fake_add_heap_full ("vidbuf_cached", 7, 0, 0, 0600, 0);
  fake_add_heap_full ("linux,cma", 7, 0, 0, 0600, 0);
  fake_add_heap_full ("aaa", 7, 0, 0, 0600, 0);
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "linux,cma;aaa=linux,cma;vidbuf_cached=linux,cma;process;process-contiguous");
  ck_assert_int_eq (evidence ("vidbuf_cached"), HEAP_EVIDENCE_DEVICE);
}
END_TEST

START_TEST (test_twin_of_a_twin_leads_to_the_first)
{
  /* A link to the second name of the region. */
  fake_add_heap_full ("default_cma_region", 1, 0, 0, 0600, 0);
  fake_add_heap_full ("reserved", 2, 0, 0, 0600, 0);
  fake_add_heap_full ("vidbuf_cached", 2, 0, 0, 0600, 0);
  read_catalog ();
  ck_assert_str_eq (list_heaps (),
      "default_cma_region;reserved=default_cma_region;vidbuf_cached=default_cma_region;process;process-contiguous");
  /* That reserved is the default region is no more certain for a link to it. */
  ck_assert_int_eq (evidence ("vidbuf_cached"), HEAP_EVIDENCE_KERNEL);
  ck_assert (heap_info_is_same (&catalog.heaps[0], &catalog.heaps[2]));
  ck_assert (heap_info_is_same (&catalog.heaps[1], &catalog.heaps[2]));
  ck_assert (!heap_info_is_same (&catalog.heaps[0], &catalog.heaps[3]));
}
END_TEST

START_TEST (test_device_tree_tells_the_twin_whatever_its_name)
{
  add_region ("display-memory@8000000", true);
  add_region ("video@c000000", false);
  fake_add_heap ("default_cma_region");
  fake_add_heap ("system");
  read_catalog ();
  ck_assert_str_eq (list_heaps (),
      "system;default_cma_region;display-memory@8000000=default_cma_region;video@c000000;process;process-contiguous");
  ck_assert_int_eq (evidence ("display-memory@8000000"), HEAP_EVIDENCE_DEVICE_TREE);
}
END_TEST

START_TEST (test_device_tree_is_stronger_than_the_name)
{
  add_region ("linux,cma@8000000", true);
  fake_add_heap ("default_cma_region");
  read_catalog ();
  ck_assert_str_eq (
      list_heaps (), "default_cma_region;linux,cma@8000000=default_cma_region;process;process-contiguous");
  ck_assert_int_eq (evidence ("linux,cma@8000000"), HEAP_EVIDENCE_DEVICE_TREE);
}
END_TEST

START_TEST (test_name_of_default_region_without_the_mark_is_no_twin)
{
  add_region ("linux,cma@d000000", false);
  fake_add_heap ("default_cma_region");
  fake_add_heap ("reserved");
  read_catalog ();
  ck_assert_str_eq (
      list_heaps (), "default_cma_region;reserved=default_cma_region;linux,cma@d000000;process;process-contiguous");
}
END_TEST

START_TEST (test_where_another_region_is_marked_documented_names_are_no_twins)
{
  add_region ("display-memory@8000000", true);
  add_region ("linux,cma@d000000", false);
  fake_add_heap ("default_cma_region");
  fake_add_heap ("default-pool");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "default_cma_region;display-memory@8000000=default_cma_region;"
                                   "default-pool;linux,cma@d000000;process;process-contiguous");
}
END_TEST

/* With cma= on its command line, Linux ignores the mark, and makes no heap of the node. */
START_TEST (test_mark_without_a_heap_tells_nothing)
{
  add_region ("display-memory@8000000", true);
  fake_remove_heap ("display-memory@8000000");
  fake_add_heap ("default_cma_region");
  fake_add_heap ("reserved");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "default_cma_region;reserved=default_cma_region;process;process-contiguous");
}
END_TEST

START_TEST (test_two_marks_tell_nothing)
{
  add_region ("a@8000000", true);
  add_region ("b@c000000", true);
  fake_add_heap ("default_cma_region");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "default_cma_region;a@8000000;b@c000000;process;process-contiguous");
}
END_TEST

START_TEST (test_before_6_17_the_marked_region_comes_second)
{
  add_region ("zebra@8000000", true);
  fake_add_heap ("alpha");
  fake_add_heap ("system");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "system;zebra@8000000;alpha;process;process-contiguous");
  ck_assert_int_eq (catalog.heaps[1].default_region, HEAP_EVIDENCE_DEVICE_TREE);
}
END_TEST

START_TEST (test_link_is_of_the_region_of_its_target)
{
  fake_add_heap_full ("default_cma_region", 7, 0, 0, 0600, 0);
  fake_add_heap_full ("aaa", 7, 0, 0, 0600, 0);
  fake_add_heap ("bbb");
  read_catalog ();
  ck_assert_int_eq (heap_catalog_find (&catalog, "aaa")->default_region, HEAP_EVIDENCE_KERNEL);
  ck_assert_int_eq (heap_catalog_find (&catalog, "bbb")->default_region, HEAP_EVIDENCE_NONE);
}
END_TEST

START_TEST (test_unreadable_device_tree_tells_nothing)
{
  add_region ("display-memory@8000000", true);
  add_region ("linux,cma@d000000", false);
  fake_add_heap ("default_cma_region");
  /* For each heap: its node, "compatible", the mark. */
  fake_fail (FAKE_MAY_READ, 2, EACCES);
  fake_fail (FAKE_MAY_READ, 5, EACCES);
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "default_cma_region;linux,cma@d000000=default_cma_region;"
                                   "display-memory@8000000;process;process-contiguous");
}
END_TEST

START_TEST (test_declaration_follows_the_evidence)
{
  static const struct heap_declaration declaration = { "default_cma_region",
    { { [HEAP_DMA32] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, NULL, 0 };
  static const struct heap_config config = { &declaration, 1 };

  add_region ("display-memory@8000000", true);
  add_region ("linux,cma@d000000", false);
  fake_add_heap ("default_cma_region");
  ck_assert_int_eq (heap_catalog_read (NULL, &config, &catalog), 0);
  ck_assert_int_eq (answer ("default_cma_region", HEAP_DMA32), HEAP_YES);
  ck_assert_int_eq (answer ("display-memory@8000000", HEAP_DMA32), HEAP_YES);
  ck_assert_int_eq (answer ("linux,cma@d000000", HEAP_DMA32), HEAP_UNKNOWN);
}
END_TEST

START_TEST (test_names_of_one_device_share_facts)
{
  fake_add_heap_full ("vidbuf_cached", 7, 0, 0, 0600, 0);
  fake_add_heap_full ("linux,cma", 7, 0, 0, 0600, 0);
  read_catalog ();
  ck_assert_int_eq (answer ("vidbuf_cached", HEAP_CONTIGUOUS), HEAP_YES);
  fake_remove_heap ("linux,cma");
  fake_add_heap_full ("system", 7, 0, 0, 0600, 0);
  read_catalog ();
  ck_assert_int_eq (answer ("vidbuf_cached", HEAP_CONTIGUOUS), HEAP_NO);
}
END_TEST

START_TEST (test_link_to_protected_heap_comes_last_too)
{
  fake_add_heap_full ("aaa", 7, 0, 0, 0600, 0);
  fake_add_heap_full ("protected,secure-video", 7, 0, 0, 0600, 0);
  fake_add_heap ("zebra");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "zebra;aaa;protected,secure-video=aaa;process;process-contiguous");
  ck_assert_int_eq (answer ("aaa", HEAP_PROTECTED), HEAP_YES);
}
END_TEST

START_TEST (test_kernel_heap_called_process_is_left_out)
{
  fake_add_heap ("process");
  fake_add_heap ("system");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "system;process;process-contiguous");
  ck_assert_int_eq (heap_catalog_find (&catalog, "process")->backend, HEAP_BACKEND_PROCESS);
}
END_TEST

START_TEST (test_hostile_names_are_left_out)
{
  fake_add_heap ("a\nb");
  fake_add_heap ("../system");
  fake_add_heap ("\x1b[31m");
  fake_add_heap ("");
  fake_add_heap ("\xff");
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "\xff;process;process-contiguous");
}
END_TEST

START_TEST (test_what_is_no_character_device_is_left_out)
{
  fake_add_heap_full ("file", 0, 0, 0, S_IFREG | 0600, 0);
  fake_add_heap_full ("directory", 0, 0, 0, S_IFDIR | 0700, 0);
  fake_add_heap_full ("disk", 0, 0, 0, S_IFBLK | 0600, 0);
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "process;process-contiguous");
}
END_TEST

START_TEST (test_node_that_vanishes_is_left_out)
{
  fake_add_heap ("a");
  fake_add_heap ("b");
  fake_add_heap ("c");
  fake_fail (FAKE_STAT_NODE, 1, ENOENT);
  fake_fail (FAKE_MAY_READ, 1, ENOENT);
  read_catalog ();
  ck_assert_str_eq (list_heaps (), "c;process;process-contiguous");
  ck_assert_int_eq (catalog.directory_error, 0);
}
END_TEST

START_TEST (test_access_and_owner_are_told)
{
  const struct heap_info *info;

  fake_add_heap_full ("system", 7, 12, 34, 0640, EACCES);
  read_catalog ();
  info = heap_catalog_find (&catalog, "system");
  ck_assert_int_eq (info->access, -EACCES);
  ck_assert_int_eq (info->node.uid, 12);
  ck_assert_int_eq (info->node.gid, 34);
  ck_assert_int_eq (info->node.mode, S_IFCHR | 0640);
  ck_assert_uint_eq (info->node.device, 7);
  ck_assert_uint_eq (fake_calls (FAKE_OPEN_HEAP), 0);
}
END_TEST

START_TEST (test_kernel_heaps_are_importable)
{
  fake_add_heap ("some-vendor-heap");
  read_catalog ();
  ck_assert_int_eq (answer ("some-vendor-heap", HEAP_IMPORTABLE), HEAP_YES);
  ck_assert_int_eq (
      heap_catalog_find (&catalog, "some-vendor-heap")->facts.of[HEAP_IMPORTABLE].source, HEAP_SOURCE_BACKEND);
}
END_TEST

START_TEST (test_process_is_importable_where_udmabuf_works)
{
  read_catalog ();
  ck_assert_int_eq (answer ("process", HEAP_IMPORTABLE), HEAP_NO);
  fake_set_udmabuf (0);
  read_catalog ();
  ck_assert_int_eq (answer ("process", HEAP_IMPORTABLE), HEAP_YES);
  fake_set_udmabuf (EACCES);
  read_catalog ();
  ck_assert_int_eq (answer ("process", HEAP_IMPORTABLE), HEAP_NO);
  for (enum heap_property i = HEAP_CONTIGUOUS; i < HEAP_N_PROPERTIES; i++)
    ck_assert_int_eq (answer ("process", i), i == HEAP_CACHEABLE ? HEAP_YES : HEAP_NO);
}
END_TEST

START_TEST (test_declarations_hold_for_kernel_heaps_only)
{
  static const struct heap_declaration declarations[] = {
    { "camera", { { [HEAP_CONTIGUOUS] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, NULL, 0 },
    { "process", { { [HEAP_IMPORTABLE] = { HEAP_YES, HEAP_SOURCE_CONFIG } } }, NULL, 0 },
  };
  static const struct heap_config config = { declarations, N_ELEMENTS (declarations) };

  fake_add_heap ("camera");
  ck_assert_int_eq (heap_catalog_read (NULL, &config, &catalog), 0);
  ck_assert_int_eq (answer ("camera", HEAP_CONTIGUOUS), HEAP_YES);
  ck_assert_int_eq (answer ("process", HEAP_IMPORTABLE), HEAP_NO);
}
END_TEST

START_TEST (test_directory_is_argument_then_environment_then_default)
{
  ck_assert_int_eq (heap_catalog_read ("/given", NULL, &catalog), 0);
  ck_assert_str_eq (catalog.directory, "/given");
  setenv ("GST_HEAPS_DIR", "/environment", true);
  read_catalog ();
  ck_assert_str_eq (catalog.directory, "/environment");
  heap_catalog_finish (&catalog);
  ck_assert_int_eq (heap_catalog_read ("/given", NULL, &catalog), 0);
  ck_assert_str_eq (catalog.directory, "/given");
  setenv ("GST_HEAPS_DIR", "", true);
  read_catalog ();
  ck_assert_str_eq (catalog.directory, HEAP_DEFAULT_DIRECTORY);
}
END_TEST

START_TEST (test_path_is_whole_or_refused)
{
  char path[32] = "before";

  fake_add_heap ("system");
  read_catalog ();
  ck_assert_int_eq (
      heap_catalog_path (&catalog, &catalog.heaps[0], path, sizeof "/dev/dma_heap/system" - 1), -ENAMETOOLONG);
  ck_assert_str_eq (path, "before");
  ck_assert_int_eq (heap_catalog_path (&catalog, &catalog.heaps[0], path, sizeof "/dev/dma_heap/system"), 0);
  ck_assert_str_eq (path, "/dev/dma_heap/system");
}
END_TEST

START_TEST (test_find_takes_the_very_name)
{
  fake_add_heap ("system");
  read_catalog ();
  ck_assert_ptr_eq (heap_catalog_find (&catalog, "system"), &catalog.heaps[0]);
  ck_assert_ptr_null (heap_catalog_find (&catalog, "System"));
  ck_assert_ptr_null (heap_catalog_find (&catalog, "qcom,system"));
}
END_TEST

START_TEST (test_running_out_of_memory_is_an_error)
{
  fake_add_heap ("system");
  fake_fail (FAKE_LIST_DIRECTORY, 1, ENOMEM);
  ck_assert_int_eq (heap_catalog_read (NULL, NULL, &catalog), -ENOMEM);
  ck_assert_ptr_null (catalog.heaps);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_without_directory_there_is_process,
    test_unreadable_directory_is_no_error,
    test_empty_directory_is_there,
    test_heaps_stand_in_the_order_programs_want,
    test_default_region_comes_second_by_any_name,
    test_two_names_of_default_region_are_twins,
    test_node_of_default_region_is_its_twin_and_no_other_is,
    test_two_names_of_one_device_are_twins,
    test_twin_of_a_twin_leads_to_the_first,
    test_device_tree_tells_the_twin_whatever_its_name,
    test_device_tree_is_stronger_than_the_name,
    test_name_of_default_region_without_the_mark_is_no_twin,
    test_where_another_region_is_marked_documented_names_are_no_twins,
    test_mark_without_a_heap_tells_nothing,
    test_two_marks_tell_nothing,
    test_before_6_17_the_marked_region_comes_second,
    test_link_is_of_the_region_of_its_target,
    test_unreadable_device_tree_tells_nothing,
    test_declaration_follows_the_evidence,
    test_names_of_one_device_share_facts,
    test_link_to_protected_heap_comes_last_too,
    test_kernel_heap_called_process_is_left_out,
    test_hostile_names_are_left_out,
    test_what_is_no_character_device_is_left_out,
    test_node_that_vanishes_is_left_out,
    test_access_and_owner_are_told,
    test_kernel_heaps_are_importable,
    test_process_is_importable_where_udmabuf_works,
    test_declarations_hold_for_kernel_heaps_only,
    test_directory_is_argument_then_environment_then_default,
    test_path_is_whole_or_refused,
    test_find_takes_the_very_name,
    test_running_out_of_memory_is_an_error,
  };

  return suite_run ("catalog", begin, end, tests, N_ELEMENTS (tests));
}
