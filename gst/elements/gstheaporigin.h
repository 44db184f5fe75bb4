/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Where buffers come from, as far as it can be told by walking upstream. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct {
  GstElement *producer; /* who makes the buffers; NULL when nothing is linked */
  GstPad *output;       /* where it sends them; NULL with producer */
  GString *through;     /* names of the elements that pass them on, the nearest one last */
  gchar *splitter;      /* name of the nearest of these that has several outputs, or NULL */
} GstHeapOrigin;

void gst_heap_origin_find (GstHeapOrigin *origin, GstPad *sinkpad);
void gst_heap_origin_clear (GstHeapOrigin *origin);

G_END_DECLS
