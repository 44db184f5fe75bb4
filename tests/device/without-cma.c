/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* On a kernel without a CMA heap, contiguous memory is refused with what there is instead.
 *
 *     tests/vm/run.sh --kernel stock
 */
#include "device-test.h"
#include "heap-checks.h"
#include "playback.h"

static const char refusal[] = "no heap satisfies heap-require=contiguous:\n"
                              "system: contiguous is required, and it is not (kernel documentation)\n"
                              "process: contiguous is required, and it is not (how it allocates)\n"
                              "process-contiguous: no huge page is reserved on this machine\n"
                              "process-contiguous has memory once huge pages are reserved: \"sysctl "
                              "vm.nr_hugepages=64\" sets 64 aside, and so does, while memory is still in one piece, "
                              "\"hugepages=64\" on the kernel's command line.\n";

GST_START_TEST (test_contiguous_is_refused_with_the_reason_of_each_heap)
{
  GError *error = NULL;

  fail_if (heap_check_new_allocator ("heap-require=contiguous", &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_UNSATISFIED);
  fail_unless_equals_string (error->message, refusal);
  g_clear_error (&error);
}

GST_END_TEST

static const gchar *const cma_names[] = { "default_cma_region", "reserved", "linux,cma", "default-pool" };

GST_START_TEST (test_name_of_a_cma_heap_is_refused_with_what_there_is)
{
  GError *error = NULL;

  fail_if (heap_check_new_allocator (cma_names[__i__], &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
  fail_unless (strstr (error->message, "Heaps on this machine: system; process; process-contiguous.\n") != NULL, "%s",
      error->message);
  g_clear_error (&error);
}

GST_END_TEST

GST_START_TEST (test_heapupload_refuses_contiguous)
{
  Playback *playback =
      playback_new (NULL, "videotestsrc num-buffers=3 ! heapupload name=upload heap-require=contiguous ! "
                          "fakevideosink name=sink");

  gst_element_set_state (playback->pipeline, GST_STATE_PLAYING);
  fail_unless_equals_string (playback_wait_for_error (playback)->message, refusal);
  fail_unless_equals_string (playback->error_source, "upload");
  playback_free (playback);
  fail_unless_equals_int (dmabuf_info_count (NULL), 0);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("without-cma");
  TCase *tcase = tcase_create ("without-cma");

  if (device_test_cma_heap ()) {
    g_print ("SKIP: this kernel has a CMA heap\n");
    return DEVICE_TEST_SKIP;
  }
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_contiguous_is_refused_with_the_reason_of_each_heap);
  tcase_add_loop_test (tcase, test_name_of_a_cma_heap_is_refused_with_what_there_is, 0, G_N_ELEMENTS (cma_names));
  tcase_add_test (tcase, test_heapupload_refuses_contiguous);
  return device_test_run ("without-cma", suite, argc, argv);
}
