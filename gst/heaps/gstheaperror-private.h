/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* From errno to the codes of GstHeapError. */
#pragma once

#include <gst/heaps/gstheaperror.h>

G_GNUC_INTERNAL
GstHeapError gst_heap_error_code_from_errno (int error);
