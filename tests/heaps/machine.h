/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What all tests on the fake machine begin and end with, and its heaps as tables of tests have them. */
#pragma once

#include "tests/fake/fake-sys.h"

#include <check.h>
#include <errno.h>
#include <string.h>

static inline void
begin_on_machine (void)
{
  fake_reset ();
}

/* No test leaves anything behind. */
static inline void
end_on_machine (void)
{
  ck_assert_uint_eq (fake_open_fds (), 0);
  ck_assert_uint_eq (fake_mappings (), 0);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
}

/* heaps: names with ";" between them; one with "!" in front is known to be closed. A path is /dev/udmabuf, and no
 * heap. */
static inline void
set_up_heaps (const char *heaps)
{
  char list[512];
  char *rest = NULL;

  fake_reset ();
  ck_assert_uint_lt (strlen (heaps), sizeof list);
  strcpy (list, heaps);
  for (char *name = strtok_r (list, ";", &rest); name != NULL; name = strtok_r (NULL, ";", &rest)) {
    if (*name == '/')
      fake_set_udmabuf (0);
    else if (*name == '!')
      fake_add_heap_full (name + 1, 0, 0, 0, 0600, EACCES);
    else
      fake_add_heap (name);
  }
}
