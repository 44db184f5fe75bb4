/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The library's debug category, "heap", and GStreamer's own for what is slow. */
#include "gstheapdebug.h"

static gpointer
create_category (gpointer unused)
{
  return _gst_debug_category_new ("heap", 0, "heaps, selections, allocators and pools");
}

GstDebugCategory *
gst_heap_debug_category (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, create_category, NULL);
}

static gpointer
find_performance_category (gpointer unused)
{
  return _gst_debug_get_category ("GST_PERFORMANCE");
}

GstDebugCategory *
gst_heap_performance_category (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, find_performance_category, NULL);
}
