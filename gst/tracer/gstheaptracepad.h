/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pads and elements of a pipeline as the links and elements of the tracer's books. Any thread. */
#pragma once

#include "gstheapledger.h"

#include <gst/gst.h>

/* What the tracer knows of a source pad, for as long as that is there. */
typedef struct _GstHeapTracePad GstHeapTracePad;

/* What the books have of an element, or of a pad that is of none: for as long as that is there. */
GstHeapLedgerElement *gst_heap_trace_element (GstHeapLedger *ledger, GstObject *object);
/* The pad of an element that pad, which is of one too, has to do with, through all ghost pads. Returns: (transfer full)
 * (nullable) */
GstPad *gst_heap_trace_pad_get_peer (GstPad *pad);
GstHeapTracePad *gst_heap_trace_pad_get (GstHeapLedger *ledger, GstPad *src);
/* The link that begins at src, as it is now. Returns: (transfer full) */
GstHeapLedgerLink *gst_heap_trace_pad_get_link (GstHeapTracePad *self, GstPad *src);
/* Some pads were linked, or are not any more. */
void gst_heap_trace_pad_relinked (void);
/* What an element means that pushes frames on src in memory that did not come in. */
GstHeapWay gst_heap_trace_pad_classify (GstPad *src);
/* What downstream answered to src's ALLOCATION query. */
void gst_heap_trace_pad_note_offer (GstHeapTracePad *self, GstPad *src, GstQuery *query);
/* Whether buffer, described in frame, is in memory that was offered. */
gboolean gst_heap_trace_pad_is_as_offered (GstHeapTracePad *self, GstBuffer *buffer, const GstHeapLedgerFrame *frame);
