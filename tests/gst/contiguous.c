/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The heap process-contiguous as GStreamer sees it: what its memory is with udmabuf and without, its addresses, its
 * errors, and that all is given back. */
#include "testing.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/allocators/gstphysmemory.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE HEAP_FIXTURE_PAGE
#define MIB (1 << 20)
#define N_PAGES 16

/* Neither CMA nor any other heap of the kernel. */
static void
setup (void)
{
  test_setup_bare ();
  heap_fixture_reserve_huge_pages (N_PAGES, 1);
  fake_set_udmabuf (0);
}

static void
setup_without_udmabuf (void)
{
  setup ();
  fake_set_udmabuf (ENOENT);
}

static gsize
size_of_fd (GstMemory *memory)
{
  struct stat st;

  fail_unless_equals_int (fstat (gst_fd_memory_get_fd (memory), &st), 0);
  return st.st_size;
}

static const gchar *const selections[] = { "process-contiguous", "heap-require=contiguous",
  "heap-require=contiguous+importable" };

GST_START_TEST (test_memory_is_a_dmabuf_of_its_own_bytes)
{
  GstAllocator *allocator = heap_fixture_allocator (selections[__i__]);
  GstMemory *small = gst_allocator_alloc (allocator, 5000, NULL);
  GstMemory *large = gst_allocator_alloc (allocator, 3 * MIB + 1, NULL);

  fail_unless (GST_IS_DMABUF_ALLOCATOR (allocator));
  fail_unless (gst_is_dmabuf_memory (small) && gst_is_dmabuf_memory (large));
  fail_unless_equals_string (gst_heap_get_name (gst_heap_memory_get_heap (large)), "process-contiguous");
  fail_unless (GST_MEMORY_IS_PHYSICALLY_CONTIGUOUS (large));
  fail_unless_equals_int (fake_open_buffers ("udmabuf"), 2);
  fail_unless_equals_int (large->offset, 0);
  fail_unless_equals_int (large->size, 3 * MIB + 1);
  fail_unless_equals_int (large->maxsize, 3 * MIB + PAGE);
  fail_unless_equals_int (size_of_fd (large), 3 * MIB + PAGE);
  fail_unless_equals_int (size_of_fd (small), 2 * PAGE);
  gst_memory_unref (small);
  gst_memory_unref (large);
  gst_object_unref (allocator);
}

GST_END_TEST

static void
assert_takes (const gchar *selection, const gchar *heap)
{
  GstAllocator *allocator = heap_fixture_allocator (selection);

  fail_unless_equals_string (gst_heap_get_name (gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator))), heap);
  gst_object_unref (allocator);
}

static void
assert_contiguous (const gchar *selection, GstHeapAnswer expected, gint expected_error)
{
  GstAllocator *allocator = heap_fixture_allocator (selection);
  GstMemory *memory = gst_allocator_alloc (allocator, 3 * PAGE, NULL);
  GError *error = NULL;

  fail_unless_equals_int (gst_heap_memory_check_contiguous (memory, &error), expected);
  fail_unless_equals_int (error ? error->code : -1, expected_error);
  g_clear_error (&error);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_START_TEST (test_page_frames_tell_what_is_contiguous)
{
  assert_contiguous ("process-contiguous", GST_HEAP_ANSWER_YES, -1);
  assert_contiguous ("process", GST_HEAP_ANSWER_UNKNOWN, GST_HEAP_ERROR_FAILED);
  fake_set_udmabuf (ENOENT);
  fake_set_frame_step (1);
  assert_contiguous ("process", GST_HEAP_ANSWER_YES, -1);
  fake_set_frame_step (2);
  assert_contiguous ("process", GST_HEAP_ANSWER_NO, -1);
  assert_contiguous ("process-contiguous", GST_HEAP_ANSWER_YES, -1);
  fake_set_pagemap (FALSE);
  assert_contiguous ("process", GST_HEAP_ANSWER_UNKNOWN, GST_HEAP_ERROR_PERMISSION);
}

GST_END_TEST

GST_START_TEST (test_cma_comes_first)
{
  fake_add_heap ("reserved");
  assert_takes ("heap-require=contiguous", "reserved");
  assert_takes ("process-contiguous", "process-contiguous");
  fake_remove_heap ("reserved");
  assert_takes ("heap-require=contiguous", "process-contiguous");
  fake_add_heap_full ("reserved", 0, 0, 0, 0600, EACCES);
  assert_takes ("heap-require=contiguous", "process-contiguous");
}

GST_END_TEST

GST_START_TEST (test_default_is_never_a_huge_page)
{
  assert_takes ("", "process");
}

GST_END_TEST

static void
assert_memories_are_apart (GstAllocator *allocator)
{
  GstMemory *memories[5];

  for (guint i = 0; i < G_N_ELEMENTS (memories); i++) {
    memories[i] = gst_allocator_alloc (allocator, 5000 + i * MIB, NULL);
    heap_fixture_fill (memories[i], i + 1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    heap_fixture_assert_filled (memories[i], 5000 + i * MIB, i + 1);

  /* What was another user's is zero. */
  gst_memory_unref (memories[1]);
  gst_memory_unref (memories[3]);
  memories[3] = gst_allocator_alloc (allocator, 5000 + 3 * MIB, NULL);
  memories[1] = gst_allocator_alloc (allocator, 5000 + 1 * MIB, NULL);
  heap_fixture_assert_filled (memories[1], 5000 + 1 * MIB, 0);
  heap_fixture_assert_filled (memories[3], 5000 + 3 * MIB, 0);
  heap_fixture_fill (memories[3], 9);
  heap_fixture_assert_filled (memories[2], 5000 + 2 * MIB, 3);
  heap_fixture_assert_filled (memories[4], 5000 + 4 * MIB, 5);
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    gst_memory_unref (memories[i]);
}

GST_START_TEST (test_memories_of_one_region_are_apart)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");

  assert_memories_are_apart (allocator);
  fail_unless_equals_int (fake_calls (FAKE_MEMFD_CREATE_HUGE), 1);
  fail_unless (fake_calls (FAKE_DMABUF_SYNC) > 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memories_in_one_fd_are_apart)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");

  assert_memories_are_apart (allocator);
  fail_unless_equals_int (fake_calls (FAKE_MEMFD_CREATE_HUGE), 1);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 1);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_without_udmabuf_memory_is_called_what_it_is)
{
  GstAllocator *allocator = heap_fixture_allocator ("heap-require=contiguous");
  GstMemory *small = gst_allocator_alloc (allocator, 5000, NULL), *large = gst_allocator_alloc (allocator, 100, NULL);
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));

  fail_if (GST_IS_DMABUF_ALLOCATOR (allocator) || gst_is_dmabuf_memory (large) || gst_is_phys_memory (large));
  fail_unless (gst_is_fd_memory (large));
  fail_unless_equals_int (gst_fd_memory_get_fd (small), gst_fd_memory_get_fd (large));
  fail_unless_equals_int (small->offset, 0);
  fail_unless_equals_int (small->maxsize, 2 * PAGE);
  fail_unless_equals_int (large->offset, 2 * PAGE);
  fail_unless_equals_int (large->size, 100);
  fail_unless_equals_int (large->maxsize, 3 * PAGE);
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_IMPORTABLE), GST_HEAP_ANSWER_NO);
  gst_memory_unref (small);
  gst_memory_unref (large);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_without_udmabuf_importable_is_refused)
{
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("heap-require=contiguous+importable", NULL);

  fail_if (gst_heap_allocator_new (selection, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED);
  fail_unless (strstr (error->message, "process-contiguous: importable is required"), "%s", error->message);
  g_clear_error (&error);
  gst_heap_selection_unref (selection);
}

GST_END_TEST

/* The mapped bytes at i are i, modulo 251. */
static void
count_up (GstMemory *memory)
{
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < map.size; i++)
    map.data[i] = i % 251;
  gst_memory_unmap (memory, &map);
}

static void
assert_counts (GstMemory *memory, gsize size, gsize from)
{
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless_equals_int (map.size, size);
  for (gsize i = 0; i < size; i++)
    fail_unless (map.data[i] == (from + i) % 251);
  gst_memory_unmap (memory, &map);
}

GST_START_TEST (test_memory_with_an_offset_is_shared_and_copied_right)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstMemory *before = gst_allocator_alloc (allocator, 7 * PAGE, NULL);
  GstMemory *memory = gst_allocator_alloc (allocator, 10000, NULL);
  GstMemory *part, *rest, *copy, *copy_of_part;

  count_up (memory);
  part = gst_memory_share (memory, 100, 5000);
  rest = gst_memory_share (memory, 300, -1);
  assert_counts (memory, 10000, 0);
  assert_counts (part, 5000, 100);
  assert_counts (rest, 9700, 300);
  copy = gst_memory_copy (memory, 1000, 2000);
  copy_of_part = gst_memory_copy (part, 10, -1);
  assert_counts (copy, 2000, 1000);
  assert_counts (copy_of_part, 4990, 110);
  gst_memory_unref (copy);
  gst_memory_unref (copy_of_part);
  gst_memory_unref (rest);
  gst_memory_unref (part);
  gst_memory_resize (memory, 200, 400);
  assert_counts (memory, 400, 200);
  part = gst_memory_share (memory, 100, -1);
  gst_memory_unref (memory);
  assert_counts (part, 300, 300);
  heap_fixture_assert_filled (before, 7 * PAGE, 0);
  gst_memory_unref (part);
  gst_memory_unref (before);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_address_is_that_of_the_page)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstMemory *small = gst_allocator_alloc (allocator, 5000, NULL),
            *large = gst_allocator_alloc (allocator, 3 * MIB, NULL);
  GstMemory *part = gst_memory_share (large, 100, 5000);

  fail_unless (GST_IS_DMABUF_ALLOCATOR (allocator));
  fail_unless (gst_is_phys_memory (small) && gst_is_phys_memory (large) && gst_is_phys_memory (part));
  fail_unless_equals_uint64 (gst_phys_memory_get_phys_addr (small), HEAP_FIXTURE_ADDRESS);
  fail_unless_equals_uint64 (gst_phys_memory_get_phys_addr (large), HEAP_FIXTURE_ADDRESS + 2 * PAGE);
  fail_unless_equals_uint64 (gst_phys_memory_get_phys_addr (part), HEAP_FIXTURE_ADDRESS + 2 * PAGE);
  gst_memory_unref (part);
  gst_memory_unref (small);
  gst_memory_unref (large);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_secret_address_is_not_claimed_to_be_known)
{
  GstAllocator *allocator;
  GstMemory *memory;

  fake_set_pagemap (false);
  allocator = heap_fixture_allocator ("process-contiguous");
  memory = gst_allocator_alloc (allocator, 2 * MIB, NULL);
  fail_unless (gst_is_dmabuf_memory (memory));
  fail_if (gst_is_phys_memory (memory));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_outlives_all_it_came_from)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstMemory *memory = gst_allocator_alloc (allocator, 3 * MIB, NULL);

  gst_object_unref (allocator);
  heap_fixture_fill (memory, 7);
  heap_fixture_assert_filled (memory, 3 * MIB, 7);
  fail_unless_equals_string (gst_heap_get_name (gst_heap_memory_get_heap (memory)), "process-contiguous");
  fail_unless (fake_huge_pages_taken () > 0);
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_huge_pages_taken (), 0);
}

GST_END_TEST

/* Another process, say, was sent the fd. */
GST_START_TEST (test_what_others_have_open_is_not_given_to_the_next)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstMemory *memory = gst_allocator_alloc (allocator, MIB, NULL);
  guintptr address = gst_phys_memory_get_phys_addr (memory);
  int elsewhere = dup (gst_fd_memory_get_fd (memory));

  gst_memory_unref (memory);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), MIB);
  memory = gst_allocator_alloc (allocator, MIB, NULL);
  fail_unless (gst_phys_memory_get_phys_addr (memory) != address);
  gst_memory_unref (memory);
  close (elsewhere);
  memory = gst_allocator_alloc (allocator, MIB, NULL);
  fail_unless_equals_uint64 (gst_phys_memory_get_phys_addr (memory), address);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), MIB);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* A region has eight pages. */
/* Each GstHeap divides regions of its own: what one has given must not come back to the other. */
GST_START_TEST (test_what_passes_to_another_allocator_goes_back_to_where_it_came_from)
{
  GstAllocator *keeping = heap_fixture_allocator ("process-contiguous");
  GstAllocator *asking = heap_fixture_allocator ("process-contiguous");
  GstMemory *memory = gst_allocator_alloc (keeping, MIB, NULL);

  g_object_set (keeping, "cache-bytes", G_MAXUINT64, "cache-age", 3600 * GST_SECOND, NULL);
  g_object_set (asking, "cache-bytes", G_MAXUINT64, "cache-age", 3600 * GST_SECOND, NULL);
  gst_memory_unref (memory);
  fail_unless (gst_allocator_alloc (asking, MIB, NULL) == memory);
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-used"), MIB);
  fail_unless_equals_uint64 (heap_fixture_stat (asking, "bytes-used"), 0);
  gst_object_unref (keeping);
  heap_fixture_fill (memory, 1);
  gst_memory_unref (memory);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (asking));
  fail_unless_equals_int (fake_huge_pages_taken (), 0);
  gst_object_unref (asking);
}

GST_END_TEST

GST_START_TEST (test_stats_tell_what_is_held)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstMemory *memories[3];

  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-held"), 0);
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    memories[i] = gst_allocator_alloc (allocator, MIB, NULL);
  gst_memory_unref (memories[1]);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-held"), 16 * MIB);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), 2 * MIB);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "largest-hole"), 13 * MIB);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "holes"), 2);
  gst_memory_unref (memories[0]);
  gst_memory_unref (memories[2]);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-used"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-live"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

/* The kernel has no place for the third page where a dma-buf may have it. */
GST_START_TEST (test_fewer_pages_are_taken_where_some_cannot_be_moved)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstMemory *memory;

  fake_fail (FAKE_UDMABUF_CREATE, 3, ENOMEM);
  memory = gst_allocator_alloc (allocator, MIB, NULL);
  fail_unless (memory != NULL);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-held"), 8 * MIB);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

static GstHeap *
find_heap (void)
{
  GList *heaps = gst_heap_list ();
  GstHeap *heap = g_object_ref (g_list_last (heaps)->data);

  fail_unless_equals_string (gst_heap_get_name (heap), "process-contiguous");
  g_list_free_full (heaps, g_object_unref);
  return heap;
}

GST_START_TEST (test_largest_piece_is_found)
{
  guint64 largest = 0;
  GstHeap *heap = find_heap ();
  GError *error = NULL;

  fail_unless (gst_heap_find_largest (heap, &largest, &error));
  g_assert_no_error (error);
  fail_unless_equals_uint64 (largest, N_PAGES * HEAP_FIXTURE_HUGE_PAGE);
  g_object_unref (heap);
}

GST_END_TEST

/* Of "reserved" the machine says nothing. */
GST_START_TEST (test_largest_piece_is_found_where_the_capacity_is_unknown)
{
  guint64 largest = 0;
  GstAllocator *allocator;
  GError *error = NULL;
  GstHeap *heap;

  fake_add_heap ("reserved");
  allocator = heap_fixture_allocator ("reserved");
  heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));
  fail_if (gst_heap_get_capacity (heap, NULL, NULL));
  fake_set_capacity ("reserved", 5 * MIB);
  fail_unless (gst_heap_find_largest (heap, &largest, &error));
  g_assert_no_error (error);
  fail_unless_equals_uint64 (largest, 5 * MIB);
  fake_fail (FAKE_HEAP_ALLOC, 1, EMFILE);
  fail_if (gst_heap_find_largest (heap, &largest, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_FDS);
  g_error_free (error);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Linux 6.11 to 6.15 shows importers that read by CPU the wrong pages. */
static const struct {
  const gchar *release;
  GstHeapAnswer importable;
} kernels[] = {
  { "6.6.30\n", GST_HEAP_ANSWER_YES },
  { "6.10.0-rc1\n", GST_HEAP_ANSWER_YES },
  { "6.11.0\n", GST_HEAP_ANSWER_UNKNOWN },
  { "6.12.38+deb13-amd64\n", GST_HEAP_ANSWER_UNKNOWN },
  { "6.15.11\n", GST_HEAP_ANSWER_UNKNOWN },
  { "6.16.0\n", GST_HEAP_ANSWER_YES },
  { "7.3.0\n", GST_HEAP_ANSWER_YES },
};

GST_START_TEST (test_dmabufs_with_the_defect_of_linux_6_12_are_not_offered)
{
  GstAllocator *allocator;
  GstMemory *memory;
  GstHeap *heap;

  fake_set_file ("/proc/sys/kernel/osrelease", kernels[__i__].release);
  allocator = heap_fixture_allocator ("heap-require=contiguous");
  heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (allocator));
  memory = gst_allocator_alloc (allocator, MIB, NULL);
  fail_unless_equals_int (gst_heap_get_answer (heap, GST_HEAP_PROPERTY_IMPORTABLE), kernels[__i__].importable);
  fail_unless_equals_int (gst_is_dmabuf_memory (memory), kernels[__i__].importable == GST_HEAP_ANSWER_YES);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_no_huge_page_is_said_when_opened)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("process-contiguous", NULL);
  GError *error = NULL;

  heap_fixture_reserve_huge_pages (0, 1);
  fail_if (gst_heap_allocator_new (selection, &error));
  fail_unless (strstr (error->message, "process-contiguous") != NULL, "%s", error->message);
  fail_unless (strstr (error->message, "vm.nr_hugepages") != NULL, "%s", error->message);
  g_clear_error (&error);
  gst_heap_selection_unref (selection);
}

GST_END_TEST

static GError *
fail_to_alloc (gsize size)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GError *error = NULL;

  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), size, NULL, &error));
  gst_object_unref (allocator);
  return error;
}

GST_START_TEST (test_too_few_huge_pages_are_said_with_what_to_do)
{
  GError *error = fail_to_alloc (40 * MIB);

  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_string (error->message,
      "heap \"process-contiguous\" does not give 41943040 bytes: Cannot allocate memory; 33554432 bytes in all, "
      "33554432 "
      "free, the largest piece now 33554432 bytes; this process holds 0 bytes of it in 0 buffers; it takes 20 huge "
      "pages "
      "side by side, each of 2 MiB, and 16 of 16 are free: reserve more with \"sysctl vm.nr_hugepages=20\", or, while "
      "memory is still in one piece, with \"hugepages=20\" on the kernel's command line");
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_pages_that_are_not_adjacent_are_said)
{
  GError *error;

  heap_fixture_reserve_huge_pages (N_PAGES, 2);
  error = fail_to_alloc (3 * MIB);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless (strstr (error->message, "2 huge pages side by side") != NULL, "%s", error->message);
  fail_unless (strstr (error->message, "the largest piece now 2097152 bytes") != NULL, "%s", error->message);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_more_than_a_page_needs_to_know_addresses)
{
  GError *error;

  fake_set_pagemap (false);
  error = fail_to_alloc (2 * MIB + 1);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, "CAP_SYS_ADMIN") != NULL, "%s", error->message);
  fail_unless (strstr (error->message, "hugepagesz=1G hugepages=1") != NULL, "%s", error->message);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_more_than_udmabuf_takes_is_said)
{
  GError *error;

  heap_fixture_reserve_huge_pages (40, 1);
  error = fail_to_alloc (65 * MIB);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, "size_limit_mb") != NULL, "%s", error->message);
  g_clear_error (&error);
}

GST_END_TEST

/* Every system call of a memory's life fails once. */
static void
fail_each_call (void)
{
  gboolean failed = TRUE;

  for (guint n = 1; failed; n++) {
    GstHeapSelection *selection = gst_heap_selection_new_from_string ("process-contiguous", NULL);
    GstAllocator *allocator;
    GstMemory *memories[2] = { NULL, NULL };

    fake_fail_any (n, EIO);
    allocator = gst_heap_allocator_new (selection, NULL);
    for (guint i = 0; allocator && i < 2; i++)
      memories[i] = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 3 * MIB, NULL, NULL);
    for (guint i = 0; i < 2; i++) {
      GstMapInfo map;

      if (memories[i] && gst_memory_map (memories[i], &map, GST_MAP_READWRITE))
        gst_memory_unmap (memories[i], &map);
      g_clear_pointer (&memories[i], gst_memory_unref);
    }
    gst_clear_object (&allocator);
    gst_heap_selection_unref (selection);
    failed = fake_armed () == 0;
    fake_disarm ();
    heap_fixture_audit ();
    fail_unless (failed || n > 20, "only %u calls were made to fail", n);
  }
}

GST_START_TEST (test_every_failing_call_leaves_nothing)
{
  fail_each_call ();
}

GST_END_TEST

static GstBufferPool *
create_pool (GstAllocator *allocator)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string ("video/x-raw,format=NV12,width=1920,height=1080,framerate=30/1");

  gst_buffer_pool_config_set_params (config, caps, 0, 3, 0);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  gst_caps_unref (caps);
  return pool;
}

/* Frames that are all out at a time, each with a value of its own all over. */
static void
fill_frames (GstBufferPool *pool, GstBuffer **frames, guint n)
{
  GstVideoFrame frame;
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 1920, 1080);
  for (guint i = 0; i < n; i++) {
    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &frames[i], NULL), GST_FLOW_OK);
    fail_unless_equals_int (gst_buffer_get_size (frames[i]), info.size);
    fail_unless (gst_video_frame_map (&frame, &info, frames[i], GST_MAP_WRITE));
    for (guint plane = 0; plane < 2; plane++)
      memset (GST_VIDEO_FRAME_PLANE_DATA (&frame, plane), i + 1, 1920 * 1080 / (1 + plane));
    gst_video_frame_unmap (&frame);
  }
  for (guint i = 0; i < n; i++)
    heap_fixture_assert_filled (gst_buffer_peek_memory (frames[i], 0), info.size, i + 1);
}

/* A frame takes two pages, and a region has eight. What comes back is at its offset still, whatever was made of it. */
GST_START_TEST (test_pool_gives_frames)
{
  GstAllocator *allocator = heap_fixture_allocator ("process-contiguous");
  GstBufferPool *pool = create_pool (allocator);
  GstBuffer *frames[4];

  for (guint round = 0; round < 3; round++) {
    fill_frames (pool, frames, G_N_ELEMENTS (frames));
    for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
      if (round == 1)
        gst_buffer_resize (frames[i], 4096, 100);
      gst_buffer_unref (frames[i]);
    }
  }
  fail_unless_equals_int (heap_fixture_stat (allocator, "allocations"), 4);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_object_unref (allocator);
}

GST_END_TEST

/* heapupload and all around it. */
static const gchar *const uploads[] = { "heap-name=process-contiguous", "heap-require=contiguous" };

GST_START_TEST (test_frames_pass_without_a_copy)
{
  GstElement *pipeline = test_pipeline_new (
      "videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=1920,height=1080 ! heapupload name=up %s "
      "require-zero-copy=true ! fakesink enable-last-sample=false",
      uploads[__i__]);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", "process-contiguous", FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 30);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-passed"), 30);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "bytes-copied"), 0);
  fail_unless (test_allocator_stat (pipeline, "up", "allocations") < 6);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_END_TEST

/* What heapupload copies into memory with offsets is what comes out. */
GST_START_TEST (test_copied_frames_are_those_that_came)
{
  GstElement *pipeline =
      test_pipeline_new ("videotestsrc num-buffers=20 ! video/x-raw,format=I420,width=322,height=242 ! tee ! queue ! "
                         "heapupload name=up heap-name=process-contiguous ! fakevideosink sync=false");
  TestWatch *in = test_watch_new (pipeline, "up", "sink", NULL, TRUE);
  TestWatch *out = test_watch_new (pipeline, "up", "src", "process-contiguous", TRUE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (out, 20);
  test_assert_same_digests (in, out);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 20);
  test_pipeline_free (pipeline);
  test_watch_free (in);
  test_watch_free (out);
}

GST_END_TEST

static void
add_tests_of_any_machine (TCase *tcase)
{
  tcase_add_test (tcase, test_memory_outlives_all_it_came_from);
  tcase_add_test (tcase, test_stats_tell_what_is_held);
  tcase_add_test (tcase, test_page_frames_tell_what_is_contiguous);
  tcase_add_test (tcase, test_largest_piece_is_found);
  tcase_add_test (tcase, test_largest_piece_is_found_where_the_capacity_is_unknown);
  tcase_add_test (tcase, test_no_huge_page_is_said_when_opened);
  tcase_add_test (tcase, test_too_few_huge_pages_are_said_with_what_to_do);
  tcase_add_test (tcase, test_pages_that_are_not_adjacent_are_said);
  tcase_add_test (tcase, test_more_than_a_page_needs_to_know_addresses);
  tcase_add_test (tcase, test_every_failing_call_leaves_nothing);
  tcase_add_test (tcase, test_pool_gives_frames);
  tcase_add_loop_test (tcase, test_frames_pass_without_a_copy, 0, G_N_ELEMENTS (uploads));
  tcase_add_test (tcase, test_copied_frames_are_those_that_came);
}

static Suite *
contiguous_suite (void)
{
  Suite *suite = suite_create ("contiguous");
  TCase *tcase = test_case_new (suite, "contiguous", setup);
  TCase *without = test_case_new (suite, "without udmabuf", setup_without_udmabuf);

  tcase_add_loop_test (tcase, test_memory_is_a_dmabuf_of_its_own_bytes, 0, G_N_ELEMENTS (selections));
  tcase_add_test (tcase, test_cma_comes_first);
  tcase_add_test (tcase, test_default_is_never_a_huge_page);
  tcase_add_test (tcase, test_memories_of_one_region_are_apart);
  tcase_add_test (tcase, test_address_is_that_of_the_page);
  tcase_add_test (tcase, test_secret_address_is_not_claimed_to_be_known);
  tcase_add_test (tcase, test_what_others_have_open_is_not_given_to_the_next);
  tcase_add_loop_test (tcase, test_dmabufs_with_the_defect_of_linux_6_12_are_not_offered, 0, G_N_ELEMENTS (kernels));
  tcase_add_test (tcase, test_more_than_udmabuf_takes_is_said);
  tcase_add_test (tcase, test_what_passes_to_another_allocator_goes_back_to_where_it_came_from);
  tcase_add_test (tcase, test_fewer_pages_are_taken_where_some_cannot_be_moved);
  add_tests_of_any_machine (tcase);

  tcase_add_test (without, test_memories_in_one_fd_are_apart);
  tcase_add_test (without, test_without_udmabuf_memory_is_called_what_it_is);
  tcase_add_test (without, test_without_udmabuf_importable_is_refused);
  tcase_add_test (without, test_memory_with_an_offset_is_shared_and_copied_right);
  add_tests_of_any_machine (without);
  return suite;
}

GST_CHECK_MAIN (contiguous)
