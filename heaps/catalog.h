/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Discovery: which heaps this machine has. */
#pragma once

#include "names.h"
#include "region.h"
#include "sys.h"

#define HEAP_NAME_SIZE 256 /* bytes, with the terminating NUL */
#define HEAP_DEFAULT_DIRECTORY "/dev/dma_heap"
#define HEAP_PROCESS_NAME "process"
#define HEAP_CONTIGUOUS_NAME "process-contiguous"

enum heap_backend
{
  HEAP_BACKEND_KERNEL,     /* a node in the heap directory, or an fd of one */
  HEAP_BACKEND_PROCESS,    /* memory of this process */
  HEAP_BACKEND_CONTIGUOUS, /* memory of this process in huge pages */
};

/* A heap that is there, without it being open. A plain value. */
struct heap_info {
  char name[HEAP_NAME_SIZE];
  enum heap_backend backend;
  struct heap_facts facts;
  int access;           /* 0, or why it cannot be opened: -EACCES, ...; -ENODATA: no huge page is reserved */
  struct sys_node node; /* kernel backend only */
  enum heap_region_node region_node;
  /* By what the heap is known to be of the default CMA region; by no device number alone. */
  enum heap_evidence default_region;
  /* The heap is a second name of this earlier one of the catalog (one region,
   * or one device); "" when it is not. Sizes count once, and one is no
   * fallback for the other. */
  char twin_of[HEAP_NAME_SIZE];
  enum heap_evidence twin_evidence; /* where several lead to it, the weakest; none without a twin */
  bool is_passed;                   /* the fd that the catalog was read with is an open node of it */
};

/* What became of the fd that a catalog was read with. */
struct heap_passing {
  bool is_given;             /* there was one */
  int fd;                    /* borrowed */
  int error;                 /* 0: one heap of the catalog is_passed; else as of passed_heap_examine() */
  char path[HEAP_NAME_SIZE]; /* what it was opened as, cut; "" where nothing tells */
};

/* The heaps of this machine: kernel heaps in the order a program would want
 * them (system, the default CMA region by its names, the others by name; protected ones last), then "process" and
 * "process-contiguous".
 * A heap is a character device whose name is valid. Names of one device, or of one region by the device tree,
 * share their facts.
 * A kernel heap with the name of one of these two is left out: the name is the backend's, whichever machine it is
 * written for. Such a heap is reached by an fd. */
struct heap_catalog {
  char *directory;
  int directory_error; /* 0, or why the directory could not be read: -ENOENT, ... */
  struct heap_info *heaps;
  size_t n_heaps;
  struct heap_passing passing;
};

/* Reads the heap directory: directory, or where it is NULL, $GST_HEAPS_DIR
 * (ignored in a setuid program), or HEAP_DEFAULT_DIRECTORY. Opens no heap;
 * opens and closes /dev/udmabuf, as nothing else tells whether it works. Looks the names up in the device tree, and how
 * many huge pages there are. A directory that is absent or unreadable is no error: the heaps of the process are always
 * there, and no configuration changes their facts (but see contiguous_heap_is_importable()). config may be NULL.
 * 0 or -ENOMEM. Free with heap_catalog_finish(). */
int heap_catalog_read (const char *directory, const struct heap_config *config, struct heap_catalog *ret_catalog);
/* The same with one heap more, if fd is an open node of one that the directory does not have; a heap that it has may
 * be opened then, by fd. */
int heap_catalog_read_with_fd (
    const char *directory, const struct heap_config *config, int fd, struct heap_catalog *ret_catalog);
/* The heap that the fd is of. NULL when there is none, or no fd. */
const struct heap_info *heap_catalog_find_passed (const struct heap_catalog *catalog);
/* Takes a zeroed catalog too. */
void heap_catalog_finish (struct heap_catalog *catalog);
/* NULL when there is none of that name. */
const struct heap_info *heap_catalog_find (const struct heap_catalog *catalog, const char *name);
/* The path of a heap's node. -ENAMETOOLONG when it does not fit in size bytes. */
int heap_catalog_path (const struct heap_catalog *catalog, const struct heap_info *info, char *ret_path, size_t size);
/* The path of the node called name in directory, which is not looked up. -ENAMETOOLONG as above. */
int heap_node_path (const char *directory, const char *name, char *ret_path, size_t size);
/* The name that stands for all names of a heap in its catalog. */
const char *heap_info_first_name (const struct heap_info *info);
/* Whether two entries of one catalog are names of the same region or device. */
bool heap_info_is_same (const struct heap_info *a, const struct heap_info *b);
