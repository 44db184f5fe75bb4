/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What who offers a pool can say of it. */
#pragma once

#include <gst/heaps/gstheapbufferpool.h>
#include <gst/heaps/gstheaplayoutparams.h>

/* From now on a configuration that has GST_BUFFER_POOL_OPTION_VIDEO_META, and no layout of its own, comes to this one:
 * who is offered the pool knows nothing of layouts, but says by that option whether it reads GstVideoMeta. Not for a
 * pool that others have already. */
G_GNUC_INTERNAL
void gst_heap_buffer_pool_offer_layout (GstHeapBufferPool *pool, const GstHeapLayoutParams *params);
