/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whether a name is one that the kernel's convention for heaps wants: Linux,
 * Documentation/userspace-api/dma-buf-heaps.rst. Nothing but the name is looked at. */
#pragma once

#include "names.h"

#include <stdio.h>

/* A rule of the convention, or what stands before it. */
enum heap_name_rule
{
  HEAP_NAME_VALID,             /* a node can have it */
  HEAP_NAME_WELL_FORMED,       /* it can stand in scripts, rules and device trees */
  HEAP_NAME_STABLE,            /* it does not change from one kernel, or one boot, to the next */
  HEAP_NAME_DESCRIBES_REGION,  /* it says which memory the heap allocates from */
  HEAP_NAME_UNIQUE,            /* no other heap of the platform has it */
  HEAP_NAME_NO_IMPLEMENTATION, /* neither the allocator behind the heap nor a driver or vendor is in it */
  HEAP_NAME_TELLS_PROPERTIES,  /* "contiguous" and "protected" stand in it where they are true */
  HEAP_NAME_DOCUMENTED,        /* the kernel's own names are accepted, whatever they break */
};

struct heap_name_finding {
  enum heap_name_rule rule;
  bool is_error;      /* else something to know */
  const char *part;   /* of the name, which it points into; NULL: it is about the whole name */
  size_t part_length; /* bytes */
  const char *reason; /* a clause that follows the part, static */
};

#define HEAP_NAME_MOST_FINDINGS 16

/* Room for all a name says and what is added. */
typedef char heap_better_name[2 * 256];

/* Looks at name, which may hold anything, and among the n_others other names of the platform for the same one.
 * Returns: how many findings there are, at most HEAP_NAME_MOST_FINDINGS of them, in the order of the name */
size_t heap_name_lint (const char *name, const char *const *others, size_t n_others,
    struct heap_name_finding ret_findings[HEAP_NAME_MOST_FINDINGS]);
/* A name that breaks no rule for the heap that has name, made of what name says and what is known of it; "ADDRESS"
 * stands in it where the region's address belongs. False: there is none, as name is no name at all, or as the kernel
 * gives that one to another heap. */
bool heap_name_improve (const char *name, heap_better_name ret_better);
/* "stable", "describes-region", ... */
const char *heap_name_rule_name (enum heap_name_rule rule);
/* What the rule asks for, as a sentence without its full stop. */
const char *heap_name_rule_text (enum heap_name_rule rule);
/* Writes the finding as a clause, what is from the name escaped. */
void heap_name_finding_write (FILE *out, const struct heap_name_finding *finding);
