/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An open heap: what gives memory. The interface all backends implement. */
#pragma once

#include "catalog.h"

struct heap;

/* Memory of a heap. */
struct heap_buffer {
  int fd;           /* the heap's: heap_free() closes it, or leaves it to the other buffers that lie in it */
  size_t size;      /* its true size in bytes: what was asked for, rounded up to pages */
  size_t offset;    /* bytes, where in fd it begins: 0 unless fd has room for several buffers */
  void *data;       /* where it is mapped until heap_free(), readable and writable; NULL: it is not, and fd can be */
  uint64_t address; /* its physical address, for a contiguous one; 0 where that is not known */
  void *of_heap;    /* the backend's own */
};

/* What a heap that divides its memory itself holds of the system, in bytes. */
struct heap_usage {
  uint64_t held;    /* for buffers in use, and for others to come */
  uint64_t used;    /* by buffers, those included that were freed and that somebody else has still open */
  uint64_t largest; /* the largest piece of what is not used */
  uint64_t n_holes; /* in how many pieces that is */
};

/* What a backend implements. heap.c does what all would repeat. Any thread, at any time. */
struct heap_impl {
  /* Gives size bytes, zeroed; size is a multiple of the page size, not 0, and at most SSIZE_MAX. *ret_buffer is zeroed,
   * but for its size. */
  int (*alloc) (struct heap *heap, size_t size, struct heap_buffer *ret_buffer);
  /* Takes back a buffer. NULL: closing its fd is all. Cannot fail. */
  void (*free) (struct heap *heap, const struct heap_buffer *buffer);
  /* NULL: the system divides the memory. */
  void (*get_usage) (struct heap *heap, struct heap_usage *ret_usage);
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

struct heap *heap_ref (struct heap *heap);
/* The last reference closes the heap. All its buffers have been freed before. Takes NULL. */
void heap_unref (struct heap *heap);

/* Allocates at least size bytes, zeroed. -EINVAL for 0, -EOVERFLOW when the
 * rounded size exceeds SSIZE_MAX, else what the backend says (-ENOMEM, -EMFILE, ...). Any thread. */
int heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer);
/* Takes back a buffer of heap_alloc(), which nobody in this process uses any more. */
void heap_free (struct heap *heap, const struct heap_buffer *buffer);
/* False: the system divides the memory of this heap. */
bool heap_get_usage (struct heap *heap, struct heap_usage *ret_usage);
/* Rounds size up to whole pages. -EINVAL, -EOVERFLOW as above. */
int heap_round_size (size_t size, size_t *ret_size);

/* For backends: sets up base, with one reference. */
void heap_init (struct heap *heap, const struct heap_impl *impl, const struct heap_info *info);
