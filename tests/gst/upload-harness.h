/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload in a harness, and buffers to push through it. */
#pragma once

#include "testing.h"

#include <gst/check/gstharness.h>

#define I420 "video/x-raw,format=I420,width=32,height=16,framerate=25/1"
#define I420_SIZE (32 * 16 * 3 / 2)

/* A heapupload, and its messages. */
typedef struct {
  GstHarness *harness;
  GstBus *bus;
} Upload;

/* With properties as in gst-launch. caps NULL: none are sent yet. */
Upload upload_new (const gchar *properties, const gchar *caps);
void upload_free (Upload *upload);

/* That the next error is of that code, with part in its text. */
void upload_assert_error (Upload *upload, gint code, const gchar *part);
void upload_assert_counts (Upload *upload, guint64 passed, guint64 copied, guint64 bytes);
/* Pushes buffer, which stays the caller's to compare with. Returns: (transfer full): a copy of it in the heap */
GstBuffer *upload_assert_copies (Upload *upload, GstBuffer *buffer, const gchar *heap);
/* Pushes a pattern, and takes what comes out. */
void upload_push_pattern (Upload *upload, gsize size);
void assert_in_heap (GstBuffer *buffer, const gchar *heap);
void assert_same_bytes (GstBuffer *buffer, GstBuffer *expected);

/* System memory with bytes that differ from one place to the next. */
GstBuffer *pattern_new (gsize size);
GstMemory *heap_memory_new (const gchar *selection, gsize size);
/* A dma-buf of the heap at path, of an allocator that is not ours. */
GstMemory *foreign_memory_new (const gchar *path, gsize size);
/* Takes both; the second may be NULL. */
GstBuffer *buffer_of (GstMemory *first, GstMemory *second);
