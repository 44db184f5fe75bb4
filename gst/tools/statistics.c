/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What many measurements come to. */
#include "statistics.h"

#include <stdlib.h>

static int
compare_numbers (const void *a, const void *b)
{
  gdouble x = *(const gdouble *) a, y = *(const gdouble *) b;

  return (x > y) - (x < y);
}

ToolSpread
tool_spread (gdouble *values, guint n)
{
  qsort (values, n, sizeof values[0], compare_numbers);
  return (ToolSpread){ values[n / 4], values[n / 2], values[n - 1 - n / 4] };
}

gdouble
tool_percentile (gdouble *values, guint n, guint percent)
{
  guint rank = (guint) (((guint64) n * percent + 99) / 100);

  qsort (values, n, sizeof values[0], compare_numbers);
  return values[CLAMP (rank, 1, n) - 1];
}
