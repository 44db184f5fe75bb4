/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One runner for all the suites. */
#include "suite.h"

#include <stdlib.h>

int
suite_run (const char *name, SFun setup, SFun teardown, const TTest *const *tests, size_t n_tests)
{
  Suite *suite = suite_create (name);
  TCase *tcase = tcase_create (name);
  SRunner *runner;
  int n_failed;

  tcase_set_timeout (tcase, 20);
  tcase_add_checked_fixture (tcase, setup, teardown);
  for (size_t i = 0; i < n_tests; i++)
    tcase_add_test (tcase, tests[i]);
  suite_add_tcase (suite, tcase);
  runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  n_failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
