/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Rules for udev that let a group open heaps. Text alone: the tool prints it, advice quotes it, and the build writes
 * the file that is installed. Of plain C, as the build runs it on the machine that compiles. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define UDEV_RULES_FILE "70-gst-heaps.rules"
#define UDEV_RULES_PATH "/etc/udev/rules.d/" UDEV_RULES_FILE
#define UDEV_DEFAULT_GROUP "video"

/* What may be opened, and by whom. Strings are borrowed. */
struct udev_rules {
  const char *group;        /* valid */
  const char *const *heaps; /* valid names. Those of the heaps of the process stand for /dev/udmabuf */
  size_t n_heaps;           /* 0: all heaps of the kernel */
};

/* Whether text is a name, or a number, that a rule can have as it is: letters, digits, "_", "." and "-", the latter two
 * not first. Whether there is such a group is not looked up. */
bool udev_group_is_valid (const char *text);
/* Writes a whole file: comments that say what it is for, where it goes and how it takes effect, and the rules. */
void udev_rules_write (FILE *out, const struct udev_rules *rules);
/* Writes the line for one heap of the kernel. */
void udev_rules_write_heap (FILE *out, const char *heap, const char *group);
/* Writes a pattern that matches text, in printable ASCII. What udev's patterns cannot say becomes "?", which is any one
 * character. */
void udev_rules_write_pattern (FILE *out, const char *text);
