/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapAllocator: sizes, mapping and SYNC, copies, failures. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include "heaps/sys.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <sys/stat.h>
#include <unistd.h>

GST_START_TEST (test_memory_of_an_importable_heap_is_dmabuf)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 5000, NULL);
  gchar heap[64];

  fail_unless (gst_is_dmabuf_memory (memory));
  fail_unless (gst_is_heap_memory (memory));
  fail_unless_equals_string (gst_heap_get_name (gst_heap_memory_get_heap (memory)), "system");
  fail_unless (fake_heap_of (gst_dmabuf_memory_get_fd (memory), heap, sizeof heap));
  fail_unless_equals_string (heap, "system");
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_that_is_no_dmabuf_is_not_called_one)
{
  GstAllocator *allocator = heap_fixture_allocator ("process");
  GstMemory *memory = gst_allocator_alloc (allocator, 5000, NULL);

  fail_if (gst_is_dmabuf_memory (memory));
  fail_if (GST_IS_DMABUF_ALLOCATOR (allocator));
  fail_unless (gst_is_fd_memory (memory));
  fail_unless (gst_is_heap_memory (memory));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_process_memory_is_dmabuf_with_udmabuf)
{
  GstAllocator *allocator;
  GstMemory *memory;

  fake_set_udmabuf (0);
  allocator = heap_fixture_allocator ("process");
  memory = gst_allocator_alloc (allocator, 5000, NULL);
  fail_unless (gst_is_dmabuf_memory (memory));
  fail_unless_equals_int (fake_open_buffers ("udmabuf"), 1);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_alloc_rounds_up_to_page)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstAllocationParams params = { .align = 63, .prefix = 100, .padding = 4000 };
  GstMemory *memory = gst_allocator_alloc (allocator, 5000, &params);
  struct stat st;

  fail_unless_equals_int (memory->size, 5000);
  fail_unless_equals_int (memory->offset, 0);
  fail_unless_equals_int (memory->maxsize, 3 * HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (fstat (gst_fd_memory_get_fd (memory), &st), 0);
  fail_unless_equals_int (st.st_size, memory->maxsize);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_no_memory_is_smaller_than_the_least_size)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *small, *large;

  gst_heap_allocator_set_min_size (GST_HEAP_ALLOCATOR (allocator), 10000);
  small = gst_allocator_alloc (allocator, 100, NULL);
  large = gst_allocator_alloc (allocator, 20000, NULL);
  fail_unless_equals_int (small->size, 100);
  fail_unless_equals_int (small->maxsize, 3 * HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (large->maxsize, 5 * HEAP_FIXTURE_PAGE);
  gst_memory_unref (small);
  gst_memory_unref (large);
  gst_object_unref (allocator);
}

GST_END_TEST

static const struct {
  gsize size;
  gsize align;
  gsize padding;
} absurd[] = {
  { 0, 0, 0 },
  { G_MAXSIZE, 0, 0 },
  { G_MAXSSIZE, 0, 0 },
  { (gsize) G_MAXSSIZE + 1, 0, 0 },
  { G_MAXSSIZE - 1, 0, 1 },
  { 4096, 0, G_MAXSIZE },
  { 4096, 0, G_MAXSIZE - 4095 },
  { 4096, 8191, 0 },
  { 4096, 2, 0 },
  { 4096, G_MAXSIZE, 0 },
};

GST_START_TEST (test_absurd_sizes_are_refused)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstAllocationParams params = { .align = absurd[__i__].align, .padding = absurd[__i__].padding };
  GError *error = NULL;

  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), absurd[__i__].size, &params, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  g_clear_error (&error);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_failure_is_explained_and_leaves_nothing)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GError *error = NULL;

  fake_fail (FAKE_HEAP_ALLOC, 1, ENOMEM);
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 123456, NULL, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless (strstr (error->message, "\"system\""));
  fail_unless (strstr (error->message, "123456 bytes"));
  g_clear_error (&error);

  fake_fail (FAKE_HEAP_ALLOC, 1, EMFILE);
  fail_if (gst_allocator_alloc (allocator, 4096, NULL));
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Region "reserved" of 16 MiB of which 4 MiB are free, as the kernel would show it. */
static void
set_region_figures (void)
{
  fake_set_capacity ("default_cma_region", 4 << 20);
  fake_set_file ("/sys/kernel/mm/cma/reserved/total_pages", "4096\n");
  fake_set_file ("/sys/kernel/mm/cma/reserved/available_pages", "1024\n");
}

GST_START_TEST (test_full_heap_is_told_with_figures)
{
  GstAllocator *allocator = heap_fixture_allocator ("default_cma_region");
  GstMemory *memory = gst_allocator_alloc (allocator, 3 << 20, NULL);
  GError *error = NULL;

  set_region_figures ();
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 5000000, NULL, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_string (error->message,
      "heap \"default_cma_region\" does not give 5000000 bytes: Cannot allocate memory; 16777216 bytes in all, 4194304 "
      "free, the largest piece now 1048576 bytes; this process holds 3145728 bytes of it in 1 buffers");
  fail_unless_equals_int (fake_open_buffers ("default_cma_region"), 1);
  g_clear_error (&error);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* On a kernel that says no more than /proc/meminfo, CmaFree may be 0 with all of the region to be had. */
GST_START_TEST (test_piece_that_can_be_had_is_free)
{
  GstAllocator *allocator = heap_fixture_allocator ("default_cma_region");
  GError *error = NULL;

  fake_set_capacity ("default_cma_region", 4 << 20);
  fake_set_file ("/proc/meminfo", "CmaTotal: 16384 kB\nCmaFree: 0 kB\n");
  fake_set_file ("/proc/cmdline", "cma=16M\n");
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 5000000, NULL, &error));
  fail_unless_equals_string (error->message,
      "heap \"default_cma_region\" does not give 5000000 bytes: Cannot allocate memory; 16777216 bytes in all, 4194304 "
      "free, the largest piece now 4194304 bytes; this process holds 0 bytes of it in 0 buffers");
  g_clear_error (&error);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_without_figures_the_error_says_what_may_be)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GError *error = NULL;

  fake_set_capacity ("system", 4096);
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 8192, NULL, &error));
  fail_unless_equals_string (error->message,
      "heap \"system\" does not give 8192 bytes: Cannot allocate memory; the heap is too small, full or fragmented; "
      "this process holds 0 bytes of it in 0 buffers");
  /* Pages of "system" lie anywhere: no trial. */
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  g_clear_error (&error);
  gst_object_unref (allocator);
}

GST_END_TEST

/* By other allocators, and by the other name of the region; and nothing of other heaps. */
GST_START_TEST (test_figures_count_what_the_process_holds)
{
  const gchar *names[] = { "default_cma_region", "default_cma_region", "reserved", "system", "process" };
  GstAllocator *allocators[G_N_ELEMENTS (names)];
  GstMemory *memory[G_N_ELEMENTS (names)];
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    allocators[i] = heap_fixture_allocator (names[i]);
    memory[i] = gst_allocator_alloc (allocators[i], 4096, NULL);
    /* The memory keeps it. */
    if (i > 0)
      gst_object_unref (allocators[i]);
  }
  fake_fail_every (FAKE_HEAP_ALLOC, ENOMEM);
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocators[0]), 4096, NULL, &error));
  fail_unless (strstr (error->message, "; this process holds 12288 bytes of it in 3 buffers"), "%s", error->message);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gst_memory_unref (memory[i]);
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocators[0]), 4096, NULL, &error));
  fail_unless (strstr (error->message, "; this process holds 0 bytes of it in 0 buffers"), "%s", error->message);
  g_clear_error (&error);
  gst_object_unref (allocators[0]);
}

GST_END_TEST

GST_START_TEST (test_trial_is_made_for_errors_that_are_reported_only)
{
  GstAllocator *allocator = heap_fixture_allocator ("default_cma_region");

  set_region_figures ();
  fail_if (gst_allocator_alloc (allocator, 5 << 20, NULL));
  fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 5 << 20, NULL, NULL));
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  fail_unless_equals_int (fake_calls (FAKE_READ_FILE), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_figures_survive_every_failing_call)
{
  GstAllocator *allocator = heap_fixture_allocator ("default_cma_region");
  gboolean failed = TRUE;

  set_region_figures ();
  fake_set_capacity ("default_cma_region", 3 << 20);
  for (guint n = 2; failed; n++) {
    GError *error = NULL;

    fake_fail_any (n, EIO);
    fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 5 << 20, NULL, &error));
    g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
    g_clear_error (&error);
    failed = fake_armed () == 0;
    fake_disarm ();
    fail_unless_equals_int (fake_open_buffers ("default_cma_region"), 0);
    fail_unless (failed || n > 10, "only %u calls were made to fail", n);
  }
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_capacity_is_what_the_kernel_says)
{
  GList *heaps = gst_heap_list ();
  guint64 total = 1, unused = 2;

  fail_if (gst_heap_get_capacity (heaps->next->data, &total, &unused));
  fail_unless_equals_uint64 (total, 1);
  fail_unless_equals_uint64 (unused, 2);
  set_region_figures ();
  for (GList *l = heaps->next; l != heaps->next->next->next; l = l->next) {
    fail_unless (gst_heap_get_capacity (l->data, &total, &unused), "%s", gst_heap_get_name (l->data));
    fail_unless_equals_uint64 (total, 16 << 20);
    fail_unless_equals_uint64 (unused, 4 << 20);
    fail_unless (gst_heap_get_capacity (l->data, NULL, NULL));
  }
  g_list_free_full (heaps, g_object_unref);
}

GST_END_TEST

GST_START_TEST (test_frame_of_three_planes_is_synced_once)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstVideoInfo info;
  GstVideoFrame frame;
  GstBuffer *buffer = gst_buffer_new ();

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 320, 240);
  gst_buffer_append_memory (buffer, gst_allocator_alloc (allocator, info.size, NULL));
  gst_buffer_add_video_meta (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 320, 240);

  for (guint i = 1; i <= 10; i++) {
    fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
    fail_unless_equals_int (fake_sync_starts (), i);
    gst_video_frame_unmap (&frame);
    fail_unless_equals_int (fake_sync_ends (), i);
    fail_unless_equals_int (fake_last_sync_flags (), DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
  }
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 1);
  fail_unless_equals_int (heap_fixture_stat (allocator, "syncs"), 20);
  gst_buffer_unref (buffer);
  gst_object_unref (allocator);
}

GST_END_TEST

/* GStreamer lets nobody map for more what is mapped already, but through a part of it. GstFdAllocator's own map
 * fails. */
GST_START_TEST (test_nested_map_may_want_more)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);
  GstMemory *part = gst_memory_share (memory, 0, 16);
  GstMapInfo outer, inner;

  fail_unless (gst_memory_map (part, &outer, GST_MAP_READ));
  fail_unless (gst_memory_map (memory, &inner, GST_MAP_WRITE));
  fail_unless_equals_int (fake_sync_starts (), 2);
  fail_unless_equals_int (fake_last_sync_flags (), DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
  fail_unless (outer.data == inner.data);
  inner.data[0] = 42;
  gst_memory_unmap (memory, &inner);
  fail_unless_equals_int (fake_sync_ends (), 0);
  fail_unless_equals_int (outer.data[0], 42);
  gst_memory_unmap (part, &outer);
  fail_unless_equals_int (fake_sync_ends (), 1);
  fail_unless_equals_int (fake_last_sync_flags (), DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
  gst_memory_unref (part);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_shared_memory_that_is_no_dmabuf_is_not_synced)
{
  GstAllocator *allocator = heap_fixture_allocator ("process");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  gst_memory_unmap (memory, &map);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 0);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_failing_sync_fails_the_map)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);
  GstMapInfo map;

  fake_fail (FAKE_DMABUF_SYNC, 1, EIO);
  fail_if (gst_memory_map (memory, &map, GST_MAP_READ));
  fake_fail (FAKE_DMABUF_SYNC, 1, EINTR);
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  gst_memory_unmap (memory, &map);
  fake_fail (FAKE_MMAP, 1, ENOMEM);
  gst_memory_unref (memory);

  memory = gst_allocator_alloc (allocator, 4096, NULL);
  fail_if (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  gst_memory_unmap (memory, &map);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

static gpointer
map_and_unmap (gpointer data)
{
  GstMemory *memory = data;

  for (guint i = 0; i < 2000; i++) {
    GstMapInfo map;

    fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
    gst_memory_unmap (memory, &map);
  }
  return NULL;
}

GST_START_TEST (test_threads_share_one_mapping)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("map", map_and_unmap, memory);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 1);
  fail_unless_equals_int (fake_sync_starts (), fake_sync_ends ());
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_copy_goes_to_system_memory)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 1000, NULL), *copy;
  GstMapInfo map;

  gst_memory_map (memory, &map, GST_MAP_WRITE);
  for (guint i = 0; i < map.size; i++)
    map.data[i] = i;
  gst_memory_unmap (memory, &map);

  copy = gst_memory_copy (memory, 100, -1);
  fail_if (gst_is_heap_memory (copy));
  fail_unless_equals_int (copy->size, 900);
  gst_memory_map (copy, &map, GST_MAP_READ);
  fail_unless_equals_int (map.data[0], 100);
  gst_memory_unmap (copy, &map);
  gst_memory_unref (copy);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  fail_unless_equals_int (heap_fixture_stat (allocator, "copied-bytes"), 900);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* GStreamer's own fallback, from 1.24 on, dereferences NULL here. */
GST_START_TEST (test_copy_from_a_full_heap_does_not_crash)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL), *copy;

  fake_fail_every (FAKE_HEAP_ALLOC, ENOMEM);
  copy = gst_memory_copy (memory, 0, -1);
  fail_unless (copy != NULL);
  gst_memory_unref (copy);
  fake_fail_every (FAKE_DMABUF_SYNC, EIO);
  fail_if (gst_memory_copy (memory, 0, -1));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_share_is_part_of_the_same_dmabuf)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory = gst_allocator_alloc (allocator, 1000, NULL);
  GstMemory *part = gst_memory_share (memory, 100, -1);
  GstMapInfo whole_map, part_map;

  fail_unless_equals_int (part->size, 900);
  fail_unless_equals_int (gst_fd_memory_get_fd (part), gst_fd_memory_get_fd (memory));
  fail_unless (gst_memory_map (memory, &whole_map, GST_MAP_READ));
  fail_unless (gst_memory_map (part, &part_map, GST_MAP_READ));
  fail_unless (part_map.data == whole_map.data + 100);
  fail_unless_equals_int (fake_sync_starts (), 1);
  gst_memory_unmap (memory, &whole_map);
  gst_memory_unmap (part, &part_map);
  fail_unless_equals_int (fake_sync_ends (), 1);
  gst_memory_unref (memory);
  fail_unless (gst_memory_map (part, &part_map, GST_MAP_READ));
  gst_memory_unmap (part, &part_map);
  gst_memory_unref (part);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_protected_memory_is_not_mapped)
{
  GstAllocator *allocator;
  GstMemory *memory;
  GstMapInfo map;

  fake_add_heap ("protected,secure-video");
  allocator = heap_fixture_allocator ("heap-require=protected");
  memory = gst_allocator_alloc (allocator, 4096, NULL);
  fail_unless (GST_MEMORY_FLAG_IS_SET (memory, GST_MEMORY_FLAG_NOT_MAPPABLE));
  fail_if (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_if (gst_memory_copy (memory, 0, -1));
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 0);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

static void
note_refused (GstAllocator *allocator, GstMapFlags flags, GArray *refused)
{
  g_array_append_val (refused, flags);
}

static GstAllocator *
new_protected_allocator (void)
{
  fake_add_heap ("protected,secure-video");
  return heap_fixture_allocator ("heap-require=protected");
}

GST_START_TEST (test_who_maps_protected_memory_is_told_of)
{
  GstAllocator *allocator = new_protected_allocator ();
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL), *part = gst_memory_share (memory, 100, 200);
  GArray *refused = g_array_new (FALSE, FALSE, sizeof (GstMapFlags));
  GstMapInfo map;

  g_signal_connect (allocator, "map-refused", G_CALLBACK (note_refused), refused);
  fail_if (gst_memory_map (memory, &map, GST_MAP_WRITE));
  fail_unless_equals_int (refused->len, 1);
  fail_unless_equals_int (g_array_index (refused, GstMapFlags, 0), GST_MAP_WRITE);
  fail_if (gst_memory_map (part, &map, GST_MAP_READ));
  fail_unless_equals_int (refused->len, 2);
  fail_unless_equals_int (g_array_index (refused, GstMapFlags, 1), GST_MAP_READ);
  gst_memory_unref (part);
  gst_memory_unref (memory);
  g_array_unref (refused);
  gst_object_unref (allocator);
}

GST_END_TEST

/* What GStreamer would do by mapping: none of it maps, and none of it crashes. Not so gst_buffer_extract(),
 * gst_buffer_fill(), gst_buffer_memset() and gst_buffer_memcmp(), which crash with any memory that cannot be mapped
 * (1.22 to 1.28, seen 2026-11: _get_mapped() in gstbuffer.c). */
GST_START_TEST (test_buffer_of_protected_memory_is_neither_mapped_nor_copied)
{
  GstAllocator *allocator = new_protected_allocator ();
  GstBuffer *buffer = gst_buffer_new_allocate (allocator, 4096, NULL), *shallow;
  GstMapInfo map;

  fail_if (gst_buffer_map (buffer, &map, GST_MAP_READ));
  fail_if (gst_buffer_map (buffer, &map, GST_MAP_READWRITE));
  fail_if (gst_buffer_copy_deep (buffer));
  fail_if (gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP, 0, 100));
  shallow = gst_buffer_copy (buffer);
  fail_unless (gst_buffer_peek_memory (shallow, 0) == gst_buffer_peek_memory (buffer, 0));
  fail_if (gst_buffer_map (shallow, &map, GST_MAP_WRITE));

  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "copies"), 0);
  gst_buffer_unref (shallow);
  gst_buffer_unref (buffer);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Several memories in a buffer are one only once they are copied. GStreamer says that the map has worked, as of an
 * empty buffer. */
GST_START_TEST (test_protected_memories_are_not_merged)
{
  GstAllocator *allocator = new_protected_allocator ();
  GstBuffer *buffer = gst_buffer_new ();
  GstMapInfo map;

  gst_buffer_append_memory (buffer, gst_allocator_alloc (allocator, 4096, NULL));
  gst_buffer_append_memory (buffer, gst_allocator_alloc (allocator, 4096, NULL));
  fail_if (gst_buffer_map (buffer, &map, GST_MAP_READ) && map.size > 0);
  fail_unless_equals_int (gst_buffer_n_memory (buffer), 2);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  gst_buffer_unref (buffer);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_zeroes_in_protected_memory_cannot_be_had)
{
  const GstMemoryFlags flags[] = { GST_MEMORY_FLAG_ZERO_PADDED, GST_MEMORY_FLAG_ZERO_PREFIXED };
  GstAllocator *allocator = new_protected_allocator ();

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    GstAllocationParams params = { .flags = flags[i] };
    GError *error = NULL;

    fail_if (gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 4096, &params, &error));
    fail_unless (g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID));
    fail_unless (strstr (error->message, "heap \"protected,secure-video\"") && strstr (error->message, "zeroes"));
    g_error_free (error);
    fail_if (gst_allocator_alloc (allocator, 4096, &params));
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

/* As a sandbox is handed it. The fd stays the caller's. */
GST_START_TEST (test_heap_may_come_as_an_open_node)
{
  int fd = sys_open_heap ("/dev/dma_heap/reserved");
  GstHeap *heap = gst_heap_new_from_fd (fd, NULL);
  GstAllocator *allocator = gst_heap_allocator_new_for_heap (heap, NULL);
  GstMemory *memory;

  sys_close (fd);
  fake_remove_heap ("reserved");
  memory = gst_allocator_alloc (allocator, 4096, NULL);
  fail_unless (gst_is_dmabuf_memory (memory));
  fail_unless_equals_int (fake_open_buffers ("reserved"), 1);
  fail_unless_equals_string (gst_heap_get_name (heap), "reserved");
  fail_unless (gst_heap_has (heap, GST_HEAP_PROPERTY_IMPORTABLE | GST_HEAP_PROPERTY_CONTIGUOUS));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
  g_object_unref (heap);
}

GST_END_TEST

GST_START_TEST (test_fd_of_something_else_is_no_heap)
{
  GError *error = NULL;

  fail_if (gst_heap_new_from_fd (STDIN_FILENO, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_contiguous_memory_says_so)
{
  GstAllocator *allocator = heap_fixture_allocator ("linux,cma");
  GstMemory *memory = gst_allocator_alloc (allocator, 4096, NULL);

  fail_unless (GST_MEMORY_IS_PHYSICALLY_CONTIGUOUS (memory));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_stats_follow_what_is_alive)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memory[3];

  for (guint i = 0; i < 3; i++)
    memory[i] = gst_allocator_alloc (allocator, 5000, NULL);
  fail_unless_equals_int (heap_fixture_stat (allocator, "bytes-live"), 3 * 2 * HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (heap_fixture_stat (allocator, "memories"), 3);
  for (guint i = 0; i < 3; i++)
    gst_memory_unref (memory[i]);
  fail_unless_equals_int (heap_fixture_stat (allocator, "bytes-live"), 0);
  fail_unless_equals_int (heap_fixture_stat (allocator, "bytes-peak"), 3 * 2 * HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (heap_fixture_stat (allocator, "allocations"), 3);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Every system call of a memory's life fails once; the audit after the test counts what is left. */
GST_START_TEST (test_every_failing_call_leaves_nothing)
{
  const gchar *names[] = { "system", "process" };
  gboolean failed = TRUE;

  fake_set_udmabuf (0);
  for (guint n = 1; failed; n++) {
    GstHeapSelection *selection = gst_heap_selection_new_from_string (names[__i__], NULL);
    GstAllocator *allocator;
    GstMemory *memory = NULL;
    GstMapInfo map;

    fake_fail_any (n, EIO);
    allocator = gst_heap_allocator_new (selection, NULL);
    if (allocator)
      memory = gst_allocator_alloc (allocator, 4096, NULL);
    if (memory && gst_memory_map (memory, &map, GST_MAP_READWRITE))
      gst_memory_unmap (memory, &map);
    g_clear_pointer (&memory, gst_memory_unref);
    gst_clear_object (&allocator);
    gst_heap_selection_unref (selection);
    failed = fake_armed () == 0;
    fail_unless_equals_int (fake_open_fds (), 0);
    fail_unless_equals_int (fake_mappings (), 0);
    fail_unless (!failed || n < 100);
    fail_unless (failed || n > 5, "only %u calls were made to fail", n);
    fake_disarm ();
  }
}

GST_END_TEST

static Suite *
allocator_suite (void)
{
  Suite *suite = suite_create ("allocator");
  TCase *tcase = heap_fixture_add_case (suite, "allocator");

  tcase_add_test (tcase, test_memory_of_an_importable_heap_is_dmabuf);
  tcase_add_test (tcase, test_memory_that_is_no_dmabuf_is_not_called_one);
  tcase_add_test (tcase, test_process_memory_is_dmabuf_with_udmabuf);
  tcase_add_test (tcase, test_alloc_rounds_up_to_page);
  tcase_add_test (tcase, test_no_memory_is_smaller_than_the_least_size);
  tcase_add_loop_test (tcase, test_absurd_sizes_are_refused, 0, G_N_ELEMENTS (absurd));
  tcase_add_test (tcase, test_failure_is_explained_and_leaves_nothing);
  tcase_add_test (tcase, test_full_heap_is_told_with_figures);
  tcase_add_test (tcase, test_piece_that_can_be_had_is_free);
  tcase_add_test (tcase, test_without_figures_the_error_says_what_may_be);
  tcase_add_test (tcase, test_figures_count_what_the_process_holds);
  tcase_add_test (tcase, test_trial_is_made_for_errors_that_are_reported_only);
  tcase_add_test (tcase, test_figures_survive_every_failing_call);
  tcase_add_test (tcase, test_capacity_is_what_the_kernel_says);
  tcase_add_test (tcase, test_frame_of_three_planes_is_synced_once);
  tcase_add_test (tcase, test_nested_map_may_want_more);
  tcase_add_test (tcase, test_shared_memory_that_is_no_dmabuf_is_not_synced);
  tcase_add_test (tcase, test_failing_sync_fails_the_map);
  tcase_add_test (tcase, test_threads_share_one_mapping);
  tcase_add_test (tcase, test_copy_goes_to_system_memory);
  tcase_add_test (tcase, test_copy_from_a_full_heap_does_not_crash);
  tcase_add_test (tcase, test_share_is_part_of_the_same_dmabuf);
  tcase_add_test (tcase, test_protected_memory_is_not_mapped);
  tcase_add_test (tcase, test_who_maps_protected_memory_is_told_of);
  tcase_add_test (tcase, test_buffer_of_protected_memory_is_neither_mapped_nor_copied);
  tcase_add_test (tcase, test_protected_memories_are_not_merged);
  tcase_add_test (tcase, test_zeroes_in_protected_memory_cannot_be_had);
  tcase_add_test (tcase, test_heap_may_come_as_an_open_node);
  tcase_add_test (tcase, test_fd_of_something_else_is_no_heap);
  tcase_add_test (tcase, test_contiguous_memory_says_so);
  tcase_add_test (tcase, test_stats_follow_what_is_alive);
  tcase_add_loop_test (tcase, test_every_failing_call_leaves_nothing, 0, 2);
  return suite;
}

GST_CHECK_MAIN (allocator)
