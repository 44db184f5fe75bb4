/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapimport: gives what another process sent its memory and its layout back. */
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_HEAP_IMPORT (gst_heap_import_get_type ())
G_DECLARE_FINAL_TYPE (GstHeapImport, gst_heap_import, GST, HEAP_IMPORT, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (heapimport)

G_END_DECLS
