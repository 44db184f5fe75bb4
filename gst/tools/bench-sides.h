/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is done with buffers again and again, by ours and by others. */
#pragma once

#include "compare.h"

#include <gst/video/video.h>

/* Each FALSE when it fails. */

/* Starts the pool with n_buffers frames, neither more nor less. */
gboolean bench_start_pool (GstBufferPool *pool, const GstVideoInfo *info, guint n_buffers);
/* Acquires and releases a buffer n times. */
gboolean bench_cycle_pool (GstBufferPool *pool, guint n);
/* Maps and unmaps the frame. */
gboolean bench_map_frame (GstBuffer *buffer, const GstVideoInfo *info);

/* Sides, which take over what they are given. */

/* A pool that was started: a buffer is acquired and released. */
BenchSide bench_side_pool (const gchar *name, GstBufferPool *pool);
/* Memory of size bytes is allocated and freed. */
BenchSide bench_side_allocator (const gchar *name, GstAllocator *allocator, gsize size);
/* The frame is mapped and unmapped. */
BenchSide bench_side_map (const gchar *name, GstBuffer *buffer, const GstVideoInfo *info);

/* memory as a frame. Takes over memory. */
GstBuffer *bench_frame_new (GstMemory *memory, const GstVideoInfo *info);
/* GStreamer's own memory around the fd of memory, which it keeps: each map is a mapping, and a SYNC of a dma-buf. */
GstMemory *bench_wrap_memory (GstMemory *memory);
/* GstUdmabufAllocator, which GStreamer has from 1.28 on. Returns: (transfer full) (nullable) */
GstAllocator *bench_get_udmabuf_allocator (void);
