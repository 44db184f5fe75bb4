/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The loads heapdownload copies with, beside memcpy(): on cached memory, as no machine of ours has any other. */
#include "benchmarks.h"

#include "gst/elements/gstheapwidecopy.h"

#include <string.h>

static const gsize sizes[] = { 4096, 1920 * 1080 * 3 / 2 };

typedef struct {
  const GstHeapWideCopy *how; /* NULL: memcpy() itself */
  guint8 *from, *to;
  gsize size;
} Side;

static gboolean
run (gpointer data, guint n)
{
  Side *side = data;

  for (guint i = 0; i < n; i++) {
    if (side->how)
      side->how->copy (side->to, side->from, side->size);
    else
      memcpy (side->to, side->from, side->size);
  }
  return TRUE;
}

static void
side_free (gpointer data)
{
  Side *side = data;

  g_free (side->from);
  g_free (side->to);
  g_free (side);
}

static BenchSide
create_side (const GstHeapWideCopy *how, gsize size)
{
  Side *side = g_new0 (Side, 1);

  side->how = how;
  side->size = size;
  side->from = g_malloc (size);
  side->to = g_malloc (size);
  memset (side->from, 1, size);
  memset (side->to, 2, size);
  return (BenchSide){ how ? how->name : "memcpy", run, side, side_free };
}

static BenchCase *
create (guint number, gchar **ret_reason)
{
  guint n_ways;
  const GstHeapWideCopy *how = gst_heap_wide_copy_list (&n_ways);
  gsize size = sizes[number];
  BenchCase *self;

  if (!how->is_supported ()) {
    *ret_reason = g_strdup_printf ("this CPU does not support %s", how->name);
    return NULL;
  }
  self = bench_case_new (g_strdup_printf ("%s, %" G_GSIZE_FORMAT " bytes, cached", how->name, size));
  self->ours = create_side (how, size);
  self->peer = create_side (NULL, size);
  return self;
}

const BenchGroup bench_download = {
  "download",
  "the wide loads of heapdownload copy within cached memory, where they need not be faster; there is no uncached "
  "memory",
  G_N_ELEMENTS (sizes),
  FALSE,
  create,
};
