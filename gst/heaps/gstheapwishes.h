/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What downstream has answered to an ALLOCATION query, as far as it makes sense. */
#pragma once

#include <gst/heaps/gstheaplayoutparams.h>

typedef struct {
  GstAllocationParams params;
  guint size, min;             /* of the pool downstream proposed; 0: none */
  gboolean reads_meta;         /* GstVideoMeta */
  gboolean has_alignment;      /* else the next is not valid */
  GstVideoAlignment alignment; /* as downstream said it: whether that makes sense is yet to be seen */
  GstHeapLayoutParams layout;  /* for who proposes to fill in */
} GstHeapWishes;

G_GNUC_INTERNAL
void gst_heap_wishes_read (GstHeapWishes *wishes, GstQuery *query);
