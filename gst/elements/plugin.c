/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The plugin: registers what it has, and opens nothing. */
#include "gstheapdeviceprovider.h"
#include "gstheapdownload.h"
#include "gstheapimport.h"
#include "gstheapupload.h"

#include "gst/tracer/gstheaptracer.h"

#include <gst/heaps/heaps.h>

static gboolean
plugin_init (GstPlugin *plugin)
{
  gst_heap_meta_get_info ();
  return GST_ELEMENT_REGISTER (heapupload, plugin) && GST_ELEMENT_REGISTER (heapdownload, plugin) &&
         GST_ELEMENT_REGISTER (heapimport, plugin) && GST_DEVICE_PROVIDER_REGISTER (heapdeviceprovider, plugin) &&
         gst_tracer_register (plugin, "heaps", GST_TYPE_HEAP_TRACER);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, heaps,
    "Buffers in memory of a Linux DMA-BUF heap, chosen by name or by properties", plugin_init, PACKAGE_VERSION, "LGPL",
    PACKAGE, "gst-heaps")
