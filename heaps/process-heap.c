/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The process backend. */
#include "process-heap.h"

#include <errno.h>
#include <stdlib.h>

struct process_heap {
  struct heap base;
  int udmabuf_fd; /* -1: gives plain shared memory */
};

/* A memfd that keeps its size, whatever its receiver tries: udmabuf insists on it, and a mapping of
 * shared memory must not lose its pages either. */
static int
create_sealed_memfd (size_t size)
{
  int fd = sys_memfd_create ("gst-heaps");
  int r;

  if (fd < 0)
    return fd;
  r = sys_ftruncate (fd, size);
  if (r < 0)
    goto close_fd;
  r = sys_seal_size (fd);
  if (r < 0)
    goto close_fd;
  return fd;

close_fd:
  sys_close (fd);
  return r;
}

/* The memfd itself, or a dma-buf of it. */
static int
create_buffer (const struct process_heap *self, size_t size)
{
  int memfd, fd;

  memfd = create_sealed_memfd (size);
  if (memfd < 0 || self->udmabuf_fd < 0)
    return memfd;
  fd = sys_udmabuf_create (self->udmabuf_fd, memfd, 0, size);
  sys_close (memfd);
  /* All else that udmabuf calls invalid is ruled out: this is its limit of size. */
  return fd == -EINVAL ? -EFBIG : fd;
}

static int
process_heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer)
{
  int fd = create_buffer ((struct process_heap *) heap, size);

  if (fd < 0)
    return fd;
  ret_buffer->fd = fd;
  return 0;
}

static void
process_heap_destroy (struct heap *heap)
{
  struct process_heap *self = (struct process_heap *) heap;

  if (self->udmabuf_fd >= 0)
    sys_close (self->udmabuf_fd);
  free (self);
}

static const struct heap_impl process_heap_impl = {
  .alloc = process_heap_alloc,
  .destroy = process_heap_destroy,
};

int
process_heap_new (const struct heap_info *info, struct heap **ret_heap)
{
  bool importable = info->facts.of[HEAP_IMPORTABLE].answer == HEAP_YES;
  struct process_heap *self;

  self = calloc (1, sizeof *self);
  if (self == NULL)
    return -ENOMEM;
  heap_init (&self->base, &process_heap_impl, info);
  self->udmabuf_fd = importable ? sys_open_udmabuf () : -1;
  if (importable && self->udmabuf_fd < 0) {
    int r = self->udmabuf_fd;
    free (self);
    return r;
  }
  *ret_heap = &self->base;
  return 0;
}
