/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A GError as the element message an application sees. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

void gst_heap_post_error (GstElement *element, const GError *error);

G_END_DECLS
