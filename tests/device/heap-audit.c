/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether all was given back. */
#include "heap-audit.h"

#include "cma-region.h"
#include "dmabuf-info.h"
#include "huge-page-info.h"

#include <gst/check/gstcheck.h>

#define SETTLE_SECONDS 20
#define POLL_MICROSECONDS 5000

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
  self->cma_pages = cma_region_used_of_all ();
  self->huge_pages = huge_page_info_used ();
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
  if (now->huge_pages > before->huge_pages)
    g_string_append_printf (complaint, "%" G_GUINT64_FORMAT " huge pages more\n", now->huge_pages - before->huge_pages);
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
