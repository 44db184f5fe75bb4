/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which names are of the default CMA region, and by what evidence. The kernel gives that region a
 * heap called default_cma_region, and one more under the region's own name, and no ioctl tells that
 * the two are one. */
#pragma once

#include <stddef.h>

#define HEAP_DEVICE_TREE_REGIONS "/sys/firmware/devicetree/base/reserved-memory"

/* By what two names are known to be of one region. A later one is weaker. */
enum heap_evidence
{
  HEAP_EVIDENCE_NONE,        /* they are not, or nothing tells */
  HEAP_EVIDENCE_DEVICE,      /* one device number: one node is a link to the other */
  HEAP_EVIDENCE_DEVICE_TREE, /* linux,cma-default stands in the region's node */
  HEAP_EVIDENCE_KERNEL,      /* the kernel's documentation of names */
};

/* What the device tree has below /reserved-memory under a name. */
enum heap_region_node
{
  HEAP_REGION_NODE_NONE,    /* nothing, or there is no tree that this process may read */
  HEAP_REGION_NODE_PLAIN,   /* a region that is not marked */
  HEAP_REGION_NODE_DEFAULT, /* one with the property linux,cma-default */
};

/* A few words for people: "device number", "device tree", ... NULL for none. */
const char *heap_evidence_name (enum heap_evidence evidence);
/* Looks the name of a heap or a CMA region up in the device tree. Opens nothing. A name that cannot
 * be looked up is not there. */
enum heap_region_node heap_region_find_node (const char *name);
/* By what a name is known to be of the default CMA region. node is what
 * heap_region_find_node() says of it, n_marked the number of names beside which it is judged, itself
 * included, that are HEAP_REGION_NODE_DEFAULT. Careful: where the tree marks one, no other name is
 * taken for it but default_cma_region, which can be nothing else; where the tree marks two, neither
 * is; a region that has a node without the mark is not the default one, whatever it is called. */
enum heap_evidence heap_region_judge (const char *name, enum heap_region_node node, size_t n_marked);
