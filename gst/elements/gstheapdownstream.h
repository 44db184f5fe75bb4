/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What downstream wants of buffers, in the caps that it gets them in. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Has downstream of srcpad answer query, an ALLOCATION query nobody has answered yet. Where buffers leave in other caps
 * than those of query, caps, downstream is asked with these, and its answer copied into query: memory in dma-bufs has
 * the size and the layout of what is plain. NULL: the same caps. FALSE: downstream has no wishes. */
gboolean gst_heap_downstream_answer (GstPad *srcpad, GstCaps *caps, GstQuery *query);

G_END_DECLS
