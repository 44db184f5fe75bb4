/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The largest buffer that can be had, by halving: which size to try next, as pure functions. */
#pragma once

#include <glib.h>

typedef struct {
  gsize unit;      /* sizes are multiples of it */
  gsize low, high; /* in units: what can be had, and what cannot or is not to be tried */
  gsize next;      /* in units */
  guint n_tries;
} ProbeLargest;

/* Sizes up to bound are tried; in steps of unit, at the least. */
void probe_largest_begin (ProbeLargest *self, gsize bound, gsize unit);
/* The size to try next; 0: it is known. */
gsize probe_largest_next (const ProbeLargest *self);
/* Whether that size could be had. */
void probe_largest_note (ProbeLargest *self, gboolean could_be_had);
/* The largest that could be had so far. */
gsize probe_largest_get (const ProbeLargest *self);
