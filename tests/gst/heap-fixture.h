/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the tests of the library share: a fake machine before each test, and an audit of it after. */
#pragma once

#include "tests/fake/fake-sys.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/heaps.h>
#include <string.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define HEAP_FIXTURE_PAGE 4096
#define HEAP_FIXTURE_HUGE_PAGE (2 << 20)
#define HEAP_FIXTURE_ADDRESS ((guint64) 1 << 32) /* of the first huge page */

/* A kernel as of Linux 7: "system", and the CMA region under two names. */
static inline void
heap_fixture_setup (void)
{
  g_unsetenv ("GST_HEAPS");
  fake_reset ();
  fake_add_heap ("system");
  fake_add_heap ("default_cma_region");
  fake_add_heap ("reserved");
}

/* Reserves huge pages, each stride pages after the one before: 1 for one block of memory. */
static inline void
heap_fixture_reserve_huge_pages (guint n, guint stride)
{
  guint64 frames[64];

  fail_unless (n <= G_N_ELEMENTS (frames));
  for (guint i = 0; i < n; i++)
    frames[i] = (HEAP_FIXTURE_ADDRESS + (guint64) i * stride * HEAP_FIXTURE_HUGE_PAGE) / HEAP_FIXTURE_PAGE;
  fake_set_huge_pages (HEAP_FIXTURE_HUGE_PAGE, frames, n);
}

static inline void
heap_fixture_audit (void)
{
  fake_disarm ();
  fail_unless_equals_int (fake_open_fds (), 0);
  fail_unless_equals_int (fake_mappings (), 0);
  fail_unless_equals_int (fake_huge_pages_taken (), 0);
}

/* For main(): runs the suite that create() makes, with that text as heaps.conf, which is read once in a process.
 * Returns: the exit status */
static inline int
heap_fixture_run_with_config (const gchar *text, Suite *(*create) (void), const gchar *name, int argc, char **argv)
{
  gchar *path = NULL;
  gint fd = g_file_open_tmp ("heaps-XXXXXX.conf", &path, NULL);
  int failed;

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_setenv ("GST_HEAPS_CONFIG", path, TRUE);
  gst_check_init (&argc, &argv);
  failed = gst_check_run_suite (create (), name, name);
  g_unlink (path);
  g_free (path);
  return failed;
}

/* An allocator by the string form of a selection, which must be there. */
static inline GstAllocator *
heap_fixture_allocator (const gchar *selection)
{
  GError *error = NULL;
  GstHeapSelection *parsed = gst_heap_selection_new_from_string (selection, &error);
  GstAllocator *allocator;

  g_assert_no_error (error);
  allocator = gst_heap_allocator_new (parsed, &error);
  g_assert_no_error (error);
  gst_heap_selection_unref (parsed);
  return allocator;
}

static inline guint64
heap_fixture_stat (GstAllocator *allocator, const gchar *field)
{
  GstStructure *stats = gst_heap_allocator_get_stats (GST_HEAP_ALLOCATOR (allocator));
  guint64 value;

  fail_unless (gst_structure_get_uint64 (stats, field, &value), "no field %s", field);
  gst_structure_free (stats);
  return value;
}

/* Writes value to all that shows of the memory. */
static inline void
heap_fixture_fill (GstMemory *memory, guint8 value)
{
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_WRITE));
  memset (map.data, value, map.size);
  gst_memory_unmap (memory, &map);
}

/* That size bytes show of the memory, and all are value. */
static inline void
heap_fixture_assert_filled (GstMemory *memory, gsize size, guint8 value)
{
  GstMapInfo map;

  fail_unless (gst_memory_map (memory, &map, GST_MAP_READ));
  fail_unless_equals_int (map.size, size);
  fail_unless_equals_int (map.data[0], value);
  fail_unless (memcmp (map.data, map.data + 1, map.size - 1) == 0);
  gst_memory_unmap (memory, &map);
}

/* An active pool of an allocator. */
static inline GstBufferPool *
heap_fixture_pool (GstAllocator *allocator, const gchar *caps_string, guint size, guint min, guint max)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string (caps_string);

  gst_buffer_pool_config_set_params (config, caps, size, min, max);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  gst_caps_unref (caps);
  return pool;
}

static inline void
heap_fixture_pool_free (GstBufferPool *pool)
{
  fail_unless (gst_buffer_pool_set_active (pool, FALSE));
  gst_object_unref (pool);
}

static inline TCase *
heap_fixture_add_case (Suite *suite, const gchar *name)
{
  TCase *tcase = tcase_create (name);

  tcase_add_checked_fixture (tcase, heap_fixture_setup, heap_fixture_audit);
  suite_add_tcase (suite, tcase);
  return tcase;
}
