/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Huge pages of the fake machine, as tests describe them. */
#pragma once

#include "heaps/sys.h"
#include "tests/fake/fake-sys.h"

#include <check.h>

#define MIB ((size_t) 1 << 20)
#define HUGE_PAGE (2 * MIB)
#define MAX_HUGE_PAGES 1024
#define HUGE_FILES "/sys/kernel/mm/hugepages/hugepages-2048kB/"

/* Pages of 2 MiB are free, each given by its place in memory: 3 is 6 MiB from where the first could be. */
static inline void
set_pages (const unsigned *places, size_t n)
{
  uint64_t frames[MAX_HUGE_PAGES];

  ck_assert_uint_le (n, MAX_HUGE_PAGES);
  for (size_t i = 0; i < n; i++)
    frames[i] = 0x100000 + places[i] * (HUGE_PAGE / sys_page_size ());
  fake_set_huge_pages (HUGE_PAGE, frames, n);
}

/* n pages, of which each is by step places after the one before; with a step of 1 all are adjacent. */
static inline void
set_pages_by (size_t n, int step)
{
  unsigned places[MAX_HUGE_PAGES];

  for (size_t i = 0; i < n; i++)
    places[i] = (unsigned) (MAX_HUGE_PAGES + step * (int) i);
  set_pages (places, n);
}

/* The physical address of a place. */
static inline uint64_t
address_of (unsigned place)
{
  return 0x100000 * (uint64_t) sys_page_size () + place * (uint64_t) HUGE_PAGE;
}
