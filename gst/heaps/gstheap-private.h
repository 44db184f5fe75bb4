/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the library knows of a GstHeap and does not tell. */
#pragma once

#include <gst/heaps/gstheap.h>

#include "heaps/heap.h"

/* path may be NULL. Takes over core, which is NULL for a heap that is not open yet. */
G_GNUC_INTERNAL
GstHeap *gst_heap_new (const struct heap_info *info, const gchar *path, struct heap *core);
/* As gst_heap_new(), with the path that the heap has in directory. */
G_GNUC_INTERNAL
GstHeap *gst_heap_new_in_directory (const struct heap_info *info, const gchar *directory, struct heap *core);
/* Owned by the heap. */
G_GNUC_INTERNAL
const struct heap_info *gst_heap_get_info (GstHeap *heap);
/* Opens the heap where it is not open yet. What is returned is owned by the
 * heap; NULL with an error when it cannot be opened. Any thread. */
G_GNUC_INTERNAL
struct heap *gst_heap_open (GstHeap *heap, GError **error);
