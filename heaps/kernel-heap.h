/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The kernel backend: DMA_HEAP_IOCTL_ALLOC on a heap's node. */
#pragma once

#include "heap.h"

/* Takes over fd, an open heap node, on success only. 0 or -ENOMEM. */
int kernel_heap_new (const struct heap_info *info, int fd, struct heap **ret_heap);
