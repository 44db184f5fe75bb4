/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Huge pages of this machine, for a test. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Runs tests in a process of its own, with at least least_pages free huge pages. Where none are reserved, reserves up
 * to most_pages of them first, if that is permitted, and puts the old number back at the end, whatever became of the
 * tests. The exit status for main(): that of tests, or 77 with the reason on stdout. One process at a time,
 * machine-wide. */
int reserved_pages_run (size_t least_pages, size_t most_pages, int (*tests) (void));
/* How many huge pages of the default size nobody has taken, and how large one is. */
size_t reserved_pages_free (void);
size_t reserved_page_size (void);
