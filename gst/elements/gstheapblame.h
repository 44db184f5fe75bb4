/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What to say of buffers that are not in heap memory: who made them, and what to do. */
#pragma once

#include "gstheaplayoutwish.h"

G_BEGIN_DECLS

/* How upstream came to know of the heap for the caps it sends now. */
typedef enum
{
  GST_HEAP_ASKED_NEVER,    /* it did not ask for an allocation */
  GST_HEAP_ASKED_EARLY,    /* it asked before it knew its caps, and could be offered no pool */
  GST_HEAP_ASKED_NO_POOL,  /* it was offered an allocator: it wanted no pool, as tee, or none can be made */
  GST_HEAP_ASKED_AND_TOLD, /* it was offered allocator and pool */
} GstHeapAsked;

/* Memory that came, and was not what was asked for. Everything is borrowed. */
typedef struct {
  GstPad *sinkpad; /* where it came in */
  GstHeap *heap;   /* where it should lie */
  GstMemory *memory;
  gboolean is_small; /* for that alone: there should be min_size bytes behind it */
  gsize behind, min_size;
  const GstHeapLayoutWish *wish; /* for that alone, if there is one: buffer should lie like that */
  GstBuffer *buffer;
  GstHeapAsked asked;
} GstHeapUnfit;

GstHeapAsked gst_heap_asked_by_query (GstQuery *query);

void gst_heap_unfit_warn (const GstHeapUnfit *unfit, GstElement *element);
void gst_heap_unfit_refuse (const GstHeapUnfit *unfit, GstElement *element);
void gst_heap_unfit_fail (const GstHeapUnfit *unfit, GstElement *element, const GError *why);

G_END_DECLS
