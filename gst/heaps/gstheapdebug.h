/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The library's debug category, "heap", and GStreamer's own for what is slow. */
#pragma once

#include <gst/gst.h>

G_GNUC_INTERNAL
GstDebugCategory *gst_heap_debug_category (void);
#define gst_heap_debug (gst_heap_debug_category ())

G_GNUC_INTERNAL
GstDebugCategory *gst_heap_performance_category (void);
#define gst_heap_performance (gst_heap_performance_category ())
