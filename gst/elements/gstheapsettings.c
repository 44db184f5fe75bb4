/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the user can set on heapupload, besides what selects a heap. */
#include "gstheapsettings.h"

#define DEFAULT_CACHE_BYTES (256 * 1024 * 1024)
#define DEFAULT_LABEL "%e/%n"
#define DEFAULT_MAX_LENT 8

void
gst_heap_settings_init (GstHeapSettings *settings)
{
  *settings = (GstHeapSettings){
    .cache_bytes = DEFAULT_CACHE_BYTES, .label = g_strdup (DEFAULT_LABEL), .max_lent = DEFAULT_MAX_LENT
  };
}

void
gst_heap_settings_clear (GstHeapSettings *settings)
{
  g_clear_pointer (&settings->label, g_free);
  gst_heap_layout_fields_clear (&settings->layout);
}

void
gst_heap_settings_install (GObjectClass *klass, guint first_id)
{
  const GParamFlags setting = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_REQUIRE_ZERO_COPY,
      g_param_spec_boolean ("require-zero-copy", "Require zero copy",
          "Make it an error when upstream does not write into the heap, rather than copy", FALSE, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_MIN_BUFFERS,
      g_param_spec_uint ("min-buffers", "Minimum buffers",
          "The pool offered upstream holds at least this many buffers, two at the least, allocated in advance", 0, 1024,
          0, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_MIN_SIZE,
      g_param_spec_uint ("min-size", "Minimum size",
          "Each buffer has at least this many bytes of the heap behind it, and what a V4L2 device downstream imports "
          "at the least; frames stay as large as they are",
          0, G_MAXINT, 0, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_CACHE_BYTES,
      g_param_spec_uint64 ("cache-bytes", "Cache bytes",
          "Bytes of memory that are kept for about a second, for the next buffer of their size, once nobody uses them; "
          "a heap that is full gets them back at once (0 = none)",
          0, G_MAXUINT64, DEFAULT_CACHE_BYTES, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_MAX_BYTES,
      g_param_spec_uint64 ("max-bytes", "Maximum bytes",
          "Bytes of the heap that this element may hold at a time: who wants a buffer beyond them waits for one to "
          "come back (0 = no limit)",
          0, G_MAXUINT64, 0, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_LABEL,
      g_param_spec_string ("label", "Label",
          "Name of each dma-buf allocated here, as bufinfo and fdinfo show it: %e is the name of this element, %n the "
          "number of the buffer, %% a percent sign; cut at 31 characters (empty = no name)",
          DEFAULT_LABEL, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_SETTING_MAX_LENT,
      g_param_spec_uint ("max-lent", "Maximum lent",
          "Buffers that a unixfdsink downstream may have out to other processes at a time; when none of so many comes "
          "back for a second, what comes is dropped there until one does (0 = no limit)",
          0, 1024, DEFAULT_MAX_LENT, setting));
  gst_heap_layout_fields_install (klass, first_id + GST_HEAP_SETTING_FIRST_LAYOUT);
}

void
gst_heap_settings_set (GstHeapSettings *settings, guint setting, const GValue *value)
{
  switch (setting) {
    case GST_HEAP_SETTING_REQUIRE_ZERO_COPY:
      settings->require_zero_copy = g_value_get_boolean (value);
      break;
    case GST_HEAP_SETTING_MIN_BUFFERS:
      settings->min_buffers = g_value_get_uint (value);
      break;
    case GST_HEAP_SETTING_MIN_SIZE:
      settings->min_size = g_value_get_uint (value);
      break;
    case GST_HEAP_SETTING_CACHE_BYTES:
      settings->cache_bytes = g_value_get_uint64 (value);
      break;
    case GST_HEAP_SETTING_MAX_BYTES:
      settings->max_bytes = g_value_get_uint64 (value);
      break;
    case GST_HEAP_SETTING_LABEL:
      g_free (settings->label);
      settings->label = g_value_dup_string (value);
      break;
    case GST_HEAP_SETTING_MAX_LENT:
      settings->max_lent = g_value_get_uint (value);
      break;
    default:
      gst_heap_layout_fields_set (&settings->layout, setting - GST_HEAP_SETTING_FIRST_LAYOUT, value);
      break;
  }
}

void
gst_heap_settings_get (const GstHeapSettings *settings, guint setting, GValue *value)
{
  switch (setting) {
    case GST_HEAP_SETTING_REQUIRE_ZERO_COPY:
      g_value_set_boolean (value, settings->require_zero_copy);
      break;
    case GST_HEAP_SETTING_MIN_BUFFERS:
      g_value_set_uint (value, settings->min_buffers);
      break;
    case GST_HEAP_SETTING_MIN_SIZE:
      g_value_set_uint (value, settings->min_size);
      break;
    case GST_HEAP_SETTING_CACHE_BYTES:
      g_value_set_uint64 (value, settings->cache_bytes);
      break;
    case GST_HEAP_SETTING_MAX_BYTES:
      g_value_set_uint64 (value, settings->max_bytes);
      break;
    case GST_HEAP_SETTING_LABEL:
      g_value_set_string (value, settings->label);
      break;
    case GST_HEAP_SETTING_MAX_LENT:
      g_value_set_uint (value, settings->max_lent);
      break;
    default:
      gst_heap_layout_fields_get (&settings->layout, setting - GST_HEAP_SETTING_FIRST_LAYOUT, value);
      break;
  }
}
