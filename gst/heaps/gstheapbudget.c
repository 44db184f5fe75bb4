/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How many bytes of memory may be held: by one allocator, or by several together. */
#include "gstheapbudget.h"

#include <stdatomic.h>

static gboolean
is_beyond (guint64 max_bytes, guint64 taken, gsize bytes)
{
  return max_bytes > 0 && (bytes > max_bytes || taken > max_bytes - bytes);
}

GstHeapBudget *
gst_heap_budget_new (void)
{
  return g_atomic_rc_box_new0 (GstHeapBudget);
}

GstHeapBudget *
gst_heap_budget_ref (GstHeapBudget *budget)
{
  return g_atomic_rc_box_acquire (budget);
}

void
gst_heap_budget_unref (GstHeapBudget *budget)
{
  g_atomic_rc_box_release (budget);
}

gboolean
gst_heap_budget_take (GstHeapBudget *budget, gsize bytes)
{
  guint64 taken = budget->taken, max_bytes = budget->max_bytes;

  do {
    if (is_beyond (max_bytes, taken, bytes))
      return FALSE;
  } while (!atomic_compare_exchange_weak (&budget->taken, &taken, taken + bytes));
  return TRUE;
}

void
gst_heap_budget_give_back (GstHeapBudget *budget, gsize bytes)
{
  budget->taken -= bytes;
}

gboolean
gst_heap_budget_forbids (GstHeapBudget *budget, gsize bytes)
{
  return is_beyond (budget->max_bytes, budget->taken, bytes);
}
