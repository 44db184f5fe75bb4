/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copies that GStreamer says in its debug log. */
#pragma once

#include <gst/gst.h>

/* What a message says of a copy. */
typedef struct {
  const gchar *why;    /* static */
  guint64 bytes;       /* 0: it does not say */
  gboolean of_a_frame; /* that the element is about to push, whose bytes these are */
  GObject *object;     /* who says so; NULL: nobody in particular */
} GstHeapTraceCopy;

typedef void (*GstHeapTraceCopyFunction) (const GstHeapTraceCopy *copy, gpointer user_data);

/* Calls function with each, in the thread that copies, with no lock. What is listened to is printed no more than it was
 * before, unless GST_DEBUG_FILE is set or the application has a log function of its own. */
void gst_heap_trace_log_start (GstHeapTraceCopyFunction function, gpointer user_data);
/* An element of that factory is there: what it alone says is listened to from now on. */
void gst_heap_trace_log_expect (const gchar *factory);
/* No call any more, but those that are being made. */
void gst_heap_trace_log_stop (void);
/* What text, a message of a category, says. FALSE: of no copy. For tests. */
gboolean gst_heap_trace_log_parse (
    const gchar *category, const gchar *text, GstDebugLevel level, GstHeapTraceCopy *ret_copy);
