/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One large buffer of another heap, divided into many small ones: a system call less for each, and what a heap loses by
 * aligning large is lost once.
 *
 * Its buffers share an fd and have offsets. Whoever is given the fd sees all of them; and a part that is freed goes to
 * the next user even while somebody else has the fd open. So they are for one process, and for consumers that take an
 * offset. */
#pragma once

#include "heap.h"

/* Takes size bytes of parent, which it keeps a reference of, and maps them. Buffers have parent's properties; at the
 * end of the size, allocating fails with -ENOMEM. -EOPNOTSUPP for a protected heap, whose parts could not be cleared
 * for the next user; -EOVERFLOW for more than 2^32 - 1 pages; else what allocating and mapping say. */
int carved_heap_new (struct heap *parent, size_t size, struct heap **ret_heap);
