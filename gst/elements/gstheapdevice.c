/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a V4L2 device wants of the buffers that it imports. */
#include "gstheapdevice.h"

#include <linux/videodev2.h>
#include <sys/ioctl.h>

/* Bytes in each buffer of a queue, by the format that is set; 0 where there is no such queue, or it has several
 * planes. */
static gsize
ask_queue (int fd, enum v4l2_buf_type type)
{
  struct v4l2_format format = { .type = type };

  if (ioctl (fd, VIDIOC_G_FMT, &format) < 0)
    return 0;
  if (type == V4L2_BUF_TYPE_VIDEO_OUTPUT)
    return format.fmt.pix.sizeimage;
  return format.fmt.pix_mp.num_planes == 1 ? format.fmt.pix_mp.plane_fmt[0].sizeimage : 0;
}

gint
gst_heap_device_get_fd (GstElement *element)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), "device-fd");
  gint fd = -1;

  if (pspec && G_IS_PARAM_SPEC_INT (pspec))
    g_object_get (element, "device-fd", &fd, NULL);
  return fd;
}

gchar *
gst_heap_device_dup_path (GstElement *element)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), "device");
  gchar *path = NULL;

  if (pspec && G_IS_PARAM_SPEC_STRING (pspec))
    g_object_get (element, "device", &path, NULL);
  return path;
}

/* The kernel takes no dma-buf that is smaller than the image of the format, however few bytes of it are used
 * (__prepare_dmabuf() in drivers/media/common/videobuf2/videobuf2-core.c). GStreamer's V4L2 decoders do not say how
 * much that is (1.22 to 1.28: no propose_allocation), but do have the fd. */
gsize
gst_heap_device_min_size (GstElement *element)
{
  gint fd = gst_heap_device_get_fd (element);
  gsize size;

  if (fd < 0)
    return 0;
  size = ask_queue (fd, V4L2_BUF_TYPE_VIDEO_OUTPUT);
  return size > 0 ? size : ask_queue (fd, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE);
}
