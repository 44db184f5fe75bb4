/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What many measurements come to, as pure functions. */
#pragma once

#include <glib.h>

/* The median, and the quartiles on its sides. */
typedef struct {
  gdouble low, median, high;
} ToolSpread;

/* Of n values, at least one, which are put in order. */
ToolSpread tool_spread (gdouble *values, guint n);
/* The least of n values, at least one, that percent of them do not exceed (the nearest rank). They are put in order. */
gdouble tool_percentile (gdouble *values, guint n, guint percent);
