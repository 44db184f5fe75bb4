/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer "heaps": what memory the buffers of a process lie in, and who copies them. */
#pragma once

#include "gstheapledger.h"

#include <gst/gst.h>

#define GST_TYPE_HEAP_TRACER (gst_heap_tracer_get_type ())
G_DECLARE_FINAL_TYPE (GstHeapTracer, gst_heap_tracer, GST, HEAP_TRACER, GstTracer)

/* Its books, for tests. */
GstHeapLedger *gst_heap_tracer_get_ledger (GstHeapTracer *self);
