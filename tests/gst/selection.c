/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapSelection: its string form, what it takes, and what it says when nothing will do. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static gchar *
taken_by (const gchar *string)
{
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, &error);
  GstHeapChoice *choice;
  GstHeap *heap;
  gchar *name;

  g_assert_no_error (error);
  choice = gst_heap_selection_choose (selection);
  heap = gst_heap_choice_get_heap (choice);
  name = g_strdup (heap ? gst_heap_get_name (heap) : NULL);
  gst_heap_choice_unref (choice);
  gst_heap_selection_unref (selection);
  return name;
}

static const struct {
  const gchar *selection;
  const gchar *taken; /* NULL: none */
} takes[] = {
  { "", "system" },
  { "system", "system" },
  { "default_cma_region", "default_cma_region" },
  { "reserved", "reserved" },
  { "linux,cma", "default_cma_region" },
  { "nothere;reserved", "reserved" },
  { " nothere ; ; system ", "system" },
  { "process", "process" },
  { "nothere", NULL },
  { "../etc/passwd", NULL },
  { "heap-require=contiguous", "default_cma_region" },
  { "heap-require=contiguous+cacheable", "default_cma_region" },
  { "heap-name=system, heap-require=contiguous", NULL },
  { "heap-name=\"system;linux,cma\", heap-require=contiguous", "default_cma_region" },
  { "heap-prefer=contiguous", "default_cma_region" },
  { "heap-forbid=contiguous", "system" },
  { "heap-forbid=importable", "process" },
  { "heap-require=protected", NULL },
  { "heap-require=dma32", NULL },
};

GST_START_TEST (test_takes_what_was_asked_for)
{
  gchar *taken = taken_by (takes[__i__].selection);

  fail_unless (g_strcmp0 (taken, takes[__i__].taken) == 0, "\"%s\" took %s", takes[__i__].selection, taken);
  g_free (taken);
}

GST_END_TEST

static const struct {
  const gchar *string;
  const gchar *says; /* part of the message */
} refusals[] = {
  { "heap-require=contigous", "no property of heaps is called \"contigous\"; there are importable, contiguous" },
  { "heap-require=contiguous;cacheable", "is no selection" },
  { "heap-require=contiguous++cacheable", "no property of heaps is called \"\"" },
  { "heap-size=3", "no field \"heap-size\"" },
  { "heap-name=(int)3", "is no text" },
  { "heap-name=linux,cma", "quotes" },
  { "=", "is no selection" },
  { "heap-name=\"\x01\x02", "is no selection" },
  { "heap-name=\"\xff\xfe\"", "is no selection" },
  { "a;b;c;d;e;f;g;h;a;b;c;d;e;f;g;h;a;b;c;d;e;f;g;h;a;b;c;d;e;f;g;h;a;b;c;d;e;f;g;h;a;b;c;d;e;f;g;h;"
    "a;b;c;d;e;f;g;h;a;b;c;d;e;f;g;h;a",
      "65 names are more than 64" },
};

GST_START_TEST (test_refuses_strings_that_make_no_sense)
{
  GError *error = NULL;

  fail_if (gst_heap_selection_new_from_string (refusals[__i__].string, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, refusals[__i__].says), "%s: %s", refusals[__i__].string, error->message);
  fail_unless (g_utf8_validate (error->message, -1, NULL));
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_refuses_a_huge_string_at_once)
{
  gchar *string = g_strnfill (10 * 1024 * 1024, '=');
  GError *error = NULL;

  fail_if (gst_heap_selection_new_from_string (string, &error));
  fail_unless (strlen (error->message) < 1000);
  g_clear_error (&error);
  g_free (string);
}

GST_END_TEST

GST_START_TEST (test_string_form_is_read_again)
{
  const gchar *string = "heap-name=\"video@c000000;linux,cma\", heap-require=contiguous+cacheable, "
                        "heap-prefer=dma32, heap-forbid=protected";
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  gchar *text = gst_heap_selection_to_string (selection);

  fail_unless_equals_string (text, string);
  g_free (text);
  gst_heap_selection_unref (selection);
}

GST_END_TEST

static GError *
error_of (const gchar *string)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  GError *error = NULL;

  fail_if (gst_heap_allocator_new (selection, &error));
  fail_unless (error != NULL);
  gst_heap_selection_unref (selection);
  return error;
}

GST_START_TEST (test_error_lists_every_candidate)
{
  GError *error = error_of ("heap-require=dma32");

  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED);
  fail_unless (strstr (error->message, "heap-require=dma32"));
  fail_unless (strstr (error->message, "system: "));
  fail_unless (strstr (error->message, "default_cma_region: "));
  fail_unless (strstr (error->message, "process: "));
  fail_unless (strstr (error->message, "heaps.conf"), "%s", error->message);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_error_for_an_absent_heap_says_which_are_there)
{
  GError *error = error_of ("video@42000000");

  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
  fail_unless (strstr (error->message, "video@42000000: there is no such heap"), "%s", error->message);
  fail_unless (strstr (error->message, "system"));
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_error_without_permission_says_how_to_get_it)
{
  GError *error;

  fake_add_heap_full ("locked", 77, 0, 0, S_IFCHR | 0600, EACCES);
  error = error_of ("locked");

  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_PERMISSION);
  fail_unless (strstr (error->message, "owner root, group root, mode 0600"), "%s", error->message);
  fail_unless (strstr (error->message, "SUBSYSTEM==\"dma_heap\", KERNEL==\"locked\""), "%s", error->message);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_listing_and_parsing_open_nothing)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("heap-require=contiguous", NULL);
  GList *heaps = gst_heap_list ();

  fail_unless_equals_int (fake_calls (FAKE_OPEN_HEAP), 0);
  fail_unless_equals_int (g_list_length (heaps), 5);
  fail_unless_equals_string (gst_heap_get_name (heaps->data), "system");
  fail_unless (gst_heap_get_twin_evidence (heaps->data) == NULL);
  g_list_free_full (heaps, g_object_unref);
  gst_heap_selection_unref (selection);
}

GST_END_TEST

GST_START_TEST (test_heap_tells_what_it_is)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("reserved", NULL);
  GstHeap *heap = gst_heap_selection_select (selection, NULL);

  fail_unless_equals_string (gst_heap_get_name (heap), "reserved");
  fail_unless_equals_string (gst_heap_get_twin_of (heap), "default_cma_region");
  fail_unless_equals_string (gst_heap_get_twin_evidence (heap), "kernel documentation");
  fail_unless_equals_string (gst_heap_get_path (heap), "/dev/dma_heap/reserved");
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_CONTIGUOUS), GST_HEAP_ANSWER_YES);
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_DMA32), GST_HEAP_ANSWER_UNKNOWN);
  fail_unless (gst_heap_get_answer_source (heap, GST_HEAP_PROPERTY_DMA32) == NULL);
  fail_unless (gst_heap_has (heap, GST_HEAP_PROPERTY_CONTIGUOUS | GST_HEAP_PROPERTY_CACHEABLE));
  fail_if (gst_heap_has (heap, GST_HEAP_PROPERTY_CONTIGUOUS | GST_HEAP_PROPERTY_PROTECTED));
  g_object_unref (heap);
  gst_heap_selection_unref (selection);
}

GST_END_TEST

GST_START_TEST (test_a_preference_is_no_demand)
{
  static const struct {
    const gchar *selection;
    gboolean has_demands;
  } cases[] = { { "", FALSE }, { "heap-prefer=contiguous", FALSE }, { "system", TRUE },
    { "heap-require=contiguous", TRUE }, { "heap-forbid=cacheable", TRUE }, { "heap-fd=0", TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHeapSelection *selection = gst_heap_selection_new_from_string (cases[i].selection, NULL);

    fail_unless_equals_int (gst_heap_selection_has_demands (selection), cases[i].has_demands);
    gst_heap_selection_unref (selection);
  }
}

GST_END_TEST

static gboolean
accepts (const gchar *string, GstMemory *memory)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  gboolean accepted = gst_heap_selection_accepts_memory (selection, memory);

  gst_heap_selection_unref (selection);
  return accepted;
}

GST_START_TEST (test_accepts_memory_of_heaps_that_satisfy_it)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);

  fail_unless (accepts ("", memory));
  fail_unless (accepts ("reserved", memory));
  fail_unless (accepts ("linux,cma", memory));
  fail_unless (accepts ("default_cma_region", memory));
  fail_unless (accepts ("heap-require=contiguous", memory));
  fail_if (accepts ("system", memory));
  fail_if (accepts ("heap-forbid=contiguous", memory));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* What v4l2src exports and what another library allocates from a heap: the kernel's word counts, asked for once. */
GST_START_TEST (test_judges_foreign_dmabufs_by_their_exporter)
{
  GstAllocator *ours = heap_fixture_allocator ("default_cma_region");
  GstAllocator *theirs = gst_dmabuf_allocator_new ();
  GstMemory *memory = gst_allocator_alloc (ours, 4096, NULL);
  GstMemory *foreign = gst_dmabuf_allocator_alloc (theirs, dup (gst_dmabuf_memory_get_fd (memory)), 4096);

  fail_unless (accepts ("heap-require=contiguous", foreign));
  fail_unless (accepts ("linux,cma", foreign));
  fail_if (accepts ("system", foreign));
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_EXPORTER), 1);
  gst_memory_unref (foreign);
  gst_memory_unref (memory);
  gst_object_unref (theirs);
  gst_object_unref (ours);
}

GST_END_TEST

static GstMemory *
foreign_memory_of (const gchar *heap)
{
  GstAllocator *ours = heap_fixture_allocator (heap), *theirs = gst_dmabuf_allocator_new ();
  GstMemory *memory = gst_allocator_alloc (ours, 4096, NULL);
  GstMemory *foreign = gst_dmabuf_allocator_alloc (theirs, dup (gst_dmabuf_memory_get_fd (memory)), 4096);

  gst_memory_unref (memory);
  gst_object_unref (theirs);
  gst_object_unref (ours);
  return foreign;
}

/* The device tree says which region default_cma_region is, whatever its name. */
GST_START_TEST (test_accepts_foreign_dmabufs_of_twins)
{
  GstMemory *memory;

  fake_add_heap ("display-memory@8000000");
  fake_set_file ("/sys/firmware/devicetree/base/reserved-memory/display-memory@8000000/compatible", "shared-dma-pool");
  fake_set_file ("/sys/firmware/devicetree/base/reserved-memory/display-memory@8000000/linux,cma-default", "");

  memory = foreign_memory_of ("display-memory@8000000");
  fail_unless (accepts ("default_cma_region", memory));
  fail_unless (accepts ("heap-require=contiguous", memory));
  fail_if (accepts ("reserved", memory));
  gst_memory_unref (memory);

  memory = foreign_memory_of ("default_cma_region");
  fail_unless (accepts ("display-memory@8000000", memory));
  fail_if (accepts ("reserved", memory));
  gst_memory_unref (memory);
}

GST_END_TEST

GST_START_TEST (test_twins_are_looked_up_once)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("linux,cma", NULL);
  GstAllocator *allocator = heap_fixture_allocator ("linux,cma");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);
  guint calls;

  fail_unless (gst_heap_selection_accepts_memory (selection, memory));
  calls = fake_calls_total ();
  fail_unless (gst_heap_selection_accepts_memory (selection, memory));
  fail_unless_equals_int (fake_calls_total (), calls);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
}

GST_END_TEST

GST_START_TEST (test_accepts_no_system_memory)
{
  GstMemory *memory = gst_allocator_alloc (NULL, 4096, NULL);

  fail_if (accepts ("", memory));
  fail_if (accepts ("process", memory));
  gst_memory_unref (memory);
}

GST_END_TEST

static Suite *
selection_suite (void)
{
  Suite *suite = suite_create ("selection");
  TCase *tcase = heap_fixture_add_case (suite, "selection");

  tcase_add_loop_test (tcase, test_takes_what_was_asked_for, 0, G_N_ELEMENTS (takes));
  tcase_add_loop_test (tcase, test_refuses_strings_that_make_no_sense, 0, G_N_ELEMENTS (refusals));
  tcase_add_test (tcase, test_refuses_a_huge_string_at_once);
  tcase_add_test (tcase, test_string_form_is_read_again);
  tcase_add_test (tcase, test_error_lists_every_candidate);
  tcase_add_test (tcase, test_error_for_an_absent_heap_says_which_are_there);
  tcase_add_test (tcase, test_error_without_permission_says_how_to_get_it);
  tcase_add_test (tcase, test_listing_and_parsing_open_nothing);
  tcase_add_test (tcase, test_heap_tells_what_it_is);
  tcase_add_test (tcase, test_a_preference_is_no_demand);
  tcase_add_test (tcase, test_accepts_memory_of_heaps_that_satisfy_it);
  tcase_add_test (tcase, test_judges_foreign_dmabufs_by_their_exporter);
  tcase_add_test (tcase, test_accepts_foreign_dmabufs_of_twins);
  tcase_add_test (tcase, test_twins_are_looked_up_once);
  tcase_add_test (tcase, test_accepts_no_system_memory);
  return suite;
}

GST_CHECK_MAIN (selection)
