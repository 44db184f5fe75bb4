/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Regions of the device tree are heaps under the names of their nodes, and each is a region of its own:
 * tests/vm/run.sh --dtb tests/vm/several-heaps.dts */
#include "device-test.h"

#include <gst/allocators/gstdmabuf.h>

#include <unistd.h>

#define MIB (1024u * 1024u)

static GstAllocator *
new_allocator (const gchar *string)
{
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, &error);
  GstAllocator *allocator;

  g_assert_no_error (error);
  allocator = gst_heap_allocator_new (selection, &error);
  g_assert_no_error (error);
  gst_heap_selection_unref (selection);
  return allocator;
}

static const struct {
  const gchar *selection;
  const gchar *exporter;
} heaps[] = {
  { "linux,cma@8000000", "linux,cma@8000000" },
  { "video@c000000", "video@c000000" },
  { "display-contiguous@d000000", "display-contiguous@d000000" },
  { "linux,cma", "default_cma_region" },
  { "heap-require=contiguous", "default_cma_region" },
  { "heap-name=\"video@c000000\", heap-require=contiguous", "video@c000000" },
  { "heap-name=\"absent@0;display-contiguous@d000000\"", "display-contiguous@d000000" },
};

GST_START_TEST (test_memory_is_of_the_region)
{
  GstAllocator *allocator = new_allocator (heaps[__i__].selection);
  GstMemory *memory = gst_allocator_alloc (allocator, 5000, NULL);
  gchar *exporter = dmabuf_info_exporter (gst_dmabuf_memory_get_fd (memory));

  fail_unless_equals_string (exporter, heaps[__i__].exporter);
  g_free (exporter);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Takes all that it has, in pieces of 1 MiB. */
static GPtrArray *
take_all (const gchar *heap)
{
  GstAllocator *allocator = new_allocator (heap);
  GPtrArray *memories = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  GError *error = NULL;
  GstMemory *memory;

  while ((memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), MIB, NULL, &error)))
    g_ptr_array_add (memories, memory);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  g_error_free (error);
  gst_object_unref (allocator);
  return memories;
}

static gboolean
has_room (const gchar *heap)
{
  GstAllocator *allocator = new_allocator (heap);
  GstMemory *memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), MIB, NULL, NULL);
  gboolean room = memory != NULL;

  g_clear_pointer (&memory, gst_memory_unref);
  gst_object_unref (allocator);
  return room;
}

GST_START_TEST (test_full_region_leaves_the_others_alone)
{
  GPtrArray *memories = take_all ("video@c000000");

  fail_unless (memories->len > 0 && memories->len <= 16, "%u MiB of 16", memories->len);
  fail_if (has_room ("video@c000000"));
  fail_unless (has_room ("display-contiguous@d000000"));
  fail_unless (has_room ("linux,cma@8000000"));
  g_ptr_array_unref (memories);
  fail_unless (has_room ("video@c000000"));
}

GST_END_TEST

/* What is listed as one region is one: with the one name full, there is no room under the other. */
GST_START_TEST (test_names_of_one_region_share_its_memory)
{
  GPtrArray *memories = take_all ("linux,cma@8000000");

  fail_if (has_room ("default_cma_region"));
  fail_unless (has_room ("video@c000000"));
  g_ptr_array_unref (memories);
  fail_unless (has_room ("default_cma_region"));
}

GST_END_TEST

GST_START_TEST (test_default_region_is_listed_as_one)
{
  GList *all = gst_heap_list ();
  guint n_twins = 0;

  for (GList *item = all; item; item = item->next) {
    const gchar *twin_of = gst_heap_get_twin_of (item->data);

    n_twins += twin_of != NULL;
    if (g_str_equal (gst_heap_get_name (item->data), "linux,cma@8000000"))
      fail_unless_equals_string (twin_of, "default_cma_region");
  }
  fail_unless_equals_int (n_twins, 1);
  g_list_free_full (all, g_object_unref);
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

/* What another program allocates comes under the name that this one used. */
GST_START_TEST (test_dmabufs_from_elsewhere_are_taken_by_both_names)
{
  const gchar *const names[] = { "default_cma_region", "linux,cma@8000000" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GstAllocator *ours = new_allocator (names[i]), *theirs = gst_dmabuf_allocator_new ();
    GstMemory *memory = gst_allocator_alloc (ours, 5000, NULL);
    GstMemory *foreign = gst_dmabuf_allocator_alloc (theirs, dup (gst_dmabuf_memory_get_fd (memory)), 5000);

    fail_unless (accepts ("default_cma_region", foreign));
    fail_unless (accepts ("linux,cma@8000000", foreign));
    fail_if (accepts ("video@c000000", foreign));
    gst_memory_unref (foreign);
    gst_memory_unref (memory);
    gst_object_unref (theirs);
    gst_object_unref (ours);
  }
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("several-regions");
  TCase *tcase = tcase_create ("several-regions");

  if (!g_file_test ("/dev/dma_heap/video@c000000", G_FILE_TEST_EXISTS)) {
    g_print ("SKIP: this kernel has no heap video@c000000; tests/vm/run.sh --dtb tests/vm/several-heaps.dts has\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 60);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_memory_is_of_the_region, 0, G_N_ELEMENTS (heaps));
  tcase_add_test (tcase, test_full_region_leaves_the_others_alone);
  tcase_add_test (tcase, test_names_of_one_region_share_its_memory);
  tcase_add_test (tcase, test_default_region_is_listed_as_one);
  tcase_add_test (tcase, test_dmabufs_from_elsewhere_are_taken_by_both_names);
  return device_test_run ("several-regions", suite, argc, argv);
}
