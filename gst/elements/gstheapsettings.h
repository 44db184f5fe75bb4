/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the user can set on heapupload, besides what selects a heap. */
#pragma once

#include "gstheaplayoutfields.h"

G_BEGIN_DECLS

/* Property ids, counted from the first one. */
enum
{
  GST_HEAP_SETTING_REQUIRE_ZERO_COPY,
  GST_HEAP_SETTING_MIN_BUFFERS,
  GST_HEAP_SETTING_MIN_SIZE,
  GST_HEAP_SETTING_CACHE_BYTES,
  GST_HEAP_SETTING_MAX_BYTES,
  GST_HEAP_SETTING_LABEL,
  GST_HEAP_SETTING_MAX_LENT,
  GST_HEAP_SETTING_FIRST_LAYOUT,
  GST_HEAP_N_SETTINGS = GST_HEAP_SETTING_FIRST_LAYOUT + GST_HEAP_N_LAYOUT_FIELDS,
};

/* One for each property. No function takes a lock: the element does. */
typedef struct {
  gboolean require_zero_copy;
  guint min_buffers;
  guint min_size;
  guint64 cache_bytes, max_bytes;
  gchar *label; /* owned */
  guint max_lent;
  GstHeapLayoutFields layout;
} GstHeapSettings;

/* The defaults. */
void gst_heap_settings_init (GstHeapSettings *settings);
void gst_heap_settings_clear (GstHeapSettings *settings);

/* Installs the properties under the ids first_id to first_id + GST_HEAP_N_SETTINGS - 1. */
void gst_heap_settings_install (GObjectClass *klass, guint first_id);
void gst_heap_settings_set (GstHeapSettings *settings, guint setting, const GValue *value);
void gst_heap_settings_get (const GstHeapSettings *settings, guint setting, GValue *value);

G_END_DECLS
