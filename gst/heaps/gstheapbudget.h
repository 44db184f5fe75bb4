/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How many bytes of memory may be held: by one allocator, or by several together. Any thread. */
#pragma once

#include <gst/gst.h>

typedef struct {
  _Atomic guint64 max_bytes; /* 0: no limit */
  _Atomic guint64 taken;     /* by all memory that is not freed, what nobody uses included */
} GstHeapBudget;

/* No limit at first. */
G_GNUC_INTERNAL
GstHeapBudget *gst_heap_budget_new (void);
G_GNUC_INTERNAL
GstHeapBudget *gst_heap_budget_ref (GstHeapBudget *budget);
G_GNUC_INTERNAL
void gst_heap_budget_unref (GstHeapBudget *budget);
/* FALSE: it has not as many bytes left, and nothing is taken. */
G_GNUC_INTERNAL
gboolean gst_heap_budget_take (GstHeapBudget *budget, gsize bytes);
G_GNUC_INTERNAL
void gst_heap_budget_give_back (GstHeapBudget *budget, gsize bytes);
/* Whether it has not as many bytes left now. */
G_GNUC_INTERNAL
gboolean gst_heap_budget_forbids (GstHeapBudget *budget, gsize bytes);
