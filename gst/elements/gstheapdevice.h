/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a V4L2 device wants of the buffers that it imports. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The least bytes in a buffer that the device of element, if it has one, imports for output. It knows once it has caps.
 * 0: it does not say, or element is none of V4L2. */
gsize gst_heap_device_min_size (GstElement *element);
/* The fd of the element's V4L2 device, which stays the element's; -1 where it has none open. */
gint gst_heap_device_get_fd (GstElement *element);
/* The path of its device; NULL where it has none. The caller frees it. */
gchar *gst_heap_device_dup_path (GstElement *element);

G_END_DECLS
