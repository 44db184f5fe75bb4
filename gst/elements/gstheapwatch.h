/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What befalls the memory that was offered, told on the bus in words of heaps. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* Explains the failures of neighbours that import memory of a heap. */
typedef struct {
  GstElement *element; /* borrowed: owns the watch; a GstBaseTransform */
  GstHeap *heap;       /* owned; NULL when not started */
  GstBus *bus;         /* owned; of the whole pipeline; NULL when not started, or when there is none */
  gulong handler;
  gchar *why_no_pool; /* owned; the element's object lock protects it */

  /* Atomic, since the start: */
  gint n_errors;  /* that anyone posted */
  gint n_buffers; /* that went downstream; it is not counted far */
  gint foreign;   /* some of them are not in memory of heap */
} GstHeapWatch;

void gst_heap_watch_start (GstHeapWatch *watch, GstElement *element, GstHeap *heap);
void gst_heap_watch_stop (GstHeapWatch *watch);
void gst_heap_watch_note_offer (GstHeapWatch *watch, GstElement *element, const gchar *why_no_pool);
void gst_heap_watch_note_buffer (GstHeapWatch *watch, GstBuffer *buffer);
void gst_heap_watch_note_flow (GstHeapWatch *watch, GstFlowReturn flow);

/* Has element say that who waits for a buffer of pool has waited for long. */
void gst_heap_watch_starvation (GstElement *element, GstBufferPool *pool);
/* Has element say what pool, which it offered, meets. */
void gst_heap_watch_pool (GstElement *element, GstBufferPool *pool);

G_END_DECLS
