/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The carved heap. */
#include "carved-heap.h"

#include "division.h"
#include "dmabuf.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct carved_heap {
  struct heap base;
  struct heap *parent;
  struct heap_buffer whole;
  void *data;  /* of the whole; what was mapped here, or by the parent */
  size_t unit; /* bytes */

  pthread_mutex_t lock; /* protects what follows */
  struct ranges *ranges;
  size_t clean_from; /* bytes: from here on nothing was ever handed out, so that all is zero */
};

static int
clear (const struct carved_heap *self, size_t offset, size_t size)
{
  bool is_dmabuf = self->base.info.facts.of[HEAP_IMPORTABLE].answer == HEAP_YES;
  int r = 0;

  if (size == 0)
    return 0;
  if (is_dmabuf)
    r = dmabuf_sync_start (self->whole.fd, DMABUF_WRITE);
  if (r < 0)
    return r;
  memset ((char *) self->data + offset, 0, size);
  return is_dmabuf ? dmabuf_sync_end (self->whole.fd, DMABUF_WRITE) : 0;
}

static void
give_back (struct carved_heap *self, struct range *range)
{
  pthread_mutex_lock (&self->lock);
  ranges_free (self->ranges, range);
  pthread_mutex_unlock (&self->lock);
  free (range);
}

static int
carved_heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer)
{
  struct carved_heap *self = (struct carved_heap *) heap;
  struct range *range;
  size_t offset = 0, dirty = 0;
  int r;

  if (size > self->whole.size)
    return -ENOMEM;
  range = calloc (1, sizeof *range);
  if (range == NULL)
    return -ENOMEM;
  pthread_mutex_lock (&self->lock);
  r = ranges_alloc (self->ranges, (uint32_t) (size / self->unit), 1, range);
  if (r == 0) {
    offset = range->offset * self->unit;
    dirty = division_note_use (&self->clean_from, offset, size);
  }
  pthread_mutex_unlock (&self->lock);
  if (r < 0) {
    free (range);
    return r == -ENOSPC ? -ENOMEM : r;
  }
  r = clear (self, offset, dirty);
  if (r < 0) {
    give_back (self, range);
    return r;
  }
  ret_buffer->fd = self->whole.fd;
  ret_buffer->offset = self->whole.offset + offset;
  ret_buffer->data = (char *) self->data + offset;
  ret_buffer->address = self->whole.address != 0 ? self->whole.address + offset : 0;
  ret_buffer->of_heap = range;
  return 0;
}

static void
carved_heap_free (struct heap *heap, const struct heap_buffer *buffer)
{
  give_back ((struct carved_heap *) heap, buffer->of_heap);
}

static void
carved_heap_get_usage (struct heap *heap, struct heap_usage *ret_usage)
{
  struct carved_heap *self = (struct carved_heap *) heap;

  pthread_mutex_lock (&self->lock);
  division_get_usage (self->ranges, self->unit, ret_usage);
  pthread_mutex_unlock (&self->lock);
}

static void
carved_heap_destroy (struct heap *heap)
{
  struct carved_heap *self = (struct carved_heap *) heap;

  ranges_destroy (self->ranges);
  if (self->data != NULL && self->data != self->whole.data)
    sys_munmap (self->data, self->whole.size);
  if (self->whole.fd >= 0)
    heap_free (self->parent, &self->whole);
  heap_unref (self->parent);
  pthread_mutex_destroy (&self->lock);
  free (self);
}

static const struct heap_impl carved_heap_impl = {
  .alloc = carved_heap_alloc,
  .free = carved_heap_free,
  .get_usage = carved_heap_get_usage,
  .destroy = carved_heap_destroy,
};

static int
take_whole (struct carved_heap *self, size_t size)
{
  int r = heap_alloc (self->parent, size, &self->whole);

  if (r < 0)
    return r;
  self->data = self->whole.data;
  if (self->data == NULL)
    r = sys_mmap (self->whole.fd, self->whole.size, &self->data);
  if (r == 0 && self->whole.size / self->unit > UINT32_MAX)
    r = -EOVERFLOW;
  if (r == 0)
    r = ranges_add (self->ranges, 0, (uint32_t) (self->whole.size / self->unit));
  return r;
}

int
carved_heap_new (struct heap *parent, size_t size, struct heap **ret_heap)
{
  struct carved_heap *self;
  int r;

  if (parent->info.facts.of[HEAP_PROTECTED].answer == HEAP_YES)
    return -EOPNOTSUPP;
  self = calloc (1, sizeof *self);
  if (self == NULL)
    return -ENOMEM;
  heap_init (&self->base, &carved_heap_impl, &parent->info);
  self->parent = heap_ref (parent);
  self->whole.fd = -1;
  self->unit = sys_page_size ();
  pthread_mutex_init (&self->lock, NULL);
  r = ranges_new (&self->ranges);
  if (r == 0)
    r = take_whole (self, size);
  if (r < 0) {
    carved_heap_destroy (&self->base);
    return r;
  }
  *ret_heap = &self->base;
  return 0;
}
