/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How many bytes of raw video a pipeline copies, by a look at every pad, and by every memcpy() (copy-meter.h). */
#pragma once

#include <gst/gst.h>

typedef struct _FrameWatch FrameWatch;

/* Watches all pads there are; before the pipeline starts. One at a time. */
FrameWatch *frame_watch_new (GstElement *pipeline);
/* Once the pipeline is in NULL. */
void frame_watch_free (FrameWatch *watch);

/* Buffers that came to the element called "sink". Also while they come. */
guint frame_watch_count (FrameWatch *watch);
/* Bytes copied, for each of these: whichever of the two witnesses has seen more. */
guint64 frame_watch_copied (FrameWatch *watch);
/* How many of the buffers that the element called "held" gave on, or took if it is a sink, lay in memory of a heap, and
 * how many there were. */
void frame_watch_count_held (FrameWatch *watch, guint *ret_in_heap, guint *ret_all);
/* What each element did, a line each. The caller frees it. */
gchar *frame_watch_describe (FrameWatch *watch);
