/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Advice, one kind after the other: each is a title and a line for each candidate it concerns. */
#include "advice.h"

#include "text.h"
#include "udev-rules.h"

#include <errno.h>
#include <sys/stat.h>

struct advice {
  bool (*concerns) (const struct heap_candidate *candidate);
  const char *title;
  void (*write_line) (FILE *out, const struct heap_candidate *candidate); /* NULL: the title says it all */
};

static bool
is_closed_by_mode (const struct heap_candidate *candidate)
{
  return candidate->info.backend == HEAP_BACKEND_KERNEL && heap_candidate_error (candidate) == -EACCES;
}

/* Where the mode permits a group to come in already. */
static bool
calls_for_member (const struct heap_candidate *candidate)
{
  return is_closed_by_mode (candidate) && (candidate->info.node.mode & S_IRGRP) != 0;
}

static void
write_membership (FILE *out, const struct heap_candidate *candidate)
{
  fputs ("  usermod --append --groups ", out);
  text_write_group (out, candidate->info.node.gid);
  fputs (" USER\n", out);
}

static bool
calls_for_rule (const struct heap_candidate *candidate)
{
  return is_closed_by_mode (candidate) && !calls_for_member (candidate);
}

static void
write_rule (FILE *out, const struct heap_candidate *candidate)
{
  fputs ("  ", out);
  udev_rules_write_heap (out, candidate->info.name, UDEV_DEFAULT_GROUP);
}

static bool
calls_for_udmabuf (const struct heap_candidate *candidate)
{
  return candidate->info.backend == HEAP_BACKEND_PROCESS && candidate->verdict == HEAP_LACKS &&
         candidate->property == HEAP_IMPORTABLE;
}

static bool
calls_for_huge_pages (const struct heap_candidate *candidate)
{
  return candidate->verdict == HEAP_EMPTY;
}

static bool
calls_for_declaration (const struct heap_candidate *candidate)
{
  return candidate->verdict == HEAP_LACKS_UNKNOWN || candidate->verdict == HEAP_HAS_UNKNOWN;
}

static void
write_declaration (FILE *out, const struct heap_candidate *candidate)
{
  fputs ("  [", out);
  text_write_escaped (out, candidate->info.name);
  fprintf (out, "]\n  %s=%s\n", heap_property_name (candidate->property),
      candidate->verdict == HEAP_LACKS_UNKNOWN ? "yes" : "no");
}

static const struct advice kinds[] = {
  { calls_for_member, "To get permission, become a member of the group, and log in again:\n", write_membership },
  { calls_for_rule,
      "To permit the members of the group " UDEV_DEFAULT_GROUP ", write to " UDEV_RULES_PATH ", "
      "then run \"udevadm trigger --subsystem-match=dma_heap\" (\"gst-heaps-1.0 udev\" prints that file):\n",
      write_rule },
  { calls_for_udmabuf,
      "Memory of the process is importable where /dev/udmabuf can be opened: \"modprobe udmabuf\" makes it, with "
      "CONFIG_UDMABUF in the kernel, and many systems permit it to the group kvm.\n",
      NULL },
  { calls_for_huge_pages,
      "process-contiguous has memory once huge pages are reserved: \"sysctl vm.nr_hugepages=64\" sets 64 aside, "
      "and so does, while memory is still in one piece, \"hugepages=64\" on the kernel's command line.\n",
      NULL },
  { calls_for_declaration,
      "If you know it of your board, say so in heaps.conf (or the file that GST_HEAPS_CONFIG names):\n",
      write_declaration },
};

static void
write_kind (FILE *out, const struct advice *kind, const struct heap_choice *choice)
{
  bool titled = false;

  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (!kind->concerns (&choice->candidates[i]))
      continue;
    if (!titled)
      fputs (kind->title, out);
    if (kind->write_line != NULL)
      kind->write_line (out, &choice->candidates[i]);
    titled = true;
  }
}

static void
write_directory (FILE *out, const struct heap_choice *choice)
{
  text_write_escaped (out, choice->directory);
  if (choice->directory_error == -ENOENT) {
    fputs (
        " is not there: this kernel is without DMA-BUF heaps (CONFIG_DMABUF_HEAPS), or a container hides it.\n", out);
  } else {
    fputs (" cannot be read: ", out);
    text_write_error (out, choice->directory_error);
    fputs (".\n", out);
  }
}

static bool
is_there (const struct heap_candidate *candidate)
{
  return candidate->verdict != HEAP_ABSENT && candidate->verdict != HEAP_INVALID_NAME &&
         candidate->verdict != HEAP_NO_HEAP;
}

static bool
all_are_there (const struct heap_choice *choice)
{
  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (!is_there (&choice->candidates[i]))
      return false;
  }
  return true;
}

/* There is always one: the process. */
static void
write_heaps (FILE *out, const struct heap_choice *choice)
{
  const char *separator = "Heaps on this machine: ";

  for (size_t i = 0; i < choice->n_candidates; i++) {
    if (!is_there (&choice->candidates[i]))
      continue;
    fputs (separator, out);
    text_write_escaped (out, choice->candidates[i].info.name);
    separator = "; ";
  }
  fputs (".\n", out);
}

void
advice_write (FILE *out, const struct heap_choice *choice)
{
  /* Who passes an fd means no node of this directory. */
  if (choice->directory_error < 0 && !choice->passing.is_given)
    write_directory (out, choice);
  if (!all_are_there (choice) && !choice->passing.is_given)
    write_heaps (out, choice);
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    write_kind (out, &kinds[i], choice);
}
