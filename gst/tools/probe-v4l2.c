/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Importing dma-bufs into a V4L2 device. VIDIOC_QBUF attaches and maps them at once, streaming or not. */
#include "probe-v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int
call (int fd, unsigned long request, void *argument)
{
  int result;

  do
    result = ioctl (fd, request, argument);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : 0;
}

/* By what the device can do; 0: neither write nor read frames. */
static guint32
choose_type (guint32 capabilities)
{
  static const struct {
    guint32 capabilities, type;
  } types[] = {
    { V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_M2M_MPLANE, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE },
    { V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M, V4L2_BUF_TYPE_VIDEO_CAPTURE },
    { V4L2_CAP_VIDEO_OUTPUT_MPLANE, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE },
    { V4L2_CAP_VIDEO_OUTPUT, V4L2_BUF_TYPE_VIDEO_OUTPUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (capabilities & types[i].capabilities)
      return types[i].type;
  return 0;
}

static void
read_format (ProbeQueue *self, const struct v4l2_format *format)
{
  if (!V4L2_TYPE_IS_MULTIPLANAR (self->type)) {
    self->n_planes = 1;
    self->sizes[0] = format->fmt.pix.sizeimage;
    self->field = format->fmt.pix.field;
    return;
  }
  self->n_planes = MIN (format->fmt.pix_mp.num_planes, PROBE_V4L2_MAX_PLANES);
  self->field = format->fmt.pix_mp.field;
  for (guint i = 0; i < self->n_planes; i++)
    self->sizes[i] = format->fmt.pix_mp.plane_fmt[i].sizeimage;
}

/* NULL, or why the device will not do. */
static const gchar *
ask (ProbeQueue *self)
{
  struct v4l2_capability capability = { 0 };
  struct v4l2_format format = { 0 };

  if (call (self->fd, VIDIOC_QUERYCAP, &capability) < 0)
    return "it is no V4L2 device";
  self->type = choose_type (capability.device_caps);
  format.type = self->type;
  if (self->type == 0 || call (self->fd, VIDIOC_G_FMT, &format) < 0)
    return "it neither writes nor reads frames";
  read_format (self, &format);
  return self->n_planes > 0 && self->sizes[0] > 0 ? NULL : "it has no format now";
}

gboolean
probe_queue_open (ProbeQueue *self, const gchar *path, GError **error)
{
  const gchar *problem;

  *self = (ProbeQueue){ .fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK) };
  problem = self->fd < 0 ? g_strerror (errno) : ask (self);
  if (!problem)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "device %s: %s", path, problem);
  probe_queue_close (self);
  return FALSE;
}

void
probe_queue_close (ProbeQueue *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

/* So many buffers to queue; 0: none any more, and what they had is let go. */
static int
request (ProbeQueue *self, guint count)
{
  struct v4l2_requestbuffers buffers = { .count = count, .type = self->type, .memory = V4L2_MEMORY_DMABUF };

  return call (self->fd, VIDIOC_REQBUFS, &buffers);
}

static int
queue_buffer (ProbeQueue *self, const int *fds, const gsize *whole_sizes)
{
  struct v4l2_plane planes[PROBE_V4L2_MAX_PLANES] = { 0 };
  struct v4l2_buffer buffer = { .type = self->type, .memory = V4L2_MEMORY_DMABUF, .field = self->field };

  for (guint i = 0; i < self->n_planes; i++) {
    planes[i].m.fd = fds[i];
    planes[i].length = whole_sizes[i];
    planes[i].bytesused = self->sizes[i];
  }
  if (V4L2_TYPE_IS_MULTIPLANAR (self->type)) {
    buffer.m.planes = planes;
    buffer.length = self->n_planes;
  } else {
    buffer.m.fd = fds[0];
    buffer.length = whole_sizes[0];
    buffer.bytesused = self->sizes[0];
  }
  return call (self->fd, VIDIOC_QBUF, &buffer);
}

int
probe_queue_import (ProbeQueue *self, const int *fds, const gsize *whole_sizes, gboolean *ret_is_refusal)
{
  int result = request (self, 1);

  *ret_is_refusal = FALSE;
  if (result < 0)
    return result;
  result = queue_buffer (self, fds, whole_sizes);
  *ret_is_refusal = result < 0;
  request (self, 0);
  return result;
}
