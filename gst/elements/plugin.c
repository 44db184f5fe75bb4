/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The plugin: registers what it has, and opens nothing. */
#include "gstheapupload.h"

static gboolean
plugin_init (GstPlugin *plugin)
{
  return GST_ELEMENT_REGISTER (heapupload, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, heaps,
    "Buffers in memory of a Linux DMA-BUF heap, chosen by name or by properties", plugin_init, PACKAGE_VERSION, "LGPL",
    PACKAGE, "gst-heaps")
