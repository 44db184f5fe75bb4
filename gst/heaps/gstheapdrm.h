/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How displays lay frames out. */
#pragma once

#include <gst/heaps/gstheaplayoutparams.h>

/* Whether fd is of a DRM device. */
G_GNUC_INTERNAL
gboolean gst_heap_drm_is_device (int fd);
/* Who opens a display that nobody uses becomes its master, and keeps others from that: not for a question. */
G_GNUC_INTERNAL
void gst_heap_drm_give_way (int fd);
/* What the display at fd, a primary node, wants of frames as info has them: the pitch of a dumb buffer, which is made
 * for that and destroyed again. GST_HEAP_ERROR_UNSATISFIED when it makes none. The text says nothing of which
 * device. */
G_GNUC_INTERNAL
gboolean gst_heap_drm_ask (int fd, const GstVideoInfo *info, GstHeapLayoutParams *ret_params, GError **error);
