/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contiguous backend. */
#include "contiguous-heap.h"

#include "division.h"
#include "huge-pages.h"
#include "huge-region.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C (1) << 20)
/* Taken at a time, where so much is free: that many bytes, or a part of what is held already, so that regions stay
 * few. */
#define LEAST_GROWTH (16 * MIB)
#define GROWTH_PART 8
#define MAX_REGIONS 256
/* Region number i has the offsets from i * SLOT_UNITS on in the ranges, whose unit is the page: 1 GiB of 4 KiB. */
#define SLOT_UNITS (UINT32_C (1) << 18)

struct region {
  struct huge_region huge;
  uint32_t first_unit;
  size_t used;       /* bytes, of ranges in it */
  size_t clean_from; /* bytes: from here on nothing was ever handed out, so that all is zero */
};

/* A buffer, from alloc to free and for as long after it as somebody else has it open. */
struct piece {
  struct range range;
  struct region *region;
  size_t offset, size; /* bytes, in the region */
  int fd;              /* its dma-buf; -1: it has none */
  struct piece *next;  /* of those that linger */
};

struct contiguous_heap {
  struct heap base;
  int udmabuf_fd; /* -1: gives parts of the regions' memfds */
  size_t unit;    /* bytes */

  pthread_mutex_t lock; /* protects what follows; held while memory is taken from the system */
  struct ranges *ranges;
  struct region *regions[MAX_REGIONS]; /* NULL where there is none */
  struct piece *lingering;             /* freed, and open somewhere else */
  int reserve_fd;                      /* given up for a moment where no more files can be opened; < 0: there is none */
};

static uint32_t
to_units (const struct contiguous_heap *self, size_t bytes)
{
  return (uint32_t) (bytes / self->unit);
}

/* With the lock, as all up to the next remark. Takes away the first n_runs runs again. */
static void
withdraw (struct contiguous_heap *self, struct region *region, size_t n_runs)
{
  for (size_t i = 0; i < n_runs; i++) {
    const struct huge_run *run = &region->huge.runs[i];
    ranges_remove (self->ranges, region->first_unit + to_units (self, run->offset), to_units (self, run->size));
  }
  self->regions[region->first_unit / SLOT_UNITS] = NULL;
}

static int
offer (struct contiguous_heap *self, struct region *region, size_t slot)
{
  region->first_unit = (uint32_t) slot * SLOT_UNITS;
  for (size_t i = 0; i < region->huge.n_runs; i++) {
    const struct huge_run *run = &region->huge.runs[i];
    int r = ranges_add (self->ranges, region->first_unit + to_units (self, run->offset), to_units (self, run->size));
    if (r < 0) {
      withdraw (self, region, i);
      return r;
    }
  }
  self->regions[slot] = region;
  return 0;
}

static int
find_slot (const struct contiguous_heap *self)
{
  for (int i = 0; i < MAX_REGIONS; i++) {
    if (self->regions[i] == NULL)
      return i;
  }
  return -ENOMEM;
}

/* A region of n_pages that has a run of size bytes. -EXDEV: it would have none. */
static int
add_region (struct contiguous_heap *self, size_t page_size, uint64_t n_pages, size_t size)
{
  struct region *region;
  int slot = find_slot (self), r;

  if (slot < 0)
    return slot;
  region = calloc (1, sizeof *region);
  if (region == NULL)
    return -ENOMEM;
  r = huge_region_init (&region->huge, page_size, n_pages, self->udmabuf_fd);
  if (r < 0)
    goto free_region;
  r = -EXDEV;
  if (huge_region_longest (&region->huge) >= size)
    r = offer (self, region, (size_t) slot);
  else if (!region->huge.is_known)
    r = -EFBIG;
  if (r == 0)
    return 0;
  huge_region_finish (&region->huge);

free_region:
  free (region);
  return r;
}

static uint64_t
growth_of (const struct contiguous_heap *self)
{
  struct heap_usage usage;

  division_get_usage (self->ranges, self->unit, &usage);
  return usage.held / GROWTH_PART > LEAST_GROWTH ? usage.held / GROWTH_PART : LEAST_GROWTH;
}

/* With pages of one size: more and more of them, until enough are adjacent or there are no more. */
static int
grow_by (struct contiguous_heap *self, const struct huge_pages *pages, size_t size)
{
  uint64_t most = (uint64_t) SLOT_UNITS * self->unit / pages->page_size;
  uint64_t needed = (size + pages->page_size - 1) / pages->page_size, n = growth_of (self) / pages->page_size;
  int r;

  if (most > pages->free)
    most = pages->free;
  n = n < needed ? needed : n;
  for (;;) {
    n = n > most ? most : n;
    if (n < needed)
      return -ENOMEM;
    r = add_region (self, pages->page_size, n, size);
    if (r == -ENOSPC && n > needed) /* somebody else was faster, or the system cannot add what it may add */
      most = n / 2 > needed ? n / 2 : needed;
    else if (r == -EXDEV && n < most)
      n *= 2;
    else
      break;
  }
  return r == -ENOSPC || r == -EXDEV ? -ENOMEM : r;
}

/* Small pages first. What says most of why there are none is what the larger pages say, if there are any. */
static int
grow (struct contiguous_heap *self, size_t size)
{
  struct huge_pages pages[HUGE_PAGES_MAX_SIZES];
  size_t n_sizes = huge_pages_read (pages);
  int result = -ENOMEM;

  for (size_t i = 0; i < n_sizes; i++) {
    int r = pages[i].free > 0 ? grow_by (self, &pages[i], size) : -ENOMEM;
    if (r == 0)
      return 0;
    if (pages[i].free > 0)
      result = r;
  }
  return result;
}

/* An empty region that there is besides region; NULL. */
static struct region *
find_empty (const struct contiguous_heap *self, const struct region *region)
{
  for (size_t i = 0; i < MAX_REGIONS; i++) {
    if (self->regions[i] != NULL && self->regions[i] != region && self->regions[i]->used == 0)
      return self->regions[i];
  }
  return NULL;
}

static void
close_region (struct region *region)
{
  if (region == NULL)
    return;
  huge_region_finish (&region->huge);
  free (region);
}

/* Grows. If need be without the region that is kept empty: its pages may be those that are missing. */
static int
make_room (struct contiguous_heap *self, size_t size)
{
  int r = grow (self, size);
  struct region *empty = r == -ENOMEM ? find_empty (self, NULL) : NULL;

  if (empty == NULL)
    return r;
  withdraw (self, empty, empty->huge.n_runs);
  close_region (empty);
  return grow (self, size);
}

/* Frees the range, and gives the region that is too much now, for the caller to close without the lock; NULL. */
static struct region *
give_back (struct contiguous_heap *self, const struct piece *piece)
{
  struct region *region = piece->region;

  ranges_free (self->ranges, &piece->range);
  region->used -= piece->size;
  if (region->used > 0 || find_empty (self, region) == NULL)
    return NULL;
  withdraw (self, region, region->huge.n_runs);
  return region;
}

static void
keep_reserve (struct contiguous_heap *self)
{
  if (self->reserve_fd < 0 && self->udmabuf_fd >= 0)
    self->reserve_fd = sys_dup (self->udmabuf_fd);
}

/* Opens a file, and has to where the process has no fd left: else freeing would never give one back. */
static int
count_references (struct contiguous_heap *self, int fd, unsigned *ret_count)
{
  int r;

  keep_reserve (self);
  r = sys_dmabuf_references (fd, ret_count);
  if (r != -EMFILE || self->reserve_fd < 0)
    return r;
  sys_close (self->reserve_fd);
  self->reserve_fd = -1;
  r = sys_dmabuf_references (fd, ret_count);
  keep_reserve (self);
  return r;
}

/* Whether anybody but this heap has the dma-buf open. Where that cannot be told, somebody may. */
static bool
is_open_elsewhere (struct contiguous_heap *self, const struct piece *piece)
{
  unsigned count;

  return piece->fd >= 0 && (count_references (self, piece->fd, &count) < 0 || count > 1);
}

/* Gives back what others have let go of. */
static void
reap (struct contiguous_heap *self)
{
  struct piece **link = &self->lingering;

  while (*link != NULL) {
    struct piece *piece = *link;
    if (is_open_elsewhere (self, piece)) {
      link = &piece->next;
      continue;
    }
    *link = piece->next;
    sys_close (piece->fd);
    close_region (give_back (self, piece));
    free (piece);
  }
}

static int
take_range (struct contiguous_heap *self, struct piece *piece)
{
  uint32_t units = to_units (self, piece->size);
  int r;

  if (piece->size > SLOT_UNITS * self->unit)
    return -EFBIG;
  reap (self);
  r = ranges_alloc (self->ranges, units, 1, &piece->range);
  if (r == -ENOSPC) {
    r = make_room (self, piece->size);
    if (r == 0)
      r = ranges_alloc (self->ranges, units, 1, &piece->range);
  }
  if (r < 0)
    return r;
  piece->region = self->regions[piece->range.offset / SLOT_UNITS];
  piece->region->used += piece->size;
  piece->offset = (piece->range.offset - piece->region->first_unit) * self->unit;
  return 0;
}

/* Without the lock, as all from here on. */
static int
export_piece (const struct contiguous_heap *self, struct piece *piece, struct heap_buffer *buffer)
{
  const struct huge_region *huge = &piece->region->huge;
  uint64_t address;
  int r;

  piece->fd = -1;
  if (self->udmabuf_fd >= 0) {
    piece->fd = sys_udmabuf_create (self->udmabuf_fd, huge->memfd, piece->offset, piece->size);
    if (piece->fd < 0) /* all else that udmabuf calls invalid is ruled out: this is its limit of size */
      return piece->fd == -EINVAL ? -EFBIG : piece->fd;
  }
  /* Now that the dma-buf pins the pages. If they have moved since, there is no other place that is known to be
   * better. */
  r = huge_region_find (huge, piece->offset, piece->size, &address);
  if (r < 0) {
    if (piece->fd >= 0)
      sys_close (piece->fd);
    return r == -EXDEV ? -ENOMEM : r;
  }
  if (piece->fd >= 0) {
    buffer->fd = piece->fd;
    buffer->address = address;
  } else {
    buffer->fd = huge->memfd;
    buffer->offset = piece->offset;
    buffer->data = huge->data + piece->offset;
  }
  buffer->of_heap = piece;
  return 0;
}

static void
free_piece (struct contiguous_heap *self, struct piece *piece)
{
  struct region *unneeded;

  pthread_mutex_lock (&self->lock);
  unneeded = give_back (self, piece);
  pthread_mutex_unlock (&self->lock);
  close_region (unneeded);
  free (piece);
}

static int
contiguous_heap_alloc (struct heap *heap, size_t size, struct heap_buffer *ret_buffer)
{
  struct contiguous_heap *self = (struct contiguous_heap *) heap;
  struct piece *piece = calloc (1, sizeof *piece);
  size_t dirty = 0;
  int r;

  if (piece == NULL)
    return -ENOMEM;
  piece->size = size;
  pthread_mutex_lock (&self->lock);
  r = take_range (self, piece);
  if (r == 0)
    dirty = division_note_use (&piece->region->clean_from, piece->offset, size);
  pthread_mutex_unlock (&self->lock);
  if (r < 0) {
    free (piece);
    return r;
  }
  memset (piece->region->huge.data + piece->offset, 0, dirty);
  r = export_piece (self, piece, ret_buffer);
  if (r < 0)
    free_piece (self, piece);
  return r;
}

static void
contiguous_heap_free (struct heap *heap, const struct heap_buffer *buffer)
{
  struct contiguous_heap *self = (struct contiguous_heap *) heap;
  struct piece *piece = buffer->of_heap;
  bool lingers;

  pthread_mutex_lock (&self->lock);
  lingers = is_open_elsewhere (self, piece);
  if (lingers) {
    piece->next = self->lingering;
    self->lingering = piece;
  }
  pthread_mutex_unlock (&self->lock);
  if (lingers)
    return;
  if (piece->fd >= 0)
    sys_close (piece->fd);
  free_piece (self, piece);
}

static void
contiguous_heap_get_usage (struct heap *heap, struct heap_usage *ret_usage)
{
  struct contiguous_heap *self = (struct contiguous_heap *) heap;

  pthread_mutex_lock (&self->lock);
  division_get_usage (self->ranges, self->unit, ret_usage);
  pthread_mutex_unlock (&self->lock);
}

static void
contiguous_heap_destroy (struct heap *heap)
{
  struct contiguous_heap *self = (struct contiguous_heap *) heap;

  while (self->lingering != NULL) {
    struct piece *piece = self->lingering;
    self->lingering = piece->next;
    sys_close (piece->fd);
    free (piece);
  }
  for (size_t i = 0; i < MAX_REGIONS; i++)
    close_region (self->regions[i]);
  ranges_destroy (self->ranges);
  if (self->reserve_fd >= 0)
    sys_close (self->reserve_fd);
  if (self->udmabuf_fd >= 0)
    sys_close (self->udmabuf_fd);
  pthread_mutex_destroy (&self->lock);
  free (self);
}

static const struct heap_impl contiguous_heap_impl = {
  .alloc = contiguous_heap_alloc,
  .free = contiguous_heap_free,
  .get_usage = contiguous_heap_get_usage,
  .destroy = contiguous_heap_destroy,
};

int
contiguous_heap_new (const struct heap_info *info, struct heap **ret_heap)
{
  struct contiguous_heap *self;
  int r;

  if (!huge_pages_are_there ())
    return -ENODATA;
  self = calloc (1, sizeof *self);
  if (self == NULL)
    return -ENOMEM;
  heap_init (&self->base, &contiguous_heap_impl, info);
  self->unit = sys_page_size ();
  self->udmabuf_fd = self->reserve_fd = -1;
  pthread_mutex_init (&self->lock, NULL);
  r = ranges_new (&self->ranges);
  if (r == 0 && info->facts.of[HEAP_IMPORTABLE].answer == HEAP_YES) {
    r = sys_open_udmabuf ();
    self->udmabuf_fd = r;
  }
  if (r < 0) {
    contiguous_heap_destroy (&self->base);
    return r;
  }
  keep_reserve (self);
  *ret_heap = &self->base;
  return 0;
}

bool
contiguous_heap_is_importable (void)
{
  char release[64];
  unsigned major, minor;

  if (sys_read_file ("/proc/sys/kernel/osrelease", release, sizeof release) < 0)
    return true;
  if (sscanf (release, "%u.%u", &major, &minor) != 2)
    return true;
  return major != 6 || minor < 11 || minor > 15;
}
