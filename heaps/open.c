/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Picks the backend for a heap, and opens it. */
#include "open.h"

#include "contiguous-heap.h"
#include "kernel-heap.h"
#include "process-heap.h"

#include <assert.h>
#include <errno.h>

static int
open_node (const struct heap_info *info, const char *path, struct heap **ret_heap)
{
  int fd = sys_open_heap (path);
  int r;

  if (fd < 0)
    return fd;
  r = kernel_heap_new (info, fd, ret_heap);
  if (r < 0)
    sys_close (fd);
  return r;
}

int
heap_open (const struct heap_info *info, const char *path, struct heap **ret_heap)
{
  switch (info->backend) {
    case HEAP_BACKEND_KERNEL:
      return open_node (info, path, ret_heap);
    case HEAP_BACKEND_PROCESS:
      return process_heap_new (info, ret_heap);
    case HEAP_BACKEND_CONTIGUOUS:
      return contiguous_heap_new (info, ret_heap);
  }
  return -EINVAL;
}

int
heap_open_fd (const struct heap_info *info, int fd, struct heap **ret_heap)
{
  int own_fd, r;

  assert (info->backend == HEAP_BACKEND_KERNEL);
  own_fd = sys_dup (fd);
  if (own_fd < 0)
    return own_fd;
  r = kernel_heap_new (info, own_fd, ret_heap);
  if (r < 0)
    sys_close (own_fd);
  return r;
}
