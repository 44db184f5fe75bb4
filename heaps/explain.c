/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Turns a choice into text for people. */
#include "explain.h"

#include "escape.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ACCOUNT_BUFFER_SIZE 16384 /* a group's members may be many */

/* Verdicts with nothing to add. */
static const char *const plain_texts[] = {
  [HEAP_FITS] = "fits",
  [HEAP_TAKEN] = "taken",
  [HEAP_ABSENT] = "there is no such heap",
  [HEAP_INVALID_NAME] = "no heap can have this name",
  [HEAP_NOT_NAMED] = "not named in the request",
  [HEAP_NOT_DEFAULT] = "not for everything, and nothing particular was asked for",
  [HEAP_NOT_WANTED_PROTECTED] = "protected, and that was not asked for",
};

static void
write_error (FILE *out, int error)
{
  errno = -error;
  fprintf (out, "%m");
}

static void
write_user (FILE *out, uid_t uid)
{
  char buffer[ACCOUNT_BUFFER_SIZE];
  struct passwd entry, *found = NULL;

  if (getpwuid_r (uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    escape_write (out, found->pw_name);
  else
    fprintf (out, "%lu", (unsigned long) uid);
}

static void
write_group (FILE *out, gid_t gid)
{
  char buffer[ACCOUNT_BUFFER_SIZE];
  struct group entry, *found = NULL;

  if (getgrgid_r (gid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
    escape_write (out, found->gr_name);
  else
    fprintf (out, "%lu", (unsigned long) gid);
}

static bool
lacks_permission (const struct heap_info *info, int error)
{
  return error == -EACCES && info->backend == HEAP_BACKEND_KERNEL;
}

/* Why the heap could not be opened, or cannot be. */
static int
open_error (const struct heap_candidate *candidate)
{
  if (candidate->verdict == HEAP_CANNOT_OPEN)
    return candidate->error;
  return candidate->verdict == HEAP_FITS ? candidate->info.access : 0;
}

static void
write_open_error (FILE *out, const struct heap_info *info, int error)
{
  if (lacks_permission (info, error)) {
    fputs ("no permission: owner ", out);
    write_user (out, info->node.uid);
    fputs (", group ", out);
    write_group (out, info->node.gid);
    fprintf (out, ", mode %04o", (unsigned) info->node.mode & 07777);
  } else {
    fputs ("cannot be opened: ", out);
    write_error (out, error);
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

/* Names the candidate that candidate is another name of. */
static void
write_twin (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  const struct heap_candidate *other = choice->candidates;
  const struct heap_candidate *end = choice->candidates + choice->n_candidates;

  while (other < end && (other->verdict == HEAP_TWIN || !heap_info_is_same (&other->info, &candidate->info)))
    other++;
  fputs ("another name of ", out);
  escape_write (out, other < end ? other->info.name : heap_info_first_name (&candidate->info));
}

static void
write_verdict (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  switch (candidate->verdict) {
    case HEAP_CANNOT_OPEN:
      write_open_error (out, &candidate->info, candidate->error);
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

static void
write_candidate (FILE *out, const struct heap_candidate *candidate, const struct heap_choice *choice)
{
  write_verdict (out, candidate, choice);
  if (candidate->verdict == HEAP_FITS && candidate->info.access < 0) {
    fputs (", but ", out);
    write_open_error (out, &candidate->info, candidate->info.access);
  }
  if (*candidate->requested != '\0') {
    fputs (" (meant by ", out);
    escape_write (out, candidate->requested);
    fputc (')', out);
  }
}

static void
advise_directory (FILE *out, const struct heap_choice *choice)
{
  escape_write (out, choice->directory);
  if (choice->directory_error == -ENOENT) {
    fputs (
        " is not there: this kernel is without DMA-BUF heaps (CONFIG_DMABUF_HEAPS), or a container hides it.\n", out);
  } else {
    fputs (" cannot be read: ", out);
    write_error (out, choice->directory_error);
    fputs (".\n", out);
  }
}

static bool
is_there (const struct heap_candidate *candidate)
{
  return candidate->verdict != HEAP_ABSENT && candidate->verdict != HEAP_INVALID_NAME;
}

static bool
is_unknown (const struct heap_candidate *candidate)
{
  return candidate->verdict == HEAP_LACKS_UNKNOWN || candidate->verdict == HEAP_HAS_UNKNOWN;
}

static bool
is_forbidden_by_mode (const struct heap_candidate *candidate)
{
  return lacks_permission (&candidate->info, open_error (candidate));
}

/* Writes title before the first line of its kind. */
static void
write_title_once (FILE *out, const char *title, bool *written)
{
  if (!*written)
    fputs (title, out);
  *written = true;
}

static void
advise_permission (FILE *out, const struct heap_choice *choice)
{
  bool titled = false;

  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (!is_forbidden_by_mode (&choice->candidates[i]))
      continue;
    write_title_once (out,
        "To permit the members of a group, write to /etc/udev/rules.d/70-dma-heap.rules, "
        "then run \"udevadm trigger --subsystem-match=dma_heap\":\n",
        &titled);
    fputs ("  SUBSYSTEM==\"dma_heap\", KERNEL==\"", out);
    escape_write_udev_pattern (out, choice->candidates[i].info.name);
    fputs ("\", GROUP=\"video\", MODE=\"0660\"\n", out);
  }
}

static void
advise_declaration (FILE *out, const struct heap_choice *choice)
{
  bool titled = false;

  for (size_t i = 0; i < choice->n_candidates; i++) {
    const struct heap_candidate *candidate = &choice->candidates[i];
    if (!is_unknown (candidate))
      continue;
    write_title_once (out,
        "If you know it of your board, say so in heaps.conf (or the file that GST_HEAPS_CONFIG names):\n", &titled);
    fputs ("  [", out);
    escape_write (out, candidate->info.name);
    fprintf (out, "]\n  %s=%s\n", heap_property_name (candidate->property),
        candidate->verdict == HEAP_LACKS_UNKNOWN ? "yes" : "no");
  }
}

static void
advise_absence (FILE *out, const struct heap_choice *choice)
{
  bool absent = false, titled = false;

  for (size_t i = 0; i < choice->n_candidates; i++)
    absent = absent || !is_there (&choice->candidates[i]);
  for (size_t i = 0; absent && i < choice->n_candidates; i++) {
    if (!is_there (&choice->candidates[i]))
      continue;
    fputs (titled ? "; " : "Heaps on this machine: ", out);
    titled = true;
    escape_write (out, choice->candidates[i].info.name);
  }
  if (titled)
    fputs (".\n", out);
}

static void
advise (FILE *out, const struct heap_choice *choice)
{
  if (choice->directory_error < 0)
    advise_directory (out, choice);
  advise_absence (out, choice);
  advise_permission (out, choice);
  advise_declaration (out, choice);
}

bool
heap_choice_is_taken (const struct heap_choice *choice)
{
  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (choice->candidates[i].verdict == HEAP_TAKEN)
      return true;
  }
  return false;
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
    escape_write (out, choice->candidates[i].info.name);
    fputs (": ", out);
    write_candidate (out, &choice->candidates[i], choice);
    fputc ('\n', out);
  }
  if (!heap_choice_is_taken (choice))
    advise (out, choice);
  return close_text (out, &text);
}
