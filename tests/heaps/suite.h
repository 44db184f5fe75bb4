/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Runs the tests of one file. */
#pragma once

#include <check.h>
#include <stddef.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])

/* Runs each test in a process of its own, between setup and teardown, which may be NULL. The
 * exit status of the program. */
int suite_run (const char *name, SFun setup, SFun teardown, const TTest *const *tests, size_t n_tests);
