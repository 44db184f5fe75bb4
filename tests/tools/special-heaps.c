/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Heaps for a program that knows nothing of the fake. FAKE_DENIED has the names, with ";" between them, of those this
 * process may not open: they are root's, of mode 0600. FAKE_FULL has the names of those that give no memory. */
#include "tests/fake/fake-sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DEVICE 1000

static void
add_denied (const char *name)
{
  static uint64_t device = FIRST_DEVICE;

  fake_add_heap_full (name, device++, 0, 0, 0600, EACCES);
}

static void
add_full (const char *name)
{
  fake_add_heap (name);
  fake_set_capacity (name, 0);
}

static void
add_heaps (const char *variable, void (*add) (const char *name))
{
  const char *names = getenv (variable);
  char *list = names != NULL ? strdup (names) : NULL;
  char *rest = NULL;

  if (list == NULL)
    return;
  for (char *name = strtok_r (list, ";", &rest); name != NULL; name = strtok_r (NULL, ";", &rest))
    add (name);
  free (list);
}

__attribute__ ((constructor)) static void
add_special_heaps (void)
{
  add_heaps ("FAKE_DENIED", add_denied);
  add_heaps ("FAKE_FULL", add_full);
}
