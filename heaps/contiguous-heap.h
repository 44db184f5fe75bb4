/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contiguous backend: buffers in huge pages, each of them physically contiguous.
 *
 * Pages are taken as they are needed, several at a time, and given back when none of a region is in use; one empty
 * region is kept for what comes next. A buffer is part of a region: with udmabuf a dma-buf of its own, so that whoever
 * receives it sees its bytes and no neighbour's; else the fd of the region and an offset, for this process alone.
 *
 * What somebody else still has open of a dma-buf once it was freed, another process or a device, is not given to the
 * next user before that one has let go of it. */
#pragma once

#include "heap.h"

/* Opens /dev/udmabuf when info->facts call the heap importable, takes no memory yet. -ENODATA where no huge page is
 * reserved, or another -errno.
 *
 * Allocating fails with -ENOMEM when there are too few free huge pages, or none that are adjacent; -EFBIG when no pages
 * can be known to be adjacent, for sizes above that of a page, or when it is more than udmabuf takes (module parameter
 * size_limit_mb, 64 by default). */
int contiguous_heap_new (const struct heap_info *info, struct heap **ret_heap);
/* Whether dma-bufs of huge pages are what they should be for every importer: not on Linux 6.11 to 6.15, where those
 * that read them through the CPU (vmap) see the first small page of each huge page in place of all others. Mended by
 * "udmabuf: fix vmap missed offset page" of Linux 6.16. */
bool contiguous_heap_is_importable (void);
