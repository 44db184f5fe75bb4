/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a GstHeapBufferPool tells whoever made it. */
#pragma once

#include <gst/gst.h>

/* Gives the type its signals: in class_init. */
G_GNUC_INTERNAL
void gst_heap_pool_signals_install (GType type);
/* GstHeapBufferPool::failed and GstHeapBufferPool::starved. No lock of the library is held. */
G_GNUC_INTERNAL
void gst_heap_pool_signals_emit_failed (GstBufferPool *pool, const GError *error);
G_GNUC_INTERNAL
void gst_heap_pool_signals_emit_starved (GstBufferPool *pool, guint n_buffers);
