/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel's dma-buf ioctls ask of their caller: retries, and names that fit. */
#include "dmabuf.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <string.h>

#define NAME_LENGTH_MAX (DMA_BUF_NAME_LEN - 1)

_Static_assert((int) DMABUF_READ == DMA_BUF_SYNC_READ, "the kernel's flag");
_Static_assert((int) DMABUF_WRITE == DMA_BUF_SYNC_WRITE, "the kernel's flag");
_Static_assert((int) DMABUF_READ_WRITE == DMA_BUF_SYNC_RW, "the kernel's flags");

static int
sync_until_taken (int fd, uint64_t flags)
{
  int r;

  do {
    r = sys_dmabuf_sync (fd, flags);
  } while (r == -EINTR || r == -EAGAIN);
  return r;
}

int
dmabuf_sync_start (int fd, enum dmabuf_access access)
{
  return sync_until_taken (fd, DMA_BUF_SYNC_START | (uint64_t) access);
}

int
dmabuf_sync_end (int fd, enum dmabuf_access access)
{
  return sync_until_taken (fd, DMA_BUF_SYNC_END | (uint64_t) access);
}

int
dmabuf_wait_idle (int fd, int timeout)
{
  int r;

  do {
    r = sys_dmabuf_poll (fd, timeout);
  } while (r == -EINTR);
  if (r == 0)
    return -ETIMEDOUT;
  return r < 0 ? r : 0;
}

static bool
is_utf8_continuation (char byte)
{
  return ((unsigned char) byte & 0xc0) == 0x80;
}

int
dmabuf_set_name (int fd, const char *name)
{
  char cut[DMA_BUF_NAME_LEN] = "";
  size_t length = strlen (name);

  if (length > NAME_LENGTH_MAX) {
    for (length = NAME_LENGTH_MAX; length > 0 && is_utf8_continuation (name[length]); length--)
      continue;
  }
  memcpy (cut, name, length);
  return sys_dmabuf_set_name (fd, cut);
}
