/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Offering a heap on any pad of any element. */
#pragma once

#include <gst/heaps/gstheapallocator.h>

G_BEGIN_DECLS

GST_HEAPS_API
gulong gst_heap_pad_offer (GstPad *pad, GstHeapAllocator *allocator, guint min_buffers);

G_END_DECLS
