/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a driver says of its layout is what it then takes, at the first try: buffers of the pool, laid out as the
 * library was told, are queued to real queues. No element of GStreamer stands in between. */
#include "device-test.h"
#include "video-device.h"

#include <fcntl.h>
#include <gst/allocators/gstfdmemory.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Odd and even, at and off what drivers align to, up to the most they have. */
static const gint widths[] = { 1, 2, 3, 17, 176, 318, 322, 640, 853, 1366, 1919, 1920, 3840, 4096 };
static const gint heights[] = { 2, 240, 1080 };
static const gchar *const formats[] = { "NV12", "I420", "YUY2", "BGRx", "RGB" };

static const struct {
  const gchar *device;
  GstHeapDeviceUse use;
  guint least; /* so many of the frames are ones that the device takes */
} queues[] = {
  { "vivid-000-vid-out", GST_HEAP_DEVICE_READS, 100 },
  { "vivid-000-vid-cap", GST_HEAP_DEVICE_WRITES, 4 },
  { "vim2m", GST_HEAP_DEVICE_READS, 4 },
  { "vim2m", GST_HEAP_DEVICE_WRITES, 8 },
  { "stateful-encoder", GST_HEAP_DEVICE_READS, 100 },
  { "stateful-decoder", GST_HEAP_DEVICE_WRITES, 100 },
};

/* One queue, and the frames that are tried with it. */
typedef struct {
  int fd;
  enum v4l2_buf_type type;
  GstVideoInfo info;
  GstHeapAllocator *allocator;
} Trial;

static const struct {
  const gchar *format;
  guint32 v4l2;
} fourccs[] = {
  { "NV12", V4L2_PIX_FMT_NV12 },
  { "I420", V4L2_PIX_FMT_YUV420 },
  { "YUY2", V4L2_PIX_FMT_YUYV },
  { "BGRx", V4L2_PIX_FMT_XBGR32 },
  { "RGB", V4L2_PIX_FMT_RGB24 },
};

/* params: NULL for GStreamer's layout */
static GstBufferPool *
make_pool (Trial *trial, GstCaps *caps, const GstHeapLayoutParams *params)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (trial->allocator);
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, caps, 0, 1, 1);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  if (params) {
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_HEAP_LAYOUT);
    gst_heap_buffer_pool_config_set_layout (config, params);
  }
  fail_unless (gst_buffer_pool_set_config (pool, config), "%" G_GUINT32_FORMAT, trial->type);
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  return pool;
}

static guint32
find_fourcc (const gchar *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (fourccs); i++) {
    if (g_str_equal (fourccs[i].format, format))
      return fourccs[i].v4l2;
  }
  g_assert_not_reached ();
}

/* The queue is set to frames with the strides of the buffer. */
static struct v4l2_pix_format
set_format (Trial *trial, const GstVideoMeta *meta)
{
  const gchar *name = gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (&trial->info));
  struct v4l2_format format = { .type = trial->type };

  format.fmt.pix = (struct v4l2_pix_format){ .width = meta->width,
    .height = meta->height,
    .pixelformat = find_fourcc (name),
    .field = V4L2_FIELD_NONE,
    .bytesperline = meta->stride[0] };
  fail_unless (ioctl (trial->fd, VIDIOC_S_FMT, &format) == 0, "%s", g_strerror (errno));
  return format.fmt.pix;
}

/* Whether the driver has the planes where the buffer has them. */
static void
assert_same_layout (const struct v4l2_pix_format *pix, const GstVideoMeta *meta)
{
  const gchar *name = gst_video_format_to_string (meta->format);

  fail_unless (pix->bytesperline == (guint32) meta->stride[0], "%s %ux%u: the driver has %u bytes in a row, we %d",
      name, meta->width, meta->height, pix->bytesperline, meta->stride[0]);
  for (guint i = 1; i < meta->n_planes; i++)
    fail_unless_equals_int (meta->stride[i] * (meta->n_planes == 3 ? 2 : 1), meta->stride[0]);
  if (meta->n_planes > 1)
    fail_unless (meta->offset[1] == (gsize) pix->bytesperline * pix->height, "%s %ux%u: %" G_GSIZE_FORMAT, name,
        meta->width, meta->height, meta->offset[1]);
}

/* Returns: 0, or why the queue would not have the buffer, as a negative errno */
static int
try_queue (Trial *trial, GstBuffer *buffer, guint32 size)
{
  struct v4l2_requestbuffers request = { .count = 1, .type = trial->type, .memory = V4L2_MEMORY_DMABUF };
  GstMemory *memory = gst_buffer_peek_memory (buffer, 0);
  struct v4l2_buffer queued = { .type = trial->type,
    .memory = V4L2_MEMORY_DMABUF,
    .field = V4L2_FIELD_NONE,
    .m.fd = gst_fd_memory_get_fd (memory),
    .length = memory->maxsize,
    .bytesused = size };
  int result;

  fail_unless_equals_int (gst_buffer_n_memory (buffer), 1);
  fail_unless (ioctl (trial->fd, VIDIOC_REQBUFS, &request) == 0, "%s", g_strerror (errno));
  result = ioctl (trial->fd, VIDIOC_QBUF, &queued) == 0 ? 0 : -errno;
  request.count = 0;
  fail_unless (ioctl (trial->fd, VIDIOC_REQBUFS, &request) == 0, "%s", g_strerror (errno));
  return result;
}

/* A buffer of that layout, which the caller unrefs. */
static GstBuffer *
make_buffer (Trial *trial, GstCaps *caps, const GstHeapLayoutParams *params)
{
  GstBufferPool *pool = make_pool (trial, caps, params);
  GstBuffer *buffer = NULL;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  return buffer;
}

/* Returns: as try_queue() */
static int
try_layout (Trial *trial, GstCaps *caps, const GstHeapLayoutParams *params)
{
  GstBuffer *buffer = make_buffer (trial, caps, params);
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  struct v4l2_pix_format pix = set_format (trial, meta);
  int result;

  if (params) {
    assert_same_layout (&pix, meta);
    fail_unless (gst_buffer_peek_memory (buffer, 0)->maxsize >= pix.sizeimage);
  }
  result = try_queue (trial, buffer, pix.sizeimage);
  gst_buffer_unref (buffer);
  return result;
}

static GstCaps *
make_caps (const gchar *format, gint width, gint height)
{
  return gst_caps_new_simple (
      "video/x-raw", "format", G_TYPE_STRING, format, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL);
}

/* Returns: whether the device takes such frames at all */
static gboolean
try_frame (Trial *trial, GstHeapDeviceUse use, const gchar *format, gint width, gint height)
{
  GstCaps *caps = make_caps (format, width, height);
  GstHeapLayoutParams *params =
      gst_heap_layout_params_new_for_device_fd (trial->fd, use, caps, GST_HEAP_PLANES_AUTO, NULL);
  gboolean taken = params != NULL;

  if (taken) {
    fail_unless (gst_video_info_from_caps (&trial->info, caps));
    fail_unless_equals_int (try_layout (trial, caps, params), 0);
    gst_heap_layout_params_free (params);
  }
  gst_caps_unref (caps);
  return taken;
}

/* Shows, or takes, all of the frames again: to vivid, small frames are a part of the picture, and what comes later
 * stays in that part. What has no such rectangles says so. */
static void
reset_selection (Trial *trial, guint32 target, guint32 whole)
{
  struct v4l2_selection selection = { .type = trial->type, .target = whole };

  if (ioctl (trial->fd, VIDIOC_G_SELECTION, &selection) < 0)
    return;
  selection.target = target;
  ioctl (trial->fd, VIDIOC_S_SELECTION, &selection);
}

/* Devices are shared with other tests, and remember. */
static void
restore (Trial *trial, struct v4l2_format *before)
{
  gboolean reads = V4L2_TYPE_IS_OUTPUT (trial->type);

  fail_unless (ioctl (trial->fd, VIDIOC_S_FMT, before) == 0, "%s", g_strerror (errno));
  for (guint i = 0; i < 2; i++) { /* one may have kept the other small */
    reset_selection (trial, reads ? V4L2_SEL_TGT_COMPOSE : V4L2_SEL_TGT_CROP,
        reads ? V4L2_SEL_TGT_COMPOSE_DEFAULT : V4L2_SEL_TGT_CROP_DEFAULT);
    reset_selection (trial, reads ? V4L2_SEL_TGT_CROP : V4L2_SEL_TGT_COMPOSE,
        reads ? V4L2_SEL_TGT_CROP_DEFAULT : V4L2_SEL_TGT_COMPOSE_DEFAULT);
  }
  fail_unless (ioctl (trial->fd, VIDIOC_S_FMT, before) == 0, "%s", g_strerror (errno));
}

/* Opens a queue of that device, which keeps its format in *ret_before. */
static void
begin (Trial *trial, const gchar *device, GstHeapDeviceUse use, struct v4l2_format *ret_before)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("system", NULL);
  gchar *path = video_device_find (device);

  *trial = (Trial){ .fd = path ? open (path, O_RDWR | O_CLOEXEC) : -1,
    .type = use == GST_HEAP_DEVICE_READS ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE,
    .allocator = GST_HEAP_ALLOCATOR (gst_heap_allocator_new (selection, NULL)) };
  fail_unless (trial->fd >= 0, "%s", device);
  *ret_before = (struct v4l2_format){ .type = trial->type };
  fail_unless (ioctl (trial->fd, VIDIOC_G_FMT, ret_before) == 0, "%s", g_strerror (errno));
  g_free (path);
  gst_heap_selection_unref (selection);
}

static void
end (Trial *trial, struct v4l2_format *before)
{
  restore (trial, before);
  close (trial->fd);
  gst_object_unref (trial->allocator);
}

GST_START_TEST (test_layouts_are_taken_as_they_are)
{
  struct v4l2_format before;
  guint n_taken = 0, n_tried = 0;
  Trial trial;

  begin (&trial, queues[__i__].device, queues[__i__].use, &before);
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
      for (guint h = 0; h < G_N_ELEMENTS (heights); h++, n_tried++)
        n_taken += try_frame (&trial, queues[__i__].use, formats[f], widths[w], heights[h]);
    }
  }
  g_print ("# %s %s: %u of %u frames are ones it takes, all of them in our layout\n", queues[__i__].device,
      queues[__i__].use == GST_HEAP_DEVICE_READS ? "reads" : "writes", n_taken, n_tried);
  fail_unless (n_taken >= queues[__i__].least, "%s takes %u frames", queues[__i__].device, n_taken);
  end (&trial, &before);
}

GST_END_TEST

/* vicodec rounds both sides up: to 16 where they are subsampled, to 8 where not. */
static const struct {
  const gchar *device;
  GstHeapDeviceUse use;
  const gchar *format;
} padding[] = {
  { "stateful-encoder", GST_HEAP_DEVICE_READS, "NV12" },
  { "stateful-encoder", GST_HEAP_DEVICE_READS, "I420" },
  { "stateful-decoder", GST_HEAP_DEVICE_WRITES, "NV12" },
  { "stateful-decoder", GST_HEAP_DEVICE_WRITES, "I420" },
};

/* Without its layout, the driver refuses the buffer: it is smaller than the driver's frame. */
GST_START_TEST (test_1080_lines_are_taken_where_the_driver_has_1088)
{
  GstCaps *caps = make_caps (padding[__i__].format, 1920, 1080);
  gchar *path = video_device_find (padding[__i__].device);
  struct v4l2_format before;
  GstHeapLayoutParams *params;
  GError *error = NULL;
  Trial trial;

  begin (&trial, padding[__i__].device, padding[__i__].use, &before);
  fail_unless (gst_video_info_from_caps (&trial.info, caps));
  params = gst_heap_layout_params_new_for_device (path, padding[__i__].use, caps, GST_HEAP_PLANES_AUTO, &error);
  g_assert_no_error (error);
  fail_unless_equals_int (params->min_height, 1088);
  fail_unless_equals_int (params->min_size[0], 1920 * 1088 * 3 / 2);
  fail_unless_equals_int (try_layout (&trial, caps, params), 0);
  fail_unless_equals_int (try_layout (&trial, caps, NULL), -EINVAL);
  end (&trial, &before);
  gst_heap_layout_params_free (params);
  g_free (path);
  gst_caps_unref (caps);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("import-layouts");
  TCase *tcase = tcase_create ("import-layouts");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_layouts_are_taken_as_they_are, 0, G_N_ELEMENTS (queues));
  tcase_add_loop_test (tcase, test_1080_lines_are_taken_where_the_driver_has_1088, 0, G_N_ELEMENTS (padding));
  return device_test_run ("import-layouts", suite, argc, argv);
}
