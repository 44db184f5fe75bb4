/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Importing dma-bufs into a V4L2 device, and nothing else: it does not stream, and its format stays. */
#pragma once

#include <gst/heaps/heaps.h>

#define PROBE_V4L2_MAX_PLANES 8

typedef struct {
  int fd;
  guint32 type;                       /* of the queue: V4L2_BUF_TYPE_* */
  guint32 field;                      /* of its format */
  guint n_planes;                     /* memories that a buffer of it has */
  gsize sizes[PROBE_V4L2_MAX_PLANES]; /* bytes each of them needs */
} ProbeQueue;

/* The queue of the device that it writes to, or else the one that it reads from. */
gboolean probe_queue_open (ProbeQueue *self, const gchar *path, GError **error);
void probe_queue_close (ProbeQueue *self);
/* Queues one buffer of n_planes dma-bufs, of whole_sizes bytes, and takes it back. 0, or -errno; *ret_is_refusal:
 * whether it was the memory that the device refused. */
int probe_queue_import (ProbeQueue *self, const int *fds, const gsize *whole_sizes, gboolean *ret_is_refusal);
