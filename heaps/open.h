/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* From what the catalog tells to a heap that gives memory: picks the backend. */
#pragma once

#include "heap.h"

/* Opens the heap that info describes; path is its node's, and not used by the
 * process backend. 0 or -errno; *ret_heap has one reference. */
int heap_open (const struct heap_info *info, const char *path, struct heap **ret_heap);
/* A heap whose node is open already, as sandboxes hand it over. fd stays the
 * caller's: it is duplicated. */
int heap_open_fd (const struct heap_info *info, int fd, struct heap **ret_heap);
