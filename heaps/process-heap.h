/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The process backend: sealed memfds, made dma-bufs by /dev/udmabuf where
 * info says that it is importable, and plain shared memory where not. */
#pragma once

#include "heap.h"

/* Its buffers are of udmabuf's size at most where it makes them dma-bufs: beyond that
 * (module parameter size_limit_mb, 64 by default) allocating fails with -EFBIG.
 * Opens /dev/udmabuf when info->facts call the heap importable. 0 or -errno. */
int process_heap_new (const struct heap_info *info, struct heap **ret_heap);
