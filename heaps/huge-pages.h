/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which huge pages the system has set aside. They are read, never changed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HUGE_PAGES_MAX_SIZES 8 /* more than any processor has */

/* The pages of one size. */
struct huge_pages {
  size_t page_size;    /* bytes, a power of two */
  uint64_t total;      /* pages: those reserved and those the system may add on demand (overcommit) */
  uint64_t free;       /* of these, neither in use nor promised to anybody */
  uint64_t persistent; /* those reserved: what vm.nr_hugepages says */
};

/* Reads /sys/kernel/mm/hugepages, smallest pages first: how many sizes there are; 0 on a kernel without huge pages. */
size_t huge_pages_read (struct huge_pages ret_pages[HUGE_PAGES_MAX_SIZES]);
/* Whether any are reserved, or may be added on demand. */
bool huge_pages_are_there (void);
/* Writes a clause that says what is there, and what to do to get a buffer of size bytes. */
void huge_pages_write_advice (FILE *out, size_t size);
