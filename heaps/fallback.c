/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heap may stand in for the one that was taken, when that has no memory left. */
#include "fallback.h"

#include <errno.h>

/* What consumers rely on whatever was asked for: what they import, and whether they can read it. */
#define KIND (HEAP_PROPERTY_BIT (HEAP_IMPORTABLE) | HEAP_PROPERTY_BIT (HEAP_PROTECTED))

const struct heap_candidate *
heap_choice_find_taken (const struct heap_choice *choice)
{
  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (choice->candidates[i].verdict == HEAP_TAKEN)
      return &choice->candidates[i];
  }
  return NULL;
}

static bool
is_twin_of_taken (const struct heap_choice *choice, const struct heap_candidate *candidate)
{
  for (size_t i = 0; i < choice->n_candidates; i++) {
    const struct heap_candidate *other = &choice->candidates[i];
    if (other->verdict == HEAP_TAKEN && heap_info_is_same (&other->info, &candidate->info))
      return true;
  }
  return false;
}

/* What nothing tells of the heap that was taken, it is taken for not having. */
static bool
is_as_good (const struct heap_choice *choice, const struct heap_facts *taken, const struct heap_facts *other,
    enum heap_property property)
{
  bool has = taken->of[property].answer == HEAP_YES;

  if (KIND & HEAP_PROPERTY_BIT (property))
    return other->of[property].answer == (has ? HEAP_YES : HEAP_NO);
  return !has || !(choice->asked & HEAP_PROPERTY_BIT (property)) || other->of[property].answer == HEAP_YES;
}

enum heap_fallback
heap_choice_judge_fallback (
    const struct heap_choice *choice, const struct heap_candidate *candidate, enum heap_property *ret_property)
{
  const struct heap_candidate *taken = heap_choice_find_taken (choice);

  if (taken == NULL || candidate->verdict != HEAP_FITS || heap_candidate_error (candidate) < 0)
    return HEAP_FALLBACK_NO_MATTER;
  if (is_twin_of_taken (choice, candidate))
    return HEAP_FALLBACK_TWIN;
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    if (!is_as_good (choice, &taken->info.facts, &candidate->info.facts, i)) {
      *ret_property = i;
      return HEAP_FALLBACK_WEAKER;
    }
  }
  return HEAP_FALLBACK_FITS;
}

int
heap_choice_open_fallback (struct heap_choice *choice, struct heap **ret_heap, size_t *ret_index)
{
  enum heap_property property;

  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (heap_choice_judge_fallback (choice, &choice->candidates[i], &property) == HEAP_FALLBACK_FITS &&
        heap_choice_open_candidate (choice, i, ret_heap) == 0) {
      *ret_index = i;
      return 0;
    }
  }
  return -ENOENT;
}
