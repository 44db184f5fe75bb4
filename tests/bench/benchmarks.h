/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The benchmarks of buffers, and what they share. */
#pragma once

#include "case.h"

#include "gst/tools/bench-sides.h"

#include <gst/heaps/heaps.h>
#include <gst/video/video.h>

extern const BenchGroup bench_pool, bench_map, bench_cache, bench_upload, bench_download;

/* NULL: there is no such heap, for *ret_reason, which the caller frees. */
GstAllocator *bench_allocator_new (const gchar *heap, gchar **ret_reason);
