/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Every system call of a whole pipeline fails in turn: it ends, by EOS or an error, and leaves nothing open. */
#include "testing.h"

#include <errno.h>

static const int errors[] = { ENOMEM, EMFILE, EINTR };

/* The failure of a call may be one that can be done without, as that of naming a buffer; then the frames
 * are still in the heap. */
static gboolean
survives (const gchar *description, guint nth, int error)
{
  GstElement *pipeline = test_pipeline_new ("%s", description);
  TestWatch *watch = test_watch_new (pipeline, "up", "src", NULL, FALSE);
  gboolean armed;

  fake_fail_any (nth, error);
  if (test_play_to_end (pipeline))
    fail_unless (watch->n_buffers > 0);
  armed = fake_armed () > 0;
  fake_disarm ();
  test_pipeline_free (pipeline);
  test_watch_free (watch);

  fail_unless (fake_open_fds () == 0, "%u fds stay open after call %u has failed", fake_open_fds (), nth);
  fail_unless (fake_mappings () == 0, "%u mappings stay after call %u has failed", fake_mappings (), nth);
  return !armed;
}

static void
fail_each_call (const gchar *description)
{
  for (guint e = 0; e < G_N_ELEMENTS (errors); e++) {
    guint nth = 1;

    while (survives (description, nth, errors[e]))
      nth++;
    fail_unless (nth > 5, "only %u calls were made", nth - 1);
    GST_INFO ("%u calls have failed in turn: %s", nth - 1, description);
  }
}

GST_START_TEST (test_writing_into_the_heap)
{
  fail_each_call ("videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=64,height=48 ! heapupload name=up ! "
                  "fakevideosink sync=false");
}
GST_END_TEST

GST_START_TEST (test_writing_into_the_heap_through_queues)
{
  fail_each_call ("videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=64,height=48 ! queue "
                  "! heapupload name=up heap-require=contiguous ! queue ! fakevideosink sync=false");
}
GST_END_TEST

GST_START_TEST (test_reserving_buffers)
{
  fail_each_call ("videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=64,height=48 "
                  "! heapupload name=up min-buffers=4 ! fakevideosink sync=false");
}
GST_END_TEST

GST_START_TEST (test_copying_frames)
{
  fail_each_call ("videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=64,height=48 ! tee "
                  "! heapupload name=up ! fakevideosink sync=false");
}
GST_END_TEST

GST_START_TEST (test_copying_bytes)
{
  fail_each_call ("audiotestsrc num-buffers=5 ! tee ! heapupload name=up ! fakesink");
}
GST_END_TEST

GST_START_TEST (test_converting)
{
  fail_each_call (
      "videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=64,height=48 ! heapupload "
      "heap-name=default_cma_region ! videoconvert ! video/x-raw,format=RGB ! heapupload name=up ! videoconvert "
      "! video/x-raw,format=I420 ! fakevideosink sync=false");
}
GST_END_TEST

static void
setup_udmabuf (void)
{
  test_setup_bare ();
  fake_set_udmabuf (0);
}

static Suite *
failures_suite (void)
{
  Suite *suite = suite_create ("failures");
  TCase *kernel = test_case_new (suite, "kernel", test_setup);
  TCase *shared = test_case_new (suite, "shared-memory", test_setup_bare);
  TCase *udmabuf = test_case_new (suite, "udmabuf", setup_udmabuf);

  tcase_add_test (kernel, test_writing_into_the_heap);
  tcase_add_test (kernel, test_writing_into_the_heap_through_queues);
  tcase_add_test (kernel, test_reserving_buffers);
  tcase_add_test (kernel, test_copying_frames);
  tcase_add_test (kernel, test_copying_bytes);
  tcase_add_test (kernel, test_converting);

  tcase_add_test (shared, test_writing_into_the_heap);
  tcase_add_test (udmabuf, test_writing_into_the_heap);
  return suite;
}

GST_CHECK_MAIN (failures)
