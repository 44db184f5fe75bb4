/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who in a pipeline keeps buffers. */
#pragma once

#include <gst/gst.h>

/* Of the pipeline that element is in, the elements that tell how many buffers they keep, and the sinks whose last
 * sample is a buffer of pool, as "queue0 keeps 6, kmssink0 1 (its last sample)". Looks at all of them. Returns:
 * (transfer full) (nullable): NULL when nobody tells of any */
G_GNUC_INTERNAL
gchar *gst_heap_keepers_describe (GstElement *element, GstBufferPool *pool);
