/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* In what caps raw video may come into heapupload, and go out: pure functions, on caps good and bad. */
#include "gst/elements/gstheaptransformcaps.h"

#include "testing.h"

#define RAW "video/x-raw"
#define DMABUF "video/x-raw(memory:DMABuf)"
#define DRM DMABUF ",format=DMA_DRM"
#define SIZE ",width=64,height=48"

static const GstHeapCapsFacts open_heap = { .is_importable = TRUE };
static const GstHeapCapsFacts protected_heap = { .is_importable = TRUE, .is_protected = TRUE };
static const GstHeapCapsFacts process_heap = { .is_importable = FALSE };

/* without_drm: what comes out of a GStreamer without a drm-format; NULL: the same. */
typedef struct {
  const gchar *caps, *expected, *without_drm;
} Row;

static void
assert_transforms (const Row *row, GstPadDirection direction, GstHeapCapsFacts facts)
{
  GstCaps *caps = gst_caps_from_string (row->caps);
  GstCaps *expected =
      gst_caps_from_string (row->without_drm && !test_has_drm_caps () ? row->without_drm : row->expected);
  GstCaps *result = gst_heap_transform_caps (caps, direction, facts);
  gchar *text = gst_caps_to_string (result);

  fail_unless (caps && expected, "%s", row->caps);
  fail_unless (gst_caps_is_strictly_equal (result, expected), "of %s comes %s, not %s", row->caps, text, row->expected);
  g_free (text);
  gst_caps_unref (result);
  gst_caps_unref (expected);
  gst_caps_unref (caps);
}

/* What stays as it is, in both directions and for any heap. */
static const gchar *const same[] = {
  "ANY",
  "EMPTY",
  "video/x-h264,stream-format=byte-stream",
  "audio/x-raw,format=S16LE",
  "application/x-a; application/x-b(memory:DMABuf)",
  RAW "(memory:GLMemory),format=RGBA",
  RAW "(memory:VASurface),format=NV12; " RAW "(memory:DMABuf,memory:Other),format=NV12",
  "video/x-bayer,format=bggr",
};

GST_START_TEST (test_what_is_no_raw_video_stays_as_it_is)
{
  const Row row = { same[__i__], same[__i__], NULL };

  assert_transforms (&row, GST_PAD_SINK, open_heap);
  assert_transforms (&row, GST_PAD_SRC, open_heap);
  assert_transforms (&row, GST_PAD_SINK, protected_heap);
  assert_transforms (&row, GST_PAD_SRC, protected_heap);
  assert_transforms (&row, GST_PAD_SINK, process_heap);
  assert_transforms (&row, GST_PAD_SRC, process_heap);
}

GST_END_TEST

static const Row out_of_open[] = {
  { RAW ",format=NV12" SIZE, RAW ",format=NV12" SIZE "; " DRM ",drm-format=NV12" SIZE "; " DMABUF ",format=NV12" SIZE,
      RAW ",format=NV12" SIZE "; " DMABUF ",format=NV12" SIZE },
  /* a format with another name in DRM, and one without any */
  { RAW ",format=I420", RAW ",format=I420; " DRM ",drm-format=YU12; " DMABUF ",format=I420",
      RAW ",format=I420; " DMABUF ",format=I420" },
  { RAW ",format=AYUV64", RAW ",format=AYUV64; " DMABUF ",format=AYUV64", NULL },
  { RAW ",format={NV12,AYUV64,I420}",
      RAW ",format={NV12,AYUV64,I420}; " DRM ",drm-format={NV12,YU12}; " DMABUF ",format={NV12,AYUV64,I420}",
      RAW ",format={NV12,AYUV64,I420}; " DMABUF ",format={NV12,AYUV64,I420}" },
  /* the plain form of all comes first */
  { RAW ",format=NV12,width=1; " RAW ",format=NV12,width=2",
      RAW ",format=NV12,width=1; " RAW ",format=NV12,width=2; " DRM ",drm-format=NV12,width=1; " DRM
          ",drm-format=NV12,width=2; " DMABUF ",format=NV12,width=1; " DMABUF ",format=NV12,width=2",
      RAW ",format=NV12,width=1; " RAW ",format=NV12,width=2; " DMABUF ",format=NV12,width=1; " DMABUF
          ",format=NV12,width=2" },
  /* features that are not of memory stay */
  { RAW "(memory:SystemMemory,meta:GstVideoOverlayComposition),format=NV12",
      RAW "(memory:SystemMemory,meta:GstVideoOverlayComposition),format=NV12; " RAW
          "(memory:DMABuf,meta:GstVideoOverlayComposition),format=DMA_DRM,drm-format=NV12; " RAW
          "(memory:DMABuf,meta:GstVideoOverlayComposition),format=NV12",
      RAW "(memory:SystemMemory,meta:GstVideoOverlayComposition),format=NV12; " RAW
          "(memory:DMABuf,meta:GstVideoOverlayComposition),format=NV12" },
  { RAW "(meta:A,meta:B),format=AYUV64",
      RAW "(meta:A,meta:B),format=AYUV64; " RAW "(memory:DMABuf,meta:A,meta:B),format=AYUV64", NULL },
  /* what comes as dma-bufs stays, tiled or not */
  { DRM ",drm-format=NV12", DRM ",drm-format=NV12", NULL },
  { DRM ",drm-format={NV12:0x0100000000000001,NV12}", DRM ",drm-format={NV12:0x0100000000000001,NV12}", NULL },
  { DMABUF ",format=NV12", DMABUF ",format=NV12", NULL },
  { RAW "(ANY),format=NV12", RAW "(ANY),format=NV12; " DRM ",drm-format=NV12", RAW "(ANY),format=NV12" },
  /* no sense */
  { RAW ",format=DMA_DRM,drm-format=NV12", RAW ",format=DMA_DRM,drm-format=NV12", NULL },
  { RAW ",format=DMA_DRM", RAW ",format=DMA_DRM", NULL },
  { RAW ",format=\"%s%n\"", RAW ",format=\"%s%n\"; " DMABUF ",format=\"%s%n\"", NULL },
  { RAW ",format=(int)7", RAW ",format=(int)7; " DMABUF ",format=(int)7", NULL },
  { RAW ",format={(int)7,(int)8}", RAW ",format={(int)7,(int)8}; " DMABUF ",format={(int)7,(int)8}", NULL },
  { RAW ",format=(string)NULL", RAW ",format=(string)NULL; " DMABUF ",format=(string)NULL", NULL },
};

GST_START_TEST (test_plain_video_goes_out_plain_or_as_dmabuf)
{
  assert_transforms (&out_of_open[__i__], GST_PAD_SINK, open_heap);
}

GST_END_TEST

static const Row into_open[] = {
  { RAW ",format=NV12" SIZE, RAW ",format=NV12" SIZE, NULL },
  { DRM ",drm-format=NV12" SIZE, DRM ",drm-format=NV12" SIZE "; " RAW ",format=NV12" SIZE,
      DRM ",drm-format=NV12" SIZE },
  { DMABUF ",format=NV12" SIZE, DMABUF ",format=NV12" SIZE "; " RAW ",format=NV12" SIZE, NULL },
  /* of tiled frames nothing is plain */
  { DRM ",drm-format=NV12:0x0100000000000001", DRM ",drm-format=NV12:0x0100000000000001", NULL },
  { DRM ",drm-format={NV12:0x0100000000000001,YU12,NV12}",
      DRM ",drm-format={NV12:0x0100000000000001,YU12,NV12}; " RAW ",format={I420,NV12}",
      DRM ",drm-format={NV12:0x0100000000000001,YU12,NV12}" },
  { DRM, DRM "; " RAW, NULL },
  /* as a sink of Wayland lists them */
  { DRM ",drm-format={NV12,YU12}; " RAW ",format={NV12,I420}",
      DRM ",drm-format={NV12,YU12}; " RAW ",format={NV12,I420}", NULL },
  { RAW ",format={NV12,I420}; " DRM ",drm-format={NV12,YU12}",
      RAW ",format={NV12,I420}; " DRM ",drm-format={NV12,YU12}", NULL },
  { RAW "(memory:DMABuf,meta:A),format=NV12",
      RAW "(memory:DMABuf,meta:A),format=NV12; " RAW "(memory:SystemMemory,meta:A),format=NV12", NULL },
  { RAW "(ANY)", RAW "(ANY)", NULL },
  { RAW "(ANY),format=DMA_DRM,drm-format=NV12", RAW "(ANY),format=DMA_DRM,drm-format=NV12; " RAW ",format=NV12",
      RAW "(ANY),format=DMA_DRM,drm-format=NV12" },
  /* no sense */
  { DRM ",drm-format=NV12:0x0", DRM ",drm-format=NV12:0x0", NULL },
  { DRM ",drm-format=(string)\"\"", DRM ",drm-format=(string)\"\"", NULL },
  { DRM ",drm-format=\"%s%n:0xzz\"", DRM ",drm-format=\"%s%n:0xzz\"", NULL },
  { DRM ",drm-format=\"%s%n\"", DRM ",drm-format=\"%s%n\"", NULL },
  { DRM ",drm-format=NV12:0xffffffffffffffffffffffffffffff", DRM ",drm-format=NV12:0xffffffffffffffffffffffffffffff",
      NULL },
  { DRM ",drm-format=(int)7", DRM ",drm-format=(int)7", NULL },
  { DRM ",drm-format=(string)NULL", DRM ",drm-format=(string)NULL", NULL },
};

GST_START_TEST (test_what_goes_out_as_dmabuf_may_come_plain)
{
  assert_transforms (&into_open[__i__], GST_PAD_SRC, open_heap);
}

GST_END_TEST

static const Row out_of_protected[] = {
  { RAW ",format=NV12", DRM ",drm-format=NV12; " DMABUF ",format=NV12", DMABUF ",format=NV12" },
  { DRM ",drm-format=NV12", DRM ",drm-format=NV12", NULL },
  { RAW "(ANY),format=NV12", DRM ",drm-format=NV12; " DMABUF ",format=NV12", DMABUF ",format=NV12" },
  { RAW ",format=DMA_DRM", "EMPTY", NULL },
};

GST_START_TEST (test_protected_memory_goes_out_as_dmabuf_alone)
{
  assert_transforms (&out_of_protected[__i__], GST_PAD_SINK, protected_heap);
}

GST_END_TEST

static const Row into_protected[] = {
  { RAW ",format=NV12", "EMPTY", NULL },
  { RAW ",format=NV12; " DRM ",drm-format=YU12", DRM ",drm-format=YU12; " RAW ",format=I420", DRM ",drm-format=YU12" },
  { DMABUF ",format=NV12", DMABUF ",format=NV12; " RAW ",format=NV12", NULL },
  { RAW "(ANY),format=NV12", RAW "(ANY),format=NV12", NULL },
};

GST_START_TEST (test_nothing_comes_into_protected_memory_that_is_to_go_out_plain)
{
  assert_transforms (&into_protected[__i__], GST_PAD_SRC, protected_heap);
}

GST_END_TEST

static const gchar *const unchanged[] = { RAW ",format=NV12", DRM ",drm-format=NV12", DMABUF ",format=NV12" };

GST_START_TEST (test_memory_that_is_no_dmabuf_changes_no_caps)
{
  const Row row = { unchanged[__i__], unchanged[__i__], NULL };

  assert_transforms (&row, GST_PAD_SINK, process_heap);
  assert_transforms (&row, GST_PAD_SRC, process_heap);
}

GST_END_TEST

GST_START_TEST (test_caps_without_a_format_may_be_of_any_linear_one)
{
  GstCaps *caps = gst_caps_from_string (RAW), *result = gst_heap_transform_caps (caps, GST_PAD_SINK, open_heap);
  GstCaps *linear = gst_caps_from_string (DRM ",drm-format=YU12");
  GstCaps *tiled = gst_caps_from_string (DRM ",drm-format=NV12:0x0100000000000001");

  fail_unless_equals_int (gst_caps_can_intersect (result, linear), test_has_drm_caps ());
  fail_if (gst_caps_can_intersect (result, tiled));
  fail_if (gst_heap_transform_caps (NULL, GST_PAD_SINK, open_heap));
  gst_caps_unref (tiled);
  gst_caps_unref (linear);
  gst_caps_unref (result);
  gst_caps_unref (caps);
}

GST_END_TEST

/* What upstream sends can be had of what it is offered: else a pipeline would fail that was said to work. */
GST_START_TEST (test_both_directions_agree)
{
  for (guint i = 0; i < G_N_ELEMENTS (out_of_open); i++) {
    GstCaps *caps = gst_caps_from_string (out_of_open[i].caps);
    GstCaps *out = gst_heap_transform_caps (caps, GST_PAD_SINK, open_heap);
    GstCaps *back = gst_heap_transform_caps (out, GST_PAD_SRC, open_heap);

    fail_unless (gst_caps_is_subset (caps, back), "%s", out_of_open[i].caps);
    gst_caps_unref (back);
    gst_caps_unref (out);
    gst_caps_unref (caps);
  }
}

GST_END_TEST

static const struct {
  const gchar *in, *possible, *chosen;
} choices[] = {
  { RAW ",format=NV12", DRM ",drm-format=NV12; " RAW ",format=NV12", RAW ",format=NV12" },
  { RAW ",format=NV12", RAW ",format=NV12,pixel-aspect-ratio=1/1", RAW ",format=NV12" },
  { RAW ",format=NV12", DMABUF ",format=NV12; " DRM ",drm-format=NV12", DRM ",drm-format=NV12" },
  { RAW ",format=NV12", DMABUF ",format=NV12", DMABUF ",format=NV12" },
  { RAW ",format=NV12", DMABUF ",format=NV12,width=[1,9]; " DMABUF ",format=NV12,width=4",
      DMABUF ",format=NV12,width=1" },
  { DRM ",drm-format=NV12", "ANY", DRM ",drm-format=NV12" },
  { "audio/x-raw", "audio/x-raw", "audio/x-raw" },
};

GST_START_TEST (test_plain_is_chosen_where_downstream_takes_it)
{
  GstCaps *in = gst_caps_from_string (choices[__i__].in), *out = gst_caps_from_string (choices[__i__].possible);
  GstCaps *expected = gst_caps_from_string (choices[__i__].chosen), *chosen = gst_heap_fixate_caps (in, out);

  fail_unless (gst_caps_is_strictly_equal (chosen, expected), "%s", choices[__i__].possible);
  gst_caps_unref (chosen);
  gst_caps_unref (expected);
  gst_caps_unref (out);
  gst_caps_unref (in);
}

GST_END_TEST

static const struct {
  const gchar *caps;
  gboolean are_dmabuf, take_system, take_dmabuf;
} memories[] = {
  { "ANY", FALSE, TRUE, TRUE },
  { "EMPTY", FALSE, FALSE, FALSE },
  { RAW, FALSE, TRUE, FALSE },
  { DMABUF, TRUE, FALSE, TRUE },
  { RAW "; " DRM, FALSE, TRUE, TRUE },
  { RAW "(ANY)", FALSE, TRUE, TRUE },
  { RAW "(memory:GLMemory)", FALSE, FALSE, FALSE },
  { "video/x-h264(memory:DMABuf)", FALSE, FALSE, FALSE },
};

GST_START_TEST (test_caps_tell_what_memory_they_take)
{
  GstCaps *caps = gst_caps_from_string (memories[__i__].caps);
  gboolean take_system, take_dmabuf;

  gst_heap_caps_take_memory (caps, &take_system, &take_dmabuf);
  fail_unless_equals_int (gst_heap_caps_are_dmabuf (caps), memories[__i__].are_dmabuf);
  fail_unless_equals_int (take_system, memories[__i__].take_system);
  fail_unless_equals_int (take_dmabuf, memories[__i__].take_dmabuf);
  fail_if (gst_heap_caps_are_dmabuf (NULL));
  gst_caps_unref (caps);
}

GST_END_TEST

static Suite *
transform_caps_suite (void)
{
  Suite *suite = suite_create ("transform-caps");
  TCase *tcase = tcase_create ("functions");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_what_is_no_raw_video_stays_as_it_is, 0, G_N_ELEMENTS (same));
  tcase_add_loop_test (tcase, test_plain_video_goes_out_plain_or_as_dmabuf, 0, G_N_ELEMENTS (out_of_open));
  tcase_add_loop_test (tcase, test_what_goes_out_as_dmabuf_may_come_plain, 0, G_N_ELEMENTS (into_open));
  tcase_add_loop_test (tcase, test_protected_memory_goes_out_as_dmabuf_alone, 0, G_N_ELEMENTS (out_of_protected));
  tcase_add_loop_test (
      tcase, test_nothing_comes_into_protected_memory_that_is_to_go_out_plain, 0, G_N_ELEMENTS (into_protected));
  tcase_add_loop_test (tcase, test_memory_that_is_no_dmabuf_changes_no_caps, 0, G_N_ELEMENTS (unchanged));
  tcase_add_test (tcase, test_caps_without_a_format_may_be_of_any_linear_one);
  tcase_add_test (tcase, test_both_directions_agree);
  tcase_add_loop_test (tcase, test_plain_is_chosen_where_downstream_takes_it, 0, G_N_ELEMENTS (choices));
  tcase_add_loop_test (tcase, test_caps_tell_what_memory_they_take, 0, G_N_ELEMENTS (memories));
  return suite;
}

GST_CHECK_MAIN (transform_caps)
