/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A GstHeapMeta as bytes, which go to other processes: of other versions, and of no good will. */
#pragma once

#include <gst/heaps/gstheapmeta.h>

#define GST_HEAP_META_VERSION 1
#define GST_HEAP_META_LEAST_BYTES 128 /* and the name, which has no NUL */
#define GST_HEAP_META_MOST_BYTES (GST_HEAP_META_LEAST_BYTES + GST_HEAP_META_NAME_SIZE - 1)

/* Returns: how many of bytes were written. All but the parent of meta goes into them. */
G_GNUC_INTERNAL
gsize gst_heap_meta_pack (const GstHeapMeta *meta, guint8 bytes[GST_HEAP_META_MOST_BYTES]);
/* Writes all but the parent of ret_meta. FALSE: these are no bytes of gst_heap_meta_pack(); nothing is written. What is
 * read fits into the fields, and may be anything there. */
G_GNUC_INTERNAL
gboolean gst_heap_meta_unpack (const guint8 *bytes, gsize size, guint8 version, GstHeapMeta *ret_meta);
