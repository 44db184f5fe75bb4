/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Finding every dma-buf, and the processes that hold it, in what the kernel shows of itself. */
#pragma once

#include <glib.h>

/* One dma-buf. */
typedef struct {
  guint64 inode, size;
  gchar *exporter; /* which is the heap's name, for memory of a heap */
  GPtrArray *pids; /* of the processes that hold it, each once, in the order they were looked at */
} GstHeapCensusBuffer;

/* What was found. */
typedef struct {
  GHashTable *buffers;  /* of GstHeapCensusBuffer, by &inode */
  GHashTable *commands; /* names of the processes that hold any, by their pid */
  guint n_unseen;       /* processes whose fds this one may not look at */
  gboolean is_complete; /* whether the kernel's own list was read: then those that no process holds are there, too */
} GstHeapCensus;

/* Looks at the fds and mappings of all processes under proc, and at bufinfo. proc has to be there. */
G_GNUC_INTERNAL
gboolean gst_heap_census_take (GstHeapCensus *ret_census, const gchar *proc, const gchar *bufinfo, GError **error);
G_GNUC_INTERNAL
void gst_heap_census_clear (GstHeapCensus *census);
