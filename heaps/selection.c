/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Judges heaps by name and property, and opens the first that will do. */
#include "selection.h"

#include "open.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is tried where nothing particular is asked for. */
static const char *const default_names[] = { HEAP_SYSTEM_NAME, HEAP_PROCESS_NAME };

struct judge {
  const struct heap_request *request;
  const struct heap_catalog *catalog;
  const struct heap_config *config;
  struct heap_choice choice;
};

/* The first property of the set with that answer; false when there is none. */
static bool
find_answer (
    heap_property_set set, const struct heap_facts *facts, enum heap_answer answer, enum heap_property *ret_property)
{
  for (enum heap_property i = 0; i < HEAP_N_PROPERTIES; i++) {
    if ((set & HEAP_PROPERTY_BIT (i)) && facts->of[i].answer == answer) {
      *ret_property = i;
      return true;
    }
  }
  return false;
}

bool
heap_request_accepts_facts (const struct heap_request *request, const struct heap_facts *facts,
    enum heap_verdict *ret_verdict, enum heap_property *ret_property)
{
  /* What is known comes first: to declare what is not would not help then. */
  if (find_answer (request->required, facts, HEAP_NO, ret_property))
    *ret_verdict = HEAP_LACKS;
  else if (find_answer (request->forbidden, facts, HEAP_YES, ret_property))
    *ret_verdict = HEAP_HAS;
  else if (find_answer (request->required, facts, HEAP_UNKNOWN, ret_property))
    *ret_verdict = HEAP_LACKS_UNKNOWN;
  else if (find_answer (request->forbidden, facts, HEAP_UNKNOWN, ret_property))
    *ret_verdict = HEAP_HAS_UNKNOWN;
  else
    return true;
  return false;
}

/* The heap that is meant by name: itself, else the first of its aliases that is there, else
 * another name of its region. */
static const struct heap_info *
resolve (const struct heap_catalog *catalog, const struct heap_config *config, const char *name)
{
  const struct heap_info *info = heap_catalog_find (catalog, name);
  const char *alias;

  for (size_t i = 0; info == NULL && (alias = heap_name_alias (name, config, i)) != NULL; i++)
    info = heap_catalog_find (catalog, alias);
  for (size_t i = 0; info == NULL && i < catalog->n_heaps; i++) {
    if (heap_names_share_region (name, catalog->heaps[i].name))
      info = &catalog->heaps[i];
  }
  return info;
}

/* By the names alone. */
static bool
may_mean (const char *requested, const char *name, const struct heap_config *config)
{
  const char *alias;

  if (heap_names_share_region (requested, name))
    return true;
  for (size_t i = 0; (alias = heap_name_alias (requested, config, i)) != NULL; i++) {
    if (strcmp (alias, name) == 0)
      return true;
  }
  return false;
}

/* Whether a user who says requested means the heap called name: what is there is evidence of more, and of less, than
 * names are. */
static bool
means (const char *requested, const char *name, const struct heap_catalog *catalog, const struct heap_config *config)
{
  const struct heap_info *meant = resolve (catalog, config, requested), *heap = heap_catalog_find (catalog, name);

  if (strcmp (requested, name) == 0)
    return true;
  return meant != NULL && heap != NULL ? heap_info_is_same (meant, heap) : may_mean (requested, name, config);
}

/* Whether the names mean it; with none they mean all. */
static bool
is_named (const struct heap_request *request, const char *name, const struct heap_catalog *catalog,
    const struct heap_config *config)
{
  for (size_t i = 0; i < request->n_names; i++) {
    if (means (request->names[i], name, catalog, config))
      return true;
  }
  return request->n_names == 0;
}

static bool
is_passed (const char *name, const struct heap_catalog *catalog)
{
  const struct heap_info *passed = heap_catalog_find_passed (catalog), *heap = heap_catalog_find (catalog, name);

  return passed != NULL && heap != NULL && heap_info_is_same (passed, heap);
}

bool
heap_request_names (const struct heap_request *request, const char *name, const struct heap_catalog *catalog,
    const struct heap_config *config)
{
  return is_named (request, name, catalog, config) && (!request->has_fd || is_passed (name, catalog));
}

static bool
asks_for_nothing (const struct heap_request *request)
{
  return request->n_names == 0 && !request->has_fd &&
         (request->required | request->preferred | request->forbidden) == 0;
}

static bool
is_listed (const struct judge *judge, const char *name)
{
  for (size_t i = 0; i < judge->choice.n_candidates; i++) {
    if (strcmp (judge->choice.candidates[i].info.name, name) == 0)
      return true;
  }
  return false;
}

/* There is room: heap_select() made it for every name and every heap. */
static struct heap_candidate *
add_candidate (struct judge *judge, const struct heap_info *info, enum heap_verdict verdict)
{
  struct heap_candidate *candidate = &judge->choice.candidates[judge->choice.n_candidates++];

  candidate->info = *info;
  candidate->verdict = verdict;
  return candidate;
}

/* A name that no heap can have may be too long for a candidate: it is cut. */
static void
add_name (struct judge *judge, const char *name, enum heap_verdict verdict)
{
  struct heap_info info = { 0 };

  memcpy (info.name, name, strnlen (name, sizeof info.name - 1));
  if (!is_listed (judge, info.name))
    add_candidate (judge, &info, verdict);
}

/* What the properties of a heap, and its memory, make of a candidate. */
static void
judge_candidate (struct judge *judge, struct heap_candidate *candidate)
{
  const struct heap_info *info = &candidate->info;

  if (heap_request_accepts_facts (judge->request, &info->facts, &candidate->verdict, &candidate->property) &&
      info->access == -ENODATA)
    candidate->verdict = HEAP_EMPTY;
}

static void
judge_name (struct judge *judge, const char *name)
{
  const struct heap_info *info = resolve (judge->catalog, judge->config, name);
  struct heap_candidate *candidate;

  if (!heap_name_is_valid (name)) {
    add_name (judge, name, HEAP_INVALID_NAME);
  } else if (info == NULL) {
    add_name (judge, name, HEAP_ABSENT);
  } else if (!is_listed (judge, info->name)) {
    candidate = add_candidate (judge, info, HEAP_FITS);
    if (strcmp (info->name, name) != 0)
      strcpy (candidate->requested, name);
    judge_candidate (judge, candidate);
  }
}

static void
judge_default (struct judge *judge, const char *name)
{
  const struct heap_info *info = resolve (judge->catalog, judge->config, name);

  if (info != NULL)
    add_candidate (judge, info, HEAP_FITS);
}

/* A second way to a heap whose first way is closed is no twin to leave out: boards give
 * permissions to the name they know, be it today's or not. */
static bool
is_twin_of_candidate (const struct judge *judge, const struct heap_info *info)
{
  for (size_t i = 0; i < judge->choice.n_candidates; i++) {
    const struct heap_candidate *candidate = &judge->choice.candidates[i];
    if (candidate->verdict == HEAP_FITS && candidate->info.access == 0 && heap_info_is_same (&candidate->info, info))
      return true;
  }
  return false;
}

static void
judge_by_properties (struct judge *judge, const struct heap_info *info)
{
  const struct heap_request *request = judge->request;
  struct heap_candidate *candidate = add_candidate (judge, info, HEAP_FITS);
  bool wants_protected = (request->required | request->preferred) & HEAP_PROPERTY_BIT (HEAP_PROTECTED);

  judge_candidate (judge, candidate);
  if (candidate->verdict == HEAP_FITS && info->facts.of[HEAP_PROTECTED].answer == HEAP_YES && !wants_protected)
    candidate->verdict = HEAP_NOT_WANTED_PROTECTED;
}

/* The heap that was passed has to have one of the names, if there are any. */
static void
judge_passed (struct judge *judge)
{
  const struct heap_info *info = heap_catalog_find_passed (judge->catalog);
  struct heap_candidate *candidate;
  struct heap_info unknown = { 0 };

  if (info == NULL) {
    snprintf (unknown.name, sizeof unknown.name, "file descriptor %d", judge->request->shown_fd);
    candidate = add_candidate (judge, &unknown, HEAP_NO_HEAP);
    candidate->error = judge->catalog->passing.error;
  } else if (!heap_request_names (judge->request, info->name, judge->catalog, judge->config)) {
    add_candidate (judge, info, HEAP_NOT_NAMED);
  } else {
    judge_candidate (judge, add_candidate (judge, info, HEAP_FITS));
  }
}

/* Judges a heap that was not asked for by name. */
static void
judge_heap (struct judge *judge, const struct heap_info *info)
{
  if (is_listed (judge, info->name))
    return;
  if (is_twin_of_candidate (judge, info))
    add_candidate (judge, info, HEAP_TWIN);
  else if (judge->request->n_names > 0 || judge->request->has_fd)
    add_candidate (judge, info, HEAP_NOT_NAMED);
  else if (asks_for_nothing (judge->request))
    add_candidate (judge, info, HEAP_NOT_DEFAULT);
  else
    judge_by_properties (judge, info);
}

static void
judge_all (struct judge *judge)
{
  if (asks_for_nothing (judge->request)) {
    for (size_t i = 0; i < sizeof default_names / sizeof default_names[0]; i++)
      judge_default (judge, default_names[i]);
  }
  if (judge->request->has_fd)
    judge_passed (judge);
  for (size_t i = 0; i < judge->request->n_names && !judge->request->has_fd; i++)
    judge_name (judge, judge->request->names[i]);
  for (size_t i = 0; i < judge->catalog->n_heaps; i++)
    judge_heap (judge, &judge->catalog->heaps[i]);
}

static bool
fits (const struct heap_candidate *candidate)
{
  return candidate->verdict == HEAP_FITS || candidate->verdict == HEAP_TAKEN || candidate->verdict == HEAP_CANNOT_OPEN;
}

/* How far back a candidate belongs: what fits by the preferred properties it is without, unless the
 * names say the order; then the rest. */
static unsigned
place_of (const struct heap_request *request, const struct heap_candidate *candidate)
{
  unsigned place = 0;

  if (!fits (candidate))
    return HEAP_N_PROPERTIES + 1;
  for (enum heap_property i = 0; request->n_names == 0 && i < HEAP_N_PROPERTIES; i++) {
    bool preferred = request->preferred & HEAP_PROPERTY_BIT (i);
    place += preferred && candidate->info.facts.of[i].answer != HEAP_YES;
  }
  return place;
}

/* Insertion sort: few candidates, and those of one place keep their order. */
static void
put_in_order (const struct heap_request *request, struct heap_choice *choice)
{
  struct heap_candidate *candidates = choice->candidates;

  for (size_t i = 1; i < choice->n_candidates; i++) {
    struct heap_candidate moving = candidates[i];
    size_t j = i;
    for (; j > 0 && place_of (request, &candidates[j - 1]) > place_of (request, &moving); j--)
      candidates[j] = candidates[j - 1];
    candidates[j] = moving;
  }
}

int
heap_select (const struct heap_request *request, const struct heap_catalog *catalog, const struct heap_config *config,
    struct heap_choice *ret_choice)
{
  struct judge judge = { request, catalog, config, { .directory_error = catalog->directory_error } };
  struct heap_choice *choice = &judge.choice;

  choice->asked = request->required | request->preferred;
  choice->passing = catalog->passing;
  choice->directory = strdup (catalog->directory);
  choice->candidates = calloc (request->n_names + catalog->n_heaps + request->has_fd, sizeof *choice->candidates);
  if (choice->directory == NULL || choice->candidates == NULL) {
    heap_choice_finish (choice);
    return -ENOMEM;
  }
  judge_all (&judge);
  put_in_order (request, choice);
  *ret_choice = *choice;
  return 0;
}

void
heap_choice_finish (struct heap_choice *choice)
{
  free (choice->candidates);
  free (choice->directory);
  *choice = (struct heap_choice){ 0 };
}

static int
open_candidate (const struct heap_choice *choice, const struct heap_info *info, struct heap **ret_heap)
{
  char path[PATH_MAX];
  int r;

  if (info->is_passed)
    return heap_open_fd (info, choice->passing.fd, ret_heap);
  r = heap_node_path (choice->directory, info->name, path, sizeof path);
  return r < 0 ? r : heap_open (info, path, ret_heap);
}

int
heap_choice_open_candidate (struct heap_choice *choice, size_t index, struct heap **ret_heap)
{
  struct heap_candidate *candidate = &choice->candidates[index];
  int r = open_candidate (choice, &candidate->info, ret_heap);

  candidate->error = r;
  candidate->verdict = r < 0 ? HEAP_CANNOT_OPEN : HEAP_TAKEN;
  return r;
}

int
heap_choice_open (struct heap_choice *choice, size_t first, struct heap **ret_heap, size_t *ret_index)
{
  for (size_t i = first; i < choice->n_candidates; i++) {
    if (fits (&choice->candidates[i]) && heap_choice_open_candidate (choice, i, ret_heap) == 0) {
      *ret_index = i;
      return 0;
    }
  }
  return -ENOENT;
}

int
heap_candidate_error (const struct heap_candidate *candidate)
{
  if (candidate->verdict == HEAP_CANNOT_OPEN)
    return candidate->error;
  return candidate->verdict == HEAP_FITS ? candidate->info.access : 0;
}
