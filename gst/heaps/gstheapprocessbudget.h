/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How many bytes of a heap all allocators of this process may hold together, by whichever of its names. Any thread. */
#pragma once

#include "gstheapbudget.h"

#include "heaps/catalog.h"

/* Lives as long as the process. Has the limit of heaps.conf, unless gst_heap_process_budget_set() has set one. */
G_GNUC_INTERNAL
GstHeapBudget *gst_heap_process_budget_get (const struct heap_info *info);
G_GNUC_INTERNAL
void gst_heap_process_budget_set (const struct heap_info *info, guint64 max_bytes);
/* If need be, frees what is kept of the heap and nobody uses. FALSE: there are not as many bytes left even so. */
G_GNUC_INTERNAL
gboolean gst_heap_process_budget_take (GstHeapBudget *budget, const struct heap_info *info, gsize bytes);
