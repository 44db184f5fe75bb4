/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What an allocation that failed has to say. */
#pragma once

#include "gstheapmemory-private.h"

/* What to do about an error (ENOMEM, ...), as a clause that begins with "; "; "" where there is nothing to say. */
G_GNUC_INTERNAL
const gchar *gst_heap_failure_hint (enum heap_backend backend, int error);
/* The heap does not give size bytes, because of an error (ENOMEM, ...; EDQUOT: the budget of the process). */
G_GNUC_INTERNAL
void gst_heap_failure_set (GError **error, GstHeapMemoryShared *shared, gsize size, int code);
/* The allocator's budget does not allow size bytes. */
G_GNUC_INTERNAL
void gst_heap_failure_set_budget (GError **error, GstHeapMemoryShared *shared, gsize size);
/* The budget of the process does not allow size bytes of the heap. */
G_GNUC_INTERNAL
void gst_heap_failure_set_process_budget (GError **error, const struct heap_info *info, gsize size);
/* Adds to an error of the above that another heap does not give size bytes either, and if wanted its figures. */
G_GNUC_INTERNAL
void gst_heap_failure_add_other (GError *error, GstHeapMemoryShared *other, gsize size, gboolean with_figures);
/* Adds to an error of the above what there is and what would do. Costs a few allocations. */
G_GNUC_INTERNAL
void gst_heap_failure_add_figures (GError *error, GstHeapMemoryShared *shared, gsize size);
