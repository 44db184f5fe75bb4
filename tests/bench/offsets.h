/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Allocators of offsets side by side: heaps/ranges.h and others, which were written for this comparison after the
 * descriptions that are published of them, and are neither the original programs nor as fast as those may be. */
#pragma once

#include "heaps/ranges.h"

#include <stddef.h>

struct offsets_kind {
  const char *name, *short_name;
  uint32_t max_live; /* its speed is of no interest with more ranges */
  /* One segment from offset 0 on. NULL: out of memory. */
  void *(*create) (uint32_t n_units);
  void (*destroy) (void *self);
  bool (*alloc) (void *self, uint32_t size, struct range *ret_range);
  void (*free) (void *self, const struct range *range);
};

/* heaps/ranges.h. */
extern const struct offsets_kind offsets_ours;
/* 8 classes for each doubling; takes the first hole of the first class all of whose holes have room. As Sebastian
 * Aaltonen's OffsetAllocator, which keeps its bookkeeping outside of the memory too. */
extern const struct offsets_kind offsets_classes;
/* The same with 32 classes, as TLSF, whose headers lie in the memory: here they do not, so that it is faster. */
extern const struct offsets_kind offsets_tlsf;
/* The first hole by its offset, from a list of all. */
extern const struct offsets_kind offsets_first_fit;

extern const struct offsets_kind *const offsets_kinds[];
extern const size_t offsets_n_kinds;
