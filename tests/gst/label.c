/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Names of dma-bufs: what they may hold, which memory has one, and when the kernel is told. */
#include "testing.h"

#include "gst/elements/gstheapnaming.h"
#include "gst/heaps/gstheaplabel.h"

#include <errno.h>

#define PAGE HEAP_FIXTURE_PAGE
#define LONG (3600 * GST_SECOND)

static GstAllocator *
new_allocator (const gchar *selection, const gchar *label)
{
  GstAllocator *allocator = heap_fixture_allocator (selection);

  g_object_set (allocator, "label", label, NULL);
  return allocator;
}

static const struct {
  const gchar *label;
  guint64 number;
  const gchar *name;
} names[] = {
  { "camera", 3, "camera" },
  { "%n", 0, "0" },
  { "up/%n", 3, "up/3" },
  { "%n-%n", 12, "12-12" },
  { "100%%", 3, "100%" },
  { "%%n", 3, "%n" },
  { "%s%d%x %", 3, "%s%d%x %" },
  { "%e/%n", 3, "%e/3" },
  { "", 3, "" },
  { "a\nb\tc\x1b[0m\x7f", 3, "a?b?c?[0m?" },
  { "K\xc3\xbc"
    "che \xf0\x9f\x8e\xa5",
      3, "K?che ?" },
  { "\xbc\xff"
    "a",
      3, "?a" },
  { "1234567890123456789012345678901", 3, "1234567890123456789012345678901" },
  { "12345678901234567890123456789012", 3, "1234567890123456789012345678901" },
  { "123456789012345678901234567890\xc3\xbc\xc3\xbc", 3, "123456789012345678901234567890?" },
  { "%n/%n", G_MAXUINT64, "18446744073709551615/1844674407" },
};

GST_START_TEST (test_name_is_what_the_label_says)
{
  gchar *name = gst_heap_label_expand (names[__i__].label, names[__i__].number);

  fail_unless_equals_string (name, names[__i__].name);
  g_free (name);
}

GST_END_TEST

GST_START_TEST (test_memory_is_numbered)
{
  GstAllocator *allocator = new_allocator ("system", "up/%n");
  GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL), *other;

  fail_unless_equals_string (fake_last_name (), "up/0");
  other = gst_allocator_alloc (allocator, PAGE, NULL);
  fail_unless_equals_string (fake_last_name (), "up/1");
  gst_memory_unref (memory);
  gst_memory_unref (other);

  g_object_set (allocator, "label", "other/%n", NULL);
  gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  fail_unless_equals_string (fake_last_name (), "other/2");
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_without_a_label_the_kernel_is_told_nothing)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  gchar *label;

  g_object_get (allocator, "label", &label, NULL);
  fail_unless (label == NULL);
  gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  g_object_set (allocator, "label", "", NULL);
  gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  g_object_set (allocator, "label", "a", NULL);
  g_object_set (allocator, "label", NULL, NULL);
  gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SET_NAME), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_what_is_used_again_keeps_its_name)
{
  GstAllocator *allocator = new_allocator ("system", "up/%n");
  GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL), *again;

  g_object_set (allocator, "cache-bytes", G_GUINT64_CONSTANT (1000000), "cache-age", LONG, NULL);
  gst_memory_unref (memory);
  again = gst_allocator_alloc (allocator, PAGE, NULL);
  fail_unless (again == memory);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SET_NAME), 1);
  gst_memory_unref (again);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_a_name_that_is_not_taken_does_no_harm)
{
  GstAllocator *allocator = new_allocator ("system", "up/%n");
  GstMemory *memory;

  fake_fail_every (FAKE_DMABUF_SET_NAME, ENOTTY);
  for (guint i = 0; i < 2; i++) {
    memory = gst_allocator_alloc (allocator, PAGE, NULL);
    fail_unless (memory != NULL);
    gst_memory_unref (memory);
  }
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SET_NAME), 2);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_that_is_no_dmabuf_has_no_name)
{
  GstAllocator *allocator;

  fake_set_udmabuf (ENOENT);
  allocator = new_allocator ("process", "up/%n");
  gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  gst_object_unref (allocator);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SET_NAME), 0);
}

GST_END_TEST

GST_START_TEST (test_what_is_carved_has_no_name_of_its_own)
{
  GstAllocator *whole = heap_fixture_allocator ("system");
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (whole));
  GstAllocator *carved = gst_heap_allocator_new_carved (heap, 16 * PAGE, NULL);

  g_object_set (carved, "label", "up/%n", NULL);
  gst_memory_unref (gst_allocator_alloc (carved, PAGE, NULL));
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SET_NAME), 0);
  gst_object_unref (carved);
  gst_object_unref (whole);
}

GST_END_TEST

GST_START_TEST (test_dmabufs_of_huge_pages_have_names)
{
  GstAllocator *allocator;

  fake_set_udmabuf (0);
  heap_fixture_reserve_huge_pages (1, 1);
  allocator = new_allocator ("process-contiguous", "up/%n");
  gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  fail_unless_equals_string (fake_last_name (), "up/0");
  gst_object_unref (allocator);
}

GST_END_TEST

static gpointer
change_label (gpointer allocator)
{
  for (guint i = 0; i < 1000; i++)
    g_object_set (allocator, "label", i % 3 ? "a label/%n" : NULL, NULL);
  return NULL;
}

GST_START_TEST (test_label_may_change_while_memory_is_allocated)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GThread *thread = g_thread_new ("label", change_label, allocator);

  for (guint i = 0; i < 1000; i++)
    gst_memory_unref (gst_allocator_alloc (allocator, PAGE, NULL));
  g_thread_join (thread);
  gst_object_unref (allocator);
}

GST_END_TEST

static const struct {
  const gchar *label, *element, *result;
} insertions[] = {
  { NULL, "up", NULL },
  { "%e/%n", "up", "up/%n" },
  { "%e%e", "up", "upup" },
  { "%%e", "up", "%%e" },
  { "%", "up", "%" },
  { "%%", "up", "%%" },
  { "%e/%n", "%n%e%s", "%%n%%e%%s/%n" },
  { "%e/%n", "", "/%n" },
  { "%e/%n", "the-camera-at-the-left-of-the-door", "the-camera-at-the-left-o/%n" },
};

GST_START_TEST (test_name_of_an_element_is_inserted_as_it_is)
{
  gchar *result = gst_heap_naming_insert_element (insertions[__i__].label, insertions[__i__].element);

  fail_unless_equals_string (result, insertions[__i__].result);
  g_free (result);
}

GST_END_TEST

/* More frames than buffers: the kernel is told when a buffer is made, and not with each frame. */
static guint
count_named_buffers (const gchar *properties)
{
  GstElement *pipeline = test_pipeline_new (
      "videotestsrc num-buffers=50 ! video/x-raw,width=64,height=64 ! heapupload name=up %s ! fakesink", properties);
  guint n;

  test_play_to_eos (pipeline);
  n = fake_calls (FAKE_DMABUF_SET_NAME);
  fail_unless (n == 0 || n == fake_calls (FAKE_HEAP_ALLOC));
  fail_unless (n < 50);
  test_pipeline_free (pipeline);
  return n;
}

GST_START_TEST (test_heapupload_names_its_buffers_after_itself)
{
  fail_unless (count_named_buffers ("") >= 2);
  fail_unless (g_str_has_prefix (fake_last_name (), "up/"), "%s", fake_last_name ());
}

GST_END_TEST

GST_START_TEST (test_heapupload_takes_a_label)
{
  fail_unless (count_named_buffers ("label=left\\ %e") >= 2);
  fail_unless_equals_string (fake_last_name (), "left up");
}

GST_END_TEST

GST_START_TEST (test_heapupload_without_a_label_names_nothing)
{
  fail_unless_equals_int (count_named_buffers ("label=\"\""), 0);
}

GST_END_TEST

static Suite *
label_suite (void)
{
  Suite *suite = suite_create ("label");
  TCase *tcase = heap_fixture_add_case (suite, "label");
  TCase *element = test_case_new (suite, "heapupload", test_setup);

  tcase_add_loop_test (tcase, test_name_is_what_the_label_says, 0, G_N_ELEMENTS (names));
  tcase_add_test (tcase, test_memory_is_numbered);
  tcase_add_test (tcase, test_without_a_label_the_kernel_is_told_nothing);
  tcase_add_test (tcase, test_what_is_used_again_keeps_its_name);
  tcase_add_test (tcase, test_a_name_that_is_not_taken_does_no_harm);
  tcase_add_test (tcase, test_memory_that_is_no_dmabuf_has_no_name);
  tcase_add_test (tcase, test_what_is_carved_has_no_name_of_its_own);
  tcase_add_test (tcase, test_dmabufs_of_huge_pages_have_names);
  tcase_add_test (tcase, test_label_may_change_while_memory_is_allocated);
  tcase_add_loop_test (element, test_name_of_an_element_is_inserted_as_it_is, 0, G_N_ELEMENTS (insertions));
  tcase_add_test (element, test_heapupload_names_its_buffers_after_itself);
  tcase_add_test (element, test_heapupload_takes_a_label);
  tcase_add_test (element, test_heapupload_without_a_label_names_nothing);
  return suite;
}

GST_CHECK_MAIN (label)
