/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Heaps that do not zero, for a program that knows nothing of the fake: with FAKE_DIRTY set, each buffer but the first
 * begins with what somebody left in it. Linked with --wrap=sys_heap_alloc. */
#include "heaps/sys.h"

#include <stdlib.h>
#include <unistd.h>

int __real_sys_heap_alloc (int heap_fd, size_t size);
int __wrap_sys_heap_alloc (int heap_fd, size_t size);

int
__wrap_sys_heap_alloc (int heap_fd, size_t size)
{
  static unsigned n_buffers;
  int fd = __real_sys_heap_alloc (heap_fd, size);

  if (fd >= 0 && n_buffers++ > 1 && getenv ("FAKE_DIRTY") != NULL && pwrite (fd, "left", 4, 100) != 4)
    abort ();
  return fd;
}
