/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel traces of dma-bufs: who attached to, queued, mapped or refused which of them, and nobody's word for
 * it. */
#pragma once

#include <glib.h>

typedef struct _DmabufTrace DmabufTrace;

/* Starts tracing, in an instance of tracefs of its own. One at a time. */
void dmabuf_trace_begin (void);
/* Stops tracing, and reads what was traced. Freed by dmabuf_trace_free(). */
DmabufTrace *dmabuf_trace_end (void);
void dmabuf_trace_free (DmabufTrace *trace);

/* How many times something was done with the dma-buf of that inode number. What was done reads
 *   "attached by DEVICE"          a driver attached to it, to do DMA: DEVICE by its name in /sys/devices
 *   "queued to NODE (QUEUE)"      VIDIOC_QBUF took it: NODE by its name in /sys/class/video4linux, QUEUE a V4L2 buffer
 *                                 type as in VIDEO_OUTPUT. The only trace of drivers that read it by CPU (vb2-vmalloc)
 *   "mapped by THREAD"            mmap(2) by a thread of that name */
guint dmabuf_trace_count (DmabufTrace *trace, guint64 inode, const gchar *what);
/* How many times it was mapped, by whomever. */
guint dmabuf_trace_count_maps (DmabufTrace *trace, guint64 inode);
/* How many ioctls that took any dma-buf ended in an error: an importer looked at the memory, and would not have it. */
guint dmabuf_trace_count_refusals (DmabufTrace *trace);
/* All that was done with it, in a line. The caller frees it. */
gchar *dmabuf_trace_describe (DmabufTrace *trace, guint64 inode);
