/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of a CMA region is of that heap, under each of its names, and ends where the region does. */
#include "device-test.h"
#include "heap-checks.h"

/* Before Linux 6.17 the one node is called reserved, and from then on default_cma_region is another; the rest are none.
 * The first ones by name. */
static const HeapCheck heaps[] = {
  { "default_cma_region", NULL },
  { "reserved", "reserved" },
  { "linux,cma", NULL },
  { "default-pool", NULL },
  { "heap-require=contiguous", NULL },
};

#define N_NAMED 4

GST_START_TEST (test_memory_is_of_the_heap)
{
  heap_check_memory_is_of_the_heap (&heaps[__i__]);
}

GST_END_TEST

GST_START_TEST (test_memory_is_zero_and_keeps_what_is_written)
{
  heap_check_memory_is_zero_and_keeps_what_is_written (&heaps[__i__]);
}

GST_END_TEST

GST_START_TEST (test_upstream_writes_into_the_heap)
{
  heap_check_upstream_writes_into_the_heap (&heaps[__i__]);
}

GST_END_TEST

GST_START_TEST (test_full_heap_says_so_and_gives_all_back)
{
  GstAllocator *allocator = heap_check_new_allocator ("reserved", NULL);
  GPtrArray *memories = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  GError *error = NULL;
  GstMemory *memory;

  while ((memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 1 << 20, NULL, &error)))
    g_ptr_array_add (memories, memory);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless (memories->len >= 64, "only %u MiB of a region of 128 MiB", memories->len);
  fail_unless_equals_int (dmabuf_info_count ("reserved"), memories->len);
  g_ptr_array_unref (memories);
  fail_unless_equals_int (dmabuf_info_count ("reserved"), 0);
  g_clear_error (&error);
  gst_object_unref (allocator);
}

GST_END_TEST

/* The two nodes of the one region, where the kernel has two. */
GST_START_TEST (test_region_with_two_names_is_listed_as_one)
{
  GList *all = gst_heap_list ();
  gboolean has_two = g_file_test ("/dev/dma_heap/default_cma_region", G_FILE_TEST_EXISTS);
  const gchar *twin_of = "none";

  for (GList *item = all; item; item = item->next) {
    if (g_str_equal (gst_heap_get_name (item->data), "reserved"))
      twin_of = gst_heap_get_twin_of (item->data);
  }
  fail_unless_equals_string (twin_of, has_two ? "default_cma_region" : NULL);
  g_list_free_full (all, g_object_unref);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("cma");
  TCase *tcase = tcase_create ("cma");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_memory_is_of_the_heap, 0, G_N_ELEMENTS (heaps));
  tcase_add_loop_test (tcase, test_memory_is_zero_and_keeps_what_is_written, 0, G_N_ELEMENTS (heaps));
  tcase_add_loop_test (tcase, test_upstream_writes_into_the_heap, 0, N_NAMED);
  tcase_add_test (tcase, test_full_heap_says_so_and_gives_all_back);
  tcase_add_test (tcase, test_region_with_two_names_is_listed_as_one);
  return device_test_run ("cma", suite, argc, argv);
}
