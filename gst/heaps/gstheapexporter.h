/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who exported a dma-buf that is not of this library. */
#pragma once

#include <gst/gst.h>

/* The name of the heap the memory is of, or of whatever else exported it; NULL when it is no
 * dma-buf. Looked up once for each GstMemory. The string lives as long as the process. */
G_GNUC_INTERNAL
const gchar *gst_heap_exporter_of_memory (GstMemory *memory);
