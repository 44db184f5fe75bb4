/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames as unixfdsrc makes them of what another process sent. */
#pragma once

#include "heap-fixture.h"

#include <gst/video/video.h>

#define SENT_CAPS "video/x-raw,format=NV12,width=64,height=32,framerate=30/1"
#define SENT_STRIDE 96 /* bytes: 64 pixels and padding */
#define SENT_SIZE (SENT_STRIDE * 32 * 3 / 2)
#define SENT_PAGES 2 /* that a frame takes */

/* What the fake takes for a dma-buf of that heap, of this process or another. */
int sent_dmabuf_new (const gchar *heap, gsize size);
/* A frame that shows size bytes at offset of the dma-buf, in memory of an fd of its own that says no more of it. The fd
 * stays the caller's. */
GstBuffer *sent_buffer_new (int fd, gsize offset, gsize size);
/* A frame of SENT_CAPS with a GstHeapMeta that tells the truth, and no GstVideoMeta. */
GstBuffer *sent_frame_new (int fd);
