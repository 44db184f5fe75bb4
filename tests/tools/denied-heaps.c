/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Heaps this process may not open, for a program that knows nothing of the fake: FAKE_DENIED has their
 * names, with ";" between them. They are root's, of mode 0600. */
#include "tests/fake/fake-sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DEVICE 1000

__attribute__ ((constructor)) static void
add_denied_heaps (void)
{
  const char *names = getenv ("FAKE_DENIED");
  char *list = names != NULL ? strdup (names) : NULL;
  char *rest = NULL;
  uint64_t device = FIRST_DEVICE;

  if (list == NULL)
    return;
  for (char *name = strtok_r (list, ";", &rest); name != NULL; name = strtok_r (NULL, ";", &rest))
    fake_add_heap_full (name, device++, 0, 0, 0600, EACCES);
  free (list);
}
