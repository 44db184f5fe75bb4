/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writes the rules that are installed, on the machine that compiles: write-udev-rules GROUP [HEAP...] */
#include "udev-rules.h"

int
main (int argc, char **argv)
{
  struct udev_rules rules;

  if (argc < 2 || !udev_group_is_valid (argv[1])) {
    fputs ("write-udev-rules: error: the first argument is no name of a group\n", stderr);
    return 2;
  }
  rules = (struct udev_rules){ argv[1], (const char *const *) argv + 2, (size_t) argc - 2 };
  udev_rules_write (stdout, &rules);
  return fflush (stdout) == 0 ? 0 : 1;
}
