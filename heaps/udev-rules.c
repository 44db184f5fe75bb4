/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writes rules for udev, by udev(7). */
#include "udev-rules.h"

#include "catalog.h"

#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

bool
udev_group_is_valid (const char *text)
{
  return *text != '\0' && *text != '-' && *text != '.' && text[strspn (text, LETTERS DIGITS "_.-")] == '\0';
}

/* A pattern is one of the shell's, "|" divides alternatives, and no quoting helps with that, with quotes and with
 * backslashes in all versions of udev. What a shell would act on is left out, as people paste. To udev "!"
 * in a name is "/". */
void
udev_rules_write_pattern (FILE *out, const char *text)
{
  static const char ordinary[] = LETTERS DIGITS "-_,@.:+=";
  static const char special[] = "*?[";

  for (; *text != '\0'; text++) {
    if (strchr (ordinary, *text) != NULL)
      fputc (*text, out);
    else if (strchr (special, *text) != NULL)
      fprintf (out, "[%c]", *text);
    else
      fputc ('?', out);
  }
}

static bool
is_of_process (const char *heap)
{
  return strcmp (heap, HEAP_PROCESS_NAME) == 0 || strcmp (heap, HEAP_CONTIGUOUS_NAME) == 0;
}

/* How many of the heaps are the process's. */
static size_t
count_process (const struct udev_rules *rules)
{
  size_t count = 0;

  for (size_t i = 0; i < rules->n_heaps; i++)
    count += is_of_process (rules->heaps[i]);
  return count;
}

static void
write_access (FILE *out, const char *group)
{
  fprintf (out, "GROUP=\"%s\", MODE=\"0660\"\n", group);
}

void
udev_rules_write_heap (FILE *out, const char *heap, const char *group)
{
  fputs ("SUBSYSTEM==\"dma_heap\", KERNEL==\"", out);
  udev_rules_write_pattern (out, heap);
  fputs ("\", ", out);
  write_access (out, group);
}

static void
write_udmabuf (FILE *out, const char *group)
{
  fputs ("# Memory of a process as dma-bufs (\"" HEAP_PROCESS_NAME "\"). systemd gives it to the group kvm, and from\n"
         "# version 257 on to who sits at the machine, too.\n"
         "SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\", ",
      out);
  write_access (out, group);
}

static void
write_comments (FILE *out, const struct udev_rules *rules)
{
  size_t n_process = count_process (rules);
  bool all_are_process = n_process > 0 && n_process == rules->n_heaps;

  fprintf (out,
      "# Lets the members of the group %s open DMA-BUF heaps. Written by \"gst-heaps-1.0 udev\".\n"
      "# Its place is " UDEV_RULES_PATH ". It counts from the next start on, and now after\n"
      "#   udevadm control --reload && udevadm trigger%s%s\n"
      "# Who becomes a member (usermod --append --groups %s USER) has to log in again.\n",
      rules->group, all_are_process ? "" : " --subsystem-match=dma_heap",
      n_process > 0 ? " --subsystem-match=misc" : "", rules->group);
  if (!all_are_process)
    fputs ("# What a heap gives counts for no process and no control group: a member can use up the memory.\n", out);
}

void
udev_rules_write (FILE *out, const struct udev_rules *rules)
{
  write_comments (out, rules);
  if (rules->n_heaps == 0) {
    fputs ("SUBSYSTEM==\"dma_heap\", ", out);
    write_access (out, rules->group);
  }
  for (size_t i = 0; i < rules->n_heaps; i++) {
    if (!is_of_process (rules->heaps[i]))
      udev_rules_write_heap (out, rules->heaps[i], rules->group);
  }
  if (count_process (rules) > 0)
    write_udmabuf (out, rules->group);
}
