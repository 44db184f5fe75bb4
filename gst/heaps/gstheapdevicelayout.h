/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout that a device wants. */
#pragma once

#include <gst/heaps/gstheaplayoutparams.h>

G_BEGIN_DECLS

/**
 * GstHeapDeviceUse:
 * @GST_HEAP_DEVICE_READS: the device reads frames: a display, an encoder, the input of a converter
 * @GST_HEAP_DEVICE_WRITES: the device writes them: a camera, a decoder, the output of a converter
 *
 * What a device does to the frames that it imports.
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_DEVICE_READS,
  GST_HEAP_DEVICE_WRITES,
} GstHeapDeviceUse;

GST_HEAPS_API
GstHeapLayoutParams *gst_heap_layout_params_new_for_device (
    const gchar *path, GstHeapDeviceUse use, const GstCaps *caps, GstHeapPlanes planes, GError **error);
GST_HEAPS_API
GstHeapLayoutParams *gst_heap_layout_params_new_for_device_fd (
    gint fd, GstHeapDeviceUse use, const GstCaps *caps, GstHeapPlanes planes, GError **error);

G_END_DECLS
