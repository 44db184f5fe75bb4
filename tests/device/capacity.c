/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The figures of a heap are the kernel's, before and after an allocation, and stand in the error of a full heap. */
#include "cma-region.h"
#include "device-test.h"

#define MIB (1024 * 1024)
#define REGION "reserved"
#define BYTES_PER_PAGE 4096

static guint64
region_total (void)
{
  return cma_region_total (REGION) * BYTES_PER_PAGE;
}

static guint64
region_free (void)
{
  return (cma_region_total (REGION) - cma_region_used (REGION)) * BYTES_PER_PAGE;
}

static GstAllocator *
new_allocator (const gchar *string)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  GError *error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new (selection, &error);

  g_assert_no_error (error);
  gst_heap_selection_unref (selection);
  return allocator;
}

/* What is free of the allocator's heap. */
static guint64
free_bytes (GstAllocator *allocator)
{
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));
  guint64 unused;

  fail_unless (gst_heap_get_capacity (heap, NULL, &unused), "nothing is known of %s", gst_heap_get_name (heap));
  return unused;
}

static const gchar *const names[] = { "default_cma_region", "reserved" };

GST_START_TEST (test_figures_follow_an_allocation)
{
  GstAllocator *allocator = new_allocator (names[__i__]);
  guint64 total, before = region_free ();
  GstMemory *memory;

  fail_unless (gst_heap_get_capacity (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)), &total, NULL));
  fail_unless_equals_uint64 (total, region_total ());
  fail_unless_equals_uint64 (free_bytes (allocator), region_free ());

  memory = gst_allocator_alloc (allocator, 5 * MIB, NULL);
  fail_unless (memory != NULL);
  fail_unless_equals_uint64 (region_free (), before - 5 * MIB);
  fail_unless_equals_uint64 (free_bytes (allocator), region_free ());
  gst_memory_unref (memory);
  fail_unless_equals_uint64 (region_free (), before);
  fail_unless_equals_uint64 (free_bytes (allocator), region_free ());
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_system_has_the_memory_of_the_machine)
{
  GstAllocator *allocator = new_allocator ("system");
  GstAllocator *process = new_allocator ("process");
  guint64 total;

  fail_unless (gst_heap_get_capacity (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator)), &total, NULL));
  fail_unless (free_bytes (allocator) > 0);
  fail_unless (free_bytes (allocator) < total);
  fail_unless (free_bytes (process) < total);
  gst_object_unref (process);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Allocates pieces of 1 MiB, to which CMA aligns them, up to the last. */
static GPtrArray *
fill (GstAllocator *allocator)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  GstMemory *piece;

  while ((piece = gst_allocator_alloc (allocator, MIB, NULL)))
    g_ptr_array_add (pieces, piece);
  return pieces;
}

/* The region in pieces, with three free that do not touch: room for three pieces, and none of 2 MiB. */
GST_START_TEST (test_full_heap_is_told_with_the_kernels_figures)
{
  const gchar *heap = device_test_cma_heap ();
  GstAllocator *allocator = new_allocator (heap);
  guint64 before = region_free ();
  GPtrArray *pieces = fill (allocator);
  GError *error = NULL;
  gchar *expected;

  for (guint i = 0; i < 3; i++)
    g_ptr_array_remove_index (pieces, 10 + 10 * i);
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 2 * MIB, NULL, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  expected =
      g_strdup_printf ("heap \"%s\" does not give 2097152 bytes: Cannot allocate memory; "
                       "%" G_GUINT64_FORMAT " bytes in all, %" G_GUINT64_FORMAT
                       " free, the largest piece now 1048576 bytes; this process holds %u bytes of it in %u buffers",
          heap, region_total (), region_free (), pieces->len * MIB, pieces->len);
  fail_unless_equals_string (error->message, expected);
  fail_unless_equals_int (dmabuf_info_count (heap), pieces->len);

  g_free (expected);
  g_clear_error (&error);
  g_ptr_array_unref (pieces);
  fail_unless_equals_uint64 (region_free (), before);
  fail_unless_equals_uint64 (free_bytes (allocator), region_free ());
  gst_object_unref (allocator);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("capacity");
  TCase *tcase = tcase_create ("capacity");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_figures_follow_an_allocation, 0, G_N_ELEMENTS (names));
  tcase_add_test (tcase, test_system_has_the_memory_of_the_machine);
  tcase_add_test (tcase, test_full_heap_is_told_with_the_kernels_figures);
  return device_test_run ("capacity", suite, argc, argv);
}
