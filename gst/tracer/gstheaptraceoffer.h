/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What memory the answer to an ALLOCATION query offers. */
#pragma once

#include "gstheapledger.h"

#include <gst/gst.h>

#define GST_HEAP_TRACE_MOST_OFFERS 4 /* elements look at the first one, most of them */

typedef struct {
  gchar *name;     /* of the memory, as kinds have it; where it is not known, of the type of the pool */
  GType pool_type; /* G_TYPE_INVALID: it is an allocator, or any pool of GStreamer's own types */
} GstHeapTraceOffer;

typedef struct {
  guint n;
  GstHeapTraceOffer offers[GST_HEAP_TRACE_MOST_OFFERS];
} GstHeapTraceOffers;

/* Into ret_offers, which is zeroed. System memory is no offer: everybody has that. */
void gst_heap_trace_offers_read (GstHeapTraceOffers *ret_offers, GstQuery *query);
void gst_heap_trace_offers_clear (GstHeapTraceOffers *offers);
/* Returns: (transfer full) (nullable): their names, as people read them; NULL: there is none */
gchar *gst_heap_trace_offers_to_string (const GstHeapTraceOffers *offers);
/* Whether buffer, described in frame, is what one of them gives. */
gboolean gst_heap_trace_offers_have (
    const GstHeapTraceOffers *offers, GstBuffer *buffer, const GstHeapLedgerFrame *frame);
