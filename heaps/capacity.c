/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Figures from /sys and /proc, and by trial. */
#include "capacity.h"

#include "huge-pages.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#define CMA_REGIONS "/sys/kernel/mm/cma"
#define PATH_SIZE 512  /* enough for a name of 255 bytes */
#define NUMBER_SIZE 32 /* a file that holds a number */
#define MEMINFO_SIZE 8192
#define CMDLINE_SIZE 4096

/* The one CMA region that is the default one, as far as is found yet. */
struct region_search {
  size_t n, n_marked, n_documented;
  char any[HEAP_NAME_SIZE], marked[HEAP_NAME_SIZE], documented[HEAP_NAME_SIZE];
};

struct allocated {
  unsigned n; /* regions */
  uint64_t bytes;
};

static int
read_pages (const char *region, const char *file, uint64_t *ret_bytes)
{
  char path[PATH_SIZE], text[NUMBER_SIZE];
  uint64_t pages;
  int r;

  snprintf (path, sizeof path, "%s/%s/%s", CMA_REGIONS, region, file);
  r = sys_read_file (path, text, sizeof text);
  if (r < 0)
    return r;
  if (sscanf (text, "%" SCNu64, &pages) != 1 || __builtin_mul_overflow (pages, sys_page_size (), ret_bytes))
    return -ENODATA;
  return 0;
}

static int
read_region (const char *region, struct heap_capacity *capacity)
{
  int r = read_pages (region, "total_pages", &capacity->total);

  capacity->is_limit = true;
  return r < 0 ? r : read_pages (region, "available_pages", &capacity->free);
}

/* How much of a region is allocated. Older kernels count that, and say no sizes. */
static int
read_allocated (const char *region, uint64_t *ret_bytes)
{
  uint64_t given, released;
  int r = read_pages (region, "alloc_pages_success", &given);

  if (r == 0)
    r = read_pages (region, "release_pages_success", &released);
  if (r < 0)
    return r;
  return __builtin_sub_overflow (given, released, ret_bytes) ? -ENODATA : 0;
}

static int
add_region (const char *name, void *data)
{
  struct region_search *search = data;
  enum heap_region_node node = heap_region_find_node (name);

  if (!heap_name_is_valid (name))
    return 0;
  search->n++;
  strcpy (search->any, name);
  if (node == HEAP_REGION_NODE_DEFAULT) {
    search->n_marked++;
    strcpy (search->marked, name);
  } else if (heap_region_judge (name, node, 0) != HEAP_EVIDENCE_NONE) {
    search->n_documented++;
    strcpy (search->documented, name);
  }
  return 0;
}

/* The region that default_cma_region is a name for. The only one there is needs no more evidence. */
static int
read_default_region (struct heap_capacity *capacity)
{
  struct region_search search = { 0 };
  int r = sys_list_directory (CMA_REGIONS, add_region, &search);

  if (r < 0)
    return r;
  if (search.n == 1)
    return read_region (search.any, capacity);
  if (search.n_marked == 1)
    return read_region (search.marked, capacity);
  if (search.n_marked == 0 && search.n_documented == 1)
    return read_region (search.documented, capacity);
  return -ENODATA;
}

/* A line of /proc/meminfo: "KEY: NUMBER kB". */
static int
find_amount (const char *meminfo, const char *key, uint64_t *ret_bytes)
{
  size_t length = strlen (key);
  uint64_t kib;

  for (const char *line = meminfo; line != NULL; line = strchr (line, '\n')) {
    line += *line == '\n';
    if (strncmp (line, key, length) != 0 || line[length] != ':')
      continue;
    if (sscanf (line + length + 1, "%" SCNu64 " kB", &kib) != 1 || __builtin_mul_overflow (kib, 1024, ret_bytes))
      break;
    return 0;
  }
  return -ENODATA;
}

static int
read_meminfo (const char *total_key, const char *free_key, struct heap_capacity *capacity)
{
  char text[MEMINFO_SIZE];
  int r = sys_read_file ("/proc/meminfo", text, sizeof text);

  capacity->is_limit = false;
  if (r == 0)
    r = find_amount (text, total_key, &capacity->total);
  if (r == 0)
    r = find_amount (text, free_key, &capacity->free);
  return r;
}

/* Stops at a second region, and where it is unknown. */
static int
add_allocated (const char *region, void *data)
{
  struct allocated *allocated = data;

  return allocated->n++ > 0 ? -ENODATA : read_allocated (region, &allocated->bytes);
}

/* By the sums of all regions, which are those of the only one. What CmaFree leaves out need not be taken: other memory
 * may have borrowed it, and a processor keeps for itself what was freed, which may be nearly all. */
static int
read_only_region (struct heap_capacity *capacity)
{
  struct allocated allocated = { 0 };
  int r = read_meminfo ("CmaTotal", "CmaFree", capacity);

  if (r < 0)
    return r;
  if (sys_list_directory (CMA_REGIONS, add_allocated, &allocated) == 0 && allocated.n == 1 &&
      allocated.bytes <= capacity->total) {
    capacity->free = capacity->total - allocated.bytes;
    capacity->is_limit = true;
  }
  return 0;
}

/* Counts in *data the regions of the device tree that are CMA's and not the default one: then there are several. */
static int
count_other_region (const char *name, void *data)
{
  char path[PATH_SIZE];
  size_t *n = data;

  snprintf (path, sizeof path, "%s/%s/reusable", HEAP_DEVICE_TREE_REGIONS, name);
  *n += sys_may_read (path) == 0 && heap_region_find_node (name) != HEAP_REGION_NODE_DEFAULT;
  return 0;
}

/* Whether nothing tells of a CMA region besides the default one: a node of the device tree, or areas
 * for huge pages and for NUMA nodes on the kernel's command line. */
static bool
is_only_region (void)
{
  static const char *const others[] = { "hugetlb_cma=", "numa_cma=", "cma_pernuma=" };
  char cmdline[CMDLINE_SIZE];
  size_t n = 0;
  int r = sys_list_directory (HEAP_DEVICE_TREE_REGIONS, count_other_region, &n);

  if ((r < 0 && r != -ENOENT) || n > 0 || sys_read_file ("/proc/cmdline", cmdline, sizeof cmdline) < 0)
    return false;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    if (strstr (cmdline, others[i]) != NULL)
      return false;
  }
  return true;
}

/* The name that the kernel gave to the heap: info's, unless that is a link. */
static void
find_kernel_name (const struct heap_info *info, char ret_name[HEAP_NAME_SIZE])
{
  static const char key[] = "DEVNAME=dma_heap/";
  char path[PATH_SIZE], text[HEAP_NAME_SIZE + PATH_SIZE];
  const char *line;

  strcpy (ret_name, info->name);
  snprintf (path, sizeof path, "/sys/dev/char/%u:%u/uevent", major (info->node.device), minor (info->node.device));
  if (sys_read_file (path, text, sizeof text) < 0)
    return;
  line = strstr (text, key);
  if (line != NULL && (line == text || line[-1] == '\n')) {
    line += strlen (key);
    snprintf (ret_name, HEAP_NAME_SIZE, "%.*s", (int) strcspn (line, "\n"), line);
  }
}

static int
read_kernel_heap (const struct heap_info *info, struct heap_capacity *capacity)
{
  char name[HEAP_NAME_SIZE];
  int r;

  find_kernel_name (info, name);
  if (strcmp (name, HEAP_SYSTEM_NAME) == 0)
    return read_meminfo ("MemTotal", "MemAvailable", capacity);
  r = read_region (name, capacity);
  if (r < 0 && info->default_region != HEAP_EVIDENCE_NONE)
    r = read_default_region (capacity);
  if (r < 0 && info->default_region != HEAP_EVIDENCE_NONE && is_only_region ())
    r = read_only_region (capacity);
  return r;
}

static int
read_huge_pages (struct heap_capacity *capacity)
{
  struct huge_pages pages[HUGE_PAGES_MAX_SIZES];
  size_t n_sizes = huge_pages_read (pages);

  *capacity = (struct heap_capacity){ .is_limit = false };
  for (size_t i = 0; i < n_sizes; i++) {
    capacity->total += pages[i].total * pages[i].page_size;
    capacity->free += pages[i].free * pages[i].page_size;
  }
  return n_sizes > 0 ? 0 : -ENODATA;
}

int
heap_capacity_read (const struct heap_info *info, struct heap_capacity *ret_capacity)
{
  struct heap_capacity capacity;
  int r;

  switch (info->backend) {
    case HEAP_BACKEND_PROCESS:
      r = read_meminfo ("MemTotal", "MemAvailable", &capacity);
      break;
    case HEAP_BACKEND_CONTIGUOUS:
      r = read_huge_pages (&capacity);
      break;
    default:
      r = read_kernel_heap (info, &capacity);
  }
  if (r < 0)
    return -ENODATA;
  *ret_capacity = capacity;
  return 0;
}

/* 0, or why this many bytes cannot be had now. */
static int
try_size (struct heap *heap, size_t size)
{
  struct heap_buffer buffer;
  int r = heap_alloc (heap, size, &buffer);

  if (r == 0)
    heap_free (heap, &buffer);
  return r;
}

static bool
is_too_large (int result)
{
  return result == -ENOMEM || result == -EFBIG;
}

int
heap_find_bound (struct heap *heap, size_t *ret_upper_bound)
{
  size_t bound = (size_t) 1 << 20;
  int r;

  if (heap->info.facts.of[HEAP_CONTIGUOUS].answer != HEAP_YES)
    return -EOPNOTSUPP;
  while ((r = try_size (heap, bound)) == 0 && bound <= SSIZE_MAX / 2)
    bound *= 2;
  if (r < 0 && !is_too_large (r))
    return r;
  *ret_upper_bound = bound;
  return 0;
}

int
heap_largest (struct heap *heap, size_t upper_bound, size_t *ret_largest)
{
  size_t page = sys_page_size ();
  size_t pages = (upper_bound < SSIZE_MAX ? upper_bound : SSIZE_MAX) / page;
  size_t low = 0, high = pages + 1;

  if (heap->info.facts.of[HEAP_CONTIGUOUS].answer != HEAP_YES)
    return -EOPNOTSUPP;
  /* low pages can be had, high pages cannot, and more than high not either: a larger piece is aligned to no less. */
  for (unsigned i = 0; i < HEAP_LARGEST_TRIES && high - low > 1; i++) {
    int r = try_size (heap, pages * page);
    if (r < 0 && !is_too_large (r))
      return r;
    if (r == 0)
      low = pages;
    else
      high = pages;
    pages = low + (high - low) / 2;
  }
  *ret_largest = low * page;
  return 0;
}
