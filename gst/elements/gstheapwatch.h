/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What befalls the memory that was offered, told on the bus in words of heaps. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* Listens to the errors of neighbours that import memory of a heap. */
typedef struct {
  GstElement *element; /* borrowed: owns the watch */
  GstHeap *heap;       /* owned */
  GstBus *bus;         /* owned; of the whole pipeline; NULL when not started, or when there is none */
  gulong handler;
} GstHeapWatch;

void gst_heap_watch_start (GstHeapWatch *watch, GstElement *element, GstHeap *heap);
void gst_heap_watch_stop (GstHeapWatch *watch);

/* Has element say that who waits for a buffer of pool has waited for long. */
void gst_heap_watch_starvation (GstElement *element, GstBufferPool *pool);
/* Has element say what pool, which it offered, meets. */
void gst_heap_watch_pool (GstElement *element, GstBufferPool *pool);

G_END_DECLS
