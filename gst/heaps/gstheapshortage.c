/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* That a heap had no room a moment ago: to ask one that is full may take long. */
#include "gstheapshortage.h"

void
gst_heap_shortage_begin (GstHeapShortage *shortage, gsize size, gint error)
{
  if (!gst_heap_shortage_lasts (shortage, size))
    shortage->size = size;
  shortage->error = error;
  shortage->until = g_get_monotonic_time () + GST_HEAP_SHORTAGE_LASTS;
}

void
gst_heap_shortage_end (GstHeapShortage *shortage)
{
  if (shortage->size > 0)
    shortage->size = 0;
}

gboolean
gst_heap_shortage_lasts (GstHeapShortage *shortage, gsize size)
{
  gsize short_of = shortage->size;

  return short_of > 0 && size >= short_of && g_get_monotonic_time () < shortage->until;
}
