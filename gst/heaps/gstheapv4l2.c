/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Asks V4L2 drivers. VIDIOC_TRY_FMT changes nothing, and is answered while others stream. */
#include "gstheapv4l2.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheapplanes.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>

#define F(name) V4L2_PIX_FMT_##name
#define FOURCC_BIG_ENDIAN (1u << 31) /* of v4l2_fourcc_be() */

/* The V4L2 formats of frames whose planes lie in one memory, and in one each; 0 where there is none. */
typedef struct {
  guint32 single, split;
} Formats;

static const struct {
  GstVideoFormat format;
  Formats v4l2[2]; /* the first is tried first */
} known[] = {
  { GST_VIDEO_FORMAT_NV12, { { F (NV12), F (NV12M) } } },
  { GST_VIDEO_FORMAT_NV21, { { F (NV21), F (NV21M) } } },
  { GST_VIDEO_FORMAT_NV16, { { F (NV16), F (NV16M) } } },
  { GST_VIDEO_FORMAT_NV61, { { F (NV61), F (NV61M) } } },
  { GST_VIDEO_FORMAT_NV24, { { F (NV24), 0 } } },
  { GST_VIDEO_FORMAT_I420, { { F (YUV420), F (YUV420M) } } },
  { GST_VIDEO_FORMAT_YV12, { { F (YVU420), F (YVU420M) } } },
  { GST_VIDEO_FORMAT_Y42B, { { F (YUV422P), F (YUV422M) } } },
  { GST_VIDEO_FORMAT_Y444, { { 0, F (YUV444M) } } },
  { GST_VIDEO_FORMAT_Y41B, { { F (YUV411P), 0 } } },
  { GST_VIDEO_FORMAT_YUY2, { { F (YUYV), 0 } } },
  { GST_VIDEO_FORMAT_UYVY, { { F (UYVY), 0 } } },
  { GST_VIDEO_FORMAT_YVYU, { { F (YVYU), 0 } } },
  { GST_VIDEO_FORMAT_VYUY, { { F (VYUY), 0 } } },
  { GST_VIDEO_FORMAT_BGRx, { { F (XBGR32), 0 }, { F (BGR32), 0 } } },
  { GST_VIDEO_FORMAT_BGRA, { { F (ABGR32), 0 }, { F (BGR32), 0 } } },
  { GST_VIDEO_FORMAT_xRGB, { { F (XRGB32), 0 }, { F (RGB32), 0 } } },
  { GST_VIDEO_FORMAT_ARGB, { { F (ARGB32), 0 }, { F (RGB32), 0 } } },
  { GST_VIDEO_FORMAT_RGBx, { { F (RGBX32), 0 } } },
  { GST_VIDEO_FORMAT_RGBA, { { F (RGBA32), 0 } } },
  { GST_VIDEO_FORMAT_xBGR, { { F (BGRX32), 0 } } },
  { GST_VIDEO_FORMAT_ABGR, { { F (BGRA32), 0 } } },
  { GST_VIDEO_FORMAT_RGB, { { F (RGB24), 0 } } },
  { GST_VIDEO_FORMAT_BGR, { { F (BGR24), 0 } } },
  { GST_VIDEO_FORMAT_RGB16, { { F (RGB565), 0 } } },
  { GST_VIDEO_FORMAT_RGB15, { { F (XRGB555), 0 }, { F (RGB555), 0 } } },
  { GST_VIDEO_FORMAT_GRAY8, { { F (GREY), 0 } } },
  { GST_VIDEO_FORMAT_GRAY16_LE, { { F (Y16), 0 } } },
  { GST_VIDEO_FORMAT_GRAY16_BE, { { F (Y16_BE), 0 } } },
};

static const Formats *
find_formats (GstVideoFormat format)
{
  static const Formats none[2];

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (known[i].format == format)
      return known[i].v4l2;
  }
  return none;
}

static int
call (int fd, unsigned long request, void *argument)
{
  int result;

  do
    result = ioctl (fd, request, argument);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : 0;
}

gboolean
gst_heap_v4l2_is_device (int fd)
{
  struct v4l2_capability capability;

  return call (fd, VIDIOC_QUERYCAP, &capability) == 0;
}

static gboolean
refuse (GError **error, const GstVideoInfo *info, const gchar *why)
{
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED, "it does not take %s frames of %dx%d: %s",
      gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info)), GST_VIDEO_INFO_WIDTH (info),
      GST_VIDEO_INFO_HEIGHT (info), why);
  return FALSE;
}

/* One queue of a device, as both of V4L2's APIs have it. */
typedef struct {
  int fd;
  enum v4l2_buf_type type;
  gboolean is_multi_planar;
} Queue;

static gboolean
open_queue (int fd, gboolean reads, Queue *ret_queue, GError **error)
{
  const guint32 either = V4L2_CAP_VIDEO_M2M, either_multi = V4L2_CAP_VIDEO_M2M_MPLANE;
  const guint32 single = either | (reads ? V4L2_CAP_VIDEO_OUTPUT : V4L2_CAP_VIDEO_CAPTURE);
  const guint32 multi = either_multi | (reads ? V4L2_CAP_VIDEO_OUTPUT_MPLANE : V4L2_CAP_VIDEO_CAPTURE_MPLANE);
  struct v4l2_capability capability;
  int result = call (fd, VIDIOC_QUERYCAP, &capability);

  if (result < 0 || !(capability.device_caps & (single | multi))) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "it does not %s frames", reads ? "read" : "write");
    return FALSE;
  }
  *ret_queue = (Queue){ .fd = fd, .is_multi_planar = (capability.device_caps & multi) != 0 };
  if (ret_queue->is_multi_planar)
    ret_queue->type = reads ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
  else
    ret_queue->type = reads ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
  return TRUE;
}

static gboolean
has_format (const Queue *queue, guint32 fourcc)
{
  for (guint i = 0; i < 1024; i++) {
    struct v4l2_fmtdesc description = { .index = i, .type = queue->type };

    if (call (queue->fd, VIDIOC_ENUM_FMT, &description) < 0)
      return FALSE;
    if (description.pixelformat == fourcc)
      return TRUE;
  }
  return FALSE;
}

/* The one of the formats that the queue has and planes allow; 0: there is none. */
static guint32
choose_format (const Queue *queue, GstVideoFormat format, GstHeapPlanes planes)
{
  const Formats *formats = find_formats (format);

  for (guint i = 0; planes != GST_HEAP_PLANES_SPLIT && i < 2; i++) {
    if (formats[i].single != 0 && has_format (queue, formats[i].single))
      return formats[i].single;
  }
  if (planes != GST_HEAP_PLANES_SINGLE && queue->is_multi_planar && formats[0].split != 0 &&
      has_format (queue, formats[0].split))
    return formats[0].split;
  return 0;
}

static gboolean
refuse_format (const Queue *queue, const GstVideoInfo *info, GstHeapPlanes planes, GError **error)
{
  GString *text = g_string_new ("of its formats (");
  struct v4l2_fmtdesc description = { .type = queue->type };

  for (; description.index < 16 && call (queue->fd, VIDIOC_ENUM_FMT, &description) == 0; description.index++)
    g_string_append_printf (text, "%s%" GST_FOURCC_FORMAT, description.index > 0 ? ", " : "",
        GST_FOURCC_ARGS (description.pixelformat & ~FOURCC_BIG_ENDIAN));
  g_string_append_printf (text, ") none is that%s",
      planes == GST_HEAP_PLANES_SPLIT    ? " with a memory for each plane"
      : planes == GST_HEAP_PLANES_SINGLE ? " with all planes in one memory"
                                         : "");
  refuse (error, info, text->str);
  g_string_free (text, TRUE);
  return FALSE;
}

/* The least stride of the first plane that makes those of the others no less than GStreamer's. */
static guint32
find_stride (const GstVideoInfo *info)
{
  guint32 stride = info->stride[0];

  for (guint i = 1; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    while (gst_heap_planes_derive_stride (info, i, stride) < (guint) info->stride[i])
      stride++;
  }
  return stride;
}

static void
fill_format (const Queue *queue, guint32 fourcc, const GstVideoInfo *info, struct v4l2_format *format)
{
  guint32 field = GST_VIDEO_INFO_IS_INTERLACED (info) ? V4L2_FIELD_INTERLACED : V4L2_FIELD_NONE;

  *format = (struct v4l2_format){ .type = queue->type };
  if (!queue->is_multi_planar) {
    format->fmt.pix = (struct v4l2_pix_format){ .width = info->width,
      .height = info->height,
      .pixelformat = fourcc,
      .field = field,
      .bytesperline = find_stride (info) };
    return;
  }
  format->fmt.pix_mp.width = info->width;
  format->fmt.pix_mp.height = info->height;
  format->fmt.pix_mp.pixelformat = fourcc;
  format->fmt.pix_mp.field = field;
  format->fmt.pix_mp.num_planes =
      fourcc == find_formats (GST_VIDEO_INFO_FORMAT (info))->split ? GST_VIDEO_INFO_N_PLANES (info) : 1;
  for (guint i = 0; i < format->fmt.pix_mp.num_planes; i++)
    format->fmt.pix_mp.plane_fmt[i].bytesperline =
        format->fmt.pix_mp.num_planes > 1 ? (guint) info->stride[i] : find_stride (info);
}

/* Drivers answer to what they do not take now with what they do, as one side of a codec whose other one is set. */
static gboolean
has_other_format (const struct v4l2_format *format, guint32 fourcc)
{
  return fourcc !=
         (V4L2_TYPE_IS_MULTIPLANAR (format->type) ? format->fmt.pix_mp.pixelformat : format->fmt.pix.pixelformat);
}

/* V4L2 has the next plane begin behind the last line, where GStreamer rounds up the lines to what the planes are
 * subsampled by. */
static gboolean
has_half_lines (const GstVideoInfo *info, guint32 height)
{
  for (guint i = 1; i < GST_VIDEO_INFO_N_COMPONENTS (info); i++) {
    if (GST_VIDEO_INFO_N_PLANES (info) > 1 && height % (1u << GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, i)) != 0)
      return TRUE;
  }
  return FALSE;
}

static void
read_single (const struct v4l2_pix_format *pix, const GstVideoInfo *info, GstHeapLayoutParams *params)
{
  params->planes = GST_HEAP_PLANES_SINGLE;
  params->min_size[0] = pix->sizeimage;
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++)
    params->min_stride[i] = gst_heap_planes_derive_stride (info, i, pix->bytesperline);
}

static gboolean
read_multi (const struct v4l2_pix_format_mplane *pix, const GstVideoInfo *info, GstHeapLayoutParams *params)
{
  struct v4l2_pix_format single = { .bytesperline = pix->plane_fmt[0].bytesperline,
    .sizeimage = pix->plane_fmt[0].sizeimage };

  if (pix->num_planes == 1) {
    read_single (&single, info, params);
    return TRUE;
  }
  if (pix->num_planes != GST_VIDEO_INFO_N_PLANES (info))
    return FALSE;
  params->planes = GST_HEAP_PLANES_SPLIT;
  for (guint i = 0; i < pix->num_planes; i++) {
    params->min_stride[i] = pix->plane_fmt[i].bytesperline;
    params->min_size[i] = pix->plane_fmt[i].sizeimage;
  }
  return TRUE;
}

/* A driver that insists on rows which are shorter than GStreamer's, as vim2m on RGB. 0: it has no wish. */
static gboolean
check_strides (const GstVideoInfo *info, const GstHeapLayoutParams *params, GError **error)
{
  gchar *text;

  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (info); i++) {
    if (params->min_stride[i] == 0 || params->min_stride[i] >= (guint) info->stride[i])
      continue;
    text = g_strdup_printf ("it has %u bytes in a row, and GStreamer %d", params->min_stride[i], info->stride[i]);
    refuse (error, info, text);
    g_free (text);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_sides (guint32 width, guint32 height, const GstVideoInfo *info, GError **error)
{
  gchar *text;

  if (width >= (guint32) info->width && height >= (guint32) info->height)
    return TRUE;
  text = g_strdup_printf ("it would make %ux%u of them", width, height);
  refuse (error, info, text);
  g_free (text);
  return FALSE;
}

/* Whether the answer of a driver to VIDIOC_TRY_FMT will do for info, and what it comes to. */
static gboolean
read_format (
    const struct v4l2_format *format, const GstVideoInfo *info, GstHeapLayoutParams *ret_params, GError **error)
{
  gboolean is_multi_planar = V4L2_TYPE_IS_MULTIPLANAR (format->type);
  guint32 width = is_multi_planar ? format->fmt.pix_mp.width : format->fmt.pix.width;
  guint32 height = is_multi_planar ? format->fmt.pix_mp.height : format->fmt.pix.height;
  GstHeapLayoutParams params;

  if (!check_sides (width, height, info, error))
    return FALSE;
  gst_heap_layout_params_init (&params);
  params.min_height = height;
  if (!is_multi_planar)
    read_single (&format->fmt.pix, info, &params);
  else if (!read_multi (&format->fmt.pix_mp, info, &params))
    return refuse (error, info, "it wants another number of planes");
  if (params.planes == GST_HEAP_PLANES_SINGLE && has_half_lines (info, height))
    return refuse (error, info, "it has the planes begin at a half line, where GStreamer has no layout for them");
  if (!check_strides (info, &params, error))
    return FALSE;
  *ret_params = params;
  return TRUE;
}

gboolean
gst_heap_v4l2_ask (int fd, gboolean reads, const GstVideoInfo *info, GstHeapPlanes planes,
    GstHeapLayoutParams *ret_params, GError **error)
{
  struct v4l2_format format;
  guint32 fourcc;
  Queue queue;
  int result;

  if (!open_queue (fd, reads, &queue, error))
    return FALSE;
  fourcc = choose_format (&queue, GST_VIDEO_INFO_FORMAT (info), planes);
  if (fourcc == 0)
    return refuse_format (&queue, info, planes, error);
  fill_format (&queue, fourcc, info, &format);
  result = call (fd, VIDIOC_TRY_FMT, &format);
  if (result < 0)
    return refuse (error, info, g_strerror (-result));
  if (has_other_format (&format, fourcc))
    return refuse (error, info, "it has that format, and would take another one now");
  return read_format (&format, info, ret_params, error);
}
