/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An element that is set to import dma-bufs, as those of V4L2 are. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Takes buffers at its pad "sink", which a test may replace. Properties, as V4L2's: io-mode ("auto", "dmabuf-import"),
 * device-fd. It reads GstVideoMeta, and says nothing of the layout. */
typedef struct {
  GstElement parent;
  gboolean imports;
  gint device_fd;     /* -1: it has none open */
  gboolean fails;     /* once it has taken n_taken buffers */
  gboolean is_silent; /* it returns an error then, and posts none */
  guint n_taken;
} FakeImporter;

typedef GstElementClass FakeImporterClass;

/* That of elements which are made by gst_parse_launch(); -1 at first. */
extern gint fake_importer_device_fd;

GType fake_importer_get_type (void);

G_END_DECLS
