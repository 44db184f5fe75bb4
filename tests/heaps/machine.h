/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What all tests on the fake machine begin and end with. */
#pragma once

#include "tests/fake/fake-sys.h"

#include <check.h>

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
