/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What heaps that divide memory themselves have in common. */
#pragma once

#include "heap.h"
#include "ranges.h"

/* Notes that size bytes at offset are handed out, of memory that is zero from *clean_from on, where nothing has been
 * handed out yet. Returns how many bytes, at the beginning of them, may hold what an earlier user wrote. */
size_t division_note_use (size_t *clean_from, size_t offset, size_t size);
/* The usage of memory that ranges divides in units of unit bytes. */
void division_get_usage (const struct ranges *ranges, size_t unit, struct heap_usage *ret_usage);
