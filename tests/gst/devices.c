/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Heaps among the devices of GStreamer: who looks for them finds them, and nobody else does. */
#include "testing.h"

#include "gst/elements/gstheapdeviceprovider.h"

#include <errno.h>

static void
setup (void)
{
  test_setup ();
  GST_DEVICE_PROVIDER_REGISTER (heapdeviceprovider, NULL);
}

/* What a monitor finds that looks for classes and caps; each may be NULL. */
static GList *
find_devices (const gchar *classes, const gchar *caps_string)
{
  GstDeviceMonitor *monitor = gst_device_monitor_new ();
  GstCaps *caps = caps_string ? gst_caps_from_string (caps_string) : NULL;
  GList *devices;

  gst_device_monitor_add_filter (monitor, classes, caps);
  fail_unless (gst_device_monitor_start (monitor));
  devices = gst_device_monitor_get_devices (monitor);
  gst_device_monitor_stop (monitor);
  gst_clear_caps (&caps);
  gst_object_unref (monitor);
  return devices;
}

/* That the devices are heaps of these names, with " " between them, in whatever order. */
static void
assert_names (GList *devices, const gchar *expected)
{
  gchar **names = g_strsplit (expected, " ", -1);

  fail_unless_equals_int (g_list_length (devices), g_strv_length (names));
  for (GList *item = devices; item; item = item->next) {
    gchar *name = gst_device_get_display_name (item->data);

    fail_unless (g_strv_contains ((const gchar *const *) names, name), "%s", name);
    fail_unless (gst_device_has_classes (item->data, "Memory/Heap"));
    g_free (name);
  }
  g_strfreev (names);
}

static GstDevice *
find_device (GList *devices, const gchar *name)
{
  for (GList *item = devices; item; item = item->next) {
    gchar *found = gst_device_get_display_name (item->data);
    gboolean is_same = g_str_equal (found, name);

    g_free (found);
    if (is_same)
      return item->data;
  }
  fail ("no device %s", name);
  return NULL;
}

GST_START_TEST (test_heaps_of_the_kernel_are_found_by_their_class)
{
  GList *devices = find_devices ("Memory/Heap", NULL);

  assert_names (devices, "system default_cma_region reserved");
  g_list_free_full (devices, gst_object_unref);
}
GST_END_TEST

/* Monitors with other classes, or none, would start the providers of others, down to a sound server. */
GST_START_TEST (test_who_looks_for_video_finds_no_heap)
{
  GList *heaps = find_devices ("Memory/Heap", NULL);

  fail_if (find_devices ("Memory/Heap", "video/x-raw"));
  fail_if (find_devices ("Memory/Heap", "video/x-raw(memory:DMABuf)"));
  for (GList *item = heaps; item; item = item->next) {
    fail_if (gst_device_has_classes (item->data, "Video"));
    fail_if (gst_device_has_classes (item->data, "Source"));
    fail_if (gst_device_has_classes (item->data, "Sink"));
  }
  g_list_free_full (heaps, gst_object_unref);
}
GST_END_TEST

GST_START_TEST (test_heap_that_cannot_be_opened_is_no_device)
{
  GList *devices;

  fake_add_heap_full ("vault", 0, 0, 0, 0600, EACCES);
  devices = find_devices ("Memory", NULL);
  assert_names (devices, "system default_cma_region reserved");
  g_list_free_full (devices, gst_object_unref);
}
GST_END_TEST

GST_START_TEST (test_device_tells_what_the_heap_is)
{
  GList *devices = find_devices ("Heap", NULL);
  GstStructure *about = gst_device_get_properties (find_device (devices, "reserved"));

  fail_unless_equals_string (gst_structure_get_string (about, "device.path"), "/dev/dma_heap/reserved");
  fail_unless_equals_string (gst_structure_get_string (about, "contiguous"), "yes");
  fail_unless_equals_string (gst_structure_get_string (about, "dma32"), "unknown");
  fail_unless_equals_string (gst_structure_get_string (about, "protected"), "no");
  fail_unless_equals_string (gst_structure_get_string (about, "twin-of"), "default_cma_region");
  gst_structure_free (about);
  about = gst_device_get_properties (find_device (devices, "system"));
  fail_if (gst_structure_has_field (about, "twin-of"));
  gst_structure_free (about);
  g_list_free_full (devices, gst_object_unref);
}
GST_END_TEST

static void
assert_heap_name (GstElement *element, const gchar *expected)
{
  gchar *name;

  g_object_get (element, "heap-name", &name, NULL);
  fail_unless_equals_string (name, expected);
  g_free (name);
}

GST_START_TEST (test_element_of_a_device_takes_memory_of_the_heap)
{
  GList *devices = find_devices ("Memory/Heap", NULL);
  GstElement *element = gst_device_create_element (find_device (devices, "default_cma_region"), "up");
  GstElement *other = gst_element_factory_make ("identity", NULL);

  fail_unless_equals_string (GST_OBJECT_NAME (gst_element_get_factory (element)), "heapupload");
  fail_unless_equals_string (GST_OBJECT_NAME (element), "up");
  assert_heap_name (element, "default_cma_region");
  fail_unless (gst_device_reconfigure_element (find_device (devices, "system"), element));
  assert_heap_name (element, "system");
  fail_if (gst_device_reconfigure_element (find_device (devices, "system"), other));
  gst_object_unref (other);
  gst_object_unref (gst_object_ref_sink (element));
  g_list_free_full (devices, gst_object_unref);
}
GST_END_TEST

static Suite *
devices_suite (void)
{
  Suite *suite = suite_create ("devices");
  TCase *tcase = test_case_new (suite, "devices", setup);

  tcase_add_test (tcase, test_heaps_of_the_kernel_are_found_by_their_class);
  tcase_add_test (tcase, test_who_looks_for_video_finds_no_heap);
  tcase_add_test (tcase, test_heap_that_cannot_be_opened_is_no_device);
  tcase_add_test (tcase, test_device_tells_what_the_heap_is);
  tcase_add_test (tcase, test_element_of_a_device_takes_memory_of_the_heap);
  return suite;
}

GST_CHECK_MAIN (devices)
