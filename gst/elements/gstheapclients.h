/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Processes at a unixfdsink that end, or stop, in the middle of a command. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Has sink, a unixfdsink, read commands of its clients only when they are there as a whole; from then on, for as long
 * as it lives. Who connected before is included when the next one does: so best before it starts. Once is enough. Any
 * thread; does nothing for a sink without a property num-clients (before 1.28). */
void gst_heap_clients_guard (GstElement *sink);

G_END_DECLS
