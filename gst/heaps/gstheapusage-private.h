/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Where a GstHeapUsage comes from. */
#pragma once

#include <gst/heaps/gstheapusage.h>

/* As gst_heap_usage_new(), of files that are laid out as those of the kernel's: proc as /proc, bufinfo as debugfs'
 * dma_buf/bufinfo. */
G_GNUC_INTERNAL
GstHeapUsage *gst_heap_usage_new_from_files (const gchar *proc, const gchar *bufinfo, GError **error);
