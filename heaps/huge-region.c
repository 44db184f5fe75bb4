/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Takes huge pages, and looks where they are. */
#include "huge-region.h"

#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* One huge page: which it is in the file, and the frame it begins at. */
struct page {
  size_t index;
  uint64_t frame;
};

static uint64_t
frames_per_page (const struct huge_region *self)
{
  return self->page_size / sys_page_size ();
}

/* The frame of the byte at offset. It is touched first, so that there is one behind the mapping.
 * -EPERM where this process may not know. */
static int
read_frame (const struct huge_region *self, size_t offset, uint64_t *ret_frame)
{
  const volatile unsigned char *address = self->data + offset;
  int r;

  (void) *address;
  r = sys_page_frame ((const void *) address, ret_frame);
  return r == -EACCES || r == -ENOENT ? -EPERM : r;
}

static int
compare_frames (const void *data_a, const void *data_b)
{
  const struct page *a = data_a, *b = data_b;

  return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* Where each page is. -EPERM where this process may not know. */
static int
read_pages (const struct huge_region *self, struct page *ret_pages)
{
  for (size_t i = 0; i < self->size / self->page_size; i++) {
    int r = read_frame (self, i * self->page_size, &ret_pages[i].frame);
    if (r < 0)
      return r;
    ret_pages[i].index = i;
  }
  return 0;
}

/* How many runs the pages make in the order of the array. */
static size_t
count_runs (const struct huge_region *self, const struct page *pages)
{
  size_t n_pages = self->size / self->page_size, n = 1;

  for (size_t i = 1; i < n_pages; i++)
    n += pages[i].frame != pages[i - 1].frame + frames_per_page (self);
  return n;
}

/* Gives the pages back, the last of the order first, and takes them again: the kernel hands out first what it got back
 * last. Others may get hold of some meanwhile; then it fails, or the order is another one. */
static int
take_again (struct huge_region *self, const struct page *order)
{
  size_t n_pages = self->size / self->page_size;
  int r = 0;

  for (size_t i = n_pages; i > 0 && r == 0; i--)
    r = sys_punch_hole (self->memfd, order[i - 1].index * self->page_size, self->page_size);
  for (size_t i = 0; i < n_pages && r == 0; i++)
    r = sys_fallocate (self->memfd, i * self->page_size, self->page_size);
  return r;
}

/* Brings the pages into the order of their addresses, if they lie together better so. */
static int
arrange (struct huge_region *self, struct page *pages)
{
  size_t n_runs = count_runs (self, pages);
  int r;

  qsort (pages, self->size / self->page_size, sizeof *pages, compare_frames);
  if (count_runs (self, pages) < n_runs) {
    r = take_again (self, pages);
    if (r < 0)
      return r;
  }
  return read_pages (self, pages);
}

/* Without pages, each is a run of its own. */
static int
note_runs (struct huge_region *self, const struct page *pages)
{
  size_t n_pages = self->size / self->page_size;
  size_t n_runs = pages != NULL ? count_runs (self, pages) : n_pages;

  self->runs = calloc (n_runs, sizeof *self->runs);
  if (self->runs == NULL)
    return -ENOMEM;
  for (size_t i = 0; i < n_pages; i++) {
    struct huge_run *last = self->n_runs > 0 ? &self->runs[self->n_runs - 1] : NULL;
    if (pages != NULL && last != NULL && pages[i].frame == pages[i - 1].frame + frames_per_page (self))
      last->size += self->page_size;
    else
      self->runs[self->n_runs++] = (struct huge_run){ i * self->page_size, self->page_size };
  }
  return 0;
}

static int
find_runs (struct huge_region *self)
{
  struct page *pages = calloc (self->size / self->page_size, sizeof *pages);
  int r;

  if (pages == NULL)
    return -ENOMEM;
  r = read_pages (self, pages);
  self->is_known = r == 0;
  if (r == 0)
    r = arrange (self, pages);
  if (r == 0 || (r == -EPERM && !self->is_known))
    r = note_runs (self, self->is_known ? pages : NULL);
  free (pages);
  return r;
}

/* By fallocate, which fails where touching a page would end the process. */
static int
take_pages (struct huge_region *self)
{
  void *data;
  int r;

  r = sys_ftruncate (self->memfd, self->size);
  if (r == 0)
    r = sys_seal_size (self->memfd);
  if (r == 0)
    r = sys_fallocate (self->memfd, 0, self->size);
  if (r == 0)
    r = sys_mmap (self->memfd, self->size, &data);
  if (r < 0)
    return r;
  self->data = data;
  return sys_dont_fork (data, self->size);
}

/* Has the kernel move now the pages that it moves once they are part of a dma-buf: out of memory that it lends, as that
 * of CMA, where huge pages lie too. Any small page stands for the huge one. -ENOSPC when there is nowhere to move
 * them. */
static int
settle_pages (const struct huge_region *self, int udmabuf_fd)
{
  for (size_t offset = 0; offset < self->size; offset += self->page_size) {
    int fd = sys_udmabuf_create (udmabuf_fd, self->memfd, offset, sys_page_size ());
    if (fd < 0)
      return fd == -ENOMEM ? -ENOSPC : fd;
    sys_close (fd);
  }
  return 0;
}

int
huge_region_init (struct huge_region *region, size_t page_size, size_t n_pages, int udmabuf_fd)
{
  struct huge_region self = { .page_size = page_size };
  int r;

  if (__builtin_mul_overflow (page_size, n_pages, &self.size) || self.size > SSIZE_MAX)
    return -EOVERFLOW;
  self.memfd = sys_memfd_create_huge ("gst-heaps", page_size);
  if (self.memfd < 0)
    return self.memfd;
  r = take_pages (&self);
  if (r == 0 && udmabuf_fd >= 0)
    r = settle_pages (&self, udmabuf_fd);
  if (r == 0)
    r = find_runs (&self);
  if (r < 0) {
    huge_region_finish (&self);
    return r;
  }
  *region = self;
  return 0;
}

void
huge_region_finish (struct huge_region *region)
{
  free (region->runs);
  if (region->data != NULL)
    sys_munmap (region->data, region->size);
  sys_close (region->memfd);
}

size_t
huge_region_longest (const struct huge_region *region)
{
  size_t longest = 0;

  for (size_t i = 0; i < region->n_runs; i++)
    longest = region->runs[i].size > longest ? region->runs[i].size : longest;
  return longest;
}

/* Touches nothing but what it is about: another thread may write to the rest. */
int
huge_region_find (const struct huge_region *region, size_t offset, size_t size, uint64_t *ret_address)
{
  size_t page_size = region->page_size, unit = sys_page_size (), second = (offset / page_size + 1) * page_size;
  uint64_t frame = 0, next;
  int r = read_frame (region, offset, &frame);

  if (r < 0 && r != -EPERM)
    return r;
  if (r < 0 && second < offset + size)
    return -EXDEV;
  for (size_t at = second; at < offset + size; at += page_size) {
    r = read_frame (region, at, &next);
    if (r < 0)
      return r == -EPERM ? -EXDEV : r;
    if (next != frame + at / unit - offset / unit)
      return -EXDEV;
  }
  *ret_address = frame == 0 ? 0 : frame * unit + offset % unit;
  return 0;
}
