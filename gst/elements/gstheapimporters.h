/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Neighbours that are set to import dma-bufs. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The property by which the element of pad is set to import dma-bufs at that pad, as those of V4L2 are. Returns:
 * (nullable) */
const gchar *gst_heap_importer_get_property (GstPad *pad);

/* The sink pads at which elements import what leaves srcpad, as it is, behind queues and tees too. Returns: (transfer
 * full): pads */
GPtrArray *gst_heap_importers_find (GstPad *srcpad);
/* The least bytes that a buffer must have for all of these to import it, as far as they say. With wait, they are given
 * the time to see the caps, which may be on their way to them; only for the streaming thread. */
gsize gst_heap_importers_min_size (GstPad *srcpad, gboolean wait);

G_END_DECLS
