/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout that the device wants which frames are for, or come from. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* What makes the neighbours' devices be asked, in place of a path. */
#define GST_HEAP_LAYOUT_DEVICE_AUTO "auto"

/* Adds to params what device wants of frames that go from sinkpad to srcpad under caps: it is a path, or "auto".
 * Devices that "auto" finds and that do not answer have no wishes; that a path does not answer is an error. */
gboolean gst_heap_layout_device_ask (const gchar *device, GstPad *sinkpad, GstPad *srcpad, const GstCaps *caps,
    GstHeapLayoutParams *params, GError **error);

G_END_DECLS
