/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapimport: what comes from another process, in a pipeline. */
#include "sent.h"
#include "testing.h"

#include "gst/elements/gstheapimport.h"
#include "heaps/sys.h"

#include <gst/allocators/gstfdmemory.h>
#include <gst/check/gstharness.h>

#include <sys/mman.h>
#include <unistd.h>

static void
setup (void)
{
  test_setup_bare ();
  GST_ELEMENT_REGISTER (heapimport, NULL);
}

/* properties: of heapimport, as gst-launch takes them */
static GstHarness *
harness_new (GstBus *bus, const gchar *properties)
{
  gchar *launch = g_strdup_printf ("heapimport %s", properties);
  GstElement *element = gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_NONE, NULL);
  GstHarness *harness;

  gst_element_set_bus (element, bus);
  harness = gst_harness_new_with_element (element, "sink", "src");
  gst_harness_set_src_caps_str (harness, SENT_CAPS);
  gst_object_unref (element);
  g_free (launch);
  return harness;
}

static void
harness_free (GstHarness *harness, GstBus *bus)
{
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
  gst_object_unref (bus);
}

static void
assert_error (GstBus *bus, const gchar *part, const gchar *other_part)
{
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  GError *error = NULL;

  fail_unless (message != NULL, "there was no error");
  gst_message_parse_error (message, &error, NULL);
  fail_unless (strstr (error->message, part) && strstr (error->message, other_part), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
}

GST_START_TEST (test_frames_leave_in_known_memory)
{
  GstHarness *harness = harness_new (NULL, "");
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * HEAP_FIXTURE_PAGE);
  GstMemory *memory = NULL;

  for (guint i = 0; i < 5; i++) {
    GstBuffer *frame = gst_harness_push_and_pull (harness, sent_frame_new (fd));

    fail_unless (memory == NULL || memory == gst_buffer_peek_memory (frame, 0));
    memory = gst_buffer_peek_memory (frame, 0);
    fail_unless_equals_int (gst_buffer_get_video_meta (frame)->stride[0], SENT_STRIDE);
    gst_buffer_unref (frame);
  }
  fail_unless_equals_uint64 (test_stat (harness->element, NULL, "frames"), 5);
  fail_unless_equals_uint64 (test_stat (harness->element, NULL, "imports"), 1);
  gst_element_set_state (harness->element, GST_STATE_READY);
  fail_unless_equals_uint64 (test_stat (harness->element, NULL, "known"), 0);
  fail_unless_equals_int (fake_open_fds (), 1);
  gst_harness_teardown (harness);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_a_lie_is_an_error)
{
  GstBus *bus = gst_bus_new ();
  GstHarness *harness = harness_new (bus, "");
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * HEAP_FIXTURE_PAGE);
  GstBuffer *frame = sent_frame_new (fd);

  gst_buffer_get_heap_meta (frame)->stride[0] = G_MAXINT;
  fail_unless_equals_int (gst_harness_push (harness, frame), GST_FLOW_ERROR);
  assert_error (bus, "plane 0", "");
  harness_free (harness, bus);
  close (fd);
}

GST_END_TEST

/* What is asked for, what came, and two parts of the error; without any, the frame passes. */
static const struct {
  const gchar *properties, *heap, *part, *other_part;
} demands[] = {
  { "heap-require=contiguous", "default_cma_region", NULL, NULL },
  { "heap-require=contiguous", "system", "of \"system\", and heap-require=contiguous is asked",
      "contiguous is required, and it is not" },
  { "heap-require=contiguous", "board", "of \"board\"", "say so in heaps.conf" },
  { "heap-require=contiguous", "camera", "of \"camera\"", "this machine has no heap of that name" },
  { "heap-name=system", "system", NULL, NULL },
  { "heap-name=reserved", "default_cma_region", NULL, NULL }, /* its twin */
  { "heap-name=system", "default_cma_region", "of \"default_cma_region\"", "not named in the request" },
  { "heap-forbid=cacheable", "system", "of \"system\"", "cacheable is forbidden, and it is" },
  { "heap-prefer=contiguous", "system", NULL, NULL },
  { "heap-name=\"\"", "system", NULL, NULL },
};

static void
push_one (GstHarness *harness, GstBuffer *frame, GstFlowReturn expected)
{
  fail_unless_equals_int (gst_harness_push (harness, frame), expected);
  if (expected == GST_FLOW_OK)
    gst_buffer_unref (gst_harness_pull (harness));
}

GST_START_TEST (test_frames_of_another_heap_than_is_asked_for_are_an_error)
{
  const gchar *part = demands[__i__].part;
  GstBus *bus = gst_bus_new ();
  GstHarness *harness = harness_new (bus, demands[__i__].properties);
  int fd = sent_dmabuf_new (demands[__i__].heap, SENT_PAGES * HEAP_FIXTURE_PAGE);

  push_one (harness, sent_frame_new (fd), part ? GST_FLOW_ERROR : GST_FLOW_OK);
  if (part)
    assert_error (bus, part, demands[__i__].other_part);
  gst_element_set_state (harness->element, GST_STATE_NULL);
  harness_free (harness, bus);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_the_heap_of_a_file_descriptor_is_a_demand)
{
  int node = sys_open_heap ("/dev/dma_heap/reserved");
  int good = sent_dmabuf_new ("reserved", SENT_PAGES * HEAP_FIXTURE_PAGE);
  int bad = sent_dmabuf_new ("system", SENT_PAGES * HEAP_FIXTURE_PAGE);
  gchar *properties = g_strdup_printf ("heap-fd=%d", node);
  GstBus *bus = gst_bus_new ();
  GstHarness *harness = harness_new (bus, properties);

  push_one (harness, sent_frame_new (good), GST_FLOW_OK);
  push_one (harness, sent_frame_new (bad), GST_FLOW_ERROR);
  assert_error (bus, "of \"system\", and heap-fd=", "is asked for");
  gst_element_set_state (harness->element, GST_STATE_NULL);
  harness_free (harness, bus);
  g_free (properties);
  close (good);
  close (bad);
  sys_close (node);
}

GST_END_TEST

/* As unixfdsink of 1.28 makes of what has no fd. */
static GstBuffer *
shared_frame_new (void)
{
  GstAllocator *allocator = gst_fd_allocator_new ();
  GstBuffer *frame = gst_buffer_new ();
  int fd = memfd_create ("shared", MFD_CLOEXEC);

  fail_unless (fd >= 0 && ftruncate (fd, SENT_SIZE) == 0);
  gst_buffer_append_memory (frame, gst_fd_allocator_alloc (allocator, fd, SENT_SIZE, GST_FD_MEMORY_FLAG_NONE));
  gst_object_unref (allocator);
  return frame;
}

GST_START_TEST (test_what_is_no_dmabuf_passes_unless_something_is_asked_for)
{
  static const struct {
    const gchar *properties;
    GstFlowReturn flow;
  } cases[] = { { "", GST_FLOW_OK }, { "heap-prefer=cacheable", GST_FLOW_OK },
    { "heap-require=cacheable", GST_FLOW_ERROR } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstBus *bus = gst_bus_new ();
    GstHarness *harness = harness_new (bus, cases[i].properties);

    push_one (harness, shared_frame_new (), cases[i].flow);
    if (cases[i].flow != GST_FLOW_OK)
      assert_error (bus, "memory that is no dma-buf (fd)", "heap-require=cacheable is asked for.");
    harness_free (harness, bus);
  }
}

GST_END_TEST

GST_START_TEST (test_demands_of_no_sense_are_an_error_at_the_start)
{
  GstElement *element = gst_element_factory_make ("heapimport", NULL);
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  g_object_set (element, "heap-require", "fast", NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  assert_error (bus, "fast", "contiguous");
  g_object_set (element, "heap-require", "contiguous", NULL);
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (element);
  gst_object_unref (bus);
}

GST_END_TEST

GST_START_TEST (test_what_is_made_here_passes)
{
  GstElement *pipeline = test_pipeline_new ("videotestsrc num-buffers=10 ! " SENT_CAPS
                                            " ! heapupload name=up ! heapimport name=in ! fakevideosink sync=false");
  TestWatch *watch = test_watch_new (pipeline, "in", "src", "system", FALSE);

  test_play_to_eos (pipeline);
  test_watch_assert_in_heap (watch, 10);
  fail_unless_equals_uint64 (test_stat (pipeline, "up", "frames-copied"), 0);
  fail_unless_equals_uint64 (test_stat (pipeline, "in", "imports"), 0);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}

GST_END_TEST

static void
setup_with_heaps (void)
{
  test_setup ();
  fake_add_heap ("board"); /* of which nothing is known */
  GST_ELEMENT_REGISTER (heapimport, NULL);
}

static Suite *
import_suite (void)
{
  Suite *suite = suite_create ("import");
  TCase *tcase = test_case_new (suite, "import", setup), *with_heaps = test_case_new (suite, "heaps", setup_with_heaps);

  tcase_add_test (tcase, test_frames_leave_in_known_memory);
  tcase_add_test (tcase, test_a_lie_is_an_error);
  tcase_add_loop_test (
      with_heaps, test_frames_of_another_heap_than_is_asked_for_are_an_error, 0, G_N_ELEMENTS (demands));
  tcase_add_test (with_heaps, test_the_heap_of_a_file_descriptor_is_a_demand);
  tcase_add_test (tcase, test_what_is_no_dmabuf_passes_unless_something_is_asked_for);
  tcase_add_test (tcase, test_demands_of_no_sense_are_an_error_at_the_start);
  tcase_add_test (with_heaps, test_what_is_made_here_passes);
  return suite;
}

GST_CHECK_MAIN (import)
