/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the kernel itself says of dma-bufs: the witness of the device tests, which none of the code under test is asked
 * for. */
#pragma once

#include <glib.h>

/* The exporter of fd by /proc/self/fdinfo; NULL when fd is no dma-buf. The caller frees it. */
gchar *dmabuf_info_exporter (int fd);
/* The name fd was given, by the same; NULL when it has none. The caller frees it. */
gchar *dmabuf_info_name (int fd);
/* The inode number of fd, which bufinfo knows a dma-buf by. */
guint64 dmabuf_info_inode (int fd);
/* The devices attached to the dma-buf by debugfs' bufinfo, in lines; "" for none, NULL when bufinfo
 * does not list it. The caller frees it. */
gchar *dmabuf_info_attached (guint64 inode);
/* How many dma-bufs of an exporter bufinfo lists; NULL is any. */
guint dmabuf_info_count (const gchar *exporter);
/* The sizes of these added up, in bytes. */
guint64 dmabuf_info_bytes (const gchar *exporter);
