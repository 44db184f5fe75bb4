/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is lent to other processes: what they need to know of it goes along, and no more than so much. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Watches over the unixfdsinks downstream of an element. There, each buffer gets a GstHeapMeta, and is counted until
 * all processes it was sent to have given it back. Where so many are out and none comes back for a second, what comes
 * next is dropped at that sink, which is said on the bus, until one does come back: other branches of a tee go on. */
typedef struct _GstHeapLending GstHeapLending;

/* element posts the messages, and has this for as long as it lives: processes may keep buffers while it is stopped. */
GstHeapLending *gst_heap_lending_new (GstElement *element);
/* Buffers may be out yet. */
void gst_heap_lending_free (GstHeapLending *lending);

/* While nothing streams: from now on at most that many buffers are out at a time at each sink, those that are out since
 * before included; 0: no limit. What was dropped before counts no more. */
void gst_heap_lending_start (GstHeapLending *lending, guint most);
/* While nothing streams: nothing is lent until sinks are found again. */
void gst_heap_lending_stop (GstHeapLending *lending);

/* For the state change to READY, before any unixfdsink listens: a client that is killed in the middle of a command
 * stops none of them. Those that come later are guarded when they are found. */
void gst_heap_lending_guard (GstPad *srcpad);
/* Looks for unixfdsinks behind srcpad, through queues and tees too, in place of those found before. Returns: whether
 * all that leaves srcpad ends in such. One thread at a time. */
gboolean gst_heap_lending_find (GstHeapLending *lending, GstPad *srcpad);
/* How many buffers are out now, and how many were dropped at the sinks there are. Any thread. */
void gst_heap_lending_count (GstHeapLending *lending, guint64 *ret_lent, guint64 *ret_dropped);

G_END_DECLS
