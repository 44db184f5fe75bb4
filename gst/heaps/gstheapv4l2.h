/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How V4L2 drivers lay frames out. */
#pragma once

#include <gst/heaps/gstheaplayoutparams.h>

/* What the driver at fd, a video node, wants of frames as info has them: those it reads, or writes. planes as of
 * GstHeapLayoutParams: AUTO is split only if the driver cannot do otherwise. GST_HEAP_ERROR_UNSATISFIED when it does
 * not take such frames; GST_HEAP_ERROR_INVALID when it is no such device. The text says nothing of which device. */
G_GNUC_INTERNAL
gboolean gst_heap_v4l2_ask (int fd, gboolean reads, const GstVideoInfo *info, GstHeapPlanes planes,
    GstHeapLayoutParams *ret_params, GError **error);
/* Whether fd is of a V4L2 device. */
G_GNUC_INTERNAL
gboolean gst_heap_v4l2_is_device (int fd);
