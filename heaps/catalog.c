/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Reads the heap directory and puts what is there in order. */
#include "catalog.h"

#include "contiguous-heap.h"
#include "huge-pages.h"
#include "passed-heap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reader {
  struct heap_catalog catalog;
  const struct heap_config *config;
};

static const char *
directory_or_default (const char *directory)
{
  if (directory == NULL)
    directory = secure_getenv ("GST_HEAPS_DIR");
  return directory != NULL && *directory != '\0' ? directory : HEAP_DEFAULT_DIRECTORY;
}

static int
append (struct heap_catalog *catalog, const struct heap_info *info)
{
  struct heap_info *heaps = reallocarray (catalog->heaps, catalog->n_heaps + 1, sizeof *heaps);

  if (heaps == NULL)
    return -ENOMEM;
  catalog->heaps = heaps;
  heaps[catalog->n_heaps++] = *info;
  return 0;
}

static bool
is_of_process (const char *name)
{
  return strcmp (name, HEAP_PROCESS_NAME) == 0 || strcmp (name, HEAP_CONTIGUOUS_NAME) == 0;
}

/* Whether this name in the heap directory is that of a heap; fills in what the node
 * tells. A node that has gone meanwhile is none. */
static bool
examine_node (const char *directory, const char *name, struct heap_info *info)
{
  char path[PATH_MAX];

  if (!heap_name_is_valid (name) || is_of_process (name))
    return false;
  if (heap_node_path (directory, name, path, sizeof path) < 0)
    return false;
  if (sys_stat_node (path, &info->node) < 0 || !S_ISCHR (info->node.mode))
    return false;
  info->access = sys_may_read (path);
  return info->access != -ENOENT;
}

static int
add_node (const char *name, void *data)
{
  struct reader *reader = data;
  struct heap_info info = { .backend = HEAP_BACKEND_KERNEL };

  if (!examine_node (reader->catalog.directory, name, &info))
    return 0;
  strcpy (info.name, name);
  info.region_node = heap_region_find_node (name);
  return append (&reader->catalog, &info);
}

/* Of several names of the device, that of the kernel. */
static struct heap_info *
find_device (const struct heap_catalog *catalog, const struct heap_info *info)
{
  struct heap_info *found = NULL;

  for (size_t i = 0; i < catalog->n_heaps; i++) {
    struct heap_info *heap = &catalog->heaps[i];
    bool is_named = strcmp (heap->name, info->name) == 0;
    if (heap->node.device == info->node.device && (found == NULL || is_named))
      found = heap;
  }
  return found;
}

/* Another device may have its name in this directory: that one is out of reach by then. */
static void
remove_name (struct heap_catalog *catalog, const char *name)
{
  for (size_t i = 0; i < catalog->n_heaps; i++) {
    if (strcmp (catalog->heaps[i].name, name) == 0)
      catalog->heaps[i--] = catalog->heaps[--catalog->n_heaps];
  }
}

static int
add_passed (struct heap_catalog *catalog, int fd)
{
  struct passed_heap passed;
  struct heap_info *there;

  passed_heap_examine (fd, catalog->directory, &passed);
  catalog->passing = (struct heap_passing){ .is_given = true, .fd = fd, .error = passed.error };
  strcpy (catalog->passing.path, passed.path);
  if (passed.error < 0)
    return 0;
  there = find_device (catalog, &passed.info);
  if (there != NULL) {
    there->access = 0;
    there->is_passed = true;
    return 0;
  }
  remove_name (catalog, passed.info.name);
  passed.info.region_node = heap_region_find_node (passed.info.name);
  passed.info.is_passed = true;
  return append (catalog, &passed.info);
}

static bool
udmabuf_works (void)
{
  int fd = sys_open_udmabuf ();

  if (fd >= 0)
    sys_close (fd);
  return fd >= 0;
}

/* What both heaps of the process have in common. The configuration is not asked: no declaration changes what this
 * process's memory is. */
static void
learn_process_facts (struct heap_facts *facts)
{
  heap_facts_learn (facts, HEAP_CACHEABLE, HEAP_YES, HEAP_SOURCE_BACKEND);
  heap_facts_learn (facts, HEAP_PROTECTED, HEAP_NO, HEAP_SOURCE_BACKEND);
  heap_facts_learn (facts, HEAP_DMA32, HEAP_NO, HEAP_SOURCE_BACKEND);
  heap_facts_learn (facts, HEAP_DECRYPTED, HEAP_NO, HEAP_SOURCE_BACKEND);
}

static int
add_process (struct heap_catalog *catalog, bool has_udmabuf)
{
  struct heap_info info = { .name = HEAP_PROCESS_NAME, .backend = HEAP_BACKEND_PROCESS };

  heap_facts_learn (&info.facts, HEAP_IMPORTABLE, has_udmabuf ? HEAP_YES : HEAP_NO, HEAP_SOURCE_BACKEND);
  heap_facts_learn (&info.facts, HEAP_CONTIGUOUS, HEAP_NO, HEAP_SOURCE_BACKEND);
  learn_process_facts (&info.facts);
  return append (catalog, &info);
}

/* Where the kernel has a defect that some devices meet and others do not, a user may know that his do not. */
static int
add_contiguous (struct heap_catalog *catalog, const struct heap_config *config, bool has_udmabuf)
{
  struct heap_info info = { .name = HEAP_CONTIGUOUS_NAME, .backend = HEAP_BACKEND_CONTIGUOUS };
  struct heap_facts declared = { 0 };
  struct heap_fact *importable = &declared.of[HEAP_IMPORTABLE];

  heap_name_own_facts (info.name, config, &declared);
  if (!has_udmabuf)
    heap_facts_learn (&info.facts, HEAP_IMPORTABLE, HEAP_NO, HEAP_SOURCE_BACKEND);
  else if (contiguous_heap_is_importable ())
    heap_facts_learn (&info.facts, HEAP_IMPORTABLE, HEAP_YES, HEAP_SOURCE_BACKEND);
  else if (importable->source == HEAP_SOURCE_CONFIG)
    heap_facts_learn (&info.facts, HEAP_IMPORTABLE, importable->answer, importable->source);
  heap_facts_learn (&info.facts, HEAP_CONTIGUOUS, HEAP_YES, HEAP_SOURCE_BACKEND);
  learn_process_facts (&info.facts);
  info.access = huge_pages_are_there () ? 0 : -ENODATA;
  return append (catalog, &info);
}

/* Memory of this process, which is always there. */
static int
add_heaps_of_process (struct heap_catalog *catalog, const struct heap_config *config)
{
  bool has_udmabuf = udmabuf_works ();
  int r = add_process (catalog, has_udmabuf);

  return r < 0 ? r : add_contiguous (catalog, config, has_udmabuf);
}

/* Once all names are known, as what one is depends on the others. */
static void
judge_regions (struct heap_catalog *catalog)
{
  size_t n_marked = 0;

  for (size_t i = 0; i < catalog->n_heaps; i++)
    n_marked += catalog->heaps[i].region_node == HEAP_REGION_NODE_DEFAULT;
  for (size_t i = 0; i < catalog->n_heaps; i++) {
    struct heap_info *info = &catalog->heaps[i];
    info->default_region = heap_region_judge (info->name, info->region_node, n_marked);
  }
}

static void
learn_facts (struct heap_info *info, const struct heap_config *config)
{
  if (info->default_region != HEAP_EVIDENCE_NONE)
    heap_name_facts (info->name, config, &info->facts);
  else
    heap_name_own_facts (info->name, config, &info->facts);
  heap_facts_learn (&info->facts, HEAP_IMPORTABLE, HEAP_YES, HEAP_SOURCE_BACKEND);
}

static bool
is_protected (const struct heap_info *info)
{
  return info->facts.of[HEAP_PROTECTED].answer == HEAP_YES;
}

/* What only looks like a name of the default region is one of the others. */
static unsigned
rank_of (const struct heap_info *info)
{
  bool is_system = strcmp (info->name, HEAP_SYSTEM_NAME) == 0;

  return is_system || info->default_region != HEAP_EVIDENCE_NONE ? heap_name_rank (info->name) : UINT_MAX;
}

static int
compare_heaps (const void *data_a, const void *data_b)
{
  const struct heap_info *a = data_a, *b = data_b;
  unsigned rank_a = rank_of (a), rank_b = rank_of (b);

  if (is_protected (a) != is_protected (b))
    return is_protected (a) ? 1 : -1;
  if (rank_a != rank_b)
    return rank_a < rank_b ? -1 : 1;
  return strcmp (a->name, b->name);
}

/* By what two heaps are one. */
static enum heap_evidence
compare_regions (const struct heap_info *a, const struct heap_info *b)
{
  if (a->node.device == b->node.device)
    return HEAP_EVIDENCE_DEVICE;
  if (a->default_region == HEAP_EVIDENCE_NONE || b->default_region == HEAP_EVIDENCE_NONE)
    return HEAP_EVIDENCE_NONE;
  if (a->default_region == HEAP_EVIDENCE_DEVICE_TREE || b->default_region == HEAP_EVIDENCE_DEVICE_TREE)
    return HEAP_EVIDENCE_DEVICE_TREE;
  return heap_names_share_region (a->name, b->name) ? HEAP_EVIDENCE_KERNEL : HEAP_EVIDENCE_NONE;
}

/* One device has one truth, whatever a symbolic link calls it, and so has one region. */
static void
share_facts (struct heap_info *a, struct heap_info *b)
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    heap_facts_learn (&a->facts, i, b->facts.of[i].answer, b->facts.of[i].source);
    heap_facts_learn (&b->facts, i, a->facts.of[i].answer, a->facts.of[i].source);
  }
}

static void
share_facts_of_regions (struct heap_catalog *catalog)
{
  for (size_t i = 1; i < catalog->n_heaps; i++) {
    for (size_t j = 0; j < i; j++) {
      enum heap_evidence evidence = compare_regions (&catalog->heaps[i], &catalog->heaps[j]);
      if (evidence == HEAP_EVIDENCE_DEVICE || evidence == HEAP_EVIDENCE_DEVICE_TREE)
        share_facts (&catalog->heaps[i], &catalog->heaps[j]);
    }
  }
}

/* Notes in heap the first of the earlier ones that is the same. */
static void
find_twin (const struct heap_catalog *catalog, struct heap_info *heap)
{
  for (const struct heap_info *earlier = catalog->heaps; earlier < heap; earlier++) {
    enum heap_evidence evidence = compare_regions (earlier, heap);
    if (evidence != HEAP_EVIDENCE_NONE) {
      strcpy (heap->twin_of, heap_info_first_name (earlier));
      heap->twin_evidence = earlier->twin_evidence > evidence ? earlier->twin_evidence : evidence;
      return;
    }
  }
}

/* A link is of the region that what it leads to is of. */
static void
share_regions_of_devices (struct heap_catalog *catalog)
{
  for (size_t i = 0; i < catalog->n_heaps; i++) {
    for (size_t j = 0; j < catalog->n_heaps; j++) {
      struct heap_info *a = &catalog->heaps[i], *b = &catalog->heaps[j];
      if (a->default_region == HEAP_EVIDENCE_NONE && a->node.device == b->node.device)
        a->default_region = b->default_region;
    }
  }
}

/* Makes an order, and twins, of what the directory has. */
static void
put_in_order (struct heap_catalog *catalog, const struct heap_config *config)
{
  judge_regions (catalog);
  for (size_t i = 0; i < catalog->n_heaps; i++)
    learn_facts (&catalog->heaps[i], config);
  share_facts_of_regions (catalog);
  if (catalog->n_heaps > 0)
    qsort (catalog->heaps, catalog->n_heaps, sizeof *catalog->heaps, compare_heaps);
  for (size_t i = 0; i < catalog->n_heaps; i++)
    find_twin (catalog, &catalog->heaps[i]);
  share_regions_of_devices (catalog);
}

/* fd NULL: none. */
static int
read_catalog (const char *directory, const struct heap_config *config, const int *fd, struct heap_catalog *ret_catalog)
{
  struct reader reader = { .config = config };
  struct heap_catalog *catalog = &reader.catalog;
  int r;

  catalog->directory = strdup (directory_or_default (directory));
  if (catalog->directory == NULL)
    return -ENOMEM;
  r = sys_list_directory (catalog->directory, add_node, &reader);
  if (r == -ENOMEM)
    goto finish_catalog;
  catalog->directory_error = r;
  r = fd != NULL ? add_passed (catalog, *fd) : 0;
  if (r < 0)
    goto finish_catalog;
  put_in_order (catalog, config);
  r = add_heaps_of_process (catalog, config);
  if (r < 0)
    goto finish_catalog;
  *ret_catalog = *catalog;
  return 0;

finish_catalog:
  heap_catalog_finish (catalog);
  return r;
}

int
heap_catalog_read (const char *directory, const struct heap_config *config, struct heap_catalog *ret_catalog)
{
  return read_catalog (directory, config, NULL, ret_catalog);
}

int
heap_catalog_read_with_fd (
    const char *directory, const struct heap_config *config, int fd, struct heap_catalog *ret_catalog)
{
  return read_catalog (directory, config, &fd, ret_catalog);
}

const struct heap_info *
heap_catalog_find_passed (const struct heap_catalog *catalog)
{
  for (size_t i = 0; i < catalog->n_heaps; i++) {
    if (catalog->heaps[i].is_passed)
      return &catalog->heaps[i];
  }
  return NULL;
}

void
heap_catalog_finish (struct heap_catalog *catalog)
{
  free (catalog->heaps);
  free (catalog->directory);
  *catalog = (struct heap_catalog){ 0 };
}

const struct heap_info *
heap_catalog_find (const struct heap_catalog *catalog, const char *name)
{
  for (size_t i = 0; i < catalog->n_heaps; i++) {
    if (strcmp (catalog->heaps[i].name, name) == 0)
      return &catalog->heaps[i];
  }
  return NULL;
}

int
heap_catalog_path (const struct heap_catalog *catalog, const struct heap_info *info, char *ret_path, size_t size)
{
  return heap_node_path (catalog->directory, info->name, ret_path, size);
}

int
heap_node_path (const char *directory, const char *name, char *ret_path, size_t size)
{
  size_t directory_length = strlen (directory), name_length = strlen (name);

  if (directory_length + 1 + name_length >= size)
    return -ENAMETOOLONG;
  memcpy (ret_path, directory, directory_length);
  ret_path[directory_length] = '/';
  memcpy (ret_path + directory_length + 1, name, name_length + 1);
  return 0;
}

const char *
heap_info_first_name (const struct heap_info *info)
{
  return *info->twin_of != '\0' ? info->twin_of : info->name;
}

bool
heap_info_is_same (const struct heap_info *a, const struct heap_info *b)
{
  return strcmp (heap_info_first_name (a), heap_info_first_name (b)) == 0;
}
