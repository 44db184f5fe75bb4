/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The export macro and nothing else. */
#pragma once

#include <gst/gst.h>

#ifdef BUILDING_GST_HEAPS
#define GST_HEAPS_API GST_API_EXPORT
#else
#define GST_HEAPS_API GST_API_IMPORT
#endif
