/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* This machine's kernel takes the trigger for memory pressure. */
#include "heaps/pressure.h"
#include "heaps/sys.h"

#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define SKIP 77

START_TEST (test_trigger_is_set_and_asked_without_waiting)
{
  struct pressure_watch watch = { 0 };

  ck_assert_int_eq (pressure_watch_begin (&watch), 0);
  for (int i = 0; i < 10; i++)
    pressure_watch_check (&watch); /* whatever this machine has to say */
  pressure_watch_end (&watch);
}
END_TEST

START_TEST (test_fd_closes_on_exec_and_can_be_polled)
{
  int fd = sys_open_pressure ("some 150000 2000000");

  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (fcntl (fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  ck_assert_int_ge (sys_pressure_poll (fd), 0);
  sys_close (fd);
}
END_TEST

START_TEST (test_what_is_no_trigger_is_refused)
{
  ck_assert_int_eq (sys_open_pressure ("some"), -EINVAL);
  ck_assert_int_eq (sys_open_pressure ("some 3000000 2000000"), -EINVAL);
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_trigger_is_set_and_asked_without_waiting,
    test_fd_closes_on_exec_and_can_be_polled,
    test_what_is_no_trigger_is_refused,
  };
  struct pressure_watch watch = { 0 };
  int result = pressure_watch_begin (&watch);

  pressure_watch_end (&watch);
  if (result < 0) {
    printf (
        "SKIP: this kernel tells this process of no memory pressure (/proc/pressure/memory: %s)\n", strerror (-result));
    return SKIP;
  }
  return suite_run ("real-pressure", NULL, NULL, tests, N_ELEMENTS (tests));
}
