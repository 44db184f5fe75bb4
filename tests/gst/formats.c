/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Layouts of all the formats GStreamer knows, with all that can be asked of them. */
#include "gst/heaps/gstheaplayout.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/gstheaperror.h>

static const gchar *const asked[] = {
  "layout",
  "layout, planes=single",
  "layout, planes=split",
  "layout, stride-align=64",
  "layout, stride-align=512",
  "layout, stride-align=<256,32,16>",
  "layout, min-stride=5000",
  "layout, min-stride=<2048,1200,1100,2048>, stride-align=8",
  "layout, plane-offset-align=4096",
  "layout, plane-offset-align=<0,64,2097152>",
  "layout, height-align=32",
  "layout, min-height=1088",
  "layout, size-align=65536",
  "layout, min-size=<9000000,8000000>",
  "layout, padding-top=3, padding-bottom=5, padding-left=8, padding-right=7",
  "layout, padding-left=2, padding-top=1, stride-align=128, planes=split",
  "layout, planes=split, size-align=4096, plane-offset-align=4096, stride-align=64, height-align=16",
};

static const struct {
  guint width, height;
} sides[] = { { 1, 1 }, { 2, 2 }, { 17, 3 }, { 321, 241 }, { 1856, 1080 }, { 1920, 1080 }, { 4095, 2161 } };

static GstHeapLayoutParams
parse (const gchar *string)
{
  GError *error = NULL;
  GstHeapLayoutParams *parsed = gst_heap_layout_params_new_from_string (string, &error);
  GstHeapLayoutParams params;

  g_assert_no_error (error);
  params = *parsed;
  gst_heap_layout_params_free (parsed);
  return params;
}

/* Where the rows of a plane begin, and how many bytes these are at the least. */
static void
measure (const GstHeapLayout *layout, guint plane, guint64 *ret_start, guint64 *ret_bytes)
{
  const GstVideoFormatInfo *finfo = layout->info.finfo;
  gint component[GST_VIDEO_MAX_COMPONENTS];
  guint64 height, left;

  gst_video_format_info_component (finfo, plane, component);
  height = (guint64) layout->alignment.padding_top + layout->info.height + layout->alignment.padding_bottom;
  left = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (finfo, component[0], (gint64) layout->alignment.padding_left) *
         GST_VIDEO_FORMAT_INFO_PSTRIDE (finfo, component[0]);
  *ret_start = layout->info.offset[plane] - left -
               GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, component[0], (gint64) layout->alignment.padding_top) *
                   (guint64) layout->info.stride[plane];
  *ret_bytes = (guint64) layout->info.stride[plane] * GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (finfo, component[0], height);
}

static void
assert_plane (
    const GstHeapLayout *layout, const GstHeapLayoutParams *params, guint plane, guint64 *end, guint64 *memory)
{
  const GstVideoInfo *info = &layout->info;
  guint64 start, bytes, limit = 0;

  if (GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo) || (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (info->finfo) && plane == 1))
    return;
  measure (layout, plane, &start, &bytes);
  if (params->planes == GST_HEAP_PLANES_SPLIT && plane > 0)
    *memory += layout->shown[plane - 1];
  for (guint i = 0; i <= (layout->n_memories > 1 ? plane : 0); i++)
    limit += layout->shown[i];

  fail_unless (start >= *end, "plane %u begins at %" G_GUINT64_FORMAT " before %" G_GUINT64_FORMAT, plane, start, *end);
  fail_unless (start + bytes <= limit, "plane %u ends at %" G_GUINT64_FORMAT " after %" G_GUINT64_FORMAT, plane,
      start + bytes, limit);
  fail_unless (info->stride[plane] % (gint) MAX (params->stride_align[plane], 1) == 0);
  fail_unless ((guint) info->stride[plane] >= params->min_stride[plane]);
  fail_unless ((start - *memory) % MAX (params->plane_offset_align[plane], 1) == 0);
  fail_unless (params->planes != GST_HEAP_PLANES_SPLIT || start == *memory);
  *end = start + bytes;
}

static void
assert_sizes (const GstHeapLayout *layout, const GstHeapLayoutParams *params)
{
  guint64 total = 0;

  for (guint i = 0; i < layout->n_memories; i++) {
    total += layout->shown[i];
    fail_unless (layout->shown[i] % MAX (params->size_align, 1) == 0);
    fail_unless (layout->behind[i] >= MAX (layout->shown[i], params->min_size[i]));
  }
  fail_unless (total == layout->size);
  fail_unless_equals_int (
      layout->n_memories, params->planes == GST_HEAP_PLANES_SPLIT ? GST_VIDEO_INFO_N_PLANES (&layout->info) : 1);
}

/* What is default, who does not read GstVideoMeta must read right; and the meta must take the alignment. */
static void
assert_told (const GstHeapLayout *layout, const GstVideoInfo *plain)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstVideoMeta *meta = gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (plain),
      plain->width, plain->height, GST_VIDEO_INFO_N_PLANES (plain), ((GstHeapLayout *) layout)->info.offset,
      ((GstHeapLayout *) layout)->info.stride);

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  fail_unless (!layout->has_alignment || gst_video_meta_set_alignment (meta, layout->alignment));
  G_GNUC_END_IGNORE_DEPRECATIONS
  for (guint i = 0; layout->is_default && i < GST_VIDEO_INFO_N_PLANES (plain); i++) {
    fail_unless_equals_int (layout->info.stride[i], plain->stride[i]);
    fail_unless_equals_int (layout->info.offset[i], plain->offset[i]);
  }
  fail_unless (layout->size >= plain->size);
  gst_buffer_unref (buffer);
}

static gboolean
has_no_rows (const GstVideoInfo *info, const GstHeapLayoutParams *params)
{
  return GST_VIDEO_FORMAT_INFO_IS_TILED (info->finfo) &&
         (params->stride_align[0] || params->min_stride[0] || params->padding_top);
}

static void
try (GstVideoFormat format, guint side, const GstHeapLayoutParams *params)
{
  guint64 end = 0, memory = 0;
  GstHeapLayout layout;
  GError *error = NULL;
  GstVideoInfo info;
  GstCaps *caps;

  gst_video_info_set_format (&info, format, sides[side].width, sides[side].height);
  caps = gst_video_info_to_caps (&info);
  if (has_no_rows (&info, params)) {
    fail_if (gst_heap_layout_compute (caps, 0, params, &layout, NULL));
    gst_caps_unref (caps);
    return;
  }
  fail_unless (gst_heap_layout_compute (caps, 0, params, &layout, &error), "%s", error ? error->message : "");
  for (guint i = 0; i < GST_VIDEO_INFO_N_PLANES (&info); i++)
    assert_plane (&layout, params, i, &end, &memory);
  assert_sizes (&layout, params);
  assert_told (&layout, &info);
  gst_caps_unref (caps);
}

GST_START_TEST (test_every_format_is_laid_out_as_asked)
{
  GstHeapLayoutParams params = parse (asked[__i__]);
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);

  fail_unless (n > 50);
  for (guint i = 0; i < n; i++) {
    for (guint side = 0; side < G_N_ELEMENTS (sides); side++)
      try (formats[i], side, &params);
  }
}

GST_END_TEST

static Suite *
formats_suite (void)
{
  Suite *suite = suite_create ("formats");
  TCase *tcase = tcase_create ("formats");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_every_format_is_laid_out_as_asked, 0, G_N_ELEMENTS (asked));
  return suite;
}

GST_CHECK_MAIN (formats)
