/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copying out of memory that the CPU does not cache: with loads as wide as it has. */
#include "gstheapwidecopy.h"

#include "gstheapwideload.h"

/* What is before the first whole line of src and after the last is less than a line each. */
static void
copy_wide (void *dest, const void *src, gsize size)
{
  guint8 *to = dest;
  const guint8 *from = src;
  gsize head = MIN (size, -(guintptr) from % GST_HEAP_WIDE_LINE), n_lines = (size - head) / GST_HEAP_WIDE_LINE;
  gsize tail = head + n_lines * GST_HEAP_WIDE_LINE;

  memcpy (to, from, head);
  gst_heap_wide_copy_lines (to + head, from + head, n_lines);
  memcpy (to + tail, from + tail, size - tail);
}

static gboolean
supports_memcpy (void)
{
  return TRUE;
}

static void
copy_by_memcpy (void *dest, const void *src, gsize size)
{
  memcpy (dest, src, size);
}

static const GstHeapWideCopy copies[] = {
  { GST_HEAP_WIDE_NAME, gst_heap_wide_is_supported, copy_wide },
  { "memcpy", supports_memcpy, copy_by_memcpy },
};

const GstHeapWideCopy *
gst_heap_wide_copy_list (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (copies);
  return copies;
}

const GstHeapWideCopy *
gst_heap_wide_copy_best (void)
{
  guint i = 0;

  while (!copies[i].is_supported ())
    i++;
  return &copies[i];
}
