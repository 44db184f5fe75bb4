/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapBufferPool: what its buffers are, what it refuses, a full heap. */
#include "heap-fixture.h"

#include <gst/video/video.h>

#include <errno.h>
#include <sys/stat.h>

#define NV12_CAPS "video/x-raw,format=NV12,width=640,height=480,framerate=30/1"
#define NV12_SIZE (640 * 480 * 3 / 2)

static GstBufferPool *
create_pool (GstAllocator *allocator, const gchar *caps_string, guint size, guint min, guint max, gboolean with_meta)
{
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string (caps_string);

  gst_buffer_pool_config_set_params (config, caps, size, min, max);
  if (with_meta)
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  gst_caps_unref (caps);
  return pool;
}

static void
destroy_pool (GstBufferPool *pool, GstAllocator *allocator)
{
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_object_unref (allocator);
}

GST_START_TEST (test_buffers_are_one_memory_of_the_heap)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 2, 0, FALSE);
  GstBuffer *buffer;

  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (fake_open_buffers ("reserved"), 2);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_n_memory (buffer), 1);
  fail_unless_equals_int (gst_buffer_get_size (buffer), NV12_SIZE);
  fail_unless_equals_string (
      gst_heap_get_name (gst_heap_memory_get_heap (gst_buffer_peek_memory (buffer, 0))), "reserved");
  fail_if (gst_buffer_get_video_meta (buffer), "nobody asked for a GstVideoMeta");
  gst_buffer_unref (buffer);
  destroy_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_the_same_memory_comes_back)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 0, 1, TRUE);
  GstMemory *memory = NULL;

  gst_buffer_pool_set_active (pool, TRUE);
  for (guint i = 0; i < 100; i++) {
    GstVideoFrame frame;
    GstVideoInfo info;
    GstBuffer *buffer;

    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
    fail_unless (memory == NULL || memory == gst_buffer_peek_memory (buffer, 0));
    memory = gst_buffer_peek_memory (buffer, 0);
    gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 640, 480);
    fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
    gst_video_frame_unmap (&frame);
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 1);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 200);
  destroy_pool (pool, allocator);
}

GST_END_TEST

/* Pools that a v4l2 or a base class configures get another allocator, or none, and it is ours that counts. */
GST_START_TEST (test_allocator_of_the_configuration_is_replaced)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 0, 0, FALSE);
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstAllocationParams params = { .align = 15, .prefix = 4096 };
  GstAllocator *configured;
  GstBuffer *buffer;

  gst_buffer_pool_config_set_allocator (config, NULL, &params);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  config = gst_buffer_pool_get_config (pool);
  gst_buffer_pool_config_get_allocator (config, &configured, &params);
  fail_unless (configured == allocator);
  fail_unless_equals_int (params.prefix, 0);
  fail_unless_equals_int (params.align, 15);
  gst_structure_free (config);

  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless (gst_is_heap_memory (gst_buffer_peek_memory (buffer, 0)));
  fail_unless_equals_int (gst_buffer_peek_memory (buffer, 0)->offset, 0);
  gst_buffer_unref (buffer);
  destroy_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_alignment_is_honoured_with_its_meta)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, "video/x-raw,format=I420,width=322,height=240", 0, 0, 0, TRUE);
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstVideoAlignment alignment = { .padding_bottom = 16, .stride_align = { 255, 127, 127 } };
  guint heights[GST_VIDEO_MAX_PLANES];
  GstVideoMeta *meta;
  GstBuffer *buffer;

  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &alignment);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);

  meta = gst_buffer_get_video_meta (buffer);
  fail_unless (meta != NULL);
  fail_unless_equals_int (meta->stride[0] % 256, 0);
  fail_unless_equals_int (meta->stride[1] % 128, 0);
  fail_unless_equals_int (meta->width, 322);
  fail_unless (gst_video_meta_get_plane_height (meta, heights));
  fail_unless_equals_int (heights[0], 256);
  fail_unless_equals_int (heights[1], 128);
  fail_unless_equals_int (
      gst_buffer_get_size (buffer), meta->stride[0] * 256 + meta->stride[1] * 128 + meta->stride[2] * 128);
  gst_buffer_unref (buffer);
  destroy_pool (pool, allocator);
}

GST_END_TEST

/* A peer that does not read GstVideoMeta would misread any other layout. */
GST_START_TEST (test_alignment_without_meta_is_not_honoured)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, "video/x-raw,format=I420,width=322,height=240", 0, 0, 0, FALSE);
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstVideoAlignment alignment = { .padding_bottom = 16, .stride_align = { 255, 127, 127 } };
  GstBuffer *buffer;

  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &alignment);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 324 * 240 + 2 * 164 * 120);
  gst_buffer_unref (buffer);
  destroy_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_buffers_of_anything_have_the_size_asked_for)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, "video/x-h264,stream-format=byte-stream", 12345, 1, 0, TRUE);
  GstBuffer *buffer;

  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 12345);
  fail_if (gst_buffer_get_video_meta (buffer));
  gst_buffer_unref (buffer);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static const struct {
  const gchar *caps;
  guint size, min, max;
  GstVideoAlignment alignment;
  const gchar *reason;
} bad_configs[] = {
  { NULL, 4096, 0, 0, { 0 }, "a pool needs caps" },
  { "video/x-h264", 0, 0, 0, { 0 }, "the size of a buffer follows neither from the caps nor from the configuration" },
  { "video/x-raw,format=NV12,width=100000,height=100000", 0, 0, 0, { 0 }, "is not linear, or not known" },
  { "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=(string)NV12:0x0100000000000002,width=640,height=480", 0, 0,
      0, { 0 }, "is not linear, or not known" },
  { NV12_CAPS, G_MAXUINT, 0, 0, { 0 }, "no buffer has 2 GiB or more" },
  { NV12_CAPS, 0, 3, 2, { 0 }, "at least 3 buffers and at most 2 cannot be" },
  { NV12_CAPS, 0, 0, 0, { .padding_bottom = G_MAXUINT }, "padding-bottom cannot be 4294967295" },
  { NV12_CAPS, 0, 0, 0, { .padding_right = 1u << 31 }, "padding-right cannot be 2147483648" },
  { NV12_CAPS, 0, 0, 0, { .stride_align = { G_MAXUINT } }, "strides cannot be aligned by the mask 0xffffffff" },
  { NV12_CAPS, 0, 0, 0, { .stride_align = { 100 } }, "stride-align cannot be 101: it is a power of two" },
};

static void
keep_warning (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function, gint line,
    GObject *object, GstDebugMessage *message, gpointer said)
{
  if (level == GST_LEVEL_WARNING)
    g_string_append (said, gst_debug_message_get (message));
}

/* Nobody gets the error of a pool that is configured: it is in the log. */
GST_START_TEST (test_configuration_that_makes_no_sense_is_refused)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = bad_configs[__i__].caps ? gst_caps_from_string (bad_configs[__i__].caps) : NULL;
  GString *said = g_string_new (NULL);

  gst_debug_set_default_threshold (GST_LEVEL_WARNING);
  gst_debug_add_log_function (keep_warning, said, NULL);
  gst_buffer_pool_config_set_params (config, caps, bad_configs[__i__].size, 0, 0);
  gst_structure_set (config, "min-buffers", G_TYPE_UINT, bad_configs[__i__].min, "max-buffers", G_TYPE_UINT,
      bad_configs[__i__].max, NULL); /* GStreamer's call asserts that they make sense */
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &bad_configs[__i__].alignment);
  fail_if (gst_buffer_pool_set_config (pool, config));
  gst_debug_remove_log_function (keep_warning);
  fail_unless (strstr (said->str, bad_configs[__i__].reason), "%s", said->str);
  g_string_free (said, TRUE);
  gst_clear_caps (&caps);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static void
keep_error (GstBufferPool *pool, const GError *error, GError **kept)
{
  fail_unless (*kept == NULL, "said twice");
  *kept = g_error_copy (error);
}

/* What an allocator is told with a configuration it is not asked about before. */
static const struct {
  GstAllocationParams params;
  GstHeapError code;
  const gchar *reason;
} bad_params[] = {
  { { .align = 8191 }, GST_HEAP_ERROR_INVALID, "an alignment mask of 0x1fff cannot be had" },
  { { .align = 100 }, GST_HEAP_ERROR_INVALID, "an alignment mask of 0x64 cannot be had" },
  { { .align = G_MAXSIZE }, GST_HEAP_ERROR_INVALID, "an alignment mask of 0xffffffffffffffff cannot be had" },
  { { .padding = G_MAXSIZE }, GST_HEAP_ERROR_INVALID,
      "bytes and 18446744073709551615 of padding are more than there can be" },
  { { .padding = (gsize) 4 << 30 }, GST_HEAP_ERROR_NO_MEMORY,
      "does not give 4295428096 bytes: Cannot allocate memory" },
};

GST_START_TEST (test_memory_that_cannot_be_is_refused_with_a_reason)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 2, 0, FALSE);
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GError *error = NULL;

  fake_set_capacity ("system", 64 << 20);
  gst_buffer_pool_config_set_allocator (config, NULL, &bad_params[__i__].params);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  g_signal_connect (pool, "failed", G_CALLBACK (keep_error), &error);
  fail_if (gst_buffer_pool_set_active (pool, TRUE));
  g_assert_error (error, GST_HEAP_ERROR, (gint) bad_params[__i__].code);
  fail_unless (strstr (error->message, bad_params[__i__].reason), "%s", error->message);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-live"), 0);
  g_clear_error (&error);
  destroy_pool (pool, allocator);
}

GST_END_TEST

/* GStreamer 1.22 and 1.26 leak what was allocated before the failure. */
GST_START_TEST (test_preallocation_that_fails_leaves_nothing)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 5, 0, TRUE);

  fake_fail (FAKE_HEAP_ALLOC, __i__, ENOMEM);
  fail_if (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  fail_unless_equals_int (heap_fixture_stat (allocator, "memories"), 0);
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (fake_open_buffers ("system"), 5);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static gpointer
release_soon (gpointer data)
{
  g_usleep (100 * 1000);
  gst_buffer_unref (data);
  return NULL;
}

GST_START_TEST (test_full_heap_makes_acquire_wait_for_a_buffer)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 0, 0, FALSE);
  GstBufferPoolAcquireParams dontwait = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };
  GstBuffer *taken[2], *third = NULL;
  GThread *thread;

  fake_set_capacity ("reserved", 2 * 462848 + 4096);
  gst_buffer_pool_set_active (pool, TRUE);
  for (guint i = 0; i < 2; i++)
    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &taken[i], NULL), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &third, &dontwait), GST_FLOW_EOS);
  /* One attempt each: no trial how large a piece there is, as nothing is reported. */
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 3);

  thread = g_thread_new ("release", release_soon, taken[0]);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &third, NULL), GST_FLOW_OK);
  g_thread_join (thread);
  gst_buffer_unref (third);
  gst_buffer_unref (taken[1]);
  destroy_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_heap_too_small_for_what_is_preallocated_is_said)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 5, 0, FALSE);
  GError *error = NULL;

  fake_set_capacity ("reserved", 3 * 462848);
  g_signal_connect (pool, "failed", G_CALLBACK (keep_error), &error);
  fail_if (gst_buffer_pool_set_active (pool, TRUE));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY);
  fail_unless_equals_string (error->message,
      "heap \"reserved\" does not give 460800 bytes: Cannot allocate memory; the heap is too small, full or "
      "fragmented, "
      "the largest piece now 0 bytes; this process holds 1388544 bytes of it in 3 buffers");
  g_clear_error (&error);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static void
take_and_release (GstBufferPool *pool, guint n_buffers, GstBuffer **buffer)
{
  fail_unless_equals_int (n_buffers, 1);
  fail_unless (*buffer != NULL, "said twice in one wait");
  g_clear_pointer (buffer, gst_buffer_unref);
}

/* The wait ends because the handler gives back what it waits for. */
GST_START_TEST (test_long_wait_for_a_full_heap_is_said)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 0, 0, FALSE);
  GstBuffer *buffer, *other;

  fake_set_capacity ("reserved", 462848);
  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  g_signal_connect (pool, "starved", G_CALLBACK (take_and_release), &buffer);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &other, NULL), GST_FLOW_OK);
  fail_unless (buffer == NULL, "it was not said");
  gst_buffer_unref (other);
  destroy_pool (pool, allocator);
}

GST_END_TEST

/* The one buffer that is out keeps the base class from freeing those that are not. */
GST_START_TEST (test_retired_pool_makes_room_for_its_successor)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *old = create_pool (allocator, NV12_CAPS, 0, 4, 0, FALSE);
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 3, 0, FALSE);
  GstBuffer *buffer;

  fake_set_capacity ("reserved", 4 * 462848);
  fail_unless (gst_buffer_pool_set_active (old, TRUE));
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (old, &buffer, NULL), GST_FLOW_OK);
  fail_if (gst_buffer_pool_set_active (pool, TRUE), "a pool that is not retired keeps what it has");
  fail_unless_equals_int (fake_open_buffers ("reserved"), 4);

  gst_heap_buffer_pool_retire (GST_HEAP_BUFFER_POOL (old));
  fail_unless_equals_int (fake_open_buffers ("reserved"), 4);
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  fail_unless_equals_int (fake_open_buffers ("reserved"), 4);
  gst_buffer_unref (buffer);
  gst_buffer_pool_set_active (old, FALSE);
  gst_object_unref (old);
  destroy_pool (pool, allocator);
}

GST_END_TEST

GST_START_TEST (test_heap_too_small_for_one_buffer_is_an_error_at_once)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 0, 0, FALSE);
  GstBuffer *buffer;

  fake_set_capacity ("reserved", 4096);
  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_ERROR);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static gpointer
flush_soon (gpointer data)
{
  g_usleep (100 * 1000);
  gst_buffer_pool_set_flushing (data, TRUE);
  return NULL;
}

GST_START_TEST (test_flush_ends_the_wait_for_a_full_heap)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 0, 0, FALSE);
  GstBuffer *buffer, *other;
  GThread *thread;

  fake_set_capacity ("reserved", 462848);
  gst_buffer_pool_set_active (pool, TRUE);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  thread = g_thread_new ("flush", flush_soon, pool);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &other, NULL), GST_FLOW_FLUSHING);
  g_thread_join (thread);
  gst_buffer_unref (buffer);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static gpointer
acquire_and_release (gpointer data)
{
  for (guint i = 0; i < 1000; i++) {
    GstBuffer *buffer;

    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (data, &buffer, NULL), GST_FLOW_OK);
    gst_buffer_unref (buffer);
  }
  return NULL;
}

GST_START_TEST (test_threads_share_a_pool_on_a_small_heap)
{
  GstAllocator *allocator = heap_fixture_allocator ("reserved");
  GstBufferPool *pool = create_pool (allocator, NV12_CAPS, 0, 1, 0, FALSE);
  GThread *threads[4];

  fake_set_capacity ("reserved", 3 * 462848);
  gst_buffer_pool_set_active (pool, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("acquire", acquire_and_release, pool);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fail_unless (heap_fixture_stat (allocator, "allocations") <= 3);
  destroy_pool (pool, allocator);
}

GST_END_TEST

static Suite *
pool_suite (void)
{
  Suite *suite = suite_create ("pool");
  TCase *tcase = heap_fixture_add_case (suite, "pool");

  tcase_add_test (tcase, test_buffers_are_one_memory_of_the_heap);
  tcase_add_test (tcase, test_the_same_memory_comes_back);
  tcase_add_test (tcase, test_allocator_of_the_configuration_is_replaced);
  tcase_add_test (tcase, test_alignment_is_honoured_with_its_meta);
  tcase_add_test (tcase, test_alignment_without_meta_is_not_honoured);
  tcase_add_test (tcase, test_buffers_of_anything_have_the_size_asked_for);
  tcase_add_loop_test (tcase, test_configuration_that_makes_no_sense_is_refused, 0, G_N_ELEMENTS (bad_configs));
  tcase_add_loop_test (tcase, test_memory_that_cannot_be_is_refused_with_a_reason, 0, G_N_ELEMENTS (bad_params));
  tcase_add_loop_test (tcase, test_preallocation_that_fails_leaves_nothing, 1, 6);
  tcase_add_test (tcase, test_full_heap_makes_acquire_wait_for_a_buffer);
  tcase_add_test (tcase, test_heap_too_small_for_what_is_preallocated_is_said);
  tcase_add_test (tcase, test_long_wait_for_a_full_heap_is_said);
  tcase_add_test (tcase, test_retired_pool_makes_room_for_its_successor);
  tcase_add_test (tcase, test_heap_too_small_for_one_buffer_is_an_error_at_once);
  tcase_add_test (tcase, test_flush_ends_the_wait_for_a_full_heap);
  tcase_add_test (tcase, test_threads_share_a_pool_on_a_small_heap);
  return suite;
}

GST_CHECK_MAIN (pool)
