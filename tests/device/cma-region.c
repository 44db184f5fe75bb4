/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Figures of the CMA regions. */
#include "cma-region.h"

#include <stdlib.h>

#define REGIONS "/sys/kernel/mm/cma"
#define DEBUG_REGIONS "/sys/kernel/debug/cma"

static guint64
read_number (const gchar *directory, const gchar *region, const gchar *file)
{
  gchar *path = g_build_filename (directory, region, file, NULL);
  gchar *text = NULL;
  guint64 number;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("cannot read %s", path);
  number = strtoull (text, NULL, 10);
  g_free (text);
  g_free (path);
  return number;
}

gboolean
cma_region_is_in_sysfs (const gchar *region)
{
  gchar *path = g_build_filename (REGIONS, region, "available_pages", NULL);
  gboolean exists = g_file_test (path, G_FILE_TEST_EXISTS);

  g_free (path);
  return exists;
}

guint64
cma_region_total (const gchar *region)
{
  if (cma_region_is_in_sysfs (region))
    return read_number (REGIONS, region, "total_pages");
  return read_number (DEBUG_REGIONS, region, "count");
}

guint64
cma_region_used (const gchar *region)
{
  if (cma_region_is_in_sysfs (region))
    return cma_region_total (region) - read_number (REGIONS, region, "available_pages");
  return read_number (DEBUG_REGIONS, region, "used");
}

static guint64
refused (const gchar *region)
{
  return read_number (REGIONS, region, "alloc_pages_fail");
}

static guint64
sum (const gchar *directory, guint64 (*figure) (const gchar *region))
{
  GDir *regions = g_dir_open (directory, 0, NULL);
  const gchar *region;
  guint64 pages = 0;

  while (regions && (region = g_dir_read_name (regions)))
    pages += figure (region);
  g_clear_pointer (&regions, g_dir_close);
  return pages;
}

guint64
cma_region_used_of_all (void)
{
  return sum (g_file_test (REGIONS, G_FILE_TEST_EXISTS) ? REGIONS : DEBUG_REGIONS, cma_region_used);
}

guint64
cma_region_refused_by_all (void)
{
  return sum (REGIONS, refused);
}
