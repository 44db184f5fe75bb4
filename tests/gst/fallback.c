/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of another heap that satisfies the same selection, when the first has no room. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/allocators/gstfdmemory.h>

#include <errno.h>

#define PAGE HEAP_FIXTURE_PAGE

#define CMA "default_cma_region"
#define VIDEO "video@42000000"

#define FULL_BUT(largest)                                                                                              \
  "Cannot allocate memory; the heap is too small, full or fragmented, the largest piece now " largest                  \
  " bytes; this process holds 0 bytes of it in 0 buffers"

static GstMemory *
try_alloc (GstAllocator *allocator, gsize size, GError **error)
{
  return gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), size, NULL, error);
}

static const gchar *
heap_of (GstMemory *memory)
{
  return gst_heap_get_name (gst_heap_memory_get_heap (memory));
}

/* Memory of the heap of that name, which may not be that of the allocator. */
static GstMemory *
alloc_of (GstAllocator *allocator, gsize size, const gchar *heap)
{
  GError *error = NULL;
  GstMemory *memory = try_alloc (allocator, size, &error);

  g_assert_no_error (error);
  fail_unless_equals_string (heap_of (memory), heap);
  fail_unless (strcmp (heap, "process") == 0 || fake_open_buffers (heap) > 0);
  return memory;
}

static void
assert_fails (GstAllocator *allocator, gsize size, gint code)
{
  GError *error = NULL;

  fail_if (try_alloc (allocator, size, &error));
  g_assert_error (error, GST_HEAP_ERROR, code);
  g_clear_error (&error);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "fallbacks"), 0);
}

GST_START_TEST (test_full_heap_gives_way_to_the_next)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *cma, *other;

  fake_set_capacity (CMA, 2 * PAGE);
  cma = alloc_of (allocator, 2 * PAGE, CMA);
  other = alloc_of (allocator, PAGE, "system");
  fail_unless (gst_is_dmabuf_memory (other));
  fail_unless (cma->allocator == allocator && other->allocator != allocator);
  heap_fixture_assert_filled (other, PAGE, 0);
  heap_fixture_fill (other, 1);
  heap_fixture_assert_filled (cma, 2 * PAGE, 0);
  fail_unless_equals_string (gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator))), CMA);
  gst_memory_unref (cma);
  gst_memory_unref (other);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_any_lack_of_room_makes_it_fall_back)
{
  static const gint errors[] = { ENOMEM, ENOSPC, ENODATA, EMFILE, ENFILE, EFBIG };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    GstAllocator *allocator = heap_fixture_allocator (CMA ";system");

    fake_fail (FAKE_HEAP_ALLOC, 1, errors[i]);
    gst_memory_unref (alloc_of (allocator, PAGE, "system"));
    fail_unless_equals_int (fake_armed (), 0);
    gst_object_unref (allocator);
  }
}

GST_END_TEST

GST_START_TEST (test_other_failures_are_errors)
{
  static const gint errors[] = { EIO, EPERM, ENODEV, EINVAL };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    GstAllocator *allocator = heap_fixture_allocator (CMA ";system");

    fake_fail (FAKE_HEAP_ALLOC, 1, errors[i]);
    fail_if (try_alloc (allocator, PAGE, NULL));
    fail_unless_equals_uint64 (heap_fixture_stat (allocator, "fallbacks"), 0);
    fail_if (try_alloc (allocator, 0, NULL));
    gst_object_unref (allocator);
  }
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
}

GST_END_TEST

GST_START_TEST (test_what_is_kept_goes_first)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");

  g_object_set (allocator, "cache-bytes", (guint64) 64 * PAGE, NULL);
  fake_set_capacity (CMA, 2 * PAGE);
  gst_memory_unref (alloc_of (allocator, 2 * PAGE, CMA));
  gst_memory_unref (alloc_of (allocator, PAGE, CMA));
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "fallbacks"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_that_comes_back_ends_the_shortage)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *cma, *other;

  fake_set_capacity (CMA, PAGE);
  cma = alloc_of (allocator, PAGE, CMA);
  other = alloc_of (allocator, PAGE, "system");
  gst_memory_unref (cma);
  gst_memory_unref (alloc_of (allocator, PAGE, CMA));
  gst_memory_unref (other);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_time_ends_the_shortage)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");

  fake_set_capacity (CMA, 1);
  gst_memory_unref (alloc_of (allocator, PAGE, "system"));
  fake_set_capacity (CMA, PAGE);
  gst_memory_unref (alloc_of (allocator, PAGE, "system"));
  g_usleep (G_USEC_PER_SEC + 50 * 1000);
  gst_memory_unref (alloc_of (allocator, PAGE, CMA));
  gst_object_unref (allocator);
}

GST_END_TEST

/* A CMA heap that is full tries for long. */
GST_START_TEST (test_full_heap_is_not_asked_each_time)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *memory[10];

  fake_set_capacity (CMA, 2 * PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    memory[i] = alloc_of (allocator, 3 * PAGE + i, "system");
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), G_N_ELEMENTS (memory) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    gst_memory_unref (memory[i]);
  gst_memory_unref (alloc_of (allocator, 2 * PAGE, CMA));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_chain_of_three)
{
  GstAllocator *allocator;
  GstMemory *memory[4];

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator (VIDEO ";" CMA ";system");
  fake_set_capacity (VIDEO, PAGE);
  fake_set_capacity (CMA, PAGE);
  memory[0] = alloc_of (allocator, PAGE, VIDEO);
  memory[1] = alloc_of (allocator, PAGE, CMA);
  memory[2] = alloc_of (allocator, PAGE, "system");
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 3 + 2);
  memory[3] = alloc_of (allocator, PAGE, "system");
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 3 + 2 + 1);
  gst_memory_unref (memory[1]);
  memory[1] = alloc_of (allocator, PAGE, CMA);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "fallbacks"), 4);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    gst_memory_unref (memory[i]);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_when_all_are_full_the_error_has_the_figures_of_each)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GError *error = NULL;
  GstMemory *memory;

  fake_set_capacity (CMA, 2 * PAGE);
  fake_set_capacity ("system", 1);
  memory = alloc_of (allocator, PAGE, CMA);
  fail_if (try_alloc (allocator, 2 * PAGE, &error));
  fail_unless_equals_string (error->message,
      "heap \"default_cma_region\" does not give 8192 bytes: Cannot allocate memory; "
      "the heap is too small, full or fragmented, the largest piece now 4096 bytes; "
      "this process holds 4096 bytes of it in 1 buffers; "
      "nor does heap \"system\": Cannot allocate memory; the heap is too small, full or fragmented; "
      "this process holds 0 bytes of it in 0 buffers");
  g_clear_error (&error);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Without a way back each allocation would fail for a second. */
GST_START_TEST (test_full_heaps_are_asked_again_when_all_others_are_full_too)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");

  fake_set_capacity (CMA, 1);
  fake_set_capacity ("system", 1);
  fail_if (gst_allocator_alloc (allocator, PAGE, NULL));
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  fail_if (gst_allocator_alloc (allocator, PAGE, NULL));
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 4);
  fake_set_capacity (CMA, PAGE);
  gst_memory_unref (alloc_of (allocator, PAGE, CMA));
  fake_set_capacity (CMA, 1);
  fake_set_capacity ("system", PAGE);
  gst_memory_unref (alloc_of (allocator, PAGE, "system"));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_one_name_has_no_fallback)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA);

  fake_set_capacity (CMA, 1);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_allocator_of_a_heap_has_no_fallback)
{
  GstHeapSelection *any = gst_heap_selection_new (NULL, 0, 0, 0);
  GstHeap *heap = gst_heap_selection_select (any, NULL);
  GstAllocator *allocator = gst_heap_allocator_new_for_heap (heap, NULL);

  fake_set_udmabuf (0);
  fake_set_capacity ("system", 1);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  gst_object_unref (allocator);
  g_object_unref (heap);
  gst_heap_selection_unref (any);
}

GST_END_TEST

/* They are of one region, whatever the fake thinks. */
GST_START_TEST (test_other_name_of_the_region_is_no_fallback)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";reserved");

  fake_set_capacity (CMA, 1);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_that_is_no_dmabuf_is_no_fallback)
{
  GstAllocator *allocator = heap_fixture_allocator ("");

  fake_set_capacity ("system", 1);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  gst_object_unref (allocator);

  allocator = heap_fixture_allocator ("process;system");
  fail_if (GST_IS_DMABUF_ALLOCATOR (allocator));
  fake_fail (FAKE_MEMFD_CREATE, 1, EMFILE);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_FDS);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_dmabufs_of_the_process_stand_in_for_system)
{
  GstAllocator *allocator;
  GstMemory *memory;

  fake_set_udmabuf (0);
  fake_set_capacity ("system", 1);
  allocator = heap_fixture_allocator ("");
  memory = alloc_of (allocator, PAGE, "process");
  fail_unless (gst_is_dmabuf_memory (memory));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_preferred_property_is_kept)
{
  GstAllocator *allocator = heap_fixture_allocator ("heap-prefer=contiguous");

  fake_set_udmabuf (0);
  fake_set_capacity (CMA, 1);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  gst_object_unref (allocator);

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator ("heap-prefer=contiguous");
  gst_memory_unref (alloc_of (allocator, PAGE, VIDEO));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_unreadable_memory_is_no_fallback)
{
  GstAllocator *allocator;

  fake_add_heap ("protected,secure-video");
  fake_add_heap ("odd");
  allocator = heap_fixture_allocator ("system;protected,secure-video;odd");
  fake_set_capacity ("system", 1);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Who takes an allocator that was made for somebody else has to take what it may give, now or later. */
GST_START_TEST (test_allocator_is_accepted_with_all_its_heaps)
{
  GstHeapSelection *contiguous = gst_heap_selection_new (NULL, GST_HEAP_PROPERTY_CONTIGUOUS, 0, 0);
  GstHeapSelection *importable = gst_heap_selection_new (NULL, GST_HEAP_PROPERTY_IMPORTABLE, 0, 0);
  GstAllocator *alone = heap_fixture_allocator (CMA), *both = heap_fixture_allocator (CMA ";system");

  fail_unless (gst_heap_selection_accepts_allocator (contiguous, GST_HEAP_ALLOCATOR (alone)));
  fail_unless (gst_heap_selection_accepts_allocator (importable, GST_HEAP_ALLOCATOR (both)));
  fail_if (gst_heap_selection_accepts_allocator (contiguous, GST_HEAP_ALLOCATOR (both)));
  fake_set_capacity (CMA, 1);
  gst_memory_unref (alloc_of (both, PAGE, "system"));
  fail_if (gst_heap_selection_accepts_allocator (contiguous, GST_HEAP_ALLOCATOR (both)));
  gst_object_unref (alone);
  gst_object_unref (both);
  gst_heap_selection_unref (contiguous);
  gst_heap_selection_unref (importable);
}

GST_END_TEST

static void
count_refusal (GstHeapAllocator *allocator, GstMapFlags flags, guint *count)
{
  ++*count;
}

GST_START_TEST (test_protected_heaps_stand_in_for_each_other)
{
  GstAllocator *allocator;
  guint n_refused = 0;
  GstMemory *memory;
  GstMapInfo map;

  fake_add_heap ("protected,secure-video");
  fake_add_heap ("protected,trusted-ui");
  allocator = heap_fixture_allocator ("heap-require=protected");
  g_signal_connect (allocator, "map-refused", G_CALLBACK (count_refusal), &n_refused);
  fake_set_capacity ("protected,secure-video", 1);
  memory = alloc_of (allocator, PAGE, "protected,trusted-ui");
  fail_if (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless_equals_int (n_refused, 1);
  gst_object_unref (allocator);
  gst_memory_unref (memory);
}

GST_END_TEST

GST_START_TEST (test_heap_that_cannot_be_opened_gives_way_to_the_next)
{
  GstAllocator *allocator;

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator (VIDEO ";" CMA ";system");
  fake_set_capacity (VIDEO, 1);
  fake_fail (FAKE_OPEN_HEAP, 1, EACCES);
  gst_memory_unref (alloc_of (allocator, PAGE, "system"));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_budget_is_of_all_heaps_together)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *cma, *other;

  fake_set_capacity (CMA, 2 * PAGE);
  g_object_set (allocator, "max-bytes", (guint64) 3 * PAGE, NULL);
  cma = alloc_of (allocator, 2 * PAGE, CMA);
  other = alloc_of (allocator, PAGE, "system");
  fail_if (try_alloc (allocator, PAGE, NULL));
  gst_memory_unref (cma);
  gst_memory_unref (alloc_of (allocator, 2 * PAGE, CMA));
  fail_if (try_alloc (allocator, 2 * PAGE + 1, NULL));
  gst_memory_unref (other);
  gst_memory_unref (alloc_of (allocator, 3 * PAGE, "system"));
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_budget_that_is_used_up_is_no_reason_to_fall_back)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *memory;

  g_object_set (allocator, "max-bytes", (guint64) PAGE, NULL);
  memory = alloc_of (allocator, PAGE, CMA);
  assert_fails (allocator, PAGE, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_int (fake_calls (FAKE_OPEN_HEAP), 1);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_budget_has_room_once_all_that_is_kept_is_freed)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");

  g_object_set (allocator, "max-bytes", (guint64) 2 * PAGE, "cache-bytes", (guint64) 64 * PAGE, NULL);
  fake_set_capacity (CMA, PAGE);
  gst_memory_unref (alloc_of (allocator, 2 * PAGE, "system"));
  gst_memory_unref (alloc_of (allocator, PAGE, CMA));
  gst_object_unref (allocator);
}

GST_END_TEST

/* The heap that comes next has to do with what the one after it keeps, too. */
GST_START_TEST (test_budget_has_room_for_the_second_heap_once_the_third_keeps_nothing)
{
  GstAllocator *allocator;
  GstMemory *cma, *other;

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator (VIDEO ";" CMA ";system");
  g_object_set (allocator, "max-bytes", (guint64) 3 * PAGE, "cache-bytes", (guint64) 64 * PAGE, NULL);
  fake_set_capacity (VIDEO, 1);
  fake_set_capacity (CMA, PAGE);
  cma = alloc_of (allocator, PAGE, CMA);
  other = alloc_of (allocator, 2 * PAGE, "system");
  gst_memory_unref (other);
  gst_memory_unref (cma);

  fake_set_capacity (CMA, 3 * PAGE);
  gst_memory_unref (alloc_of (allocator, 3 * PAGE, CMA));
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

static gchar *
label_of_next (GstAllocator *allocator, const gchar *heap)
{
  gst_memory_unref (alloc_of (allocator, PAGE, heap));
  return g_strdup (fake_last_name ());
}

GST_START_TEST (test_settings_are_those_of_the_first)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *memory;
  gchar *label;

  fake_set_capacity (CMA, 1);
  g_object_set (allocator, "label", "a", NULL);
  label = label_of_next (allocator, "system");
  fail_unless_equals_string (label, "a");
  g_free (label);
  g_object_set (allocator, "label", "b", NULL);
  label = label_of_next (allocator, "system");
  fail_unless_equals_string (label, "b");
  g_free (label);

  gst_heap_allocator_set_min_size (GST_HEAP_ALLOCATOR (allocator), 4 * PAGE);
  memory = alloc_of (allocator, PAGE, "system");
  fail_unless_equals_int (memory->maxsize, 4 * PAGE);
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  g_object_set (allocator, "cache-bytes", (guint64) 64 * PAGE, NULL);
  memory = alloc_of (allocator, PAGE, "system");
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_open_buffers ("system"), 1);
  fail_unless (alloc_of (allocator, PAGE, "system") == memory);
  gst_memory_unref (memory);
  fail_unless_equals_uint64 (gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator)), 4 * PAGE);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

static void
assert_stats (const GstStructure *stats, const gchar *heap, guint64 bytes_live, guint64 allocations)
{
  guint64 live, made;

  fail_unless_equals_string (gst_structure_get_string (stats, "heap"), heap);
  fail_unless (
      gst_structure_get (stats, "bytes-live", G_TYPE_UINT64, &live, "allocations", G_TYPE_UINT64, &made, NULL));
  fail_unless_equals_uint64 (live, bytes_live);
  fail_unless_equals_uint64 (made, allocations);
}

GST_START_TEST (test_stats_have_the_figures_of_each_heap)
{
  GstStructure *stats, *next = NULL, *third = NULL;
  GstMemory *memory[4];
  GstAllocator *allocator;

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator (VIDEO ";" CMA ";system");
  stats = gst_heap_allocator_get_stats (GST_HEAP_ALLOCATOR (allocator));
  fail_if (gst_structure_has_field (stats, "fallback"));
  gst_structure_free (stats);
  fake_set_capacity (VIDEO, PAGE);
  fake_set_capacity (CMA, 2 * PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    memory[i] = alloc_of (allocator, (i + 1) * PAGE, i == 0 ? VIDEO : i == 1 ? CMA : "system");

  stats = gst_heap_allocator_get_stats (GST_HEAP_ALLOCATOR (allocator));
  assert_stats (stats, VIDEO, PAGE, 1);
  fail_unless (gst_structure_get (stats, "fallback", GST_TYPE_STRUCTURE, &next, NULL));
  assert_stats (next, CMA, 2 * PAGE, 1);
  fail_unless (gst_structure_get (next, "fallback", GST_TYPE_STRUCTURE, &third, NULL));
  assert_stats (third, "system", 7 * PAGE, 2);
  fail_if (gst_structure_has_field (third, "fallback"));
  gst_structure_free (third);
  gst_structure_free (next);
  gst_structure_free (stats);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "fallbacks"), 3);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    gst_memory_unref (memory[i]);
  gst_object_unref (allocator);
}

GST_END_TEST

static void
note_fall (GstHeapAllocator *allocator, GstHeap *heap, guint64 size, const GError *reason, GString *said)
{
  g_string_append_printf (said, "%s %" G_GUINT64_FORMAT ": %s\n", gst_heap_get_name (heap), size, reason->message);
}

GST_START_TEST (test_each_heap_is_said_once)
{
  GString *said = g_string_new (NULL);
  GstAllocator *allocator;

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator (VIDEO ";" CMA ";system");
  g_signal_connect (allocator, "fell-back", G_CALLBACK (note_fall), said);
  fake_set_capacity (VIDEO, 2 * PAGE);
  fake_set_capacity (CMA, 3 * PAGE);
  gst_memory_unref (alloc_of (allocator, PAGE, VIDEO));
  for (guint i = 0; i < 3; i++) {
    gst_memory_unref (alloc_of (allocator, 3 * PAGE, CMA));
    gst_memory_unref (alloc_of (allocator, 4 * PAGE, "system"));
  }
  fail_unless_equals_string (said->str,
      "default_cma_region 12288: heap \"video@42000000\" does not give 12288 "
      "bytes: " FULL_BUT ("8192") "\nsystem 16384: heap \"video@42000000\" does not "
                                  "give 16384 bytes: " FULL_BUT ("8192") "; nor does "
                                                                         "heap "
                                                                         "\"default_"
                                                                         "cma_"
                                                                         "region\":"
                                                                         " " FULL_BUT ("12288") "\n");
  g_string_free (said, TRUE);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_outlives_the_allocator)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstMemory *cma, *other;

  g_object_set (allocator, "cache-bytes", (guint64) 64 * PAGE, NULL);
  fake_set_capacity (CMA, PAGE);
  cma = alloc_of (allocator, PAGE, CMA);
  other = alloc_of (allocator, PAGE, "system");
  gst_memory_unref (cma);
  gst_object_unref (allocator);
  fail_unless_equals_int (fake_open_buffers (CMA), 0);
  fail_unless_equals_string (heap_of (other), "system");
  heap_fixture_fill (other, 1);
  gst_memory_unref (other);
}

GST_END_TEST

/* Two pools of one allocator: what lies idle in the one that was replaced goes before another heap is taken. */
GST_START_TEST (test_idle_buffers_of_a_retired_pool_go_first)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstBufferPool *old, *new;
  GstBuffer *buffer;

  fake_set_capacity (CMA, 4 * PAGE);
  old = heap_fixture_pool (allocator, "application/x-test", PAGE, 4, 0);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (old, &buffer, NULL), GST_FLOW_OK);
  gst_heap_buffer_pool_retire (GST_HEAP_BUFFER_POOL (old));
  gst_buffer_pool_set_active (old, FALSE);
  new = heap_fixture_pool (allocator, "application/x-test", PAGE, 3, 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "fallbacks"), 0);
  gst_buffer_unref (buffer);
  gst_object_unref (old);
  heap_fixture_pool_free (new);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_pool_has_buffers_of_both_heaps)
{
  GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
  GstBufferPoolAcquireParams params = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  GstBuffer *taken[4], *none = NULL;
  GstBufferPool *pool;

  fake_set_capacity (CMA, PAGE);
  fake_set_capacity ("system", 3 * PAGE);
  pool = heap_fixture_pool (allocator, "application/x-test", PAGE, 3, 0);
  fail_unless_equals_int (fake_open_buffers (CMA), 1);
  fail_unless_equals_int (fake_open_buffers ("system"), 2);
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &taken[i], NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &none, &params), GST_FLOW_EOS);
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    gst_buffer_unref (taken[i]);
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
}

GST_END_TEST

static gpointer
allocate_and_free (gpointer allocator)
{
  for (guint i = 0; i < 1000; i++) {
    GstMemory *a = gst_allocator_alloc (allocator, PAGE, NULL), *b = gst_allocator_alloc (allocator, 2 * PAGE, NULL);

    fail_unless (a && b);
    g_object_set (allocator, "cache-bytes", (guint64) (i % 3) * PAGE, NULL);
    gst_memory_unref (a);
    gst_memory_unref (b);
  }
  return NULL;
}

GST_START_TEST (test_threads)
{
  GString *said = g_string_new (NULL);
  GstAllocator *allocator;
  GThread *threads[4];

  fake_add_heap (VIDEO);
  allocator = heap_fixture_allocator (VIDEO ";" CMA ";system");
  g_signal_connect (allocator, "fell-back", G_CALLBACK (note_fall), said);
  fake_set_capacity (VIDEO, 2 * PAGE);
  fake_set_capacity (CMA, 2 * PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("allocates", allocate_and_free, allocator);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-live"), 0);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator));
  g_object_set (allocator, "max-bytes", (guint64) 8 * PAGE, NULL); /* of which nothing is taken any more */
  gst_memory_unref (alloc_of (allocator, 8 * PAGE, "system"));
  g_string_free (said, TRUE);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Whatever fails, an allocation gives memory or an error, and leaves nothing behind. */
GST_START_TEST (test_no_failure_leaves_anything)
{
  guint n = 0, armed;

  do {
    GstAllocator *allocator = heap_fixture_allocator (CMA ";system");
    GError *error = NULL;
    GstMemory *memory;

    fake_set_capacity (CMA, 1);
    fake_fail_any (++n, EMFILE);
    memory = try_alloc (allocator, PAGE, &error);
    armed = fake_armed ();
    fake_disarm ();
    fail_unless (!memory == !!error);
    if (memory)
      gst_memory_unref (memory);
    g_clear_error (&error);
    gst_object_unref (allocator);
    fail_unless_equals_int (fake_open_fds (), 0);
  } while (armed == 0);
  fail_unless (n > 3);
}

GST_END_TEST

static Suite *
fallback_suite (void)
{
  Suite *suite = suite_create ("fallback");
  TCase *which = heap_fixture_add_case (suite, "which"), *how = heap_fixture_add_case (suite, "how");

  tcase_add_test (which, test_full_heap_gives_way_to_the_next);
  tcase_add_test (which, test_any_lack_of_room_makes_it_fall_back);
  tcase_add_test (which, test_other_failures_are_errors);
  tcase_add_test (which, test_chain_of_three);
  tcase_add_test (which, test_one_name_has_no_fallback);
  tcase_add_test (which, test_allocator_of_a_heap_has_no_fallback);
  tcase_add_test (which, test_other_name_of_the_region_is_no_fallback);
  tcase_add_test (which, test_memory_that_is_no_dmabuf_is_no_fallback);
  tcase_add_test (which, test_dmabufs_of_the_process_stand_in_for_system);
  tcase_add_test (which, test_preferred_property_is_kept);
  tcase_add_test (which, test_unreadable_memory_is_no_fallback);
  tcase_add_test (which, test_allocator_is_accepted_with_all_its_heaps);
  tcase_add_test (which, test_protected_heaps_stand_in_for_each_other);
  tcase_add_test (which, test_heap_that_cannot_be_opened_gives_way_to_the_next);
  tcase_add_test (how, test_what_is_kept_goes_first);
  tcase_add_test (how, test_memory_that_comes_back_ends_the_shortage);
  tcase_add_test (how, test_time_ends_the_shortage);
  tcase_add_test (how, test_full_heap_is_not_asked_each_time);
  tcase_add_test (how, test_when_all_are_full_the_error_has_the_figures_of_each);
  tcase_add_test (how, test_full_heaps_are_asked_again_when_all_others_are_full_too);
  tcase_add_test (how, test_budget_is_of_all_heaps_together);
  tcase_add_test (how, test_budget_that_is_used_up_is_no_reason_to_fall_back);
  tcase_add_test (how, test_budget_has_room_once_all_that_is_kept_is_freed);
  tcase_add_test (how, test_budget_has_room_for_the_second_heap_once_the_third_keeps_nothing);
  tcase_add_test (how, test_settings_are_those_of_the_first);
  tcase_add_test (how, test_stats_have_the_figures_of_each_heap);
  tcase_add_test (how, test_each_heap_is_said_once);
  tcase_add_test (how, test_memory_outlives_the_allocator);
  tcase_add_test (how, test_idle_buffers_of_a_retired_pool_go_first);
  tcase_add_test (how, test_pool_has_buffers_of_both_heaps);
  tcase_add_test (how, test_threads);
  tcase_add_test (how, test_no_failure_leaves_anything);
  return suite;
}

GST_CHECK_MAIN (fallback)
