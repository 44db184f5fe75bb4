/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Trying a heap: what is found, by what evidence. */
#pragma once

#include "probe-device.h"
#include "probe-memory.h"

/* How far it goes. */
typedef struct {
  ProbeDevice *device; /* which memory is imported into; NULL: none is */
  gsize size;          /* bytes of the buffer that is read and written */
  gsize largest;       /* bytes: no buffer is larger */
  guint milliseconds;  /* each measurement takes about so long */
} ProbeSettings;

typedef struct {
  GstHeapAnswer answer;
  gchar *evidence; /* in a few words; NULL where there is nothing to say */
} ProbeFinding;

/* Of allocating and freeing, in nanoseconds. */
typedef struct {
  gsize size;
  guint n; /* times */
  gdouble p50, p99;
} ProbeLatency;

#define PROBE_MAX_LATENCIES 4

typedef struct {
  GstHeap *heap;
  gchar *error;    /* why nothing could be had; NULL: something could */
  gsize size;      /* bytes of the buffer that was had: what was asked for, or the part of it there is room for */
  gchar *exporter; /* of its dma-bufs; NULL: its memory is none */
  gchar *unmapped; /* why it was not mapped; NULL: it was */
  ProbeFinding zeroed, contiguous, cached;
  ProbeRate read, write; /* 0: not known */
  ProbeLatency latencies[PROBE_MAX_LATENCIES];
  guint n_latencies;
  guint64 largest;         /* bytes; 0: not known */
  const gchar *limited_by; /* why nothing larger was tried; NULL: it was, and could not be had */
} ProbeResult;

/* Tries the heap. All memory is given back. Interrupted, it ends soon, with what was found by then. */
ProbeResult *probe_heap (GstHeap *heap, const ProbeSettings *settings);
void probe_result_free (ProbeResult *result);
/* Whether what was found is not what it should be: memory that is not zeroed, or not what the property says. */
gboolean probe_result_contradicts (const ProbeResult *result, GstHeapProperties property);
gboolean probe_result_is_bad (const ProbeResult *result);
