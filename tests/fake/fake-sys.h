/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A machine to test on: implements heaps/sys.h with memfds that pose as heap nodes and dma-bufs, and fails when it is
 * told to. Link it in place of heaps_sys. Any thread may call anything.
 *
 * What an fd poses as stands in its link in /proc/self/fd: /memfd:heap:NAME for a dma-buf of the heap NAME (udmabuf's
 * are of "udmabuf"), /memfd:node:PATH for an open heap node, /memfd:shm:NAME for a memfd, /memfd:udmabuf: for
 * /dev/udmabuf, /memfd:huge:NAME for a memfd of huge pages, /memfd:pressure:TRIGGER for /proc/pressure/memory. That is
 * where fake_open_fds() and the exporter come from, as GStreamer closes fds on its own.
 *
 * At first there is no heap directory, no /dev/udmabuf and no /proc/pressure. The environment can change that, for
 * programs that know nothing of the fake:
 * - FAKE_HEAPS: names of heaps, with ";" between them. Set but empty: an empty directory.
 * - FAKE_UDMABUF: set: /dev/udmabuf works.
 * - FAKE_FILES: files of /proc and /sys as PATH=TEXT, with ";" between them.
 * - FAKE_HUGE_PAGES: how many huge pages of 2 MiB are reserved, all adjacent and in order.
 * - FAKE_REPORT: a file to which each process appends the count of every call when it exits, as lines of
 *   "NAME COUNT". A name is that of the function without sys_. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A library may contain the fake, and the test drive it from outside. */
#pragma GCC visibility push(default)

/* In the order of heaps/sys.h. */
enum fake_call
{
  FAKE_OPEN_HEAP,
  FAKE_OPEN_UDMABUF,
  FAKE_DUP,
  FAKE_CLOSE,
  FAKE_HEAP_ALLOC,
  FAKE_PROBE_HEAP,
  FAKE_MEMFD_CREATE,
  FAKE_FTRUNCATE,
  FAKE_MEMFD_CREATE_HUGE,
  FAKE_SEAL_SIZE,
  FAKE_FALLOCATE,
  FAKE_PUNCH_HOLE,
  FAKE_UDMABUF_CREATE,
  FAKE_DMABUF_SYNC,
  FAKE_DMABUF_POLL,
  FAKE_DMABUF_SET_NAME,
  FAKE_DMABUF_EXPORTER,
  FAKE_DMABUF_REFERENCES,
  FAKE_FD_SIZE,
  FAKE_FD_INODE,
  FAKE_FD_IDENTITY,
  FAKE_FD_PATH,
  FAKE_MMAP,
  FAKE_MUNMAP,
  FAKE_DONT_FORK,
  FAKE_PAGE_FRAME,
  FAKE_STAT_NODE,
  FAKE_STAT_FD,
  FAKE_MAY_READ,
  FAKE_READ_FILE,
  FAKE_LIST_DIRECTORY,
  FAKE_OPEN_PRESSURE,
  FAKE_PRESSURE_POLL,
  FAKE_N_CALLS,
};

/* Takes away every heap, file, the directory and udmabuf, disarms every failure, and counts from 0 again. Open fds and
 * mappings stay as they are. */
void fake_reset (void);

/* The machine. Errors are positive, as in errno. */

/* Adds a heap that may be opened, a device of its own. There is a directory from then on. At most 64 heaps. A name
 * with "/" in it is listed, but nothing is there. One of more than 200 bytes cannot be opened. */
void fake_add_heap (const char *name);
/* A device of 0 is one of its own. A mode without a type is a character device's. With an access_error, opening it and
 * asking whether it may be read fail with that. */
void fake_add_heap_full (const char *name, uint64_t rdev, uid_t uid, gid_t gid, mode_t mode, int access_error);
/* The node is no longer there. What was opened or allocated before lives on. */
void fake_remove_heap (const char *name);
/* The heap has that many bytes; beyond them allocating fails with ENOMEM. What is allocated is what
 * has an fd open in this process. */
void fake_set_capacity (const char *name, size_t bytes);
/* 0: there is a directory. Otherwise listing it, and opening anything in it, fails with that. */
void fake_set_directory (int error);
/* 0: /dev/udmabuf works. Otherwise opening it fails with that. */
void fake_set_udmabuf (int error);
/* 0: /proc/pressure/memory takes triggers. Otherwise opening it fails with that. */
void fake_set_pressure (int error);
/* The trigger goes off: for who asks next. */
void fake_raise_pressure (void);
/* Huge pages of page_size bytes are reserved, none of them taken yet: each given by its first page frame, a number of
 * small pages. They are taken in this order; one that was given back is the next to be taken. Up to four sizes. They
 * fill files below /sys/kernel/mm/hugepages, of which resv_, surplus_ and nr_overcommit_hugepages are 0 and can be
 * set. */
void fake_set_huge_pages (size_t page_size, const uint64_t *frames, size_t n);
/* Whether this process may know the page frame of an address; at first it may. */
void fake_set_pagemap (bool may_read);
/* Mappings of small pages: with 0, as at first, they have no page frames, as those that a driver made. Otherwise the
 * frame of a page is so many behind that of the page before. */
void fake_set_frame_step (unsigned step);
/* How many others have each dma-buf open, besides the fds and mappings of this process; 0 at first. */
void fake_set_references (unsigned n_others);
/* There is a file of /proc or /sys with that text, and the directories above it. NULL: there is none. At most 64 files,
 * which fake_set_capacity() and what is allocated do not change. */
void fake_set_file (const char *path, const char *text);

/* Devices use the dma-buf until it was polled so many times; UINT_MAX: for ever. For one dma-buf at a time. */
void fake_set_busy (int fd, unsigned n_polls);

/* Failures. Several may be armed. */

/* The nth call of that kind from now fails; 1 is the next one. FAKE_CLOSE and FAKE_MUNMAP cannot fail. */
void fake_fail (enum fake_call call, unsigned nth, int error);
/* Every call of that kind fails from now on. */
void fake_fail_every (enum fake_call call, int error);
/* The nth call of any kind that can fail fails. To try them all: n = 1, 2, ... until none was left to fail, when
 * fake_armed() is not 0 at the end. */
void fake_fail_any (unsigned nth, int error);
/* How many failures are armed and have not happened, those of every call included. */
unsigned fake_armed (void);
void fake_disarm (void);

/* What happened. */

/* Calls of that kind, failed ones too. */
unsigned fake_calls (enum fake_call call);
unsigned fake_calls_total (void);
/* SYNCs that succeeded, and the flags of the last one. */
unsigned fake_sync_starts (void);
unsigned fake_sync_ends (void);
uint64_t fake_last_sync_flags (void);
/* The name a dma-buf was given last; "" when none was. Valid until the next one. */
const char *fake_last_name (void);
/* Fds of fakes that are open in this process, duplicates and those others opened included. */
unsigned fake_open_fds (void);
/* Of these, dma-bufs of the heap. */
unsigned fake_open_buffers (const char *heap_name);
/* Huge pages that are not free. */
size_t fake_huge_pages_taken (void);
/* Mappings by sys_mmap() that sys_munmap() has not undone. */
unsigned fake_mappings (void);
/* Which heap fd is a dma-buf of. False: it is none. */
bool fake_heap_of (int fd, char *ret_name, size_t size);

#pragma GCC visibility pop
