/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Asking devices for their layout, of a driver that is none. */
#include "fake-driver.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/heaps.h>

static GstHeapLayoutParams *
ask (GstHeapDeviceUse use, const gchar *format, gint width, gint height, GstHeapPlanes planes, GError **error)
{
  GstCaps *caps = gst_caps_new_simple (
      "video/x-raw", "format", G_TYPE_STRING, format, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height, NULL);
  GstHeapLayoutParams *params = gst_heap_layout_params_new_for_device_fd (fake_driver_fd (), use, caps, planes, error);

  gst_caps_unref (caps);
  return params;
}

static GstHeapLayoutParams *
ask_reader (const gchar *format, gint width, gint height)
{
  GError *error = NULL;
  GstHeapLayoutParams *params = ask (GST_HEAP_DEVICE_READS, format, width, height, GST_HEAP_PLANES_AUTO, &error);

  g_assert_no_error (error);
  return params;
}

/* Returns: (transfer full): why not */
static gchar *
ask_in_vain (GstHeapDeviceUse use, const gchar *format, gint width, gint height, GstHeapPlanes planes, gint code)
{
  GError *error = NULL;
  gchar *message;

  fail_unless (ask (use, format, width, height, planes, &error) == NULL);
  g_assert_error (error, GST_HEAP_ERROR, code);
  message = g_strdup (error->message);
  g_error_free (error);
  return message;
}

static void
assert_text (gchar *text, const gchar *part)
{
  fail_unless (strstr (text, part) != NULL, "\"%s\" is not in \"%s\"", part, text);
  g_free (text);
}

/* 1080 lines become 1088, and the planes begin where the driver expects them. */
GST_START_TEST (test_rows_and_lines_are_the_drivers)
{
  GstHeapLayoutParams *params;

  fake_driver.stride_align = 128;
  fake_driver.height_align = 16;
  fake_driver.extra_size = 4096;
  params = ask_reader ("NV12", 1900, 1080);
  fail_unless_equals_int (params->planes, GST_HEAP_PLANES_SINGLE);
  fail_unless_equals_int (params->min_stride[0], 1920);
  fail_unless_equals_int (params->min_stride[1], 1920);
  fail_unless_equals_int (params->min_height, 1088);
  fail_unless_equals_int (params->min_size[0], 1920 * 1088 * 2 + 4096);
  gst_heap_layout_params_free (params);
}

GST_END_TEST

/* In the order of the planes. */
static const struct {
  const gchar *format;
  guint32 v4l2;
  guint strides[4];
} formats[] = {
  { "NV12", V4L2_PIX_FMT_NV12, { 768, 768 } },
  { "NV21", V4L2_PIX_FMT_NV21, { 768, 768 } },
  { "NV16", V4L2_PIX_FMT_NV16, { 768, 768 } },
  { "NV24", V4L2_PIX_FMT_NV24, { 768, 1536 } },
  { "I420", V4L2_PIX_FMT_YUV420, { 768, 384, 384 } },
  { "YV12", V4L2_PIX_FMT_YVU420, { 768, 384, 384 } },
  { "Y42B", V4L2_PIX_FMT_YUV422P, { 768, 384, 384 } },
  { "Y41B", V4L2_PIX_FMT_YUV411P, { 768, 192, 192 } },
  { "YUY2", V4L2_PIX_FMT_YUYV, { 1280 } },
  { "UYVY", V4L2_PIX_FMT_UYVY, { 1280 } },
  { "BGRx", V4L2_PIX_FMT_XBGR32, { 2560 } },
  { "BGRx", V4L2_PIX_FMT_BGR32, { 2560 } },
  { "RGBA", V4L2_PIX_FMT_RGBA32, { 2560 } },
  { "RGB", V4L2_PIX_FMT_RGB24, { 2048 } },
  { "RGB16", V4L2_PIX_FMT_RGB565, { 1280 } },
  { "GRAY8", V4L2_PIX_FMT_GREY, { 768 } },
};

GST_START_TEST (test_formats_have_their_strides)
{
  GstHeapLayoutParams *params;

  fake_driver.formats[0] = formats[__i__].v4l2;
  fake_driver.stride_align = 256;
  params = ask_reader (formats[__i__].format, 640, 480);
  fail_unless_equals_int (fake_driver.tried, formats[__i__].v4l2);
  for (guint i = 0; i < 4; i++)
    fail_unless_equals_int (params->min_stride[i], formats[__i__].strides[i]);
  gst_heap_layout_params_free (params);
}

GST_END_TEST

GST_START_TEST (test_planes_are_split_where_the_driver_wants_it)
{
  GstHeapLayoutParams *params;

  fake_driver.caps = V4L2_CAP_VIDEO_OUTPUT_MPLANE;
  fake_driver.formats[0] = V4L2_PIX_FMT_NV12M;
  fake_driver.stride_align = 64;
  fake_driver.height_align = 32;
  params = ask_reader ("NV12", 700, 500);
  fail_unless_equals_int (params->planes, GST_HEAP_PLANES_SPLIT);
  fail_unless_equals_int (params->min_stride[0], 704);
  fail_unless_equals_int (params->min_stride[1], 704);
  fail_unless_equals_int (params->min_size[1], 704 * 512);
  fail_unless_equals_int (params->min_height, 512);
  gst_heap_layout_params_free (params);
}

GST_END_TEST

GST_START_TEST (test_one_memory_is_preferred)
{
  GstHeapLayoutParams *params;
  GError *error = NULL;

  fake_driver.caps = V4L2_CAP_VIDEO_M2M_MPLANE;
  fake_driver.formats[0] = V4L2_PIX_FMT_NV12M;
  fake_driver.formats[1] = V4L2_PIX_FMT_NV12;
  params = ask_reader ("NV12", 640, 480);
  fail_unless_equals_int (params->planes, GST_HEAP_PLANES_SINGLE);
  gst_heap_layout_params_free (params);
  params = ask (GST_HEAP_DEVICE_WRITES, "NV12", 640, 480, GST_HEAP_PLANES_SPLIT, &error);
  g_assert_no_error (error);
  fail_unless_equals_int (params->planes, GST_HEAP_PLANES_SPLIT);
  gst_heap_layout_params_free (params);
}

GST_END_TEST

GST_START_TEST (test_calls_that_are_interrupted_are_made_again)
{
  fake_driver.n_interrupts = 3;
  gst_heap_layout_params_free (ask_reader ("NV12", 640, 480));
  fail_unless_equals_int (fake_driver.n_tries, 1);
}

GST_END_TEST

GST_START_TEST (test_formats_the_device_is_without_are_refused_with_a_list)
{
  fake_driver.formats[1] = V4L2_PIX_FMT_YUYV;
  assert_text (ask_in_vain (GST_HEAP_DEVICE_READS, "I420", 640, 480, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_UNSATISFIED),
      "I420 frames of 640x480: of its formats (NV12, YUYV) none is that");
  assert_text (ask_in_vain (GST_HEAP_DEVICE_READS, "NV12", 640, 480, GST_HEAP_PLANES_SPLIT, GST_HEAP_ERROR_UNSATISFIED),
      "with a memory for each plane");
  assert_text (
      ask_in_vain (GST_HEAP_DEVICE_READS, "v210", 640, 480, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_UNSATISFIED), "v210");
  fail_unless_equals_int (fake_driver.n_tries, 0);
}

GST_END_TEST

GST_START_TEST (test_frames_too_large_for_the_device_are_refused)
{
  fake_driver.most_width = 800;
  assert_text (
      ask_in_vain (GST_HEAP_DEVICE_READS, "NV12", 1920, 1080, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_UNSATISFIED),
      "1920x1080: it would make 800x1080 of them");
}

GST_END_TEST

GST_START_TEST (test_an_answer_of_another_format_is_refused)
{
  fake_driver.instead = V4L2_PIX_FMT_YUYV;
  assert_text (ask_in_vain (GST_HEAP_DEVICE_READS, "NV12", 64, 64, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_UNSATISFIED),
      "would take another one now");
}

GST_END_TEST

/* The chroma would be read from half a line before where GStreamer has it. */
GST_START_TEST (test_odd_lines_of_subsampled_planes_are_refused)
{
  assert_text (ask_in_vain (GST_HEAP_DEVICE_READS, "NV12", 640, 479, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_UNSATISFIED),
      "at a half line");
  fake_driver.height_align = 2;
  gst_heap_layout_params_free (ask_reader ("NV12", 640, 479));
  fake_driver.height_align = 1;
  fake_driver.formats[0] = V4L2_PIX_FMT_YUYV;
  gst_heap_layout_params_free (ask_reader ("YUY2", 640, 479));
}

GST_END_TEST

/* GStreamer has 20 bytes of luma in a row and 12 of chroma, which half of the luma's does not hold. */
GST_START_TEST (test_rows_are_as_long_as_the_chroma_needs)
{
  GstHeapLayoutParams *params;

  fake_driver.formats[0] = V4L2_PIX_FMT_YUV420;
  params = ask_reader ("I420", 17, 16);
  fail_unless_equals_int (params->min_stride[0], 24);
  fail_unless_equals_int (params->min_stride[1], 12);
  gst_heap_layout_params_free (params);
}

GST_END_TEST

GST_START_TEST (test_rows_shorter_than_gstreamers_are_refused)
{
  fake_driver.formats[0] = V4L2_PIX_FMT_RGB24;
  fake_driver.most_stride = 954;
  assert_text (ask_in_vain (GST_HEAP_DEVICE_READS, "RGB", 318, 240, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_UNSATISFIED),
      "954 bytes in a row, and GStreamer 956");
}

GST_END_TEST

GST_START_TEST (test_device_for_the_other_direction_is_refused)
{
  assert_text (ask_in_vain (GST_HEAP_DEVICE_WRITES, "NV12", 640, 480, GST_HEAP_PLANES_AUTO, GST_HEAP_ERROR_INVALID),
      "does not write frames");
}

GST_END_TEST

GST_START_TEST (test_what_is_no_device_is_refused)
{
  GstCaps *caps = gst_caps_from_string ("video/x-raw,format=NV12,width=640,height=480");
  GError *error = NULL;

  fail_unless (!gst_heap_layout_params_new_for_device ("/dev/zero", 0, caps, 0, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, "/dev/zero: it is neither") != NULL, "%s", error->message);
  g_clear_error (&error);
  fail_unless (!gst_heap_layout_params_new_for_device ("/dev/video\n-none", 0, caps, 0, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
  g_clear_error (&error);
  gst_caps_unref (caps);
}

GST_END_TEST

GST_START_TEST (test_caps_without_planes_are_refused)
{
  static const gchar *const strings[] = { "video/x-h264", "ANY", "EMPTY", "video/x-raw", "audio/x-raw",
    "video/x-raw,format=NV12,width=[1,2],height=1", "video/x-raw,format=ENCODED,width=64,height=64" };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++) {
    GstCaps *caps = gst_caps_from_string (strings[i]);
    GError *error = NULL;

    fail_unless (!gst_heap_layout_params_new_for_device_fd (fake_driver_fd (), 0, caps, 0, &error), "%s", strings[i]);
    g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
    g_error_free (error);
    gst_caps_unref (caps);
  }
  fail_unless_equals_int (fake_driver.n_tries, 0);
}

GST_END_TEST

static Suite *
device_layout_suite (void)
{
  Suite *suite = suite_create ("device-layout");
  TCase *tcase = tcase_create ("device-layout");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, fake_driver_setup, fake_driver_teardown);
  tcase_add_test (tcase, test_rows_and_lines_are_the_drivers);
  tcase_add_loop_test (tcase, test_formats_have_their_strides, 0, G_N_ELEMENTS (formats));
  tcase_add_test (tcase, test_planes_are_split_where_the_driver_wants_it);
  tcase_add_test (tcase, test_one_memory_is_preferred);
  tcase_add_test (tcase, test_calls_that_are_interrupted_are_made_again);
  tcase_add_test (tcase, test_formats_the_device_is_without_are_refused_with_a_list);
  tcase_add_test (tcase, test_frames_too_large_for_the_device_are_refused);
  tcase_add_test (tcase, test_an_answer_of_another_format_is_refused);
  tcase_add_test (tcase, test_odd_lines_of_subsampled_planes_are_refused);
  tcase_add_test (tcase, test_rows_are_as_long_as_the_chroma_needs);
  tcase_add_test (tcase, test_rows_shorter_than_gstreamers_are_refused);
  tcase_add_test (tcase, test_device_for_the_other_direction_is_refused);
  tcase_add_test (tcase, test_what_is_no_device_is_refused);
  tcase_add_test (tcase, test_caps_without_planes_are_refused);
  return suite;
}

GST_CHECK_MAIN (device_layout)
