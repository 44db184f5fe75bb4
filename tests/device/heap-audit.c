/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether all was given back. */
#include "heap-audit.h"

#include "dmabuf-info.h"

#include <gst/check/gstcheck.h>

#include <stdlib.h>

#define CMA_REGIONS "/sys/kernel/mm/cma"
#define CMA_DEBUG_REGIONS "/sys/kernel/debug/cma" /* where the kernel does not say it above */

#define SETTLE_SECONDS 20
#define POLL_MICROSECONDS 5000

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

/* By the regions' own maps. CmaFree of /proc/meminfo is no witness: it falls whenever the kernel lends pages out. */
static guint64
count_cma_pages (void)
{
  GDir *regions = g_dir_open (CMA_REGIONS, 0, NULL);
  GDir *debug_regions = regions ? NULL : g_dir_open (CMA_DEBUG_REGIONS, 0, NULL);
  const gchar *region;
  guint64 pages = 0;

  while (regions && (region = g_dir_read_name (regions)))
    pages += read_number (CMA_REGIONS, region, "total_pages") - read_number (CMA_REGIONS, region, "available_pages");
  while (debug_regions && (region = g_dir_read_name (debug_regions)))
    pages += read_number (CMA_DEBUG_REGIONS, region, "used");

  g_clear_pointer (&regions, g_dir_close);
  g_clear_pointer (&debug_regions, g_dir_close);
  return pages;
}

static GPtrArray *
list_fds (void)
{
  GPtrArray *fds = g_ptr_array_new_with_free_func (g_free);
  GDir *directory = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *number;

  while ((number = g_dir_read_name (directory))) {
    gchar *path = g_build_filename ("/proc/self/fd", number, NULL);
    gchar *target = g_file_read_link (path, NULL);

    g_ptr_array_add (fds, g_strdup_printf ("%s %s", number, target ? target : "?"));
    g_free (target);
    g_free (path);
  }
  g_dir_close (directory);
  return fds;
}

static HeapAudit *
take_stock (void)
{
  HeapAudit *self = g_new (HeapAudit, 1);

  self->dmabufs = dmabuf_info_count (NULL);
  self->cma_pages = count_cma_pages ();
  self->fds = list_fds ();
  return self;
}

static gint64
seconds_from_now (guint seconds)
{
  return g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
}

HeapAudit *
heap_audit_new (void)
{
  gint64 end = seconds_from_now (SETTLE_SECONDS);

  while (dmabuf_info_count (NULL) > 0 && g_get_monotonic_time () < end)
    g_usleep (POLL_MICROSECONDS);
  fail_unless_equals_int (dmabuf_info_count (NULL), 0);
  return take_stock ();
}

void
heap_audit_free (HeapAudit *self)
{
  g_ptr_array_unref (self->fds);
  g_free (self);
}

static void
describe_new_fds (const HeapAudit *before, const HeapAudit *now, GString *complaint)
{
  if (now->fds->len <= before->fds->len)
    return;
  g_string_append_printf (complaint, "%u fds more:\n", now->fds->len - before->fds->len);
  for (guint i = 0; i < now->fds->len; i++) {
    const gchar *fd = g_ptr_array_index (now->fds, i);

    if (!g_ptr_array_find_with_equal_func (before->fds, fd, g_str_equal, NULL))
      g_string_append_printf (complaint, "  %s\n", fd);
  }
}

gchar *
heap_audit_compare (const HeapAudit *before)
{
  GString *complaint = g_string_new (NULL);
  HeapAudit *now = take_stock ();

  if (now->dmabufs > before->dmabufs)
    g_string_append_printf (complaint, "%u dma-bufs more\n", now->dmabufs - before->dmabufs);
  if (now->cma_pages > before->cma_pages)
    g_string_append_printf (complaint, "%" G_GUINT64_FORMAT " CMA pages more\n", now->cma_pages - before->cma_pages);
  describe_new_fds (before, now, complaint);
  heap_audit_free (now);
  return g_string_free (complaint, complaint->len == 0);
}

gchar *
heap_audit_settle (const HeapAudit *before, guint seconds)
{
  gint64 end = seconds_from_now (seconds);
  gchar *complaint;

  while ((complaint = heap_audit_compare (before)) && g_get_monotonic_time () < end) {
    g_free (complaint);
    g_usleep (POLL_MICROSECONDS);
  }
  return complaint;
}

void
heap_audit_assert_settles (const HeapAudit *before, const gchar *after_what)
{
  gchar *complaint = heap_audit_settle (before, SETTLE_SECONDS);

  fail_unless (complaint == NULL, "after %s:\n%s", after_what, complaint);
}

guint64
heap_audit_cma_refusals (void)
{
  GDir *regions = g_dir_open (CMA_REGIONS, 0, NULL);
  const gchar *region;
  guint64 pages = 0;

  while (regions && (region = g_dir_read_name (regions)))
    pages += read_number (CMA_REGIONS, region, "alloc_pages_fail");
  g_clear_pointer (&regions, g_dir_close);
  return pages;
}
