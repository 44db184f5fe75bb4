/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the name of a heap tells: the one table of names, and the parser of the
 * kernel's naming convention, REGION[@ADDRESS]. */
#pragma once

#include "property.h"

#include <stdint.h>

#define HEAP_SYSTEM_NAME "system"
#define HEAP_DEFAULT_REGION_NAME "default_cma_region" /* from Linux 6.17 on */

/* What a user declares about a heap of his board (heaps.conf). */
struct heap_declaration {
  const char *name;
  struct heap_facts facts;    /* sources are HEAP_SOURCE_CONFIG */
  const char *const *aliases; /* other names for it; ends with NULL; may be NULL */
  uint64_t max_bytes;         /* of it that a process may hold, for who allocates; 0: no limit */
};

/* All declarations; owned by who made them, and outlive what uses them. */
struct heap_config {
  const struct heap_declaration *declarations;
  size_t n_declarations;
};

/* A name taken apart by the convention. Pointers into the name. */
struct heap_name_parts {
  const char *region; /* not terminated */
  size_t region_length;
  bool has_address;  /* "@" and a hexadecimal number of at most 64 bits */
  uint64_t address;  /* valid with has_address */
  bool is_node_name; /* nothing but REGION@ADDRESS: a region of the device tree */
  bool contiguous;   /* a part of the name is "contiguous" */
  bool is_protected; /* a part of the name is "protected" */
};

/* Whether name can be a node in the heap directory at all: not empty, at most
 * 255 bytes, no "/", not "." or "..", no control characters. */
bool heap_name_is_valid (const char *name);
/* Takes a valid name apart. Parts are what stands between "-", "_", "," and "@". */
void heap_name_parse (const char *name, struct heap_name_parts *ret_parts);
/* What is known by the name alone: declared, documented, seen at vendors, told by the convention.
 * A declaration holds for the heap's aliases too, and for the other names of its region. config may be NULL. */
void heap_name_facts (const char *name, const struct heap_config *config, struct heap_facts *ret_facts);
/* The same for a heap that is not the default CMA region, whatever it is called: what is
 * declared of that region does not hold for it. */
void heap_name_own_facts (const char *name, const struct heap_config *config, struct heap_facts *ret_facts);
/* The index-th other name of the heap a user may mean by name, best first, the
 * declared ones before the built-in ones; NULL after the last. It may be one name twice. */
const char *heap_name_alias (const char *name, const struct heap_config *config, size_t index);
/* Whether two names that differ are by the kernel's documentation names of one
 * region: the default CMA region's today and its older ones (with or without "@ADDRESS"). */
bool heap_names_share_region (const char *a, const char *b);
/* Whether name is by the kernel's documentation one of the default CMA region's names, today's or an
 * older one (with or without "@ADDRESS"). */
bool heap_name_is_default_region (const char *name);
/* Whether the kernel's documentation gives name to a heap. */
bool heap_name_is_documented (const char *name);
/* The place of a heap among others: system, then the default CMA region by its names, today's
 * first; one number for all the rest. */
unsigned heap_name_rank (const char *name);
