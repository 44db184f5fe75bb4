/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers that come back to a pool, and those who wait for one. */
#pragma once

#include <glib.h>

typedef struct {
  gint count;   /* atomic: of what has come back so far; wraps around */
  gint waiting; /* atomic: threads in gst_heap_returns_wait() */
  GMutex lock;  /* with cond, for those alone: nothing is locked while nobody waits */
  GCond cond;
} GstHeapReturns;

G_GNUC_INTERNAL
void gst_heap_returns_init (GstHeapReturns *returns);
G_GNUC_INTERNAL
void gst_heap_returns_clear (GstHeapReturns *returns);
/* To be taken before looking whether there is something, and given to gst_heap_returns_wait(). */
G_GNUC_INTERNAL
gint gst_heap_returns_count (GstHeapReturns *returns);
/* Something has come back, or who waits should look for another reason. */
G_GNUC_INTERNAL
void gst_heap_returns_note (GstHeapReturns *returns);
/* Waits until anything has come back since count was taken, or timeout microseconds have passed: then FALSE. */
G_GNUC_INTERNAL
gboolean gst_heap_returns_wait (GstHeapReturns *returns, gint count, gint64 timeout);
