/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload copies what is not in the heap: how, what it says of it, and what it does where there is no room. */
#include "upload-harness.h"

#include <gst/base/gstbasetransform.h>

GST_START_TEST (test_copy_keeps_all_but_the_memory)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *in = pattern_new (I420_SIZE), *out;
  GstReferenceTimestampMeta *meta;
  GstCaps *reference = gst_caps_new_empty_simple ("timestamp/x-test");

  GST_BUFFER_PTS (in) = 5 * GST_SECOND;
  GST_BUFFER_DTS (in) = 4 * GST_SECOND;
  GST_BUFFER_DURATION (in) = 40 * GST_MSECOND;
  GST_BUFFER_OFFSET (in) = 7;
  GST_BUFFER_OFFSET_END (in) = 8;
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_GAP | GST_BUFFER_FLAG_MARKER);
  GST_BUFFER_FLAG_SET (in, GST_VIDEO_BUFFER_FLAG_INTERLACED);
  gst_buffer_add_reference_timestamp_meta (in, reference, 99, 1);
  gst_buffer_add_video_crop_meta (in)->width = 20;

  out = upload_assert_copies (&upload, in, "system");
  assert_same_bytes (out, in);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), GST_BUFFER_PTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DTS (out), GST_BUFFER_DTS (in));
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (out), GST_BUFFER_DURATION (in));
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (out), 7);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET_END (out), 8);
  fail_unless_equals_int (
      GST_BUFFER_FLAGS (out) & ~GST_BUFFER_FLAG_TAG_MEMORY, GST_BUFFER_FLAGS (in) & ~GST_BUFFER_FLAG_TAG_MEMORY);
  meta = gst_buffer_get_reference_timestamp_meta (out, reference);
  fail_unless (meta && meta->timestamp == 99);
  fail_unless_equals_int (gst_buffer_get_video_crop_meta (out)->width, 20);

  upload_assert_counts (&upload, 0, 1, I420_SIZE);
  gst_caps_unref (reference);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_copies_out_of_another_heap)
{
  Upload upload = upload_new ("heap-name=default_cma_region", I420);
  GstBuffer *ours = buffer_of (heap_memory_new ("system", I420_SIZE), NULL);
  GstBuffer *foreign = buffer_of (foreign_memory_new ("/dev/dma_heap/system", 4096), NULL);
  GstBuffer *mixed = buffer_of (heap_memory_new ("default_cma_region", 400), heap_memory_new ("system", 368));

  gst_buffer_unref (upload_assert_copies (&upload, ours, "default_cma_region"));
  gst_buffer_unref (upload_assert_copies (&upload, foreign, "default_cma_region"));
  gst_buffer_unref (upload_assert_copies (&upload, mixed, "default_cma_region"));
  upload_assert_counts (&upload, 0, 3, 3 * I420_SIZE);
  gst_buffer_unref (ours);
  gst_buffer_unref (foreign);
  gst_buffer_unref (mixed);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_copies_several_memories)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *whole = pattern_new (I420_SIZE);
  GstBuffer *in = gst_buffer_append (gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY, 0, 100),
      gst_buffer_copy_region (whole, GST_BUFFER_COPY_MEMORY | GST_BUFFER_COPY_DEEP, 100, -1));
  GstBuffer *out = upload_assert_copies (&upload, in, "system");

  fail_unless_equals_int (gst_buffer_n_memory (out), 1);
  assert_same_bytes (out, whole);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  gst_buffer_unref (whole);
  upload_free (&upload);
}
GST_END_TEST

/* A frame of I420 of which each plane has a stride of 64, filled by rows. */
static GstBuffer *
wide_frame_new (void)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, 64 * 16, 64 * 24 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 64, 64, 64 };
  GstBuffer *buffer = pattern_new (64 * 32);

  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 32, 16, 3, offset, stride);
  return buffer;
}

static void
assert_same_frame (GstBuffer *out, GstBuffer *in)
{
  GstCaps *caps = gst_caps_from_string (I420);
  gchar *a = test_digest (in, caps), *b = test_digest (out, caps);

  fail_unless_equals_string (a, b);
  g_free (a);
  g_free (b);
  gst_caps_unref (caps);
}

GST_START_TEST (test_strides_become_default_without_video_meta_downstream)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *in = wide_frame_new ();
  GstBuffer *out = upload_assert_copies (&upload, in, "system");

  fail_unless (gst_buffer_get_video_meta (out) == NULL);
  fail_unless_equals_uint64 (gst_buffer_get_size (out), I420_SIZE);
  assert_same_frame (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_copy_has_one_video_meta_if_downstream_reads_it)
{
  Upload upload = upload_new ("", NULL);
  GstBuffer *in = wide_frame_new (), *out;
  GstMeta *meta;
  gpointer state = NULL;
  guint n = 0;

  gst_harness_add_propose_allocation_meta (upload.harness, GST_VIDEO_META_API_TYPE, NULL);
  gst_harness_set_src_caps_str (upload.harness, I420);
  out = upload_assert_copies (&upload, in, "system");
  while ((meta = gst_buffer_iterate_meta_filtered (out, &state, GST_VIDEO_META_API_TYPE)))
    n++;
  fail_unless_equals_int (n, 1);
  assert_same_frame (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

/* A frame that is larger than the caps, of which the crop meta tells the part: only a copy of all keeps it. */
GST_START_TEST (test_frame_with_a_border_keeps_its_layout)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *in = pattern_new (48 * 32 * 3 / 2), *out;
  GstVideoMeta *meta = gst_buffer_add_video_meta (in, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 48, 32);

  gst_buffer_add_video_crop_meta (in)->x = 8;
  out = upload_assert_copies (&upload, in, "system");
  assert_same_bytes (out, in);
  meta = gst_buffer_get_video_meta (out);
  fail_unless (meta && meta->width == 48 && meta->height == 32);
  fail_unless_equals_int (gst_buffer_get_video_crop_meta (out)->x, 8);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_broken_frame_is_copied_as_it_is)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *in = pattern_new (100);
  GstBuffer *out = upload_assert_copies (&upload, in, "system");

  assert_same_bytes (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_bytes_of_any_size)
{
  const gsize sizes[] = { 1, 4096, 4097, 100, 300000, 299999, 1, 2000000 };
  const gchar *caps[] = { "application/x-a", "audio/x-raw,format=S16LE,rate=8000,channels=1,layout=interleaved",
    "video/x-h264", "image/jpeg" };

  for (guint c = 0; c < G_N_ELEMENTS (caps); c++) {
    Upload upload = upload_new ("", caps[c]);

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
      GstBuffer *in = pattern_new (sizes[i]);
      GstBuffer *out = upload_assert_copies (&upload, in, "system");

      assert_same_bytes (out, in);
      gst_buffer_unref (out);
      gst_buffer_unref (in);
    }
    upload_assert_counts (&upload, 0, G_N_ELEMENTS (sizes), 1 + 4096 + 4097 + 100 + 300000 + 299999 + 1 + 2000000);
    upload_free (&upload);
  }
}
GST_END_TEST

GST_START_TEST (test_copies_have_the_least_size)
{
  Upload upload = upload_new ("min-size=100000", "video/x-h264");
  const gsize sizes[] = { 1, 4096, 99999, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    GstBuffer *in = pattern_new (sizes[i]);
    GstBuffer *out = upload_assert_copies (&upload, in, "system");

    assert_same_bytes (out, in);
    fail_unless (gst_buffer_peek_memory (out, 0)->maxsize >= MAX (sizes[i], 100000));
    gst_buffer_unref (out);
    gst_buffer_unref (in);
  }
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_small_memory_of_the_heap_is_copied)
{
  Upload upload = upload_new ("heap-name=system min-size=8192", "video/x-h264");
  GstBuffer *small = buffer_of (heap_memory_new ("system", 4096), NULL);
  GstBuffer *out = upload_assert_copies (&upload, small, "system");
  GstMessage *message = gst_bus_pop_filtered (upload.bus, GST_MESSAGE_WARNING);
  GError *warning = NULL;

  fail_unless_equals_int (gst_buffer_get_size (out), 4096);
  fail_unless_equals_int (gst_buffer_peek_memory (out, 0)->maxsize, 8192);
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (strstr (warning->message, "memory of 4096 bytes, and what imports it takes none of less than 8192"),
      "%s", warning->message);
  g_error_free (warning);
  gst_message_unref (message);
  gst_buffer_unref (out);
  gst_buffer_unref (small);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_bytes_reuse_memory)
{
  Upload upload = upload_new ("", "application/x-a");

  for (guint i = 0; i < 100; i++) {
    GstBuffer *in = pattern_new (1000 + i % 50);
    gst_buffer_unref (upload_assert_copies (&upload, in, "system"));
    gst_buffer_unref (in);
  }
  fail_unless (test_allocator_stat (upload.harness->element, NULL, "allocations") <= 4);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_buffers_before_caps)
{
  GstHarness *harness = gst_harness_new ("heapupload");
  GstBuffer *in = pattern_new (777), *out = NULL;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_harness_push_event (harness, gst_event_new_stream_start ("s"));
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_pad_push (harness->srcpad, gst_buffer_ref (in)), GST_FLOW_OK);
  out = gst_harness_pull (harness);
  assert_in_heap (out, "system");
  assert_same_bytes (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  gst_harness_teardown (harness);
}
GST_END_TEST

GST_START_TEST (test_copies_into_process_memory)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *in = pattern_new (I420_SIZE);
  GstBuffer *out = upload_assert_copies (&upload, in, "process");

  assert_same_bytes (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
  upload_free (&upload);
}
GST_END_TEST

/* Memory handed on outlives everything it came from. */
GST_START_TEST (test_copies_outlive_the_element)
{
  Upload upload = upload_new ("", I420);
  GstBuffer *in = pattern_new (I420_SIZE);
  GstBuffer *out = upload_assert_copies (&upload, in, "system");

  upload_free (&upload);
  assert_same_bytes (out, in);
  gst_buffer_unref (out);
  gst_buffer_unref (in);
}
GST_END_TEST

GST_START_TEST (test_warns_once_for_each_caps)
{
  Upload upload = upload_new ("", I420);

  upload_push_pattern (&upload, I420_SIZE);
  upload_push_pattern (&upload, I420_SIZE);
  fail_unless_equals_int (test_count_messages (upload.bus, GST_MESSAGE_WARNING), 1);

  gst_harness_set_src_caps_str (upload.harness, "video/x-raw,format=I420,width=64,height=16,framerate=25/1");
  upload_push_pattern (&upload, 2 * I420_SIZE);
  upload_push_pattern (&upload, 2 * I420_SIZE);
  fail_unless_equals_int (test_count_messages (upload.bus, GST_MESSAGE_WARNING), 1);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_no_warning_without_a_copy)
{
  Upload upload = upload_new ("", I420);

  gst_buffer_unref (
      gst_harness_push_and_pull (upload.harness, buffer_of (heap_memory_new ("system", I420_SIZE), NULL)));
  fail_unless_equals_int (test_count_messages (upload.bus, GST_MESSAGE_WARNING), 0);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_zero_copy_refuses)
{
  Upload upload = upload_new ("require-zero-copy=true", I420);

  fail_unless_equals_int (gst_harness_push (upload.harness, pattern_new (I420_SIZE)), GST_FLOW_ERROR);
  upload_assert_error (&upload, GST_RESOURCE_ERROR_SETTINGS, "did not ask for an allocation");
  fail_unless_equals_int (gst_harness_buffers_in_queue (upload.harness), 0);
  upload_assert_counts (&upload, 0, 0, 0);
  upload_free (&upload);
}
GST_END_TEST

static void
assert_refuses_caps (const gchar *caps, const gchar *part)
{
  Upload upload = upload_new ("", caps);

  fail_unless_equals_int (gst_harness_push (upload.harness, pattern_new (4096)), GST_FLOW_ERROR);
  upload_assert_error (&upload, GST_RESOURCE_ERROR_NOT_FOUND, part);
  upload_free (&upload);
}

GST_START_TEST (test_never_calls_memory_what_it_is_not)
{
  assert_refuses_caps ("video/x-raw(memory:GLMemory),format=I420,width=32,height=16", "memory:GLMemory");
  assert_refuses_caps (
      "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12:0x0100000000000002,width=32,height=16", "tiled");
}
GST_END_TEST

GST_START_TEST (test_process_memory_is_not_called_dmabuf)
{
  assert_refuses_caps ("video/x-raw(memory:DMABuf),format=I420,width=32,height=16", "memory:DMABuf");
}
GST_END_TEST

GST_START_TEST (test_copies_into_dmabufs_under_dmabuf_caps)
{
  const gchar *caps[] = { "video/x-raw(memory:DMABuf),format=I420,width=32,height=16",
    "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=YU12,width=32,height=16",
    "video/x-raw(memory:SystemMemory,meta:GstVideoOverlayComposition),format=I420,width=32,height=16" };

  for (guint i = 0; i < G_N_ELEMENTS (caps); i++) {
    Upload upload = upload_new ("", caps[i]);
    GstBuffer *in = pattern_new (I420_SIZE);
    GstBuffer *out = upload_assert_copies (&upload, in, "system");

    assert_same_bytes (out, in);
    gst_buffer_unref (out);
    gst_buffer_unref (in);
    upload_free (&upload);
  }
}
GST_END_TEST

GST_START_TEST (test_nothing_is_copied_into_protected_memory)
{
  Upload upload;

  fake_add_heap ("protected,secure-video");
  upload = upload_new ("heap-name=protected,secure-video", "application/x-a");
  fail_unless_equals_int (gst_harness_push (upload.harness, pattern_new (4096)), GST_FLOW_ERROR);
  upload_assert_error (&upload, GST_RESOURCE_ERROR_NOT_FOUND, "protected");
  upload_free (&upload);
}
GST_END_TEST

/* By two ways: as bytes, and as a frame. */
GST_START_TEST (test_nothing_is_copied_out_of_protected_memory)
{
  const gchar *caps[] = { "application/x-a", I420 };

  fake_add_heap ("protected,secure-video");
  for (guint i = 0; i < G_N_ELEMENTS (caps); i++) {
    Upload upload = upload_new ("heap-name=system", caps[i]);
    GstBuffer *buffer = buffer_of (heap_memory_new ("protected,secure-video", I420_SIZE), NULL);

    fail_unless_equals_int (gst_harness_push (upload.harness, buffer), GST_FLOW_ERROR);
    upload_assert_error (&upload, GST_RESOURCE_ERROR_FAILED, "memory of heap \"protected,secure-video\"");
    upload_free (&upload);
  }
}
GST_END_TEST

GST_START_TEST (test_full_heap_says_why)
{
  Upload upload;

  fake_set_capacity ("system", 4096);
  upload = upload_new ("", "application/x-a");
  fail_unless_equals_int (gst_harness_push (upload.harness, pattern_new (100000)), GST_FLOW_ERROR);
  upload_assert_error (&upload, GST_RESOURCE_ERROR_NO_SPACE_LEFT, "Cannot allocate memory");
  upload_free (&upload);
}
GST_END_TEST

static gpointer
push_three (gpointer user_data)
{
  Upload *upload = user_data;
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint i = 0; i < 3 && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (upload->harness, pattern_new (8192));
  return GINT_TO_POINTER (flow);
}

/* A heap with room for two buffers, which the harness holds: the third copy waits. */
static GThread *
start_waiting (Upload *upload)
{
  GThread *thread;

  fake_set_capacity ("system", 2 * 8192);
  *upload = upload_new ("", "application/x-a");
  thread = g_thread_new ("push", push_three, upload);
  while (fake_calls (FAKE_HEAP_ALLOC) < 3)
    g_usleep (1000);
  g_usleep (50000);
  return thread;
}

GST_START_TEST (test_copy_waits_for_room)
{
  Upload upload;
  GThread *thread = start_waiting (&upload);

  fail_unless_equals_int (gst_harness_buffers_in_queue (upload.harness), 2);
  for (guint i = 0; i < 3; i++)
    gst_buffer_unref (gst_harness_pull (upload.harness));
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)), GST_FLOW_OK);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_long_wait_is_said)
{
  Upload upload;
  GThread *thread = start_waiting (&upload);
  GstMessage *message;

  fail_unless_equals_int (test_count_messages (upload.bus, GST_MESSAGE_WARNING), 1);
  message = gst_bus_timed_pop_filtered (upload.bus, TEST_TIMEOUT, GST_MESSAGE_WARNING);
  fail_unless (message, "nothing was said");
  gst_message_unref (message);
  for (guint i = 0; i < 3; i++)
    gst_buffer_unref (gst_harness_pull (upload.harness));
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)), GST_FLOW_OK);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_flush_ends_the_wait)
{
  Upload upload;
  GstSegment segment;
  GThread *thread = start_waiting (&upload);

  fail_unless (gst_harness_push_event (upload.harness, gst_event_new_flush_start ()));
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)), GST_FLOW_FLUSHING);
  fail_unless (gst_harness_push_event (upload.harness, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (upload.harness, gst_event_new_segment (&segment)));

  gst_buffer_unref (gst_harness_pull (upload.harness));
  upload_push_pattern (&upload, 8192);
  upload_free (&upload);
}
GST_END_TEST

GST_START_TEST (test_stopping_ends_the_wait)
{
  Upload upload;
  GThread *thread = start_waiting (&upload);

  fail_unless_equals_int (gst_element_set_state (upload.harness->element, GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)), GST_FLOW_FLUSHING);
  upload_free (&upload);
}
GST_END_TEST

static Upload *interrupted;
static GstStateChangeReturn (*change_state) (GstElement *element, GstStateChange transition);

/* Upstream, which stops after the element, ends a flush and sends on. */
static gpointer
flush_and_push (gpointer unused)
{
  GstHarness *harness = interrupted->harness;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness, gst_event_new_flush_start ());
  gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (harness, gst_event_new_segment (&segment));
  return GINT_TO_POINTER (gst_harness_push (harness, pattern_new (8192)));
}

/* In place of the base class's: the element has begun to stop, and its pads are active yet. */
static GstStateChangeReturn
flush_then_change_state (GstElement *element, GstStateChange transition)
{
  GThread *thread;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    thread = g_thread_new ("upstream", flush_and_push, NULL);
    fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)), GST_FLOW_FLUSHING);
  }
  return change_state (element, transition);
}

/* Regression: the end of the flush let a copy wait for a buffer, and the element for the copy. */
GST_START_TEST (test_flush_that_ends_while_stopping_lets_nothing_wait)
{
  GstElementClass *base = g_type_class_ref (GST_TYPE_BASE_TRANSFORM);
  Upload upload;

  fake_set_capacity ("system", 2 * 8192);
  upload = upload_new ("", "application/x-a");
  gst_harness_push (upload.harness, pattern_new (8192));
  gst_harness_push (upload.harness, pattern_new (8192));
  interrupted = &upload;
  change_state = base->change_state;
  base->change_state = flush_then_change_state;
  gst_element_set_state (upload.harness->element, GST_STATE_READY);
  base->change_state = change_state;
  upload_free (&upload);
  g_type_class_unref (base);
}
GST_END_TEST

static void
add_copying (Suite *suite)
{
  TCase *copying = test_case_new (suite, "copying", test_setup);

  tcase_add_test (copying, test_copy_keeps_all_but_the_memory);
  tcase_add_test (copying, test_copies_outlive_the_element);
  tcase_add_test (copying, test_copies_out_of_another_heap);
  tcase_add_test (copying, test_copies_several_memories);
  tcase_add_test (copying, test_strides_become_default_without_video_meta_downstream);
  tcase_add_test (copying, test_copy_has_one_video_meta_if_downstream_reads_it);
  tcase_add_test (copying, test_frame_with_a_border_keeps_its_layout);
  tcase_add_test (copying, test_broken_frame_is_copied_as_it_is);
  tcase_add_test (copying, test_bytes_of_any_size);
  tcase_add_test (copying, test_bytes_reuse_memory);
  tcase_add_test (copying, test_copies_have_the_least_size);
  tcase_add_test (copying, test_small_memory_of_the_heap_is_copied);
  tcase_add_test (copying, test_buffers_before_caps);
  tcase_add_test (copying, test_copies_into_dmabufs_under_dmabuf_caps);
}

static void
add_saying_so (Suite *suite)
{
  TCase *saying = test_case_new (suite, "saying-so", test_setup);

  tcase_add_test (saying, test_warns_once_for_each_caps);
  tcase_add_test (saying, test_no_warning_without_a_copy);
  tcase_add_test (saying, test_zero_copy_refuses);
  tcase_add_test (saying, test_never_calls_memory_what_it_is_not);
  tcase_add_test (saying, test_nothing_is_copied_into_protected_memory);
  tcase_add_test (saying, test_nothing_is_copied_out_of_protected_memory);
  tcase_add_test (saying, test_full_heap_says_why);
}

static Suite *
copying_suite (void)
{
  Suite *suite = suite_create ("copying");
  TCase *waiting = test_case_new (suite, "waiting", test_setup);
  TCase *bare = test_case_new (suite, "bare", test_setup_bare);

  add_copying (suite);
  add_saying_so (suite);

  tcase_add_test (waiting, test_copy_waits_for_room);
  tcase_add_test (waiting, test_long_wait_is_said);
  tcase_add_test (waiting, test_flush_ends_the_wait);
  tcase_add_test (waiting, test_stopping_ends_the_wait);
  tcase_add_test (waiting, test_flush_that_ends_while_stopping_lets_nothing_wait);

  tcase_add_test (bare, test_copies_into_process_memory);
  tcase_add_test (bare, test_process_memory_is_not_called_dmabuf);
  return suite;
}

GST_CHECK_MAIN (copying)
