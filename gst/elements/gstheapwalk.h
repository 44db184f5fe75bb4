/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Steps from one element of a pipeline to the next. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_HEAP_LONGEST_WALK 64 /* elements; more is a loop */

GstPad *gst_heap_walk_get_peer (GstPad *pad);
gboolean gst_heap_walk_passes_on (GstElement *element, GstPad *input);

G_END_DECLS
