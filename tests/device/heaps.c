/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of each heap of a real kernel is of that heap, and is what it is called. */
#include "device-test.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static GstAllocator *
new_allocator (const gchar *string, GError **error)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (string, NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, error);

  gst_heap_selection_unref (selection);
  return allocator;
}

/* linux,cma is no node of this kernel. */
static const struct {
  const gchar *selection;
  const gchar *exporter;
} heaps[] = {
  { "", "system" },
  { "system", "system" },
  { "default_cma_region", "default_cma_region" },
  { "reserved", "reserved" },
  { "linux,cma", "default_cma_region" },
  { "default-pool", "default_cma_region" },
  { "process", "udmabuf" },
  { "heap-require=contiguous", "default_cma_region" },
  { "heap-forbid=contiguous", "system" },
};

GST_START_TEST (test_memory_is_of_the_heap)
{
  GError *error = NULL;
  GstAllocator *allocator = new_allocator (heaps[__i__].selection, &error);
  GstMemory *memory;
  gchar *exporter;

  g_assert_no_error (error);
  memory = gst_allocator_alloc (allocator, 5000, NULL);
  fail_unless (gst_is_dmabuf_memory (memory));
  exporter = dmabuf_info_exporter (gst_dmabuf_memory_get_fd (memory));
  fail_unless_equals_string (exporter, heaps[__i__].exporter);
  fail_unless_equals_int (memory->maxsize, 8192);
  fail_unless_equals_int (lseek (gst_dmabuf_memory_get_fd (memory), 0, SEEK_END), 8192);
  g_free (exporter);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_memory_is_zero_and_keeps_what_is_written)
{
  GstAllocator *allocator = new_allocator (heaps[__i__].selection, NULL);
  GstMemory *memory = gst_allocator_alloc (allocator, 1 << 20, NULL);
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  fail_unless_equals_int (map.data[0], 0);
  fail_unless_equals_int (memcmp (map.data, map.data + 1, map.size - 1), 0);
  memset (map.data, 0x5a, map.size);
  gst_memory_unmap (memory, &map);
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless_equals_int (map.data[0], 0x5a);
  fail_unless_equals_int (map.data[map.size - 1], 0x5a);
  gst_memory_unmap (memory, &map);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_full_heap_says_so_and_gives_all_back)
{
  GstAllocator *allocator = new_allocator ("reserved", NULL);
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

static void
check_bytes_copied (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  fail_unless_equals_int (device_test_upload_stat (pipeline, "frames-passed"), 30);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
}

GST_START_TEST (test_upstream_writes_into_the_heap)
{
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=640,height=480 ! "
                                        "heapupload name=upload heap-name=\"%s\" ! fakevideosink name=sink sync=false",
      heaps[__i__].selection);
  DeviceTestTraffic traffic;
  GHashTableIter iter;
  gpointer exporter;

  device_test_pipeline (description, &traffic, check_bytes_copied);
  fail_unless_equals_int (traffic.frames, 30);
  fail_unless_equals_int (traffic.frames_in_dmabufs, 30);
  g_hash_table_iter_init (&iter, traffic.inodes);
  while (g_hash_table_iter_next (&iter, NULL, &exporter))
    fail_unless_equals_string (exporter, heaps[__i__].exporter);
  device_test_traffic_clear (&traffic);
  fail_unless_equals_int (dmabuf_info_count (heaps[__i__].exporter), 0);
  g_free (description);
}

GST_END_TEST

/* The two nodes of the one region. */
GST_START_TEST (test_region_with_two_names_is_listed_as_one)
{
  GList *all = gst_heap_list ();
  const gchar *twin_of = "none";

  for (GList *item = all; item; item = item->next) {
    if (g_str_equal (gst_heap_get_name (item->data), "reserved"))
      twin_of = gst_heap_get_twin_of (item->data);
  }
  fail_unless_equals_string (twin_of, "default_cma_region");
  g_list_free_full (all, g_object_unref);
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
    if (new_allocator ("system", &error) != NULL)
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
  tcase_add_loop_test (tcase, test_memory_is_of_the_heap, 0, G_N_ELEMENTS (heaps));
  tcase_add_loop_test (tcase, test_memory_is_zero_and_keeps_what_is_written, 0, G_N_ELEMENTS (heaps));
  tcase_add_test (tcase, test_full_heap_says_so_and_gives_all_back);
  tcase_add_loop_test (tcase, test_upstream_writes_into_the_heap, 1, 7);
  tcase_add_test (tcase, test_region_with_two_names_is_listed_as_one);
  tcase_add_test (tcase, test_without_permission_the_error_says_who_has_it);
  return device_test_run ("heaps", suite, argc, argv);
}
