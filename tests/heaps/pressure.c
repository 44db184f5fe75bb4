/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who watches is told that the machine is short of memory. */
#include "heaps/pressure.h"

#include "suite.h"
#include "tests/fake/fake-sys.h"

#include <errno.h>

static void
begin (void)
{
  fake_reset ();
  fake_set_pressure (0);
}

static void
end (void)
{
  ck_assert_uint_eq (fake_open_fds (), 0);
}

START_TEST (test_each_event_is_told_once)
{
  struct pressure_watch watch = { 0 };

  ck_assert_int_eq (pressure_watch_begin (&watch), 0);
  ck_assert (!pressure_watch_check (&watch));
  fake_raise_pressure ();
  ck_assert (pressure_watch_check (&watch));
  ck_assert (!pressure_watch_check (&watch));
  pressure_watch_end (&watch);
}
END_TEST

/* The kernel tells whoever asks first, and the others not. */
START_TEST (test_every_watch_is_told)
{
  struct pressure_watch one = { 0 }, other = { 0 }, late = { 0 };

  ck_assert_int_eq (pressure_watch_begin (&one), 0);
  ck_assert_int_eq (pressure_watch_begin (&other), 0);
  ck_assert_uint_eq (fake_calls (FAKE_OPEN_PRESSURE), 1);
  fake_raise_pressure ();
  ck_assert (pressure_watch_check (&one));
  ck_assert_int_eq (pressure_watch_begin (&late), 0);
  ck_assert (pressure_watch_check (&other));
  ck_assert (!pressure_watch_check (&late));
  pressure_watch_end (&one);
  ck_assert_uint_eq (fake_open_fds (), 1);
  pressure_watch_end (&other);
  pressure_watch_end (&other);
  fake_raise_pressure ();
  ck_assert (pressure_watch_check (&late));
  pressure_watch_end (&late);
}
END_TEST

START_TEST (test_kernel_that_does_not_tell_is_left_alone)
{
  struct pressure_watch watch = { 0 };

  fake_set_pressure (ENOENT);
  ck_assert_int_eq (pressure_watch_begin (&watch), -ENOENT);
  fake_set_pressure (EPERM);
  ck_assert_int_eq (pressure_watch_begin (&watch), -EPERM);
  fake_raise_pressure ();
  ck_assert (!pressure_watch_check (&watch));
  pressure_watch_end (&watch);
  ck_assert_uint_eq (fake_calls (FAKE_PRESSURE_POLL), 0);
  fake_set_pressure (0);
  ck_assert_int_eq (pressure_watch_begin (&watch), 0);
  ck_assert (pressure_watch_check (&watch));
  pressure_watch_end (&watch);
}
END_TEST

START_TEST (test_poll_that_fails_tells_nothing)
{
  struct pressure_watch watch = { 0 };

  ck_assert_int_eq (pressure_watch_begin (&watch), 0);
  fake_raise_pressure ();
  fake_fail (FAKE_PRESSURE_POLL, 1, ENODEV);
  ck_assert (!pressure_watch_check (&watch));
  ck_assert (pressure_watch_check (&watch));
  pressure_watch_end (&watch);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_each_event_is_told_once,
    test_every_watch_is_told,
    test_kernel_that_does_not_tell_is_left_alone,
    test_poll_that_fails_tells_nothing,
  };

  return suite_run ("pressure", begin, end, tests, N_ELEMENTS (tests));
}
