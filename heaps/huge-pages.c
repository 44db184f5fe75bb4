/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The kernel's figures of huge pages. */
#include "huge-pages.h"

#include "sys.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#define HUGE_PAGES "/sys/kernel/mm/hugepages"
#define PATH_SIZE 128
#define NUMBER_SIZE 32 /* a file that holds a number */
#define MEMINFO_SIZE 8192
#define KIB UINT64_C (1024)
#define GIB (KIB * KIB * KIB)

struct reader {
  struct huge_pages *pages;
  size_t n_sizes;
};

/* A file that is not there counts as 0. */
static uint64_t
read_number (uint64_t kib, const char *file)
{
  char path[PATH_SIZE], text[NUMBER_SIZE];
  uint64_t number;

  snprintf (path, sizeof path, "%s/hugepages-%" PRIu64 "kB/%s", HUGE_PAGES, kib, file);
  if (sys_read_file (path, text, sizeof text) < 0 || sscanf (text, "%" SCNu64, &number) != 1)
    return 0;
  return number;
}

static uint64_t
less (uint64_t a, uint64_t b)
{
  return a > b ? a - b : 0;
}

static struct huge_pages
read_size (uint64_t kib)
{
  /* What is reserved counts the surplus, which overcommit has added. */
  uint64_t all = read_number (kib, "nr_hugepages"), surplus = read_number (kib, "surplus_hugepages");
  uint64_t addable = less (read_number (kib, "nr_overcommit_hugepages"), surplus);
  uint64_t unused = less (read_number (kib, "free_hugepages"), read_number (kib, "resv_hugepages"));

  return (struct huge_pages){ (size_t) (kib * KIB), all + addable, unused + addable, less (all, surplus) };
}

/* Keeps the sizes in order. */
static int
add_size (const char *name, void *data)
{
  struct reader *reader = data;
  uint64_t kib;
  size_t at;

  if (sscanf (name, "hugepages-%" SCNu64 "kB", &kib) != 1 || kib == 0 || kib > SSIZE_MAX / KIB ||
      (kib & (kib - 1)) != 0)
    return 0;
  if (reader->n_sizes == HUGE_PAGES_MAX_SIZES)
    return 1;
  for (at = reader->n_sizes++; at > 0 && reader->pages[at - 1].page_size > kib * KIB; at--)
    reader->pages[at] = reader->pages[at - 1];
  reader->pages[at] = read_size (kib);
  return 0;
}

size_t
huge_pages_read (struct huge_pages ret_pages[HUGE_PAGES_MAX_SIZES])
{
  struct reader reader = { .pages = ret_pages };

  sys_list_directory (HUGE_PAGES, add_size, &reader);
  return reader.n_sizes;
}

static void
write_page_size (FILE *out, size_t page_size)
{
  if (page_size >= GIB)
    fprintf (out, "%" PRIu64 " GiB", page_size / GIB);
  else if (page_size >= KIB * KIB)
    fprintf (out, "%" PRIu64 " MiB", page_size / (KIB * KIB));
  else
    fprintf (out, "%" PRIu64 " KiB", page_size / KIB);
}

bool
huge_pages_are_there (void)
{
  struct huge_pages pages[HUGE_PAGES_MAX_SIZES];
  size_t n_sizes = huge_pages_read (pages);

  for (size_t i = 0; i < n_sizes; i++) {
    if (pages[i].total > 0)
      return true;
  }
  return false;
}

/* The pages of the size that vm.nr_hugepages and the kernel's command line mean. The smallest where nothing tells: on
 * arm64 that is another one. */
static const struct huge_pages *
find_default (const struct huge_pages *pages, size_t n_sizes)
{
  static const char key[] = "\nHugepagesize:";
  char text[MEMINFO_SIZE];
  const char *line = sys_read_file ("/proc/meminfo", text, sizeof text) == 0 ? strstr (text, key) : NULL;
  uint64_t kib;

  if (line == NULL || sscanf (line + strlen (key), "%" SCNu64 " kB", &kib) != 1)
    return pages;
  for (size_t i = 0; i < n_sizes; i++) {
    if (pages[i].page_size / KIB == kib)
      return &pages[i];
  }
  return pages;
}

void
huge_pages_write_advice (FILE *out, size_t size)
{
  struct huge_pages sizes[HUGE_PAGES_MAX_SIZES];
  size_t n_sizes = huge_pages_read (sizes);
  const struct huge_pages *pages;
  uint64_t needed, total;

  if (n_sizes == 0) {
    fputs ("this kernel is without huge pages (CONFIG_HUGETLBFS)", out);
    return;
  }
  pages = find_default (sizes, n_sizes);
  needed = size / pages->page_size + (size % pages->page_size != 0);
  total = pages->persistent + (needed > pages->free ? needed - pages->free : needed);
  fprintf (out, "it takes %" PRIu64 " huge page%s of ", needed, needed == 1 ? "" : "s side by side, each");
  write_page_size (out, pages->page_size);
  fprintf (out,
      ", and %" PRIu64 " of %" PRIu64 " are free: reserve more with \"sysctl vm.nr_hugepages=%" PRIu64
      "\", or, while memory is still in one piece, with \"hugepages=%" PRIu64 "\" on the kernel's command line",
      pages->free, pages->total, total, total);
}
