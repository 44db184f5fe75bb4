/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of the heaps of any kernel that has heaps is of that heap, and is what it is called. */
#include "device-test.h"
#include "heap-checks.h"
#include "huge-page-info.h"

#include <gst/allocators/gstdmabuf.h>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first ones by name. */
static const HeapCheck heaps[] = {
  { "system", "system" },
  { "process", "udmabuf" },
  { "", "system" },
  { "heap-forbid=contiguous", "system" },
  { "process-contiguous", "udmabuf" },
};

#define N_NAMED 2

/* The last one takes dma-bufs of huge pages. */
static guint
count_heaps (void)
{
  return huge_page_info_has_dmabufs () ? G_N_ELEMENTS (heaps) : G_N_ELEMENTS (heaps) - 1;
}

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

/* On Linux 6.12 importers that read by CPU are shown the wrong pages: there it is memory for the CPU alone. */
GST_START_TEST (test_contiguous_memory_is_importable_where_importers_see_the_right_pages)
{
  GList *all = gst_heap_list ();
  GstHeap *heap = g_list_last (all)->data;

  fail_unless_equals_string (gst_heap_get_name (heap), "process-contiguous");
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_IMPORTABLE),
      huge_page_info_udmabuf_is_right () ? GST_HEAP_ANSWER_YES : GST_HEAP_ANSWER_UNKNOWN);
  fail_unless_equals_int (gst_heap_check_access (heap, NULL), huge_page_info_total () > 0);
  g_list_free_full (all, g_object_unref);
}

GST_END_TEST

static void
assert_zero_until_filled (GstMemory *memory)
{
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  fail_unless_equals_int (map.data[0], 0);
  fail_unless (memcmp (map.data, map.data + 1, map.size - 1) == 0);
  memset (map.data, 0x5a, map.size);
  gst_memory_unmap (memory, &map);
}

/* Several of them in one fd. */
GST_START_TEST (test_contiguous_memory_that_is_not_importable_is_for_the_cpu)
{
  guint64 used = huge_page_info_used ();
  GstAllocator *allocator = heap_check_new_allocator ("heap-name=process-contiguous", NULL);
  GstMemory *memories[3];

  for (guint i = 0; i < G_N_ELEMENTS (memories); i++) {
    memories[i] = gst_allocator_alloc (allocator, 3 << 20, NULL);
    fail_if (gst_is_dmabuf_memory (memories[i]));
    fail_unless (GST_MEMORY_IS_PHYSICALLY_CONTIGUOUS (memories[i]));
    assert_zero_until_filled (memories[i]);
  }
  fail_unless (huge_page_info_used () > used);
  fail_unless_equals_int (dmabuf_info_count (NULL), 0);
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    gst_memory_unref (memories[i]);
  gst_object_unref (allocator);
  fail_unless_equals_uint64 (huge_page_info_used (), used);
}

GST_END_TEST

/* In a process of its own, as permissions are not got back. */
GST_START_TEST (test_without_permission_the_error_says_who_has_it)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0) {
    GError *error = NULL;

    if (setgid (65534) < 0 || setuid (65534) < 0)
      _exit (2);
    if (heap_check_new_allocator ("system", &error) != NULL)
      _exit (3);
    if (!g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_PERMISSION))
      _exit (4);
    if (!strstr (error->message, "owner root, group root, mode 0600") ||
        !strstr (error->message, "SUBSYSTEM==\"dma_heap\", KERNEL==\"system\""))
      _exit (5);
    _exit (0);
  }
  fail_unless_equals_int (waitpid (pid, &status, 0), pid);
  fail_unless (WIFEXITED (status));
  fail_unless_equals_int (WEXITSTATUS (status), 0);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("heaps");
  TCase *tcase = tcase_create ("heaps");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_memory_is_of_the_heap, 0, count_heaps ());
  tcase_add_loop_test (tcase, test_memory_is_zero_and_keeps_what_is_written, 0, count_heaps ());
  tcase_add_loop_test (tcase, test_upstream_writes_into_the_heap, 0, N_NAMED);
  tcase_add_test (tcase, test_contiguous_memory_is_importable_where_importers_see_the_right_pages);
  if (huge_page_info_total () > 0 && !huge_page_info_udmabuf_is_right ())
    tcase_add_test (tcase, test_contiguous_memory_that_is_not_importable_is_for_the_cpu);
  tcase_add_test (tcase, test_without_permission_the_error_says_who_has_it);
  return device_test_run ("heaps", suite, argc, argv);
}
