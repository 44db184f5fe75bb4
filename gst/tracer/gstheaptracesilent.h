/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Elements that copy and say so nowhere. */
#pragma once

#include "gstheapledger.h"

#include <gst/gst.h>

/* How many bytes of buffer the element copies that it comes to; 0: none that is known of. In *ret_why the reason, a
 * static string. */
gsize gst_heap_trace_silent_copy (const GstHeapLedgerElement *to, GstBuffer *buffer, const gchar **ret_why);
