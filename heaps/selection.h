/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Selecting a heap by names and properties, and saying why. A pure function
 * from the request and the catalog to a list of candidates in order; only
 * heap_choice_open() opens anything.
 *
 * The rules:
 * - required: only "yes" will do. Forbidden: only "no" will do. Preferred: orders the rest.
 * - With names, only those heaps are candidates, in the order given. A name as given wins;
 *   its aliases are tried only where no such heap is there.
 * - With no name and no property, "system" and then "process" are candidates.
 * - With properties alone, every heap is a candidate, in the order of the catalog, those with more
 *   preferred properties first. A protected heap is one only if "protected" is required or preferred.
 * - With an fd, the heap it is an open node of is the only candidate, and names are names it has to have.
 * - A twin of a candidate is none itself, unless it is named or the other name cannot be opened. */
#pragma once

#include "heap.h"

/* What is asked for. A plain value; strings are borrowed. */
struct heap_request {
  const char *const *names; /* in order of preference */
  size_t n_names;
  heap_property_set required;
  heap_property_set preferred;
  heap_property_set forbidden;
  bool has_fd;  /* the catalog was read with an fd, and its heap is meant */
  int shown_fd; /* what people call that fd; the one the catalog has may be a duplicate */
};

enum heap_verdict
{
  HEAP_FITS,                 /* satisfies the request; not tried, as an earlier one was taken */
  HEAP_TAKEN,                /* fits, and was opened */
  HEAP_CANNOT_OPEN,          /* fits, but opening it failed: error */
  HEAP_ABSENT,               /* named, and neither it nor an alias of it is there */
  HEAP_INVALID_NAME,         /* named, and no heap can have that name */
  HEAP_LACKS,                /* property is required, and the answer is no */
  HEAP_LACKS_UNKNOWN,        /* property is required, and the answer is unknown */
  HEAP_HAS,                  /* property is forbidden, and the answer is yes */
  HEAP_HAS_UNKNOWN,          /* property is forbidden, and the answer is unknown */
  HEAP_NOT_NAMED,            /* the request names others */
  HEAP_NOT_DEFAULT,          /* nothing is asked for, and this one is not for everything */
  HEAP_NOT_WANTED_PROTECTED, /* protected, and the request does not say so */
  HEAP_TWIN,                 /* another name of a candidate */
  HEAP_EMPTY,   /* satisfies the request, and this machine has no memory for it: no huge page is reserved */
  HEAP_NO_HEAP, /* an fd, by which no heap can be known: error */
};

struct heap_candidate {
  struct heap_info info;          /* of a heap that is not there, the name alone */
  char requested[HEAP_NAME_SIZE]; /* the name it was asked for by, where that is an alias; else "" */
  enum heap_verdict verdict;
  enum heap_property property; /* with HEAP_LACKS to HEAP_HAS_UNKNOWN */
  int error;                   /* with HEAP_CANNOT_OPEN: -EACCES, ...; with HEAP_NO_HEAP: as of passed_heap_examine() */
};

/* The candidates, those that fit first and in order of preference, then the others. */
struct heap_choice {
  char *directory;
  int directory_error;
  struct heap_candidate *candidates;
  size_t n_candidates;
  heap_property_set asked; /* required or preferred */
  struct heap_passing passing;
};

/* Whether a heap satisfies the properties of the request; where it does not,
 * *ret_verdict and *ret_property say why. Names are not looked at. */
bool heap_request_accepts_facts (const struct heap_request *request, const struct heap_facts *facts,
    enum heap_verdict *ret_verdict, enum heap_property *ret_property);
/* Whether the request, where it names heaps, means the heap called name: by that name, by an alias, or by another name
 * of the same region. Of two heaps that are in the catalog, it tells whether they are the same; of others the names
 * do. */
bool heap_request_names (const struct heap_request *request, const char *name, const struct heap_catalog *catalog,
    const struct heap_config *config);

/* Judges every heap of the catalog and every name of the request. config may
 * be NULL. 0 or -ENOMEM; nothing that fits is no error here. Free with heap_choice_finish(). */
int heap_select (const struct heap_request *request, const struct heap_catalog *catalog,
    const struct heap_config *config, struct heap_choice *ret_choice);
/* Takes a zeroed choice too. */
void heap_choice_finish (struct heap_choice *choice);
/* Opens the first candidate from index first on that fits and can be opened; notes
 * in the candidates what came of each. *ret_index is its index: to try the next one, call again with
 * *ret_index + 1. -ENOENT when none is left. */
int heap_choice_open (struct heap_choice *choice, size_t first, struct heap **ret_heap, size_t *ret_index);
/* Opens the candidate of that index; notes in it what came of it. 0 or -errno. */
int heap_choice_open_candidate (struct heap_choice *choice, size_t index, struct heap **ret_heap);
/* 0, or why a candidate that fits could not be opened, or cannot be by what the catalog knows. */
int heap_candidate_error (const struct heap_candidate *candidate);
