/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Looking whether what is asked of a layout makes sense. */
#pragma once

#include <gst/heaps/gstheaplayoutparams.h>

#define GST_HEAP_LAYOUT_MOST_STRIDE_ALIGN (1u << 20)

/* Whether each number is one that can be computed with, and alignments are powers of two. */
G_GNUC_INTERNAL
gboolean gst_heap_layout_params_check (const GstHeapLayoutParams *params, GError **error);
