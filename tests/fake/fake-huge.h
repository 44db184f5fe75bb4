/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Huge pages of the fake machine: which are free, which a file has, and where each lies.
 *
 * A file of huge pages is a memfd, whose own pages are small and appear when they are touched; all else is bookkeeping.
 * As with the kernel, pages stay taken until nothing refers to them: no fd of the file, no mapping, no dma-buf. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_HUGE_DIRECTORY "/sys/kernel/mm/hugepages"

/* All with the lock. */

void fake_huge_reset (void);
/* A file of pages of that size, for an fd of fake_fd_create(). -ENODEV when the machine has no pages of that size. */
int fake_huge_add_file (int fd, size_t page_size);
/* Whether fd is of such a file. */
bool fake_huge_is_file (int fd);
/* Its size is to be size bytes. -EINVAL unless that is whole pages. Changes the bookkeeping alone. */
int fake_huge_resize (int fd, size_t size);
int fake_huge_fallocate (int fd, size_t offset, size_t size);
int fake_huge_punch_hole (int fd, size_t offset, size_t size);
/* dmabuf_fd is a dma-buf of size bytes at offset of fd: takes the pages there, if need be. No other file is
 * concerned. */
int fake_huge_pin (int fd, size_t offset, size_t size, int dmabuf_fd);
/* fd is mapped at data. */
void fake_huge_note_mapping (int fd, void *data, size_t size);
void fake_huge_forget_mapping (const void *data);
/* How often what fd refers to is mapped. */
unsigned fake_huge_count_mappings (int fd);
int fake_huge_page_frame (const void *address, uint64_t *ret_frame);
/* Takes back the pages that nothing refers to any more, and brings the files of /sys up to date. */
void fake_huge_collect (void);
