/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel itself says of its CMA regions, by their own maps. CmaFree of /proc/meminfo is no witness: it falls
 * whenever the kernel lends pages out. In pages. */
#pragma once

#include <glib.h>

/* Whether sysfs has these figures, for all to read. That of Linux 6.12 has not, and debugfs has. */
gboolean cma_region_is_in_sysfs (const gchar *region);

guint64 cma_region_total (const gchar *region);
guint64 cma_region_used (const gchar *region);
/* Of all regions; 0 on a kernel that does not say. */
guint64 cma_region_used_of_all (void);
/* How many pages all regions have refused since boot: grows when one is full. 0 on a kernel that does not say. */
guint64 cma_region_refused_by_all (void);
