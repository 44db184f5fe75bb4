/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Asks a device how it wants frames laid out. */
#include <gst/heaps/gstheapdevicelayout.h>
#include <gst/heaps/gstheaperror.h>

#include "gstheapcompat.h"
#include "gstheapdrm.h"
#include "gstheaperror-private.h"
#include "gstheapv4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static gboolean
ask (int fd, GstHeapDeviceUse use, const GstVideoInfo *info, GstHeapPlanes planes, GstHeapLayoutParams *ret_params,
    GError **error)
{
  if (gst_heap_v4l2_is_device (fd))
    return gst_heap_v4l2_ask (fd, use == GST_HEAP_DEVICE_READS, info, planes, ret_params, error);
  if (gst_heap_drm_is_device (fd))
    return gst_heap_drm_ask (fd, info, ret_params, error);
  g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "it is neither a V4L2 device nor a DRM device");
  return FALSE;
}

/* Frames without planes have no layout to ask for. */
static gboolean
parse_caps (const GstCaps *caps, GstVideoInfo *ret_info, GError **error)
{
  if (gst_caps_is_fixed (caps) && gst_heap_compat_video_info_from_caps (ret_info, caps) &&
      GST_VIDEO_INFO_N_PLANES (ret_info) > 0 && GST_VIDEO_INFO_SIZE (ret_info) > 0 &&
      GST_VIDEO_INFO_PLANE_STRIDE (ret_info, 0) > 0)
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "there is no layout to ask for: %" GST_PTR_FORMAT, caps);
  return FALSE;
}

/**
 * gst_heap_layout_params_new_for_device:
 * @path: node of a V4L2 device, or primary node of a DRM device: `/dev/video0`, `/dev/dri/card0`
 * @use: what the device does to the frames
 * @caps: of the frames, fixed
 * @planes: as of gst_heap_layout_params_new_for_device_fd()
 * @error: #GST_HEAP_ERROR_NOT_FOUND, #GST_HEAP_ERROR_PERMISSION and the like when the node cannot be opened, and as of
 *     gst_heap_layout_params_new_for_device_fd()
 *
 * As gst_heap_layout_params_new_for_device_fd(), of a device that is opened for that, and closed again.
 *
 * Returns: (transfer full) (nullable): what layouts have to satisfy
 *
 * Since: 0.1
 */
GstHeapLayoutParams *
gst_heap_layout_params_new_for_device (
    const gchar *path, GstHeapDeviceUse use, const GstCaps *caps, GstHeapPlanes planes, GError **error)
{
  GstHeapLayoutParams *params;
  int fd;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (GST_IS_CAPS (caps), NULL);

  fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    int code = errno;

    g_set_error (
        error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (code), "device %s: %s", path, g_strerror (code));
    return NULL;
  }
  gst_heap_drm_give_way (fd);
  params = gst_heap_layout_params_new_for_device_fd (fd, use, caps, planes, error);
  close (fd);
  if (!params)
    g_prefix_error (error, "device %s: ", path);
  return params;
}

/**
 * gst_heap_layout_params_new_for_device_fd:
 * @fd: a V4L2 device, or a DRM device by its primary node; stays the caller's
 * @use: what the device does to the frames
 * @caps: of the frames, fixed
 * @planes: in how many memories they may lie; %GST_HEAP_PLANES_AUTO: one, if the device can do with that
 * @error: #GST_HEAP_ERROR_INVALID when it is no such device or @caps are not of frames with planes,
 *     #GST_HEAP_ERROR_UNSATISFIED when the device does not take such frames; the message lists its formats
 *
 * Asks the driver how the frames that it imports have to be laid out. GStreamer's elements do not say so to those who
 * allocate for them (1.22 to 1.28), and then refuse, or show askew, what lies otherwise.
 *
 * A V4L2 driver answers to `VIDIOC_TRY_FMT`: bytes in a row, rows with padding, bytes in each memory, and whether each
 * plane is to have one of its own. It is asked for the strides that GStreamer has by itself, so that one that can do
 * with these does not change them. Nothing is set, and the device may be in use. A display tells by the pitch of a dumb
 * buffer, which is made for that and destroyed.
 *
 * Returns: (transfer full) (nullable): what layouts have to satisfy
 *
 * Since: 0.1
 */
GstHeapLayoutParams *
gst_heap_layout_params_new_for_device_fd (
    gint fd, GstHeapDeviceUse use, const GstCaps *caps, GstHeapPlanes planes, GError **error)
{
  GstHeapLayoutParams params;
  GstVideoInfo info;

  g_return_val_if_fail (fd >= 0, NULL);
  g_return_val_if_fail (GST_IS_CAPS (caps), NULL);

  if (!parse_caps (caps, &info, error) || !ask (fd, use, &info, planes, &params, error))
    return NULL;
  return gst_heap_layout_params_copy (&params);
}
