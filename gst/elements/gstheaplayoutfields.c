/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The properties of heapupload that say how frames are to lie. */
#include "gstheaplayoutfields.h"

#define MOST_ALIGN (1u << 26)

static const gchar *const names[GST_HEAP_N_LAYOUT_FIELDS] = {
  [GST_HEAP_LAYOUT_FIELD_PLANES] = "planes",
  [GST_HEAP_LAYOUT_FIELD_STRIDE_ALIGN] = "stride-align",
  [GST_HEAP_LAYOUT_FIELD_PLANE_OFFSET_ALIGN] = "plane-offset-align",
  [GST_HEAP_LAYOUT_FIELD_HEIGHT_ALIGN] = "height-align",
  [GST_HEAP_LAYOUT_FIELD_SIZE_ALIGN] = "size-align",
  [GST_HEAP_LAYOUT_FIELD_DEVICE] = "layout-device",
};

void
gst_heap_layout_fields_clear (GstHeapLayoutFields *fields)
{
  g_clear_pointer (&fields->stride_align, g_free);
  g_clear_pointer (&fields->plane_offset_align, g_free);
  g_clear_pointer (&fields->device, g_free);
}

void
gst_heap_layout_fields_install (GObjectClass *klass, guint first_id)
{
  const GParamFlags setting = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (klass, first_id + GST_HEAP_LAYOUT_FIELD_PLANES,
      g_param_spec_enum ("planes", "Planes",
          "How many dma-bufs hold a frame of raw video: one, or one for each plane; auto allocates one, and passes "
          "what comes",
          GST_TYPE_HEAP_PLANES, GST_HEAP_PLANES_AUTO, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_LAYOUT_FIELD_STRIDE_ALIGN,
      g_param_spec_string ("stride-align", "Stride alignment",
          "Bytes, a power of two, that the lines of each plane are apart by multiples of: one number for all planes, "
          "or one for each, as in 64,32 (none: as GStreamer has it)",
          NULL, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_LAYOUT_FIELD_PLANE_OFFSET_ALIGN,
      g_param_spec_string ("plane-offset-align", "Plane offset alignment",
          "Bytes, a power of two, that each plane begins at a multiple of in its dma-buf: one number for all planes, "
          "or one for each, as in 0,4096 (none: right behind the one before)",
          NULL, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_LAYOUT_FIELD_HEIGHT_ALIGN,
      g_param_spec_uint ("height-align", "Height alignment",
          "Lines, a power of two, that there is room for a multiple of in a frame; subsampled planes have their part "
          "of them (0 = as GStreamer has it)",
          0, MOST_ALIGN, 0, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_LAYOUT_FIELD_SIZE_ALIGN,
      g_param_spec_uint ("size-align", "Size alignment",
          "Bytes, a power of two, that the size of each memory is a multiple of (0 = as the frame needs)", 0,
          MOST_ALIGN, 0, setting));
  g_object_class_install_property (klass, first_id + GST_HEAP_LAYOUT_FIELD_DEVICE,
      g_param_spec_string ("layout-device", "Layout device",
          "Device whose driver says how frames of raw video have to lie: /dev/videoN, or a card node in /dev/dri; "
          "'auto' asks those of the neighbours that are set to import dma-bufs (none: nobody is asked)",
          NULL, setting));
}

void
gst_heap_layout_fields_set (GstHeapLayoutFields *fields, guint field, const GValue *value)
{
  switch (field) {
    case GST_HEAP_LAYOUT_FIELD_PLANES:
      fields->planes = g_value_get_enum (value);
      break;
    case GST_HEAP_LAYOUT_FIELD_STRIDE_ALIGN:
      g_free (fields->stride_align);
      fields->stride_align = g_value_dup_string (value);
      break;
    case GST_HEAP_LAYOUT_FIELD_PLANE_OFFSET_ALIGN:
      g_free (fields->plane_offset_align);
      fields->plane_offset_align = g_value_dup_string (value);
      break;
    case GST_HEAP_LAYOUT_FIELD_HEIGHT_ALIGN:
      fields->height_align = g_value_get_uint (value);
      break;
    case GST_HEAP_LAYOUT_FIELD_DEVICE:
      g_free (fields->device);
      fields->device = g_value_dup_string (value);
      break;
    default:
      fields->size_align = g_value_get_uint (value);
      break;
  }
}

void
gst_heap_layout_fields_get (const GstHeapLayoutFields *fields, guint field, GValue *value)
{
  switch (field) {
    case GST_HEAP_LAYOUT_FIELD_PLANES:
      g_value_set_enum (value, fields->planes);
      break;
    case GST_HEAP_LAYOUT_FIELD_STRIDE_ALIGN:
      g_value_set_string (value, fields->stride_align);
      break;
    case GST_HEAP_LAYOUT_FIELD_PLANE_OFFSET_ALIGN:
      g_value_set_string (value, fields->plane_offset_align);
      break;
    case GST_HEAP_LAYOUT_FIELD_HEIGHT_ALIGN:
      g_value_set_uint (value, fields->height_align);
      break;
    case GST_HEAP_LAYOUT_FIELD_DEVICE:
      g_value_set_string (value, fields->device);
      break;
    default:
      g_value_set_uint (value, fields->size_align);
      break;
  }
}

static gboolean
is_set (const gchar *text)
{
  return text && *text;
}

gboolean
gst_heap_layout_fields_parse (const GstHeapLayoutFields *fields, GstHeapLayoutParams *ret_params, GError **error)
{
  GstStructure *structure = gst_structure_new_empty ("layout");
  GstHeapLayoutParams *params;

  gst_structure_set (structure, names[GST_HEAP_LAYOUT_FIELD_PLANES], GST_TYPE_HEAP_PLANES, fields->planes,
      names[GST_HEAP_LAYOUT_FIELD_HEIGHT_ALIGN], G_TYPE_UINT, fields->height_align,
      names[GST_HEAP_LAYOUT_FIELD_SIZE_ALIGN], G_TYPE_UINT, fields->size_align, NULL);
  if (is_set (fields->stride_align))
    gst_structure_set (structure, names[GST_HEAP_LAYOUT_FIELD_STRIDE_ALIGN], G_TYPE_STRING, fields->stride_align, NULL);
  if (is_set (fields->plane_offset_align))
    gst_structure_set (
        structure, names[GST_HEAP_LAYOUT_FIELD_PLANE_OFFSET_ALIGN], G_TYPE_STRING, fields->plane_offset_align, NULL);

  params = gst_heap_layout_params_new_from_structure (structure, error);
  gst_structure_free (structure);
  if (!params)
    return FALSE;
  *ret_params = *params;
  gst_heap_layout_params_free (params);
  return TRUE;
}
