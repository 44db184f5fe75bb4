/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heap may stand in for the one that was taken, when that has no memory left. It satisfies the request as well,
 * and it is never of a weaker class. */
#pragma once

#include "selection.h"

enum heap_fallback
{
  HEAP_FALLBACK_NO_MATTER, /* nothing was taken, or the candidate does not fit, was taken itself or cannot be opened */
  HEAP_FALLBACK_FITS,
  HEAP_FALLBACK_TWIN,   /* another name of a heap that was taken: it is full when that is */
  HEAP_FALLBACK_WEAKER, /* by a property */
};

/* The candidate that was taken first; NULL: none was. */
const struct heap_candidate *heap_choice_find_taken (const struct heap_choice *choice);
/* Whether a candidate of the choice may stand in for the one that was taken first. It has to be known to have those of
 * the properties required and preferred which that one has; to be importable or not, as that one is known to be; and so
 * with protected. *ret_property is set with HEAP_FALLBACK_WEAKER alone. */
enum heap_fallback heap_choice_judge_fallback (
    const struct heap_choice *choice, const struct heap_candidate *candidate, enum heap_property *ret_property);
/* Opens the first candidate that may stand in, which was then taken too: call again for the next one. Notes in the
 * candidates what came of each. -ENOENT when none is left. */
int heap_choice_open_fallback (struct heap_choice *choice, struct heap **ret_heap, size_t *ret_index);
