/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Real heaps in a process that may open none: nobody's, who was handed an open node by root. */
#include "device-test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <gst/allocators/gstdmabuf.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static gchar *
node_of (const gchar *heap)
{
  return g_build_filename ("/dev/dma_heap", heap, NULL);
}

/* As a supervisor does. Each test is a process of its own, so it may give up its rights for good. */
static gint
open_and_become_nobody (const gchar *heap)
{
  gchar *node = node_of (heap);
  gint fd = open (node, O_RDONLY | O_CLOEXEC);

  fail_unless (fd >= 0);
  fail_unless (setgroups (0, NULL) == 0 && setresgid (NOBODY, NOBODY, NOBODY) == 0);
  fail_unless (setresuid (NOBODY, NOBODY, NOBODY) == 0);
  fail_unless (open (node, O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
  g_free (node);
  return fd;
}

static void
assert_exporter (GstMemory *memory, const gchar *heap)
{
  gchar *path = g_strdup_printf ("/proc/self/fdinfo/%d", gst_dmabuf_memory_get_fd (memory));
  gchar *line = g_strdup_printf ("exp_name:\t%s\n", heap);
  gchar *info = NULL;

  fail_unless (g_file_get_contents (path, &info, NULL, NULL));
  fail_unless (strstr (info, line), "%s is not in %s", line, info);
  g_free (info);
  g_free (line);
  g_free (path);
}

GST_START_TEST (test_library_allocates_by_the_file_descriptor)
{
  gint fd = open_and_become_nobody ("system");
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_selection_new_for_fd (fd, GST_HEAP_PROPERTY_IMPORTABLE, 0, &error);
  GstAllocator *allocator;
  GstMemory *memory;

  g_assert_no_error (error);
  close (fd);
  allocator = gst_heap_allocator_new (selection, &error);
  g_assert_no_error (error);
  memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 100000, NULL, &error);
  g_assert_no_error (error);
  assert_exporter (memory, "system");
  fail_unless (gst_heap_selection_accepts_memory (selection, memory));
  gst_memory_unref (memory);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
}
GST_END_TEST

/* The region has a second name, by which it may be asked for. */
GST_START_TEST (test_file_descriptor_of_a_twin_has_both_names)
{
  gint fd = open_and_become_nobody ("reserved");
  gchar *text = g_strdup_printf ("heap-fd=%d, heap-name=default_cma_region, heap-require=contiguous", fd);
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_selection_new_from_string (text, &error);
  GstHeap *heap;

  g_assert_no_error (error);
  heap = gst_heap_selection_select (selection, &error);
  g_assert_no_error (error);
  fail_unless_equals_string (gst_heap_get_name (heap), "reserved");
  g_object_unref (heap);
  gst_heap_selection_unref (selection);
  g_free (text);
  close (fd);
}
GST_END_TEST

/* Devices of all kinds, none of which is changed by being looked at. */
GST_START_TEST (test_other_devices_are_no_heaps)
{
  const gchar *const paths[] = { "/dev/null", "/dev/zero", "/dev/udmabuf", "/dev/kmsg", "/dev/video0",
    "/dev/dri/card0" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    gint fd = open (paths[i], O_RDONLY | O_CLOEXEC);
    GError *error = NULL;

    if (fd < 0)
      continue;
    fail_if (gst_heap_new_from_fd (fd, &error));
    g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
    fail_unless (
        strstr (error->message, paths[i]) && strstr (error->message, "no node of a heap"), "%s", error->message);
    g_error_free (error);
    close (fd);
  }
}
GST_END_TEST

/* A node that another name was bound to, as containers do: sysfs knows which it is. */
GST_START_TEST (test_name_is_that_of_the_device)
{
  gchar *link = g_build_filename (g_get_tmp_dir (), "contiguous-heap", NULL);
  GStatBuf status;
  GstHeap *heap;
  gint fd;

  fail_unless (g_stat ("/dev/dma_heap/system", &status) == 0);
  g_unlink (link);
  fail_unless (mknod (link, S_IFCHR | 0600, status.st_rdev) == 0);
  fd = open (link, O_RDONLY | O_CLOEXEC);
  fail_unless (fd >= 0);
  heap = gst_heap_new_from_fd (fd, NULL);
  fail_unless (heap != NULL);
  fail_unless_equals_string (gst_heap_get_name (heap), "system");
  fail_if (gst_heap_has (heap, GST_HEAP_PROPERTY_CONTIGUOUS));
  g_object_unref (heap);
  close (fd);
  g_unlink (link);
  g_free (link);
}
GST_END_TEST

GST_START_TEST (test_element_takes_its_heap)
{
  gint fd = open_and_become_nobody ("reserved");
  gchar *description = g_strdup_printf ("videotestsrc num-buffers=5 ! video/x-raw,width=64,height=64 ! "
                                        "heapupload name=upload heap-fd=%d ! fakesink name=sink",
      fd);
  DeviceTestTraffic traffic;

  device_test_pipeline (description, &traffic, NULL);
  fail_unless_equals_int (traffic.frames_in_dmabufs, 5);
  device_test_traffic_clear (&traffic);
  g_free (description);
  close (fd);
}
GST_END_TEST

/* The example, and the tool behind it. */
GST_START_TEST (test_supervisor_passes_a_heap)
{
  const gchar *argv[] = { g_getenv ("PASS_HEAP"), "system", g_getenv ("GST_HEAPS_TOOL"), "why", "heap-fd=3", NULL };
  gchar *out = NULL, *err = NULL;
  gint status;

  fail_unless (g_spawn_sync (NULL, (gchar **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL));
  fail_unless (g_spawn_check_wait_status (status, NULL), "%s%s", out, err);
  fail_unless (g_str_has_prefix (out, "system: taken (the file descriptor that was passed)\n"), "%s", out);
  g_free (out);
  g_free (err);
}
GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("passed");
  TCase *tcase = tcase_create ("passed");

  if (device_test_cma_heap () == NULL || geteuid () != 0) {
    g_print ("SKIP: this needs root, and a kernel with a CMA heap\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 60);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_library_allocates_by_the_file_descriptor);
  tcase_add_test (tcase, test_file_descriptor_of_a_twin_has_both_names);
  tcase_add_test (tcase, test_other_devices_are_no_heaps);
  tcase_add_test (tcase, test_name_is_that_of_the_device);
  tcase_add_test (tcase, test_element_takes_its_heap);
  tcase_add_test (tcase, test_supervisor_passes_a_heap);
  return device_test_run ("passed", suite, argc, argv);
}
