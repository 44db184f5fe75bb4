/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Huge pages of the fake machine. */
#include "fake-huge.h"

#include "fake-fd.h"
#include "fake-machine.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define MAX_POOLS 4
#define NO_FRAME UINT64_MAX
#define ENVIRONMENT_PAGE_SIZE (UINT64_C (2) << 20)
#define ENVIRONMENT_FRAME UINT64_C (0x100000)

/* The pages of one size. The last of the free ones is handed out next. */
struct pool {
  size_t page_size, n_pages, n_free;
  uint64_t *free;
};

struct file {
  uint64_t inode;
  struct pool *pool;
  uint64_t *frames; /* NO_FRAME where it has no page */
  size_t n_pages;
};

/* A dma-buf, and what it keeps. */
struct pin {
  uint64_t inode, file_inode;
  size_t offset, size;
};

struct mapping {
  const unsigned char *data;
  size_t size;
  uint64_t inode;
};

static struct pool pools[MAX_POOLS];
static size_t n_pools;
static struct file *files;
static size_t n_files;
static struct pin *pins;
static size_t n_pins;
static struct mapping *mappings;
static size_t n_mappings;
static bool pagemap_is_secret;
static unsigned frame_step;

/* Room for n elements. By no function that tests make fail. */
static void *
resize (void *array, size_t n, size_t element_size)
{
  array = realloc (array, n * element_size + 1);
  assert (array != NULL);
  return array;
}

static uint64_t
inode_of (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 ? status.st_ino : 0;
}

static struct pool *
find_pool (size_t page_size)
{
  for (size_t i = 0; i < n_pools; i++) {
    if (pools[i].page_size == page_size)
      return &pools[i];
  }
  return NULL;
}

static struct file *
find_file (uint64_t inode)
{
  for (size_t i = 0; i < n_files; i++) {
    if (files[i].inode == inode)
      return &files[i];
  }
  return NULL;
}

static void
set_number (const struct pool *pool, const char *name, size_t number)
{
  char path[FAKE_PATH_SIZE], text[32];

  snprintf (path, sizeof path, FAKE_HUGE_DIRECTORY "/hugepages-%zukB/%s", pool->page_size / 1024, name);
  snprintf (text, sizeof text, "%zu\n", number);
  fake_set_file_locked (path, text);
}

static void
set_numbers (const struct pool *pool)
{
  set_number (pool, "nr_hugepages", pool->n_pages);
  set_number (pool, "free_hugepages", pool->n_free);
}

static void
give_back (struct file *file, size_t index)
{
  if (file->frames[index] == NO_FRAME)
    return;
  file->pool->free[file->pool->n_free++] = file->frames[index];
  file->frames[index] = NO_FRAME;
  set_numbers (file->pool);
}

static int
take (struct file *file, size_t index)
{
  if (file->frames[index] != NO_FRAME)
    return 0;
  if (file->pool->n_free == 0)
    return -ENOSPC;
  file->frames[index] = file->pool->free[--file->pool->n_free];
  set_numbers (file->pool);
  return 0;
}

static bool
is_mapped (uint64_t inode)
{
  for (size_t i = 0; i < n_mappings; i++) {
    if (mappings[i].inode == inode)
      return true;
  }
  return false;
}

static bool
is_alive (uint64_t inode)
{
  return is_mapped (inode) || fake_fd_count (inode) > 0;
}

static bool
is_pinned (const struct file *file, size_t index)
{
  size_t begin = index * file->pool->page_size, end = begin + file->pool->page_size;

  for (size_t i = 0; i < n_pins; i++) {
    if (pins[i].file_inode == file->inode && pins[i].offset < end && begin < pins[i].offset + pins[i].size)
      return true;
  }
  return false;
}

/* False when it has no page left. */
static bool
give_back_unpinned (struct file *file)
{
  bool has_pages = false;

  for (size_t i = 0; i < file->n_pages; i++) {
    if (is_pinned (file, i))
      has_pages = true;
    else
      give_back (file, i);
  }
  return has_pages;
}

void
fake_huge_collect (void)
{
  for (size_t i = n_pins; i > 0; i--) {
    if (!is_alive (pins[i - 1].inode))
      pins[i - 1] = pins[--n_pins];
  }
  for (size_t i = n_files; i > 0; i--) {
    struct file *file = &files[i - 1];
    if (is_alive (file->inode) || give_back_unpinned (file))
      continue;
    free (file->frames);
    *file = files[--n_files];
  }
}

void
fake_huge_reset (void)
{
  for (size_t i = 0; i < n_files; i++)
    free (files[i].frames);
  for (size_t i = 0; i < n_pools; i++)
    free (pools[i].free);
  n_pools = n_files = n_pins = 0;
  pagemap_is_secret = false;
  frame_step = 0;
}

int
fake_huge_add_file (int fd, size_t page_size)
{
  struct pool *pool = find_pool (page_size);

  if (pool == NULL)
    return -ENODEV;
  files = resize (files, n_files + 1, sizeof *files);
  files[n_files++] = (struct file){ .inode = inode_of (fd), .pool = pool };
  return 0;
}

bool
fake_huge_is_file (int fd)
{
  return find_file (inode_of (fd)) != NULL;
}

int
fake_huge_resize (int fd, size_t size)
{
  struct file *file = find_file (inode_of (fd));
  size_t n_pages = size / file->pool->page_size;

  if (size % file->pool->page_size != 0)
    return -EINVAL;
  for (size_t i = n_pages; i < file->n_pages; i++)
    give_back (file, i);
  file->frames = resize (file->frames, n_pages, sizeof *file->frames);
  for (size_t i = file->n_pages; i < n_pages; i++)
    file->frames[i] = NO_FRAME;
  file->n_pages = n_pages;
  return 0;
}

/* Whole pages of the file, as all that asks for some is to pass. */
static void
assert_whole (const struct file *file, size_t offset, size_t size)
{
  assert (offset % file->pool->page_size == 0 && size % file->pool->page_size == 0);
  assert ((offset + size) / file->pool->page_size <= file->n_pages);
}

/* What it has taken before it finds no more stays taken. */
int
fake_huge_fallocate (int fd, size_t offset, size_t size)
{
  struct file *file = find_file (inode_of (fd));
  int r = 0;

  fake_huge_collect ();
  assert_whole (file, offset, size);
  for (size_t at = offset; at < offset + size && r == 0; at += file->pool->page_size)
    r = take (file, at / file->pool->page_size);
  return r;
}

int
fake_huge_punch_hole (int fd, size_t offset, size_t size)
{
  struct file *file = find_file (inode_of (fd));

  assert_whole (file, offset, size);
  if (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset, (off_t) size) < 0)
    return -errno;
  for (size_t at = offset; at < offset + size; at += file->pool->page_size)
    give_back (file, at / file->pool->page_size);
  return 0;
}

int
fake_huge_pin (int fd, size_t offset, size_t size, int dmabuf_fd)
{
  struct file *file = find_file (inode_of (fd));
  int r = 0;

  for (size_t i = offset / file->pool->page_size; i * file->pool->page_size < offset + size && r == 0; i++)
    r = take (file, i);
  if (r < 0)
    return r;
  pins = resize (pins, n_pins + 1, sizeof *pins);
  pins[n_pins++] = (struct pin){ inode_of (dmabuf_fd), file->inode, offset, size };
  return 0;
}

void
fake_huge_note_mapping (int fd, void *data, size_t size)
{
  mappings = resize (mappings, n_mappings + 1, sizeof *mappings);
  mappings[n_mappings++] = (struct mapping){ data, size, inode_of (fd) };
}

void
fake_huge_forget_mapping (const void *data)
{
  for (size_t i = 0; i < n_mappings; i++) {
    if (mappings[i].data == data) {
      mappings[i] = mappings[--n_mappings];
      return;
    }
  }
}

unsigned
fake_huge_count_mappings (int fd)
{
  uint64_t inode = inode_of (fd);
  unsigned n = 0;

  for (size_t i = 0; i < n_mappings; i++)
    n += mappings[i].inode == inode;
  return n;
}

/* The file that a mapping shows, itself or by a dma-buf, and where in it the mapping begins. */
static const struct file *
find_mapped_file (const struct mapping *mapping, size_t *ret_offset)
{
  *ret_offset = 0;
  for (size_t i = 0; i < n_pins; i++) {
    if (pins[i].inode == mapping->inode) {
      *ret_offset = pins[i].offset;
      return find_file (pins[i].file_inode);
    }
  }
  return find_file (mapping->inode);
}

/* Of a small page, by where it is mapped. */
static int
find_small_frame (uintptr_t address, uint64_t *ret_frame)
{
  if (frame_step == 0)
    return -ENODATA;
  *ret_frame = address / sys_page_size () * frame_step;
  return 0;
}

static int
find_frame (const struct mapping *mapping, size_t offset, uint64_t *ret_frame)
{
  size_t begin;
  const struct file *file = find_mapped_file (mapping, &begin);
  uint64_t frame;

  if (file == NULL)
    return find_small_frame ((uintptr_t) mapping->data + offset, ret_frame);
  offset += begin;
  frame = file->frames[offset / file->pool->page_size];
  if (frame == NO_FRAME)
    return -ENODATA;
  *ret_frame = frame + offset % file->pool->page_size / sys_page_size ();
  return 0;
}

int
fake_huge_page_frame (const void *address, uint64_t *ret_frame)
{
  uintptr_t at = (uintptr_t) address;

  if (pagemap_is_secret)
    return -EPERM;
  for (size_t i = 0; i < n_mappings; i++) {
    uintptr_t begin = (uintptr_t) mappings[i].data;
    if (at >= begin && at - begin < mappings[i].size)
      return find_frame (&mappings[i], at - begin, ret_frame);
  }
  return -ENODATA;
}

/* With the lock. */
static void
set_pool (size_t page_size, const uint64_t *frames, size_t n)
{
  struct pool *pool = find_pool (page_size);

  if (pool == NULL) {
    assert (n_pools < MAX_POOLS);
    pool = &pools[n_pools++];
    *pool = (struct pool){ .page_size = page_size };
  }
  assert (pool->n_free == pool->n_pages); /* none is taken */
  pool->free = resize (pool->free, n, sizeof *pool->free);
  for (size_t i = 0; i < n; i++)
    pool->free[n - 1 - i] = frames[i];
  pool->n_pages = pool->n_free = n;
  set_numbers (pool);
  set_number (pool, "resv_hugepages", 0);
  set_number (pool, "surplus_hugepages", 0);
  set_number (pool, "nr_overcommit_hugepages", 0);
}

void
fake_set_huge_pages (size_t page_size, const uint64_t *frames, size_t n)
{
  fake_lock ();
  fake_huge_collect ();
  set_pool (page_size, frames, n);
  fake_unlock ();
}

void
fake_set_pagemap (bool may_read)
{
  fake_lock ();
  pagemap_is_secret = !may_read;
  fake_unlock ();
}

void
fake_set_frame_step (unsigned step)
{
  fake_lock ();
  frame_step = step;
  fake_unlock ();
}

size_t
fake_huge_pages_taken (void)
{
  size_t n = 0;

  fake_lock ();
  fake_huge_collect ();
  for (size_t i = 0; i < n_pools; i++)
    n += pools[i].n_pages - pools[i].n_free;
  fake_unlock ();
  return n;
}

/* Adjacent pages, in order. */
__attribute__ ((constructor)) static void
read_environment (void)
{
  const char *text = getenv ("FAKE_HUGE_PAGES");
  size_t n = text != NULL ? (size_t) atoi (text) : 0;
  uint64_t *frames;

  if (text == NULL)
    return;
  frames = resize (NULL, n, sizeof *frames);
  for (size_t i = 0; i < n; i++)
    frames[i] = ENVIRONMENT_FRAME + i * (ENVIRONMENT_PAGE_SIZE / sys_page_size ());
  fake_set_huge_pages (ENVIRONMENT_PAGE_SIZE, frames, n);
  free (frames);
}
