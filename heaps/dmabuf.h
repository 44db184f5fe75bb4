/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Operations on a dma-buf, whichever heap it came from. */
#pragma once

#include "sys.h"

/* Which CPU access a SYNC brackets. */
enum dmabuf_access
{
  DMABUF_READ = 1,
  DMABUF_WRITE = 2,
  DMABUF_READ_WRITE = 3,
};

/* Begins or ends CPU access through a mapping of the dma-buf. -EINTR and -EAGAIN are
 * retried until the kernel takes it. Waits for devices that still use the buffer. */
int dmabuf_sync_start (int fd, enum dmabuf_access access);
int dmabuf_sync_end (int fd, enum dmabuf_access access);
/* Waits for devices that still use the buffer, up to timeout milliseconds, so that it can be used for something else. 0
 * when none does (any more), -ETIMEDOUT, or what poll says. An interruption begins the wait again. */
int dmabuf_wait_idle (int fd, int timeout);
/* Names the dma-buf for bufinfo and fdinfo; cuts the name to what the kernel
 * takes (31 bytes), at the start of a UTF-8 character. Best effort: callers may ignore the result. */
int dmabuf_set_name (int fd, const char *name);
