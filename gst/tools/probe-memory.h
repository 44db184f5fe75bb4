/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What reading and writing mapped memory tells: whether it is zeroed, how fast it is, whether it is cached. */
#pragma once

#include <gst/heaps/heaps.h>

/* Bytes a second: of the memory, and of malloc's by turns with it. */
typedef struct {
  gdouble heap, malloc;
} ProbeRate;

/* Where the first byte is that is not 0; size when all are. */
gsize probe_find_nonzero (const guint8 *data, gsize size);

/* Medians of several turns, each of milliseconds of this thread's time and at least one pass over size bytes. Writing
 * leaves data filled with something. Interrupted: what was measured by then. All 0: there is no room for as
 * much of malloc's memory. */
ProbeRate probe_read_rate (const guint8 *data, gsize size, guint milliseconds);
ProbeRate probe_write_rate (guint8 *data, gsize size, guint milliseconds);
/* Reading by the best turn: what disturbs makes memory slow, and never fast. */
ProbeRate probe_best_read_rate (const guint8 *data, gsize size, guint milliseconds);

/* What rate tells, as probe_best_read_rate() has it of so few bytes that they fit into any cache: memory that is read
 * about as fast as malloc's is cached, and memory that is several times as slow is not. A pure function. */
GstHeapAnswer probe_judge_cached (const ProbeRate *rate);
/* How many bytes are few enough. */
#define PROBE_CACHE_WINDOW (32 * 1024)
