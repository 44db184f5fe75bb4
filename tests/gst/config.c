/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heaps.conf: what a board's owner declares counts, and what makes no sense does not. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>

static const gchar config[] = "[gst-heaps]\n"
                              "selection=heap-name=\"reserved;system\"\n"
                              "\n"
                              "[video@42000000]\n"
                              "dma32=yes\n"
                              "aliases=camera;capture\n"
                              "\n"
                              "[vault]\n"
                              "protected=yes\n"
                              "contiguous=perhaps\n"
                              "colour=blue\n"
                              "\n"
                              "[system]\n"
                              "decrypted=yes\n"
                              "max-bytes=8192\n"
                              "\n"
                              "[reserved]\n"
                              "max-bytes=plenty\n"
                              "\n"
                              "[process-contiguous]\n"
                              "importable=yes\n"
                              "dma32=yes\n";

static gchar *
taken_by (const gchar *string)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  GstHeap *heap = gst_heap_selection_select (selection, NULL);
  gchar *name = g_strdup (heap ? gst_heap_get_name (heap) : "");

  g_clear_object (&heap);
  gst_heap_selection_unref (selection);
  return name;
}

static const struct {
  const gchar *selection;
  const gchar *taken;
} takes[] = {
  { "heap-require=dma32", "video@42000000" },
  { "camera", "video@42000000" },
  { "capture", "video@42000000" },
  { "heap-require=decrypted", "system" },
  { "heap-require=protected", "vault" },
  { "heap-name=vault, heap-require=contiguous", "" },
};

GST_START_TEST (test_declarations_count)
{
  gchar *taken;

  fake_add_heap ("video@42000000");
  fake_add_heap ("vault");
  taken = taken_by (takes[__i__].selection);
  fail_unless_equals_string (taken, takes[__i__].taken);
  g_free (taken);
}

GST_END_TEST

GST_START_TEST (test_memory_of_a_heap_declared_protected_is_not_mapped)
{
  GstAllocator *allocator;
  GstMemory *memory;
  GstMapInfo map;

  fake_add_heap ("vault");
  allocator = heap_fixture_allocator ("vault");
  memory = gst_allocator_alloc (allocator, 4096, NULL);
  fail_if (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Whose devices do not read by CPU may take dma-bufs of huge pages on Linux 6.12. All else of the heap is known. */
GST_START_TEST (test_process_contiguous_may_be_declared_importable)
{
  GstAllocator *allocator;
  GstMemory *memory;
  GstHeap *heap;

  heap_fixture_reserve_huge_pages (8, 1);
  fake_set_udmabuf (0);
  fake_set_file ("/proc/sys/kernel/osrelease", "6.12.38+deb13-amd64\n");
  allocator = heap_fixture_allocator ("process-contiguous");
  heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));
  memory = gst_allocator_alloc (allocator, 4096, NULL);
  fail_unless (gst_is_dmabuf_memory (memory));
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_IMPORTABLE), GST_HEAP_ANSWER_YES);
  fail_unless_equals_string (gst_heap_get_answer_source (heap, GST_HEAP_PROPERTY_IMPORTABLE), "heaps.conf");
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_DMA32), GST_HEAP_ANSWER_NO);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_declaration_makes_no_dmabuf_without_udmabuf)
{
  GstAllocator *allocator;

  heap_fixture_reserve_huge_pages (8, 1);
  allocator = heap_fixture_allocator ("process-contiguous");
  fail_if (GST_IS_DMABUF_ALLOCATOR (allocator));
  gst_object_unref (allocator);
}

GST_END_TEST

/* A call takes the place of what is declared. */
GST_START_TEST (test_bytes_a_process_may_hold_are_declared)
{
  GstAllocator *allocator = heap_fixture_allocator ("system"), *other = heap_fixture_allocator ("reserved");
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));

  fail_unless_equals_uint64 (gst_heap_get_max_bytes (heap), 8192);
  fail_if (gst_allocator_alloc (allocator, 8193, NULL));
  gst_memory_unref (gst_allocator_alloc (allocator, 8192, NULL));
  gst_memory_unref (gst_allocator_alloc (other, 8193, NULL));
  gst_heap_set_max_bytes (heap, 0);
  fail_unless_equals_uint64 (gst_heap_get_max_bytes (heap), 0);
  gst_memory_unref (gst_allocator_alloc (allocator, 8193, NULL));
  gst_object_unref (other);
  gst_object_unref (allocator);
}

GST_END_TEST

/* What an element goes by that has nothing set; NULL: it is told nothing. */
static void
assert_default (GstElement *element, const gchar *expected)
{
  GstHeapSelection *selection = gst_heap_element_find_selection (element, NULL);
  gchar *text = selection ? gst_heap_selection_to_string (selection) : NULL;

  fail_unless_equals_string (text, expected);
  g_free (text);
  g_clear_pointer (&selection, gst_heap_selection_unref);
}

GST_START_TEST (test_default_of_the_file_counts_behind_all_others)
{
  GstElement *element = gst_element_factory_make ("identity", NULL);
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("video@42000000", NULL);
  GstContext *context = gst_heap_selection_to_context (selection);

  assert_default (element, "heap-name=\"reserved;system\"");
  fail_unless (g_str_has_suffix (gst_heap_selection_get_default_source (), ".conf:2"));
  g_setenv ("GST_HEAPS", "process", TRUE);
  assert_default (element, "heap-name=\"process\"");
  fail_unless_equals_string (gst_heap_selection_get_default_source (), "GST_HEAPS");
  gst_element_set_context (element, context);
  assert_default (element, "heap-name=\"video@42000000\"");
  gst_context_unref (context);
  gst_heap_selection_unref (selection);
  gst_object_unref (element);
}

GST_END_TEST

GST_START_TEST (test_allocator_without_a_selection_goes_by_the_file)
{
  GstAllocator *allocator = gst_heap_allocator_new (NULL, NULL);

  fail_unless_equals_string (
      gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator))), "reserved");
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_problems_have_file_and_line)
{
  static const gchar *const expected[] = { ":10: contiguous=perhaps: ", ":11: no property of heaps is called colour",
    ":18: max-bytes=plenty: " };
  gchar **problems = gst_heap_list_config_problems ();

  fail_unless_equals_int (g_strv_length (problems), G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    fail_unless (g_str_has_prefix (problems[i], g_getenv ("GST_HEAPS_CONFIG")), "%s", problems[i]);
    fail_unless (strstr (problems[i], expected[i]), "%s", problems[i]);
  }
  g_strfreev (problems);
}

GST_END_TEST

static Suite *
config_suite (void)
{
  Suite *suite = suite_create ("config");
  TCase *tcase = heap_fixture_add_case (suite, "config");

  tcase_add_loop_test (tcase, test_declarations_count, 0, G_N_ELEMENTS (takes));
  tcase_add_test (tcase, test_memory_of_a_heap_declared_protected_is_not_mapped);
  tcase_add_test (tcase, test_process_contiguous_may_be_declared_importable);
  tcase_add_test (tcase, test_declaration_makes_no_dmabuf_without_udmabuf);
  tcase_add_test (tcase, test_bytes_a_process_may_hold_are_declared);
  tcase_add_test (tcase, test_default_of_the_file_counts_behind_all_others);
  tcase_add_test (tcase, test_allocator_without_a_selection_goes_by_the_file);
  tcase_add_test (tcase, test_problems_have_file_and_line);
  return suite;
}

int
main (int argc, char **argv)
{
  return heap_fixture_run_with_config (config, config_suite, "config", argc, argv);
}
