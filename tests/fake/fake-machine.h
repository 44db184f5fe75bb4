/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the fake machine is made of, for the calls that stand on it. */
#pragma once

#include "fake-files.h"
#include "fake-sys.h"
#include "heaps/sys.h"

#include <limits.h>
#include <linux/dma-buf.h>
#include <pthread.h>

#define FAKE_MAX_HEAPS 64
#define FAKE_MAX_FAILURES 64

struct fake_heap {
  char name[PATH_MAX];
  struct sys_node node;
  int access_error;
  size_t capacity;
};

struct fake_failure {
  enum fake_call call; /* FAKE_N_CALLS: any that can fail */
  unsigned countdown;  /* 0: each time */
  int error;           /* 0: has happened */
};

/* mutex guards all of it. Errors are positive. */
struct fake_machine {
  pthread_mutex_t mutex;
  int directory_error, udmabuf_error, pressure_error;
  bool is_pressed; /* and nobody has been told */
  struct fake_heap heaps[FAKE_MAX_HEAPS];
  size_t n_heaps;
  uint64_t next_device;
  struct fake_file files[FAKE_MAX_FILES];
  size_t n_files;
  struct fake_failure failures[FAKE_MAX_FAILURES];
  size_t n_failures;
  unsigned calls[FAKE_N_CALLS];
  unsigned sync_starts, sync_ends, mappings, n_others;
  uint64_t last_sync_flags;
  ino_t busy_inode;
  unsigned n_busy_polls; /* that still find it busy */
  char last_name[DMA_BUF_NAME_LEN];
};

extern struct fake_machine fake;

void fake_lock (void);
void fake_unlock (void);
/* Counts a call, and gives the -errno that it is to fail with, or 0. Takes the lock itself. */
int fake_begin_call (enum fake_call call);
/* The same, for who holds the lock and keeps it. */
int fake_begin_call_locked (enum fake_call call);
const char *fake_base_name (const char *path);
/* The heap with that path, in whichever directory; NULL when there is none. Lock held. */
struct fake_heap *fake_find_heap (const char *path);
