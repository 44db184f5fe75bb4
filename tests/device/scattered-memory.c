/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory as it is on a machine that has run for a while: takes many pieces side by side, and gives back every other
 * one. The kernel hands those out first. */
#include "scattered-memory.h"

#include <glib.h>

#include <fcntl.h>
#include <linux/dma-heap.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_PIECES 512u
/* What the heap "system" is made of, where a buffer is no greater than 1 MiB. */
#define PIECE_SIZE (64u * 1024u)
#define N_PAGES 16384u
#define PAGE_SIZE_BYTES 4096u

static int
take_piece (int heap)
{
  struct dma_heap_allocation_data piece = { .len = PIECE_SIZE, .fd_flags = O_RDWR | O_CLOEXEC };

  if (ioctl (heap, DMA_HEAP_IOCTL_ALLOC, &piece) < 0)
    g_error ("/dev/dma_heap/system has no memory");
  return piece.fd;
}

static void
scatter_pieces (void)
{
  int heap = open ("/dev/dma_heap/system", O_RDONLY | O_CLOEXEC);
  int pieces[N_PIECES];

  for (guint i = 0; i < N_PIECES; i++)
    pieces[i] = take_piece (heap);
  for (guint i = 0; i < N_PIECES; i += 2)
    close (pieces[i]);
  close (heap);
}

static void
scatter_pages (void)
{
  guint8 *pages = mmap (NULL, N_PAGES * PAGE_SIZE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  madvise (pages, N_PAGES * PAGE_SIZE_BYTES, MADV_NOHUGEPAGE);
  for (guint i = 0; i < N_PAGES; i++)
    pages[i * PAGE_SIZE_BYTES] = 1;
  for (guint i = 0; i < N_PAGES; i += 2)
    madvise (pages + i * PAGE_SIZE_BYTES, PAGE_SIZE_BYTES, MADV_DONTNEED);
}

void
scattered_memory_begin (void)
{
  scatter_pages ();
  scatter_pieces ();
}
