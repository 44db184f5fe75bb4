/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What heaps that divide memory themselves have in common. */
#include "division.h"

size_t
division_note_use (size_t *clean_from, size_t offset, size_t size)
{
  size_t end = offset + size, clean = *clean_from;

  if (clean < end)
    *clean_from = end;
  if (clean <= offset)
    return 0;
  return (clean < end ? clean : end) - offset;
}

void
division_get_usage (const struct ranges *ranges, size_t unit, struct heap_usage *ret_usage)
{
  struct ranges_report report;

  ranges_get_report (ranges, &report);
  *ret_usage = (struct heap_usage){
    .held = report.total * unit,
    .used = (report.total - report.free) * unit,
    .largest = (uint64_t) report.largest * unit,
    .n_holes = report.n_holes,
  };
}
