/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Evidence that a name is of the default CMA region. */
#include "region.h"

#include "names.h"
#include "sys.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 512 /* enough for a name of 255 bytes */

static const char *const evidence_names[] = {
  [HEAP_EVIDENCE_NONE] = NULL,
  [HEAP_EVIDENCE_DEVICE] = "device number",
  [HEAP_EVIDENCE_DEVICE_TREE] = "device tree",
  [HEAP_EVIDENCE_KERNEL] = "kernel documentation",
};

const char *
heap_evidence_name (enum heap_evidence evidence)
{
  assert (evidence < sizeof evidence_names / sizeof evidence_names[0]);
  return evidence_names[evidence];
}

static int
find_property (const char *name, const char *property)
{
  char path[PATH_SIZE];

  snprintf (path, sizeof path, "%s/%s/%s", HEAP_DEVICE_TREE_REGIONS, name, property);
  return sys_may_read (path);
}

enum heap_region_node
heap_region_find_node (const char *name)
{
  int r;

  /* A node without this is no region that Linux manages. */
  if (!heap_name_is_valid (name) || find_property (name, "compatible") < 0)
    return HEAP_REGION_NODE_NONE;
  r = find_property (name, "linux,cma-default");
  if (r == 0)
    return HEAP_REGION_NODE_DEFAULT;
  return r == -ENOENT ? HEAP_REGION_NODE_PLAIN : HEAP_REGION_NODE_NONE;
}

enum heap_evidence
heap_region_judge (const char *name, enum heap_region_node node, size_t n_marked)
{
  switch (node) {
    case HEAP_REGION_NODE_DEFAULT:
      return n_marked == 1 ? HEAP_EVIDENCE_DEVICE_TREE : HEAP_EVIDENCE_NONE;
    case HEAP_REGION_NODE_PLAIN:
      return HEAP_EVIDENCE_NONE;
    case HEAP_REGION_NODE_NONE:
      break;
  }
  if (n_marked > 0 && strcmp (name, HEAP_DEFAULT_REGION_NAME) != 0)
    return HEAP_EVIDENCE_NONE;
  return heap_name_is_default_region (name) ? HEAP_EVIDENCE_KERNEL : HEAP_EVIDENCE_NONE;
}
