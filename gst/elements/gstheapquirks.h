/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Elements upstream that would take an offer and then not use it, and what keeps them from that. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_heap_quirks_apply (GstPad *sinkpad, GstQuery *query);

G_END_DECLS
