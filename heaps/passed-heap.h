/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An fd that somebody else has opened: a supervisor, systemd, a portal. Which heap it is of is found without the heap
 * directory, which such a process may not see. */
#pragma once

#include "catalog.h"

/* What is known of an fd. A plain value. */
struct passed_heap {
  int error; /* 0: it is an open node of a heap. -EBADF: it is not open for use; -ENOTTY: it is something
                              * else; -ENODATA: it is a heap, and nothing tells which; others: the system's */
  char path[HEAP_NAME_SIZE]; /* what it was opened as, cut; "" where nothing tells */
  struct heap_info info;     /* without an error: name, node and backend; not its facts */
};

/* Examines fd, and allocates nothing. The name is that of the device: by /sys/dev/char, else by the path it was opened
 * by, where that lies in directory or in one called as the kernel's. */
void passed_heap_examine (int fd, const char *directory, struct passed_heap *ret_passed);
