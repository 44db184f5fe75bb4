/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What must hold of each heap. */
#include "heap-checks.h"

#include "device-test.h"

#include <gst/allocators/gstdmabuf.h>

#include <unistd.h>

static const gchar *
exporter_of (const HeapCheck *check)
{
  return check->exporter ? check->exporter : device_test_cma_heap ();
}

GstAllocator *
heap_check_new_allocator (const gchar *selection_string, GError **error)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (selection_string, NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, error);

  gst_heap_selection_unref (selection);
  return allocator;
}

void
heap_check_memory_is_of_the_heap (const HeapCheck *check)
{
  GError *error = NULL;
  GstAllocator *allocator = heap_check_new_allocator (check->selection, &error);
  GstMemory *memory;
  gchar *exporter, *name;

  g_assert_no_error (error);
  g_object_set (allocator, "label", "check/%n", NULL);
  memory = gst_allocator_alloc (allocator, 5000, NULL);
  fail_unless (gst_is_dmabuf_memory (memory));
  exporter = dmabuf_info_exporter (gst_dmabuf_memory_get_fd (memory));
  fail_unless_equals_string (exporter, exporter_of (check));
  fail_unless_equals_int (memory->maxsize, 8192);
  fail_unless_equals_int (lseek (gst_dmabuf_memory_get_fd (memory), 0, SEEK_END), 8192);
  name = dmabuf_info_name (gst_dmabuf_memory_get_fd (memory));
  fail_unless_equals_string (name, "check/0");
  g_free (name);
  g_free (exporter);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

void
heap_check_memory_is_zero_and_keeps_what_is_written (const HeapCheck *check)
{
  GstAllocator *allocator = heap_check_new_allocator (check->selection, NULL);
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

static void
check_bytes_copied (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  fail_unless_equals_int (device_test_upload_stat (pipeline, "frames-passed"), 30);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
}

void
heap_check_upstream_writes_into_the_heap (const HeapCheck *check)
{
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=30 ! video/x-raw,format=NV12,width=640,height=480 ! "
                                        "heapupload name=upload heap-name=\"%s\" ! fakevideosink name=sink sync=false",
      check->selection);
  DeviceTestTraffic traffic;
  GHashTableIter iter;
  gpointer exporter;

  device_test_pipeline (description, &traffic, check_bytes_copied);
  fail_unless_equals_int (traffic.frames, 30);
  fail_unless_equals_int (traffic.frames_in_dmabufs, 30);
  g_hash_table_iter_init (&iter, traffic.inodes);
  while (g_hash_table_iter_next (&iter, NULL, &exporter))
    fail_unless_equals_string (exporter, exporter_of (check));
  device_test_traffic_clear (&traffic);
  fail_unless_equals_int (dmabuf_info_count (exporter_of (check)), 0);
  g_free (description);
}
