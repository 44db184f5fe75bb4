/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory in huge pages, of which is known what parts are physically contiguous.
 *
 * One page is. Two that follow one another are where /proc/self/pagemap says so, which only a process with
 * CAP_SYS_ADMIN may read. The pages come in the order in which they were freed; if another one has longer parts, they
 * are given back and taken again in that one.
 *
 * The kernel may move a huge page that no dma-buf pins, and moves one that a dma-buf is to pin where it could not stay.
 * So what was contiguous is so for certain only once it has been looked at again after a dma-buf of it was made:
 * huge_region_find(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part that is contiguous, in bytes. */
struct huge_run {
  size_t offset, size;
};

struct huge_region {
  int memfd;             /* its size is sealed */
  unsigned char *data;   /* all of it is mapped, and not in forked processes */
  size_t size;           /* bytes */
  size_t page_size;      /* bytes */
  struct huge_run *runs; /* in order, without gaps */
  size_t n_runs;
  bool is_known; /* which pages are adjacent; else each is a run */
};

/* Takes n_pages pages, zeroed. With udmabuf_fd, which stays the caller's and may be -1, they are where dma-bufs of them
 * may be made without any being moved. -ENOSPC or -ENOMEM when the system has too few, -EOVERFLOW; -EMFILE and the like
 * when one could not look where they are. Takes time: the pages are cleared. Free with huge_region_finish(). */
int huge_region_init (struct huge_region *region, size_t page_size, size_t n_pages, int udmabuf_fd);
/* Gives the pages back. Those that dma-bufs pin follow with the last of these. */
void huge_region_finish (struct huge_region *region);
/* The longest run, in bytes. */
size_t huge_region_longest (const struct huge_region *region);
/* Looks where size bytes at offset are now. 0: they are contiguous, at the physical address *ret_address, which is 0
 * where this process may not know. -EXDEV: they are not, or lie in several pages and this process may not know. Else
 * why looking failed, as -EMFILE. */
int huge_region_find (const struct huge_region *region, size_t offset, size_t size, uint64_t *ret_address);
