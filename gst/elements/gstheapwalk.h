/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Steps from one element of a pipeline to the next. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_HEAP_LONGEST_WALK 64 /* elements; more is a loop */

GstPad *gst_heap_walk_get_peer (GstPad *pad);
gboolean gst_heap_walk_passes_on (GstElement *element, GstPad *input);
/* Adds the pads of its element at which leaves what comes in at input. */
void gst_heap_walk_add_outputs (GPtrArray *outputs, GstPad *input);
/* Returns: (transfer full) (nullable): the bus of the pipeline that element is in */
GstBus *gst_heap_walk_get_bus (GstElement *element);
/* The sink pads at which what leaves srcpad ends, as it is, behind queues and tees too. Returns: (transfer full):
 * pads */
GPtrArray *gst_heap_walk_find_ends (GstPad *srcpad);

G_END_DECLS
