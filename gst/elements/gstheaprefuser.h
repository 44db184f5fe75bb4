/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who downstream takes no dma-bufs, or nothing else. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  GST_HEAP_REFUSES_DMABUFS, /* it takes raw video in system memory alone */
  GST_HEAP_REFUSES_PLAIN,   /* it takes raw video in dma-bufs alone */
} GstHeapRefusal;

/* The element downstream of srcpad that refuses that: the last one, where those before it only say what it says.
 * Returns: (transfer full) (nullable) */
GstElement *gst_heap_refuser_find (GstPad *srcpad, GstHeapRefusal refusal);
/* Whether an error may come of caps that nobody could agree on. */
gboolean gst_heap_refuser_is_of_caps (GstMessage *error);

G_END_DECLS
