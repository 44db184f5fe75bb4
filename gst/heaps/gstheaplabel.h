/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Names of dma-bufs, by which the kernel lists them. */
#pragma once

#include <glib.h>

/* What the memory of one allocator is called. */
typedef struct {
  GMutex lock;   /* protects what follows */
  gchar *text;   /* owned; NULL: nothing is given a name */
  gboolean said; /* that the kernel did not take a name */
} GstHeapLabel;

/* Of text, in which %n is the number and %% a "%": as much as a name of a dma-buf may have, in printable ASCII. What is
 * not, is "?", one for each character. The caller frees it. */
G_GNUC_INTERNAL
gchar *gst_heap_label_expand (const gchar *text, guint64 number);

G_GNUC_INTERNAL
void gst_heap_label_init (GstHeapLabel *self);
G_GNUC_INTERNAL
void gst_heap_label_clear (GstHeapLabel *self);
/* NULL: none. Any thread. */
G_GNUC_INTERNAL
void gst_heap_label_set_text (GstHeapLabel *self, const gchar *text);
/* The caller frees it. */
G_GNUC_INTERNAL
gchar *gst_heap_label_get_text (GstHeapLabel *self);
/* Gives the dma-buf its name, if it is to have one. That the kernel does not take it, is no matter. */
G_GNUC_INTERNAL
void gst_heap_label_name_dmabuf (GstHeapLabel *self, int fd, guint64 number);
