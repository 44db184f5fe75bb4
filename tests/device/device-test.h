/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the device tests share: the whole stack as it is installed, on a kernel with heaps. */
#pragma once

#include "dmabuf-info.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/heaps.h>

/* Exit status by which meson knows a skipped test. */
#define DEVICE_TEST_SKIP 77

/* What went through a pad. */
typedef struct {
  guint frames;
  guint frames_in_dmabufs;
  GHashTable *inodes; /* of the dma-bufs: inode -> exporter */
} DeviceTestTraffic;

/* Runs the suite, or skips it with the reason when this kernel has no heaps. For main(). */
int device_test_run (const gchar *name, Suite *suite, int argc, char **argv);
/* The same with that text as heaps.conf. */
int device_test_run_with_config (const gchar *text, const gchar *name, Suite *suite, int argc, char **argv);

/* Runs the pipeline to its end, and looks at what comes to the sink pad of the element called "sink". at_end is
 * called before the pipeline is taken down; may be NULL. Fails the test on an error message. */
void device_test_pipeline (const gchar *description, DeviceTestTraffic *traffic,
    void (*at_end) (GstElement *pipeline, DeviceTestTraffic *traffic));
/* The same with a pipeline that is made already. Takes pipeline. */
void device_test_play (GstElement *pipeline, DeviceTestTraffic *traffic,
    void (*at_end) (GstElement *pipeline, DeviceTestTraffic *traffic));
void device_test_traffic_clear (DeviceTestTraffic *traffic);
/* A field of the stats of the element called "upload", and one of those of its allocator. */
guint64 device_test_upload_stat (GstElement *pipeline, const gchar *field);
guint64 device_test_allocator_stat (GstElement *pipeline, const gchar *field);

/* The node of the CMA heap, which is what its dma-bufs name as their exporter; NULL when there is none. */
const gchar *device_test_cma_heap (void);
/* The capture device of this instance of vivid; NULL when there is none. The caller frees it. */
gchar *device_test_camera (guint instance);
