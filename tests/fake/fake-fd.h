/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Fds that pose as something: memfds, whose links in /proc/self/fd say as what. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_BUFFER "heap:"
#define FAKE_NODE "node:"
#define FAKE_MEMFD "shm:"
#define FAKE_UDMABUF "udmabuf:"
#define FAKE_HUGE "huge:"
#define FAKE_PRESSURE "pressure:"

/* An fd that poses as kind, called name, or -errno. */
int fake_fd_create (const char *kind, const char *name);
/* A dma-buf of the heap. Its size never changes. */
int fake_fd_create_buffer (const char *heap_name, size_t size);
/* What the fd is called, if it is of that kind. False: it is not, or the name does not fit. */
bool fake_fd_name (int fd, const char *kind, char *ret_name, size_t size);
/* How many fds of this process refer to that memfd. */
unsigned fake_fd_count (uint64_t inode);
/* The bytes of all buffers of the heap that have an fd in this process. */
size_t fake_fd_usage (const char *heap_name);
