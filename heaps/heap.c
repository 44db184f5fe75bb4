/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What all heaps have in common: counting references, rounding sizes. */
#include "heap.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>

struct heap *
heap_ref (struct heap *heap)
{
  unsigned count = atomic_fetch_add_explicit (&heap->ref_count, 1, memory_order_relaxed);

  assert (count > 0);
  (void) count;
  return heap;
}

void
heap_unref (struct heap *heap)
{
  if (heap != NULL && atomic_fetch_sub_explicit (&heap->ref_count, 1, memory_order_acq_rel) == 1)
    heap->impl->destroy (heap);
}

int
heap_round_size (size_t size, size_t *ret_size)
{
  size_t page_mask = sys_page_size () - 1;

  if (size == 0)
    return -EINVAL;
  if (size > ((size_t) SSIZE_MAX & ~page_mask))
    return -EOVERFLOW;
  *ret_size = (size + page_mask) & ~page_mask;
  return 0;
}

int
heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer)
{
  struct heap_buffer buffer = { .fd = -1 };
  int r;

  r = heap_round_size (size, &buffer.size);
  if (r == 0)
    r = heap->impl->alloc (heap, buffer.size, &buffer);
  if (r < 0)
    return r;
  *ret_buffer = buffer;
  return 0;
}

void
heap_free (struct heap *heap, const struct heap_buffer *buffer)
{
  if (heap->impl->free != NULL)
    heap->impl->free (heap, buffer);
  else
    sys_close (buffer->fd);
}

bool
heap_get_usage (struct heap *heap, struct heap_usage *ret_usage)
{
  if (heap->impl->get_usage == NULL)
    return false;
  heap->impl->get_usage (heap, ret_usage);
  return true;
}

void
heap_init (struct heap *heap, const struct heap_impl *impl, const struct heap_info *info)
{
  heap->impl = impl;
  heap->info = *info;
  atomic_init (&heap->ref_count, 1);
}
