/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The kernel backend. */
#include "kernel-heap.h"

#include <errno.h>
#include <stdlib.h>

struct kernel_heap {
  struct heap base;
  int fd;
};

static int
kernel_heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer)
{
  struct kernel_heap *self = (struct kernel_heap *) heap;
  int fd = sys_heap_alloc (self->fd, size);

  if (fd < 0)
    return fd;
  ret_buffer->fd = fd;
  return 0;
}

static void
kernel_heap_destroy (struct heap *heap)
{
  struct kernel_heap *self = (struct kernel_heap *) heap;

  sys_close (self->fd);
  free (self);
}

static const struct heap_impl kernel_heap_impl = {
  .alloc = kernel_heap_alloc,
  .destroy = kernel_heap_destroy,
};

int
kernel_heap_new (const struct heap_info *info, int fd, struct heap **ret_heap)
{
  struct kernel_heap *self = calloc (1, sizeof *self);

  if (self == NULL)
    return -ENOMEM;
  heap_init (&self->base, &kernel_heap_impl, info);
  heap_facts_learn (&self->base.info.facts, HEAP_IMPORTABLE, HEAP_YES, HEAP_SOURCE_BACKEND);
  self->fd = fd;
  *ret_heap = &self->base;
  return 0;
}
