/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Turns a choice into text for people. */
#include "explain.h"

#include "advice.h"
#include "fallback.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Verdicts with nothing to add. */
static const char *const plain_texts[] = {
  [HEAP_FITS] = "fits",
  [HEAP_TAKEN] = "taken",
  [HEAP_ABSENT] = "there is no such heap",
  [HEAP_INVALID_NAME] = "no heap can have this name",
  [HEAP_NOT_NAMED] = "not named in the request",
  [HEAP_NOT_DEFAULT] = "not for everything, and nothing particular was asked for",
  [HEAP_EMPTY] = "no huge page is reserved on this machine",
  [HEAP_NOT_WANTED_PROTECTED] = "protected, and that was not asked for",
};

static void
write_open_error (FILE *out, const struct heap_candidate *candidate)
{
  const struct heap_info *info = &candidate->info;
  int error = heap_candidate_error (candidate);

  if (error == -EACCES && info->backend == HEAP_BACKEND_KERNEL) {
    fputs ("no permission: owner ", out);
    text_write_user (out, info->node.uid);
    fputs (", group ", out);
    text_write_group (out, info->node.gid);
    fprintf (out, ", mode %04o", (unsigned) info->node.mode & 07777);
  } else {
    fputs ("cannot be opened: ", out);
    text_write_error (out, error);
    if (error == -EPERM)
      fputs (" (whatever the mode of its node: a container's rules for devices, or a security module)", out);
  }
}

static void
write_property (FILE *out, const struct heap_candidate *candidate)
{
  bool required = candidate->verdict == HEAP_LACKS || candidate->verdict == HEAP_LACKS_UNKNOWN;
  struct heap_fact fact = candidate->info.facts.of[candidate->property];

  fprintf (out, "%s is %s, and ", heap_property_name (candidate->property), required ? "required" : "forbidden");
  if (fact.answer == HEAP_UNKNOWN)
    fputs ("nothing tells whether it is", out);
  else
    fprintf (out, "it is%s (%s)", required ? " not" : "", heap_source_name (fact.source));
}

/* Names the candidate that candidate is another name of: that one fits, and stands before it. */
static void
write_twin (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  const struct heap_candidate *first = choice->candidates;

  while (!heap_info_is_same (&first->info, &candidate->info))
    first++;
  fputs ("another name of ", out);
  text_write_escaped (out, first->info.name);
}

/* Whose fd it is, what is wrong with it, and where that leads. */
static void
write_no_heap (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  const char *path = choice->passing.path;

  if (*path != '\0') {
    fputs ("opened as ", out);
    text_write_escaped (out, path);
    fputs (", ", out);
  }
  switch (candidate->error) {
    case -EBADF:
      fputs ("not open in this process, or by O_PATH alone: whoever passes it has to leave it open "
             "across exec (no FD_CLOEXEC), under this number",
          out);
      break;
    case -ENOTTY:
      fputs ("no node of a heap", out);
      break;
    case -ENODATA:
      fputs ("a heap, and nothing tells which: /sys/dev/char is not there, "
             "and the path is not that of a node in " HEAP_DEFAULT_DIRECTORY,
          out);
      break;
    default:
      text_write_error (out, candidate->error);
  }
}

static void
write_verdict (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  switch (candidate->verdict) {
    case HEAP_CANNOT_OPEN:
      write_open_error (out, candidate);
      break;
    case HEAP_NO_HEAP:
      write_no_heap (out, candidate, choice);
      break;
    case HEAP_LACKS:
    case HEAP_LACKS_UNKNOWN:
    case HEAP_HAS:
    case HEAP_HAS_UNKNOWN:
      write_property (out, candidate);
      break;
    case HEAP_TWIN:
      write_twin (out, candidate, choice);
      break;
    default:
      fputs (plain_texts[candidate->verdict], out);
  }
}

/* The one property that the heap taken has and the candidate may not have; or for the two which are no rank, the other
 * way round. */
static void
write_weaker (
    FILE *out, const struct heap_candidate *candidate, const struct heap_candidate *taken, enum heap_property property)
{
  struct heap_fact fact = candidate->info.facts.of[property];
  bool has = taken->info.facts.of[property].answer == HEAP_YES;

  text_write_escaped (out, taken->info.name);
  fprintf (out, " is %s%s, and ", has ? "" : "not ", heap_property_name (property));
  if (fact.answer == HEAP_UNKNOWN)
    fputs ("nothing tells whether this is", out);
  else
    fprintf (out, "this is%s (%s)", has ? " not" : "", heap_source_name (fact.source));
}

/* What becomes of a candidate that fits, where another one was taken. */
static void
write_fallback (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  const struct heap_candidate *taken = heap_choice_find_taken (choice);
  enum heap_property property;

  switch (heap_choice_judge_fallback (choice, candidate, &property)) {
    case HEAP_FALLBACK_NO_MATTER:
      break;
    case HEAP_FALLBACK_FITS:
      fputs (", for when ", out);
      text_write_escaped (out, taken->info.name);
      fputs (" has no memory left", out);
      break;
    case HEAP_FALLBACK_TWIN:
      fputs (", but is another name of ", out);
      text_write_escaped (out, taken->info.name);
      break;
    case HEAP_FALLBACK_WEAKER:
      fputs (", but is no fallback: ", out);
      write_weaker (out, candidate, taken, property);
      break;
  }
}

static void
write_candidate (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  write_verdict (out, candidate, choice);
  write_fallback (out, candidate, choice);
  if (candidate->verdict == HEAP_FITS && heap_candidate_error (candidate) < 0) {
    fputs (", but ", out);
    write_open_error (out, candidate);
  }
  if (candidate->info.is_passed && choice->passing.is_given)
    fputs (" (the file descriptor that was passed)", out);
  if (*candidate->requested != '\0') {
    fputs (" (asked for as ", out);
    text_write_escaped (out, candidate->requested);
    fputc (')', out);
  }
}

bool
heap_choice_is_taken (const struct heap_choice *choice)
{
  return heap_choice_find_taken (choice) != NULL;
}

/* Whether a heap was taken, or will be as far as is known. */
static bool
is_satisfied (const struct heap_choice *choice)
{
  for (size_t i = 0; i < choice->n_candidates; i++) {
    const struct heap_candidate *candidate = &choice->candidates[i];
    if (candidate->verdict == HEAP_FITS && heap_candidate_error (candidate) == 0)
      return true;
  }
  return heap_choice_is_taken (choice);
}

/* Closes out, and gives its text, or NULL when memory ran out on the way. */
static char *
close_text (FILE *out, char **text)
{
  bool failed = ferror (out) != 0;

  failed = fclose (out) != 0 || failed;
  if (!failed)
    return *text;
  free (*text);
  return NULL;
}

char *
heap_candidate_explain (const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream (&text, &size);

  if (out == NULL)
    return NULL;
  write_candidate (out, candidate, choice);
  return close_text (out, &text);
}

char *
heap_choice_explain (const struct heap_choice *choice)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream (&text, &size);

  if (out == NULL)
    return NULL;
  for (size_t i = 0; i < choice->n_candidates; i++) {
    text_write_escaped (out, choice->candidates[i].info.name);
    fputs (": ", out);
    write_candidate (out, &choice->candidates[i], choice);
    fputc ('\n', out);
  }
  if (!is_satisfied (choice))
    advice_write (out, choice);
  return close_text (out, &text);
}
