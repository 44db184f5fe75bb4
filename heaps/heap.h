/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An open heap: what gives memory. The interface all backends implement. */
#pragma once

#include "catalog.h"

struct heap;

/* What a backend implements. heap.c does what all would repeat. */
struct heap_impl {
  /* Gives size bytes, zeroed, as one fd that the caller closes. size is a
   * multiple of the page size, not 0, and at most SSIZE_MAX. Any thread. */
  int (*alloc) (struct heap *heap, size_t size);
  /* Frees the heap. Takes one that is half built. Cannot fail. */
  void (*destroy) (struct heap *heap);
};

/* Stands first in each backend's own struct. All but ref_count is constant
 * once the constructor has returned, so that reading takes no lock. */
struct heap {
  const struct heap_impl *impl;
  struct heap_info info;
  _Atomic unsigned ref_count;
};

/* Memory of a heap. */
struct heap_buffer {
  int fd;      /* the receiver closes it */
  size_t size; /* its true size in bytes: what was asked for, rounded up to pages */
};

struct heap *heap_ref (struct heap *heap);
/* The last reference closes the heap; its buffers live on. Takes NULL. */
void heap_unref (struct heap *heap);

/* Allocates at least size bytes, zeroed. -EINVAL for 0, -EOVERFLOW when the
 * rounded size exceeds SSIZE_MAX, else what the backend says (-ENOMEM, -EMFILE, ...). Any thread. */
int heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer);
/* Rounds size up to whole pages. -EINVAL, -EOVERFLOW as above. */
int heap_round_size (size_t size, size_t *ret_size);

/* For backends: sets up base, with one reference. */
void heap_init (struct heap *heap, const struct heap_impl *impl, const struct heap_info *info);
