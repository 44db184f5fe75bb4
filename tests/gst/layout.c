/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout of frames in buffers: pure arithmetic, on caps good and bad. */
#include "gst/heaps/gstheaplayout.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/gstheaperror.h>

static gboolean
compute (const gchar *string, guint size, const GstVideoAlignment *alignment, GstHeapLayout *layout, GError **error)
{
  GstCaps *caps = string ? gst_caps_from_string (string) : NULL;
  gboolean computed = gst_heap_layout_compute (caps, size, alignment, layout, error);

  gst_clear_caps (&caps);
  return computed;
}

static const struct {
  const gchar *caps;
  guint size;
  gsize expected;
  gboolean is_video;
} good[] = {
  { "video/x-raw,format=NV12,width=1920,height=1080", 0, 1920 * 1080 * 3 / 2, TRUE },
  { "video/x-raw,format=NV12,width=1920,height=1080", 4000000, 4000000, TRUE },
  { "video/x-raw,format=I420,width=321,height=241", 0, 324 * 242 + 2 * 164 * 121, TRUE },
  { "video/x-raw,format=BGRx,width=1,height=1", 0, 4, TRUE },
  { "video/x-raw,format=v210,width=1920,height=1080", 0, 5120 * 1080, TRUE },
  { "video/x-raw,format=NV12_64Z32,width=1920,height=1080", 0, 3133440, TRUE },
  { "video/x-raw(memory:DMABuf),format=NV12,width=640,height=480", 0, 460800, TRUE },
  { "video/x-h264,width=1920,height=1080", 100000, 100000, FALSE },
  { "audio/x-raw,format=S16LE,rate=48000,channels=2", 4096, 4096, FALSE },
  { "application/octet-stream", 1, 1, FALSE },
};

GST_START_TEST (test_size_is_that_of_the_frame_or_what_was_asked_for)
{
  GError *error = NULL;
  GstHeapLayout layout;

  fail_unless (compute (good[__i__].caps, good[__i__].size, NULL, &layout, &error), "%s", good[__i__].caps);
  fail_unless_equals_int (layout.size, good[__i__].expected);
  fail_unless_equals_int (layout.is_video, good[__i__].is_video);
}

GST_END_TEST

static const struct {
  const gchar *caps;
  guint size;
} bad[] = {
  { NULL, 4096 },
  { "ANY", 4096 },
  { "EMPTY", 4096 },
  { "video/x-h264", 0 },
  { "audio/x-raw", G_MAXUINT },
  { "video/x-raw", 4096 },
  { "video/x-raw,format=NV12", 4096 },
  { "video/x-raw,format=NV12,width=0,height=480", 4096 },
  { "video/x-raw,format=NV12,width=-16,height=480", 4096 },
  { "video/x-raw,format=NV12,width=2147483647,height=2147483647", 4096 },
  { "video/x-raw,format=NV12,width=2147483647,height=1", 4096 },
  { "video/x-raw,format=RGBA64_LE,width=134217727,height=1024", 4096 },
  { "video/x-raw,format=RGBA,width=1073741840,height=16", 4096 },
  { "video/x-raw,format=RGBA,width=65536,height=65536", 4096 },
  { "video/x-raw,format=NV12,width=65536,height=32768", 4096 },
  { "video/x-raw,format=NV12,width=46341,height=46341", 4096 },
  { "video/x-raw,format=nothing,width=640,height=480", 4096 },
  { "video/x-raw,format=NV12,width=640,height=480", G_MAXUINT },
  { "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=(string)NV12:0x0100000000000002,width=640,height=480", 4096 },
};

GST_START_TEST (test_caps_and_sizes_that_make_no_sense_are_refused)
{
  GstHeapLayout layout = { .size = 42 };
  GError *error = NULL;

  fail_if (compute (bad[__i__].caps, bad[__i__].size, NULL, &layout, &error), "%s", bad[__i__].caps);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless_equals_int (layout.size, 42);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_unfixed_raw_caps_are_opaque)
{
  GstHeapLayout layout;

  fail_unless (compute ("video/x-raw,format=NV12,width=[1,10],height=480", 4096, NULL, &layout, NULL));
  fail_if (layout.is_video);
}

GST_END_TEST

GST_START_TEST (test_linear_drm_format_is_laid_out)
{
  GstHeapLayout layout;
  gboolean computed = compute (
      "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12,width=640,height=480", 0, NULL, &layout, NULL);

  fail_unless_equals_int (computed, GST_CHECK_VERSION (1, 24, 0));
  if (computed)
    fail_unless_equals_int (layout.size, 460800);
}

GST_END_TEST

GST_START_TEST (test_alignment_makes_strides_and_padding)
{
  GstVideoAlignment alignment = { .padding_bottom = 8, .stride_align = { 255, 255 } };
  GstHeapLayout layout;

  fail_unless (compute ("video/x-raw,format=NV12,width=1000,height=1080", 0, &alignment, &layout, NULL));
  fail_unless_equals_int (layout.info.stride[0], 1024);
  fail_unless_equals_int (layout.info.stride[1], 1024);
  fail_unless_equals_int (layout.info.offset[1], 1024 * 1088);
  fail_unless_equals_int (layout.size, 1024 * 1088 * 3 / 2);
  fail_unless_equals_int (layout.alignment.padding_right, 24);
}

GST_END_TEST

static const GstVideoAlignment absurd[] = {
  { .padding_top = G_MAXUINT },
  { .padding_bottom = G_MAXUINT / 2 },
  { .padding_left = 0xfffffff0u, .padding_right = 0x20 },
  { .padding_right = 1u << 30 },
  { .stride_align = { 254 } },
  { .stride_align = { G_MAXUINT } },
  { .stride_align = { 0, 3, 0, 5 } },
  { .padding_top = 4000000, .padding_right = 4000000 },
};

GST_START_TEST (test_absurd_alignment_is_refused)
{
  GstHeapLayout layout;
  GError *error = NULL;

  fail_if (compute ("video/x-raw,format=NV12,width=1920,height=1080", 0, &absurd[__i__], &layout, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  g_clear_error (&error);
}

GST_END_TEST

static Suite *
layout_suite (void)
{
  Suite *suite = suite_create ("layout");
  TCase *tcase = tcase_create ("layout");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_size_is_that_of_the_frame_or_what_was_asked_for, 0, G_N_ELEMENTS (good));
  tcase_add_loop_test (tcase, test_caps_and_sizes_that_make_no_sense_are_refused, 0, G_N_ELEMENTS (bad));
  tcase_add_test (tcase, test_unfixed_raw_caps_are_opaque);
  tcase_add_test (tcase, test_linear_drm_format_is_laid_out);
  tcase_add_test (tcase, test_alignment_makes_strides_and_padding);
  tcase_add_loop_test (tcase, test_absurd_alignment_is_refused, 0, G_N_ELEMENTS (absurd));
  return suite;
}

GST_CHECK_MAIN (layout)
