/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The layout of frames in buffers: pure arithmetic, on caps good and bad. */
#include "gst/heaps/gstheaplayout.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/gstheaperror.h>

static gboolean
compute (const gchar *string, guint size, const GstHeapLayoutParams *params, GstHeapLayout *layout, GError **error)
{
  GstCaps *caps = string ? gst_caps_from_string (string) : NULL;
  gboolean computed = gst_heap_layout_compute (caps, size, params, layout, error);

  gst_clear_caps (&caps);
  return computed;
}

static gboolean
compute_aligned (
    const gchar *string, guint size, const GstVideoAlignment *alignment, GstHeapLayout *layout, GError **error)
{
  GstHeapLayoutParams params;

  gst_heap_layout_params_init (&params);
  return gst_heap_layout_params_add_alignment (&params, alignment, error) &&
         compute (string, size, &params, layout, error);
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

  fail_unless (compute_aligned ("video/x-raw,format=NV12,width=1000,height=1080", 0, &alignment, &layout, NULL));
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

  fail_if (compute_aligned ("video/x-raw,format=NV12,width=1920,height=1080", 0, &absurd[__i__], &layout, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  g_clear_error (&error);
}

GST_END_TEST

/* What a driver of V4L2 says of its buffers: bytesperline and sizeimage of each plane, and a height. */
static const struct {
  const gchar *caps, *asked;
  gint stride[3];
  gsize offset[3], shown[3], behind[3];
  guint n_memories;
  gboolean has_alignment;
} exact[] = {
  { "video/x-raw,format=NV12,width=1920,height=1080", "layout, planes=split", { 1920, 1920 }, { 0, 2073600 },
      { 2073600, 1036800 }, { 2073600, 1036800 }, 2, TRUE },
  { "video/x-raw,format=NV12,width=1920,height=1080", "layout, min-stride=2048, min-height=1088", { 2048, 2048 },
      { 0, 2228224 }, { 3342336 }, { 3342336 }, 1, TRUE },
  { "video/x-raw,format=NV12,width=1920,height=1080",
      "layout, planes=split, min-stride=1984, min-height=1088, min-size=<2158592,1100000>", { 1984, 1984 },
      { 0, 2158592 }, { 2158592, 1079296 }, { 2158592, 1100000 }, 2, TRUE },
  { "video/x-raw,format=I420,width=1856,height=1080", "layout, min-stride=<1856,960,960>", { 1856, 960, 960 },
      { 0, 2004480, 2522880 }, { 3041280 }, { 3041280 }, 1, FALSE },
  { "video/x-raw,format=I420,width=1856,height=1080", "layout, stride-align=64", { 1920, 960, 960 },
      { 0, 2073600, 2592000 }, { 3110400 }, { 3110400 }, 1, TRUE },
  { "video/x-raw,format=I420,width=64,height=16", "layout, planes=split, size-align=4096", { 64, 32, 32 },
      { 0, 4096, 8192 }, { 4096, 4096, 4096 }, { 4096, 4096, 4096 }, 3, TRUE },
  { "video/x-raw,format=NV12,width=64,height=16", "layout, plane-offset-align=4096", { 64, 64 }, { 0, 4096 }, { 4608 },
      { 4608 }, 1, TRUE },
  { "video/x-raw,format=v210,width=48,height=2", "layout, stride-align=512", { 512 }, { 0 }, { 1024 }, { 1024 }, 1,
      TRUE },
  { "video/x-raw,format=BGRx,width=64,height=16", "layout, planes=split", { 256 }, { 0 }, { 4096 }, { 4096 }, 1, TRUE },
  { "application/octet-stream", "layout, size-align=4096, min-size=10000", { 0 }, { 0 }, { 8192 }, { 10000 }, 1,
      FALSE },
};

GST_START_TEST (test_layout_is_the_smallest_that_satisfies)
{
  GstHeapLayoutParams *params = gst_heap_layout_params_new_from_string (exact[__i__].asked, NULL);
  gboolean is_bytes = strstr (exact[__i__].caps, "octet") != NULL;
  GstHeapLayout layout;

  fail_unless (compute (exact[__i__].caps, is_bytes ? 5000 : 0, params, &layout, NULL));
  fail_unless_equals_int (layout.n_memories, exact[__i__].n_memories);
  fail_unless_equals_int (layout.has_alignment, exact[__i__].has_alignment);
  for (guint i = 0; i < layout.n_memories; i++) {
    fail_unless_equals_int (layout.shown[i], exact[__i__].shown[i]);
    fail_unless_equals_int (layout.behind[i], exact[__i__].behind[i]);
  }
  for (guint i = 0; !is_bytes && i < GST_VIDEO_INFO_N_PLANES (&layout.info); i++) {
    fail_unless_equals_int (layout.info.stride[i], exact[__i__].stride[i]);
    fail_unless_equals_int (layout.info.offset[i], exact[__i__].offset[i]);
  }
  gst_heap_layout_params_free (params);
}

GST_END_TEST

/* A peer that has no GstVideoMeta may have what is default, and no other. */
GST_START_TEST (test_default_is_what_no_meta_is_needed_for)
{
  static const struct {
    const gchar *caps, *asked;
    gboolean is_default;
  } cases[] = {
    { "video/x-raw,format=NV12,width=640,height=480", "layout, stride-align=64", TRUE },
    { "video/x-raw,format=NV12,width=640,height=480", "layout, size-align=65536, min-size=1000000", TRUE },
    { "video/x-raw,format=RGBx,width=640,height=480", "layout, planes=split, min-height=512", TRUE },
    { "video/x-raw,format=NV12,width=640,height=480", "layout, min-height=512", FALSE },
    { "video/x-raw,format=NV12,width=640,height=480", "layout, stride-align=256", FALSE },
    { "video/x-raw,format=NV12,width=640,height=480", "layout, planes=split", FALSE },
    { "video/x-raw,format=NV12,width=640,height=480", "layout, plane-offset-align=65536", FALSE },
    { "video/x-raw,format=RGBx,width=640,height=480", "layout, padding-top=1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHeapLayoutParams *params = gst_heap_layout_params_new_from_string (cases[i].asked, NULL);
    GstHeapLayout layout;

    fail_unless (compute (cases[i].caps, 0, params, &layout, NULL));
    fail_unless (layout.is_default == cases[i].is_default, "%s", cases[i].asked);
    gst_heap_layout_params_free (params);
  }
}

GST_END_TEST

static const struct {
  const gchar *caps, *asked;
} impossible[] = {
  { "video/x-raw,format=NV12,width=1920,height=1080", "layout, min-stride=2147483647" },
  { "video/x-raw,format=NV12,width=1920,height=1080", "layout, min-height=16777216" },
  { "video/x-raw,format=NV12,width=134217727,height=1", "layout, padding-right=16777216" },
  { "video/x-raw,format=NV12,width=1920,height=40000", "layout, stride-align=65536" },
  { "video/x-raw,format=Y444,width=640,height=480", "layout, min-stride=<0,2000000000>" },
  { "video/x-raw,format=NV12_64Z32,width=640,height=480", "layout, stride-align=64" },
  { "video/x-h264", "layout, planes=split" },
  { "audio/x-raw", "layout, stride-align=64" },
  { "application/octet-stream", "layout, size-align=67108864, min-height=16" },
};

GST_START_TEST (test_what_cannot_be_laid_out_is_refused)
{
  GstHeapLayoutParams *params = gst_heap_layout_params_new_from_string (impossible[__i__].asked, NULL);
  GstHeapLayout layout = { .size = 42 };
  GError *error = NULL;

  fail_if (compute (impossible[__i__].caps, 4096, params, &layout, &error), "%s", impossible[__i__].asked);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless_equals_int (layout.size, 42);
  g_clear_error (&error);
  gst_heap_layout_params_free (params);
}

GST_END_TEST

static void
assert_parse_error (const gchar *text, const gchar *message)
{
  GError *error = NULL;

  fail_if (gst_heap_layout_params_new_from_string (text, &error), "%s", text);
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless_equals_string (error->message, message);
  g_clear_error (&error);
}

GST_START_TEST (test_text_that_makes_no_sense_is_refused)
{
  assert_parse_error ("layout, stride=64", "a layout has no \"stride\"");
  assert_parse_error ("layout, planes=triple", "planes is one of auto, single, split");
  assert_parse_error (
      "layout, stride-align=48", "stride-align cannot be 48: it is a power of two, 1048576 at the most");
  assert_parse_error ("layout, height-align=<16,16>", "height-align takes one number; there are 2");
  assert_parse_error ("layout, stride-align=<1,1,1,1,1>",
      "stride-align takes one number, or up to four with commas in between, one for each plane; there are 5");
  assert_parse_error ("layout, stride-align=(string)\"64,x\"", "stride-align is a number, and \"x\" is none");
  assert_parse_error ("layout, min-stride=-1", "min-stride is a number, and \"-1\" is none");
  assert_parse_error (
      "layout, min-size=(uint)4294967295", "min-size cannot be 4294967295: it is a number, 2147483647 at the most");
  assert_parse_error (",", "\",\" is no structure, as in: layout, planes=split, stride-align=64");
}

GST_END_TEST

GST_START_TEST (test_structure_form_says_all_that_is_asked)
{
  GstHeapLayoutParams *params = gst_heap_layout_params_new_from_string (
      "x, planes=split, stride-align=(string)\"64, 32\", min-stride=1920, plane-offset-align=<4096>, height-align=16, "
      "min-height=1088, size-align=(uint)4096, min-size=<1,2,3,4>, padding-top=1, padding-bottom=2, padding-left=3, "
      "padding-right=4",
      NULL);
  GstStructure *structure = gst_heap_layout_params_to_structure (params);
  GstHeapLayoutParams *again = gst_heap_layout_params_new_from_structure (structure, NULL);
  GstHeapLayoutParams expected = { .planes = GST_HEAP_PLANES_SPLIT,
    .stride_align = { 64, 32 },
    .min_stride = { 1920, 1920, 1920, 1920 },
    .plane_offset_align = { 4096, 4096, 4096, 4096 },
    .height_align = 16,
    .min_height = 1088,
    .size_align = 4096,
    .min_size = { 1, 2, 3, 4 },
    .padding_top = 1,
    .padding_bottom = 2,
    .padding_left = 3,
    .padding_right = 4 };

  fail_unless (memcmp (params, &expected, sizeof expected) == 0);
  fail_unless (memcmp (again, &expected, sizeof expected) == 0);
  fail_if (gst_heap_layout_params_is_default (params));
  gst_heap_layout_params_init (params);
  fail_unless (gst_heap_layout_params_is_default (params));
  gst_heap_layout_params_free (params);
  gst_heap_layout_params_free (again);
  gst_structure_free (structure);
}

GST_END_TEST

GST_START_TEST (test_of_params_and_alignment_the_stricter_counts)
{
  GstVideoAlignment alignment = { .padding_bottom = 8, .padding_left = 1, .stride_align = { 127, 15 } };
  GstHeapLayoutParams params = { .padding_bottom = 2, .padding_left = 4, .stride_align = { 64, 64, 64 } };

  fail_unless (gst_heap_layout_params_add_alignment (&params, &alignment, NULL));
  fail_unless_equals_int (params.padding_bottom, 8);
  fail_unless_equals_int (params.padding_left, 4);
  fail_unless_equals_int (params.stride_align[0], 128);
  fail_unless_equals_int (params.stride_align[1], 64);
  fail_unless_equals_int (params.stride_align[2], 64);
}

GST_END_TEST

/* The cache gives memory to who imports it as it was before, by this name. */
GST_START_TEST (test_names_tell_planes_apart)
{
  GstHeapLayoutParams split = { .planes = GST_HEAP_PLANES_SPLIT };
  GstHeapLayout layout, whole;

  fail_unless (compute ("video/x-raw,format=Y444,width=64,height=64", 0, &split, &layout, NULL));
  fail_unless (compute ("video/x-raw,format=Y444,width=64,height=64", 0, NULL, &whole, NULL));
  fail_unless (gst_heap_layout_intern (&layout, 0, NULL) == gst_heap_layout_intern (&layout, 0, NULL));
  fail_if (gst_heap_layout_intern (&layout, 0, NULL) == gst_heap_layout_intern (&layout, 1, NULL));
  fail_if (gst_heap_layout_intern (&layout, 0, NULL) == gst_heap_layout_intern (&whole, 0, NULL));
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
  tcase_add_loop_test (tcase, test_layout_is_the_smallest_that_satisfies, 0, G_N_ELEMENTS (exact));
  tcase_add_test (tcase, test_default_is_what_no_meta_is_needed_for);
  tcase_add_loop_test (tcase, test_what_cannot_be_laid_out_is_refused, 0, G_N_ELEMENTS (impossible));
  tcase_add_test (tcase, test_text_that_makes_no_sense_is_refused);
  tcase_add_test (tcase, test_structure_form_says_all_that_is_asked);
  tcase_add_test (tcase, test_of_params_and_alignment_the_stricter_counts);
  tcase_add_test (tcase, test_names_tell_planes_apart);
  return suite;
}

GST_CHECK_MAIN (layout)
