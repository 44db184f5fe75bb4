/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout that the device wants which frames are for, or come from. */
#include "gstheaplayoutdevice.h"

#include "gstheapdevice.h"
#include "gstheapimporters.h"
#include "gstheaporigin.h"

/* What devices tell: the stricter of two counts. */
static void
add_wishes (GstHeapLayoutParams *params, const GstHeapLayoutParams *wishes)
{
  if (params->planes == GST_HEAP_PLANES_AUTO)
    params->planes = wishes->planes;
  params->min_height = MAX (params->min_height, wishes->min_height);
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++) {
    params->min_stride[i] = MAX (params->min_stride[i], wishes->min_stride[i]);
    params->min_size[i] = MAX (params->min_size[i], wishes->min_size[i]);
  }
}

/* What the device at fd wants. GStreamer's elements have a memory for each plane where the driver offers it, whatever
 * else there is. */
static GstHeapLayoutParams *
ask_device (gint fd, GstHeapDeviceUse use, const GstCaps *caps, GstHeapPlanes planes, GError **error)
{
  GstHeapLayoutParams *wishes = NULL;

  if (planes == GST_HEAP_PLANES_AUTO)
    wishes = gst_heap_layout_params_new_for_device_fd (fd, use, caps, GST_HEAP_PLANES_SPLIT, NULL);
  return wishes ? wishes : gst_heap_layout_params_new_for_device_fd (fd, use, caps, planes, error);
}

/* The device behind a pad. Returns: whether it answered */
static gboolean
ask_neighbour (GstPad *pad, GstHeapDeviceUse use, const GstCaps *caps, GstHeapLayoutParams *params)
{
  GstElement *element = gst_pad_get_parent_element (pad);
  gint fd = element ? gst_heap_device_get_fd (element) : -1;
  GError *error = NULL;
  GstHeapLayoutParams *wishes = fd >= 0 ? ask_device (fd, use, caps, params->planes, &error) : NULL;

  if (wishes)
    add_wishes (params, wishes);
  else
    GST_INFO_OBJECT (pad, "no layout: %s", error ? error->message : "it has no device to ask");
  g_clear_error (&error);
  gst_clear_object (&element);
  if (!wishes)
    return FALSE;
  gst_heap_layout_params_free (wishes);
  return TRUE;
}

/* Those who read the frames come first: V4L2's sinks and encoders take strides for what their driver has, without a
 * look at GstVideoMeta (1.22 to 1.28), while who writes can be told other strides. */
static void
ask_neighbours (GstPad *sinkpad, GstPad *srcpad, const GstCaps *caps, GstHeapLayoutParams *params)
{
  GPtrArray *importers = gst_heap_importers_find (srcpad);
  gboolean answered = FALSE;
  GstHeapOrigin origin;

  for (guint i = 0; i < importers->len; i++)
    answered |= ask_neighbour (importers->pdata[i], GST_HEAP_DEVICE_READS, caps, params);
  gst_heap_origin_find (&origin, sinkpad);
  if (!answered && origin.output && gst_heap_importer_get_property (origin.output))
    ask_neighbour (origin.output, GST_HEAP_DEVICE_WRITES, caps, params);
  gst_heap_origin_clear (&origin);
  g_ptr_array_unref (importers);
}

/* Whether the frames come from that device. */
static gboolean
is_origin (GstPad *sinkpad, const gchar *path)
{
  gboolean is_same = FALSE;
  GstHeapOrigin origin;
  gchar *device;

  gst_heap_origin_find (&origin, sinkpad);
  if (origin.producer) {
    device = gst_heap_device_dup_path (origin.producer);
    is_same = g_strcmp0 (device, path) == 0;
    g_free (device);
  }
  gst_heap_origin_clear (&origin);
  return is_same;
}

/* One that only writes frames is no reader of them. */
static gboolean
ask_path (const gchar *path, GstPad *sinkpad, const GstCaps *caps, GstHeapLayoutParams *params, GError **error)
{
  GstHeapDeviceUse use = is_origin (sinkpad, path) ? GST_HEAP_DEVICE_WRITES : GST_HEAP_DEVICE_READS;
  GError *failure = NULL;
  GstHeapLayoutParams *wishes = gst_heap_layout_params_new_for_device (path, use, caps, params->planes, &failure);

  if (use == GST_HEAP_DEVICE_READS && g_error_matches (failure, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID)) {
    g_clear_error (&failure);
    wishes = gst_heap_layout_params_new_for_device (path, GST_HEAP_DEVICE_WRITES, caps, params->planes, &failure);
  }
  if (failure) {
    g_propagate_prefixed_error (error, failure, "layout-device: ");
    return FALSE;
  }
  add_wishes (params, wishes);
  gst_heap_layout_params_free (wishes);
  return TRUE;
}

gboolean
gst_heap_layout_device_ask (const gchar *device, GstPad *sinkpad, GstPad *srcpad, const GstCaps *caps,
    GstHeapLayoutParams *params, GError **error)
{
  if (!g_str_equal (device, GST_HEAP_LAYOUT_DEVICE_AUTO))
    return ask_path (device, sinkpad, caps, params, error);
  ask_neighbours (sinkpad, srcpad, caps, params);
  return TRUE;
}
