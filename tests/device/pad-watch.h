/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What goes through a pad: in whose memory each frame lies, and what is in it. */
#pragma once

#include <gst/gst.h>

typedef struct {
  guint64 inode;   /* of the dma-buf; 0 for other memory */
  gchar *exporter; /* of the dma-buf; NULL for other memory */
  gchar *content;  /* a digest, read through a mapping of our own */
} WatchedFrame;

/* What is here may be read when no frame can come. */
typedef struct {
  GMutex lock;          /* for pad_watch_contents() */
  GPtrArray *frames;    /* of WatchedFrame */
  GHashTable *our_maps; /* inode -> how many times we mapped it */
  GstBuffer *last;      /* the last buffer that came, held */
} PadWatch;

/* Watches a pad of the element of that name. Freed by pad_watch_free(), once the pipeline is in NULL. */
PadWatch *pad_watch_new (GstElement *pipeline, const gchar *element, const gchar *pad);
void pad_watch_free (PadWatch *watch);
/* How many frames lay in dma-bufs of that exporter. */
guint pad_watch_count (PadWatch *watch, const gchar *exporter);
/* Which dma-bufs came: inode -> exporter. The caller unrefs it. */
GHashTable *pad_watch_inodes (PadWatch *watch);
/* The contents of all frames, each once; also while frames come. The caller unrefs it. */
GHashTable *pad_watch_contents (PadWatch *watch);
/* How many times we mapped that dma-buf to look into it. */
guint pad_watch_our_maps (PadWatch *watch, guint64 inode);

/* The first dma-buf of a buffer mapped for reading and writing, past GStreamer; NULL when the buffer lies in other
 * memory. Unmapped by dmabuf_unmap(). */
guint8 *dmabuf_map (GstBuffer *buffer, gsize *ret_size);
void dmabuf_unmap (GstBuffer *buffer, guint8 *data, gsize size);
