/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who holds how much memory of which heap. */
#pragma once

#include <gst/gst.h>
#include <gst/heaps/heaps-prelude.h>

G_BEGIN_DECLS

typedef struct _GstHeapUsage GstHeapUsage;

#define GST_TYPE_HEAP_USAGE (gst_heap_usage_get_type ())
GST_HEAPS_API
GType gst_heap_usage_get_type (void);

GST_HEAPS_API
GstHeapUsage *gst_heap_usage_new (GError **error);
GST_HEAPS_API
GstHeapUsage *gst_heap_usage_ref (GstHeapUsage *usage);
GST_HEAPS_API
void gst_heap_usage_unref (GstHeapUsage *usage);

GST_HEAPS_API
guint gst_heap_usage_get_n_heaps (GstHeapUsage *usage);
GST_HEAPS_API
const gchar *gst_heap_usage_get_heap_name (GstHeapUsage *usage, guint heap);
GST_HEAPS_API
guint64 gst_heap_usage_get_heap_bytes (GstHeapUsage *usage, guint heap, guint *n_buffers);
GST_HEAPS_API
gboolean gst_heap_usage_get_unheld_bytes (GstHeapUsage *usage, guint heap, guint64 *bytes, guint *n_buffers);

GST_HEAPS_API
guint gst_heap_usage_get_n_holders (GstHeapUsage *usage, guint heap);
GST_HEAPS_API
gint gst_heap_usage_get_holder_pid (GstHeapUsage *usage, guint heap, guint holder);
GST_HEAPS_API
const gchar *gst_heap_usage_get_holder_command (GstHeapUsage *usage, guint heap, guint holder);
GST_HEAPS_API
guint64 gst_heap_usage_get_holder_bytes (
    GstHeapUsage *usage, guint heap, guint holder, guint *n_buffers, guint64 *shared_bytes);

GST_HEAPS_API
guint gst_heap_usage_get_n_unseen (GstHeapUsage *usage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstHeapUsage, gst_heap_usage_unref)

G_END_DECLS
