/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the configuration of a pool comes to. */
#pragma once

#include "gstheaplayout.h"

typedef struct {
  GstHeapLayout layout;
  const gchar *layout_names[GST_VIDEO_MAX_PLANES]; /* of each memory; interned */
  gboolean add_meta;                               /* whether buffers have GstVideoMeta */
  GstAllocationParams params;

  guint min_buffers, max_buffers; /* max 0: no limit */
} GstHeapPoolConfig;

/* What config asks for; where it has GST_BUFFER_POOL_OPTION_VIDEO_META and no layout of its own, with the layout that
 * is offered. GST_HEAP_ERROR_INVALID when it makes no sense; then nothing is written. */
G_GNUC_INTERNAL
gboolean gst_heap_pool_config_parse (
    GstStructure *config, const GstHeapLayoutParams *offered, GstHeapPoolConfig *ret_parsed, GError **error);
/* Makes config, of which parsed was made, say what the pool does: the size and the alignment as the layout has them,
 * and this allocator, of which it takes a reference. */
G_GNUC_INTERNAL
void gst_heap_pool_config_complete (const GstHeapPoolConfig *parsed, GstAllocator *allocator, GstStructure *config);
