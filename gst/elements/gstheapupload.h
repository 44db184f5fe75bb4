/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload: has upstream write into memory of a heap, or copies into it. */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP_UPLOAD (gst_heap_upload_get_type ())
G_DECLARE_FINAL_TYPE (GstHeapUpload, gst_heap_upload, GST, HEAP_UPLOAD, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (heapupload)

G_END_DECLS
