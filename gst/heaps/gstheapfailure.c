/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What an allocation that failed has to say. */
#include "gstheapfailure.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheaperror-private.h"
#include "gstheapprocessbudget.h"
#include "gstheapregistry.h"

#include "heaps/capacity.h"
#include "heaps/huge-pages.h"

#include <errno.h>
#include <stdlib.h>

/* What is left of the bytes that an allocator divides: how much the heap has does not matter any more. */
static void
append_carved (GString *text, GstHeapMemoryShared *shared)
{
  struct heap_usage usage;

  if (!heap_get_usage (shared->core, &usage))
    return;
  g_string_append_printf (text,
      "; of the %" G_GUINT64_FORMAT " bytes carved out of it %" G_GUINT64_FORMAT
      " are free, the largest piece now %" G_GUINT64_FORMAT " bytes",
      usage.held, usage.held - usage.used, usage.largest);
}

/* What there is, and how large a piece of it can be had, as far as that is known. A figure that is no limit may say
 * less than there is: the piece is free, too. */
static void
append_capacity (GString *text, GstHeapMemoryShared *shared, gsize size)
{
  struct heap_capacity capacity = { 0 };
  gboolean has_figures = heap_capacity_read (&shared->core->info, &capacity) == 0;
  gsize upper_bound = capacity.is_limit ? MIN (size, capacity.free) : size, largest;
  gboolean has_largest = heap_largest (shared->core, upper_bound, &largest) == 0;

  if (has_figures)
    g_string_append_printf (text, "; %" G_GUINT64_FORMAT " bytes in all, %" G_GUINT64_FORMAT " free", capacity.total,
        has_largest ? MAX (capacity.free, largest) : capacity.free);
  else
    g_string_append (text, "; the heap is too small, full or fragmented");
  if (has_largest)
    g_string_append_printf (text, ", the largest piece now %" G_GSIZE_FORMAT " bytes", largest);
}

/* What to do so that there is more; NULL where there is nothing to say. */
static gchar *
advise (GstHeapMemoryShared *shared, gsize size)
{
  char *advice = NULL;
  size_t length;
  FILE *out;

  if (shared->core->info.backend != HEAP_BACKEND_CONTIGUOUS || shared->carve_size > 0)
    return NULL;
  out = open_memstream (&advice, &length);
  if (!out)
    return NULL;
  huge_pages_write_advice (out, size);
  return fclose (out) == 0 ? advice : NULL;
}

const gchar *
gst_heap_failure_hint (enum heap_backend backend, int error)
{
  switch (error) {
    case EMFILE:
      return "; raise the limit of open files (ulimit -n)";
    case EFBIG:
      if (backend == HEAP_BACKEND_CONTIGUOUS)
        return "; which huge pages lie side by side is told to processes with CAP_SYS_ADMIN alone: without, a buffer "
               "has to lie in one page, of 1 GiB if need be (\"hugepagesz=1G hugepages=1\" on the kernel's command "
               "line); and /dev/udmabuf takes no more at a time than size_limit_mb of the module udmabuf";
      return "; it is more than /dev/udmabuf takes at a time: raise size_limit_mb of the module udmabuf";
    default:
      return "";
  }
}

void
gst_heap_failure_set_process_budget (GError **error, const struct heap_info *info, gsize size)
{
  GstHeapBudget *budget = gst_heap_process_budget_get (info);
  guint64 max_bytes = budget->max_bytes, taken = budget->taken;
  guint n_holders = gst_heap_registry_count_holders (info);

  heap_round_size (size, &size);
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY,
      "%" G_GSIZE_FORMAT " bytes of heap \"%s\" are beyond the budget of this process: of %" G_GUINT64_FORMAT
      " bytes (max-bytes of the heap) %" G_GUINT64_FORMAT " are taken, by %u allocator%s",
      size, info->name, max_bytes, taken, n_holders, n_holders == 1 ? "" : "s");
}

void
gst_heap_failure_set (GError **error, GstHeapMemoryShared *shared, gsize size, int code)
{
  if (code == EDQUOT) {
    gst_heap_failure_set_process_budget (error, &shared->core->info, size);
    return;
  }
  g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (code),
      "heap \"%s\" does not give %" G_GSIZE_FORMAT " bytes: %s%s", gst_heap_get_name (shared->heap), size,
      g_strerror (code), gst_heap_failure_hint (shared->core->info.backend, code));
}

static gboolean
is_beyond_budget (const GstHeapMemoryShared *shared, gsize size)
{
  heap_round_size (size, &size);
  return gst_heap_budget_forbids (shared->budget, size) ||
         (shared->carve_size == 0 && gst_heap_budget_forbids (shared->process_budget, size));
}

void
gst_heap_failure_set_budget (GError **error, GstHeapMemoryShared *shared, gsize size)
{
  guint64 budget = shared->budget->max_bytes, taken = shared->budget->taken;

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY,
      "%" G_GSIZE_FORMAT " bytes of heap \"%s\" are beyond the budget: of %" G_GUINT64_FORMAT
      " bytes (max-bytes) %" G_GUINT64_FORMAT " are taken",
      size, gst_heap_get_name (shared->heap), budget, MIN (taken, budget));
}

static void
append_figures (GString *text, GstHeapMemoryShared *shared, gsize size)
{
  gchar *advice = advise (shared, size); /* first, as looking for the largest piece may change how much is free */
  guint64 bytes, buffers;

  if (shared->carve_size > 0)
    append_carved (text, shared);
  else
    append_capacity (text, shared, size);
  gst_heap_registry_count (&shared->core->info, &bytes, &buffers);
  g_string_append_printf (
      text, "; this process holds %" G_GUINT64_FORMAT " bytes of it in %" G_GUINT64_FORMAT " buffers", bytes, buffers);
  if (advice)
    g_string_append_printf (text, "; %s", advice);
  free (advice);
}

void
gst_heap_failure_add_other (GError *error, GstHeapMemoryShared *other, gsize size, gboolean with_figures)
{
  GString *text = g_string_new (error->message);
  int code = other->shortage.error;

  g_string_append_printf (text, "; nor does heap \"%s\"", gst_heap_get_name (other->heap));
  if (code == EDQUOT)
    g_string_append (text, ": the budget of this process (max-bytes of the heap) is used up");
  else if (code != 0)
    g_string_append_printf (text, ": %s%s", g_strerror (code), gst_heap_failure_hint (other->core->info.backend, code));
  if (with_figures)
    append_figures (text, other, size);
  g_free (error->message);
  error->message = g_string_free (text, FALSE);
}

void
gst_heap_failure_add_figures (GError *error, GstHeapMemoryShared *shared, gsize size)
{
  GString *text;

  if (is_beyond_budget (shared, size)) /* says all already */
    return;
  text = g_string_new (error->message);
  append_figures (text, shared, size);
  g_free (error->message);
  error->message = g_string_free (text, FALSE);
}
