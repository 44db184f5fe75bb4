/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pools that another one has replaced: what lies idle in them is the first to go when a heap is full. */
#pragma once

#include <gst/gst.h>

/* Remembers pool, as long as it lives, without a reference. */
G_GNUC_INTERNAL
void gst_heap_retired_add (GstBufferPool *pool);
/* Calls free_idle with each of them, in no lock. Whether there was any. */
G_GNUC_INTERNAL
gboolean gst_heap_retired_reclaim (void (*free_idle) (GstBufferPool *pool));
