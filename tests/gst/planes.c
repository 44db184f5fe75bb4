/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pools whose frames are laid out as asked: planes with a memory each, strides, paddings. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include <errno.h>
#include <limits.h>

#define NV12_CAPS "video/x-raw,format=NV12,width=640,height=480,framerate=30/1"
#define Y444_CAPS "video/x-raw,format=Y444,width=64,height=64,framerate=30/1"
#define LUMA (640 * 480)
#define CHROMA (640 * 240)

static GstStructure *
config_for (GstBufferPool *pool, const gchar *caps_string, const gchar *layout, gboolean with_meta)
{
  GstHeapLayoutParams *params = gst_heap_layout_params_new_from_string (layout, NULL);
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string (caps_string);

  gst_buffer_pool_config_set_params (config, caps, 0, 0, 0);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_HEAP_LAYOUT);
  gst_heap_buffer_pool_config_set_layout (config, params);
  if (with_meta)
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_heap_layout_params_free (params);
  gst_caps_unref (caps);
  return config;
}

/* An active pool. */
static GstBufferPool *
new_pool (GstAllocator *allocator, const gchar *caps, const gchar *layout)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));

  fail_unless (gst_buffer_pool_set_config (pool, config_for (pool, caps, layout, TRUE)));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  return pool;
}

static void
free_pool (GstBufferPool *pool, GstAllocator *allocator)
{
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
}

static GstBuffer *
acquire (GstBufferPool *pool)
{
  GstBuffer *buffer;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  return buffer;
}

static GstFlowReturn
try_acquire (GstBufferPool *pool, GstBuffer **ret_buffer)
{
  GstBufferPoolAcquireParams no_wait = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };

  return gst_buffer_pool_acquire_buffer (pool, ret_buffer, &no_wait);
}

static void
assert_split (GstBuffer *buffer)
{
  fail_unless_equals_int (gst_buffer_n_memory (buffer), 2);
  for (guint i = 0; i < 2; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);

    fail_unless (gst_is_dmabuf_memory (memory));
    fail_unless_equals_int (memory->offset, 0);
    fail_unless_equals_int (memory->size, i == 0 ? LUMA : CHROMA);
  }
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->offset[1], LUMA);
}

/* What gst_buffer_map() would merge stays as it is, and each plane is in its memory. */
GST_START_TEST (test_each_plane_is_mapped_in_its_own_memory)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (allocator, NV12_CAPS, "layout, planes=split");
  GstMemory *memories[2] = { NULL };
  GstVideoFrame frame;
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 640, 480);
  for (guint round = 0; round < 20; round++) {
    GstBuffer *buffer = acquire (pool);

    assert_split (buffer);
    fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READWRITE));
    memset (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), 16 + round, LUMA);
    memset (GST_VIDEO_FRAME_PLANE_DATA (&frame, 1), 128 + round, CHROMA);
    gst_video_frame_unmap (&frame);
    assert_split (buffer);
    heap_fixture_assert_filled (gst_buffer_peek_memory (buffer, 0), LUMA, 16 + round);
    heap_fixture_assert_filled (gst_buffer_peek_memory (buffer, 1), CHROMA, 128 + round);
    for (guint i = 0; i < 2; i++) {
      fail_unless (round == 0 || gst_buffer_peek_memory (buffer, i) == memories[i], "importers know it by its address");
      memories[i] = gst_buffer_peek_memory (buffer, i);
    }
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_split_of_one_plane_is_one_memory)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool =
      new_pool (allocator, "video/x-raw,format=BGRx,width=64,height=64", "layout, planes=split, stride-align=512");
  GstBuffer *buffer = acquire (pool);

  fail_unless_equals_int (gst_buffer_n_memory (buffer), 1);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->stride[0], 512);
  gst_buffer_unref (buffer);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_meta_tells_strides_and_padded_heights)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (
      allocator, "video/x-raw,format=I420,width=322,height=241", "layout, stride-align=<256,128,128>, height-align=32");
  GstBuffer *buffer = acquire (pool);
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  guint heights[GST_VIDEO_MAX_PLANES];

  fail_unless_equals_int (meta->stride[0], 512);
  fail_unless_equals_int (meta->stride[1], 256);
  fail_unless (gst_video_meta_get_plane_height (meta, heights));
  fail_unless_equals_int (heights[0], 256);
  fail_unless_equals_int (heights[1], 128);
  fail_unless_equals_int (meta->offset[1], 512 * 256);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 512 * 256 + 2 * 256 * 128);
  gst_buffer_unref (buffer);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_least_size_is_behind_each_memory)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (allocator, NV12_CAPS, "layout, planes=split, min-size=<400000,200000>");
  GstBuffer *buffer = acquire (pool);

  assert_split (buffer);
  fail_unless_equals_int (gst_buffer_peek_memory (buffer, 0)->maxsize, 401408);
  fail_unless_equals_int (gst_buffer_peek_memory (buffer, 1)->maxsize, 200704);
  gst_buffer_unref (buffer);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_of_layout_and_alignment_the_stricter_counts)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = config_for (pool, NV12_CAPS, "layout, stride-align=256, padding-bottom=2", TRUE);
  GstVideoAlignment alignment = { .padding_bottom = 8, .stride_align = { 63, 63 } };
  GstBuffer *buffer;

  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &alignment);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  gst_buffer_pool_set_active (pool, TRUE);
  buffer = acquire (pool);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->stride[0], 768);
  fail_unless_equals_int (gst_buffer_get_video_meta (buffer)->offset[1], 768 * 488);
  gst_buffer_unref (buffer);
  free_pool (pool, allocator);
}

GST_END_TEST

static const struct {
  const gchar *caps, *layout;
  gboolean with_meta, taken;
} configs[] = {
  { NV12_CAPS, "layout, planes=split", TRUE, TRUE },
  { NV12_CAPS, "layout, planes=split", FALSE, FALSE },
  { NV12_CAPS, "layout, stride-align=256", FALSE, FALSE },
  { NV12_CAPS, "layout, height-align=512", FALSE, FALSE },
  { NV12_CAPS, "layout, stride-align=64, height-align=16", FALSE, TRUE },
  { NV12_CAPS, "layout, min-stride=2147483647", TRUE, FALSE },
  { "video/x-h264", "layout, planes=split", TRUE, FALSE },
};

/* Who does not read GstVideoMeta would misread any other layout than the default one. */
GST_START_TEST (test_layout_that_nothing_would_tell_is_refused)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = config_for (pool, configs[__i__].caps, configs[__i__].layout, configs[__i__].with_meta);

  fail_unless (gst_buffer_pool_has_option (pool, GST_BUFFER_POOL_OPTION_HEAP_LAYOUT));
  fail_unless_equals_int (gst_buffer_pool_set_config (pool, config), configs[__i__].taken);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_option_without_a_layout_is_refused)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = config_for (pool, NV12_CAPS, "layout, planes=split", TRUE);
  GstHeapLayoutParams params;
  GError *error = NULL;

  fail_unless (gst_heap_buffer_pool_config_get_layout (config, &params, NULL));
  fail_unless_equals_int (params.planes, GST_HEAP_PLANES_SPLIT);
  gst_structure_remove_field (config, "heap-layout");
  fail_if (gst_heap_buffer_pool_config_get_layout (config, &params, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
  g_clear_error (&error);
  fail_if (gst_buffer_pool_set_config (pool, config));
  free_pool (pool, allocator);
}

GST_END_TEST

/* The nth allocation of several, the second plane's among them. */
GST_START_TEST (test_memory_that_is_not_to_be_had_gives_back_the_other_planes)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (allocator, NV12_CAPS, "layout, planes=split");
  GstBuffer *buffer, *other = NULL;

  fake_fail (FAKE_HEAP_ALLOC, __i__, ENOMEM);
  fail_unless_equals_int (try_acquire (pool, &buffer), GST_FLOW_ERROR);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  fail_unless_equals_int (heap_fixture_stat (allocator, "memories"), 0);

  /* With one out there is something to wait for. */
  buffer = acquire (pool);
  fake_fail (FAKE_HEAP_ALLOC, __i__, ENOMEM);
  fail_unless_equals_int (try_acquire (pool, &other), GST_FLOW_EOS);
  fail_unless_equals_int (fake_open_buffers ("system"), 2);
  gst_buffer_unref (buffer);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_preallocation_that_fails_leaves_nothing)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = config_for (pool, NV12_CAPS, "layout, planes=split", TRUE);
  GstCaps *caps = gst_caps_from_string (NV12_CAPS);

  gst_buffer_pool_config_set_params (config, caps, 0, 3, 0);
  gst_caps_unref (caps);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fake_fail (FAKE_HEAP_ALLOC, __i__, ENOMEM);
  fail_if (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (fake_open_buffers ("system"), 6);
  free_pool (pool, allocator);
}

GST_END_TEST

/* The base class would fill up the first memory to the size of all, and free the buffer when it cannot. */
GST_START_TEST (test_each_memory_gets_its_size_back)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (allocator, NV12_CAPS, "layout, planes=split");

  for (guint round = 0; round < 4; round++) {
    GstBuffer *buffer = acquire (pool);

    assert_split (buffer);
    if (round == 0)
      gst_memory_resize (gst_buffer_peek_memory (buffer, 0), 4, 100);
    else if (round == 1)
      gst_memory_resize (gst_buffer_peek_memory (buffer, 1), 16, 16);
    else
      gst_buffer_set_size (buffer, 1000);
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  free_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_buffer_is_busy_while_a_device_uses_one_of_its_planes)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (allocator, NV12_CAPS, "layout, planes=split");
  GstBuffer *used = acquire (pool), *other;
  gint fd = gst_fd_memory_get_fd (gst_buffer_peek_memory (used, __i__));

  fake_set_busy (fd, UINT_MAX);
  gst_buffer_unref (used);
  fail_unless_equals_int (try_acquire (pool, &other), GST_FLOW_EOS);
  fake_set_busy (fd, 0);
  other = acquire (pool);
  fail_unless (other == used);
  gst_buffer_unref (other);
  free_pool (pool, allocator);
}

GST_END_TEST

/* Planes of one size: who imported a memory as luma would be wrong about chroma. */
GST_START_TEST (test_cache_gives_each_plane_its_own_memory_back)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstMemory *memories[3] = { NULL };

  g_object_set (allocator, "cache-bytes", (guint64) 1 << 20, NULL);
  for (guint round = 0; round < 3; round++) {
    GstBufferPool *pool = new_pool (allocator, Y444_CAPS, "layout, planes=split");
    GstBuffer *buffer = acquire (pool);

    fail_unless_equals_int (gst_buffer_n_memory (buffer), 3);
    for (guint i = 0; i < 3; i++) {
      fail_unless (round == 0 || gst_buffer_peek_memory (buffer, i) == memories[i]);
      memories[i] = gst_buffer_peek_memory (buffer, i);
    }
    gst_buffer_unref (buffer);
    heap_fixture_pool_free (pool);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 3);
  gst_object_unref (allocator);
}

GST_END_TEST

static const struct {
  const gchar *made, *asked;
  const gchar *why; /* NULL: it is accepted */
} matches[] = {
  { "layout, planes=split", "layout", NULL },
  { "layout, planes=split", "layout, planes=split", NULL },
  { "layout, planes=split", "layout, planes=split, plane-offset-align=4096, stride-align=128", NULL },
  { "layout", "layout, planes=split", "planes=split asks for 2 memories, and there are 1" },
  { "layout, planes=split", "layout, planes=single", "planes=single asks for 1 memories, and there are 2" },
  { "layout", "layout, stride-align=256", "plane 0 has 640 bytes to a line, and is to have a multiple of 256" },
  { "layout, stride-align=256", "layout, stride-align=256, min-stride=700", NULL },
  { "layout, stride-align=256", "layout, min-stride=<768,800>",
      "plane 1 has 768 bytes to a line, and is to have at least 800" },
  { "layout", "layout, plane-offset-align=<0,65536>",
      "plane 1 has 307200 bytes before it, and is to have a multiple of 65536" },
  { "layout, plane-offset-align=65536", "layout, plane-offset-align=4096", NULL },
  { "layout", "layout, height-align=32", NULL },
  { "layout", "layout, min-height=512", "plane 0 has 480 lines, and is to have at least 512" },
  { "layout, min-height=512", "layout, height-align=512", NULL },
  { "layout, padding-top=4, padding-left=4, plane-offset-align=4096", "layout, plane-offset-align=4096", NULL },
  { "layout", "layout, min-size=460801", NULL },
  { "layout", "layout, min-size=500000", "memory 0 has 462848 bytes, and is to have at least 500000" },
  { "layout, min-size=500000", "layout, min-size=500000", NULL },
  { "layout", "layout, size-align=65536", "memory 0 has 462848 bytes, and is to have at least 524288" },
  { "layout, size-align=65536", "layout, size-align=65536", NULL },
};

GST_START_TEST (test_buffers_are_told_from_those_that_lie_otherwise)
{
  GstHeapLayoutParams *asked = gst_heap_layout_params_new_from_string (matches[__i__].asked, NULL);
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = new_pool (allocator, NV12_CAPS, matches[__i__].made);
  GstBuffer *buffer = acquire (pool);
  GError *error = NULL;
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 640, 480);
  fail_unless_equals_int (
      gst_heap_layout_params_accepts_buffer (asked, &info, buffer, &error), matches[__i__].why == NULL);
  fail_unless_equals_string (error ? error->message : NULL, matches[__i__].why);
  g_clear_error (&error);
  gst_heap_layout_params_free (asked);
  gst_buffer_unref (buffer);
  free_pool (pool, allocator);
}

GST_END_TEST

static Suite *
planes_suite (void)
{
  Suite *suite = suite_create ("planes");
  TCase *tcase = heap_fixture_add_case (suite, "planes");

  tcase_add_test (tcase, test_each_plane_is_mapped_in_its_own_memory);
  tcase_add_test (tcase, test_split_of_one_plane_is_one_memory);
  tcase_add_test (tcase, test_meta_tells_strides_and_padded_heights);
  tcase_add_test (tcase, test_least_size_is_behind_each_memory);
  tcase_add_test (tcase, test_of_layout_and_alignment_the_stricter_counts);
  tcase_add_loop_test (tcase, test_layout_that_nothing_would_tell_is_refused, 0, G_N_ELEMENTS (configs));
  tcase_add_test (tcase, test_option_without_a_layout_is_refused);
  tcase_add_loop_test (tcase, test_memory_that_is_not_to_be_had_gives_back_the_other_planes, 1, 3);
  tcase_add_loop_test (tcase, test_preallocation_that_fails_leaves_nothing, 1, 7);
  tcase_add_test (tcase, test_each_memory_gets_its_size_back);
  tcase_add_loop_test (tcase, test_buffer_is_busy_while_a_device_uses_one_of_its_planes, 0, 2);
  tcase_add_test (tcase, test_cache_gives_each_plane_its_own_memory_back);
  tcase_add_loop_test (tcase, test_buffers_are_told_from_those_that_lie_otherwise, 0, G_N_ELEMENTS (matches));
  return suite;
}

GST_CHECK_MAIN (planes)
