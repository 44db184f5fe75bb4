/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The heaps of this machine among the devices of GStreamer. */
#pragma once

#include <gst/gst.h>

/* A heap that this process can open. Its element is a heapupload that takes memory of it. */
#define GST_TYPE_HEAP_MEMORY_DEVICE (gst_heap_memory_device_get_type ())
G_DECLARE_FINAL_TYPE (GstHeapMemoryDevice, gst_heap_memory_device, GST, HEAP_MEMORY_DEVICE, GstDevice)

#define GST_TYPE_HEAP_DEVICE_PROVIDER (gst_heap_device_provider_get_type ())
G_DECLARE_FINAL_TYPE (GstHeapDeviceProvider, gst_heap_device_provider, GST, HEAP_DEVICE_PROVIDER, GstDeviceProvider)

GST_DEVICE_PROVIDER_REGISTER_DECLARE (heapdeviceprovider)
