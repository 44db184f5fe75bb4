/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The largest buffer that can be had. */
#include "probe-largest.h"

#define MAX_TRIES 16

void
probe_largest_begin (ProbeLargest *self, gsize bound, gsize unit)
{
  gsize units = bound / unit;

  *self = (ProbeLargest){ .unit = unit, .high = units + 1, .next = units };
}

gsize
probe_largest_next (const ProbeLargest *self)
{
  gboolean is_known = self->high - self->low <= 1 || self->n_tries == MAX_TRIES;

  return is_known ? 0 : self->next * self->unit;
}

void
probe_largest_note (ProbeLargest *self, gboolean could_be_had)
{
  if (could_be_had)
    self->low = self->next;
  else
    self->high = self->next;
  self->next = self->low + (self->high - self->low) / 2;
  self->n_tries++;
}

gsize
probe_largest_get (const ProbeLargest *self)
{
  return self->low * self->unit;
}
