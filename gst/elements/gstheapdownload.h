/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapdownload: makes frames in memory of a heap good for the CPU. */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP_DOWNLOAD (gst_heap_download_get_type ())
G_DECLARE_FINAL_TYPE (GstHeapDownload, gst_heap_download, GST, HEAP_DOWNLOAD, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (heapdownload)

G_END_DECLS
