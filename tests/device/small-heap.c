/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A heap smaller than a pipeline would like: it waits where it can live with that, and else says so at once.
 * CMA aligns to 1 MiB at the most: frames of 1.2 MB take 2 MiB each, and 8 of them 16 MiB.
 *
 *     tests/vm/run.sh --append cma=16M
 */
#include "cma-region.h"
#include "device-test.h"
#include "heap-audit.h"
#include "playback.h"

#include <stdlib.h>

#define LARGEST_REGION_KIB 20480
#define N_FRAMES 30 /* more than thrice what the heap has room for */
#define N_FRAMES_TEXT "30"
#define MOST_BUFFERS 8 /* that the region has room for */
#define FRAME_SIZE (640 * 480 * 4)
#define WAIT_SECONDS 60
#define POLL_MICROSECONDS 5000

#define CAPS "video/x-raw,format=BGRx,width=640,height=480"
#define DEEP_QUEUE "queue max-size-buffers=20 max-size-bytes=0 max-size-time=0 ! "
#define SOURCE "videotestsrc num-buffers=" N_FRAMES_TEXT " ! capsfilter name=caps caps=" CAPS " ! "
#define UPLOAD "heapupload name=upload heap-require=contiguous "
#define FAKE "fakevideosink name=sink sync=true"
#define DISPLAY "kmssink name=sink driver-name=vkms sync=true"

/* The first two write into the heap, the last is copied into it. */
static const struct {
  const gchar *description;
  guint copies;
} pipelines[] = {
  { SOURCE UPLOAD "! " DEEP_QUEUE FAKE, 0 },
  { SOURCE UPLOAD "! " DEEP_QUEUE DISPLAY, 0 },
  { SOURCE "identity drop-allocation=true ! " UPLOAD "! " DEEP_QUEUE FAKE, N_FRAMES },
};

/* The kernel's word that it had no more for us. */
static void
wait_until_refused (guint64 refusals_before)
{
  gint64 end = g_get_monotonic_time () + WAIT_SECONDS * G_TIME_SPAN_SECOND;

  while (cma_region_refused_by_all () == refusals_before && g_get_monotonic_time () < end)
    g_usleep (POLL_MICROSECONDS);
  fail_unless (cma_region_refused_by_all () > refusals_before, "the heap was never full");
}

/* The heap is named, so that no other one may stand in for it: there are huge pages too. */
static Playback *
new_playback (const gchar *description)
{
  Playback *playback = playback_new (device_test_cma_heap (), description);
  GstElement *upload = gst_bin_get_by_name (GST_BIN (playback->pipeline), "upload");

  g_object_set (upload, "heap-name", device_test_cma_heap (), NULL);
  gst_object_unref (upload);
  return playback;
}

/* A sink that is paused takes no frame but the first: the rest waits in the queue until no buffer is left. */
static Playback *
fill_heap (const gchar *description)
{
  Playback *playback = new_playback (description);
  guint64 refusals = cma_region_refused_by_all ();

  playback_set_state (playback, GST_STATE_PAUSED);
  wait_until_refused (refusals);
  return playback;
}

static void
check_and_free (Playback *playback, HeapAudit *audit)
{
  playback_assert_all_in_heap (playback);
  playback_free (playback);
  heap_audit_assert_settles (audit, "the heap was full");
  heap_audit_free (audit);
}

GST_START_TEST (test_full_heap_is_waited_for)
{
  HeapAudit *audit = heap_audit_new ();
  Playback *playback = fill_heap (pipelines[__i__].description);
  guint peak = device_test_allocator_stat (playback->pipeline, "bytes-peak") / FRAME_SIZE;

  fail_unless (peak >= MOST_BUFFERS - 1 && peak <= MOST_BUFFERS, "%u buffers in 16 MiB", peak);
  playback_set_state (playback, GST_STATE_PLAYING);
  playback_wait_for_end (playback);
  fail_unless_equals_int (playback->frames, N_FRAMES);
  fail_unless_equals_int (
      device_test_upload_stat (playback->pipeline, "frames-passed"), N_FRAMES - pipelines[__i__].copies);
  fail_unless_equals_int (device_test_upload_stat (playback->pipeline, "frames-copied"), pipelines[__i__].copies);
  check_and_free (playback, audit);
}

GST_END_TEST

GST_START_TEST (test_flush_ends_the_wait)
{
  HeapAudit *audit = heap_audit_new ();
  Playback *playback = fill_heap (pipelines[__i__].description);

  for (guint i = 0; i < 2; i++) {
    guint64 refusals = cma_region_refused_by_all ();

    playback_seek (playback, i);
    wait_until_refused (refusals);
  }
  playback_set_state (playback, GST_STATE_PLAYING);
  playback_wait_for_end (playback);
  check_and_free (playback, audit);
}

GST_END_TEST

GST_START_TEST (test_stop_ends_the_wait)
{
  HeapAudit *audit = heap_audit_new ();

  check_and_free (fill_heap (pipelines[__i__].description), audit);
}

GST_END_TEST

/* The pool of the new size begins while the old one still holds all buffers. BROKEN: it fails to start, as nobody frees
 * the old one's idle buffers. GStreamer's sources deactivate a pool after they have started the next, and a pool that
 * is inactive frees nothing before its last buffer is back, which a sink keeps. */
GST_START_TEST (test_renegotiation_of_a_full_heap)
{
  HeapAudit *audit = heap_audit_new ();
  Playback *playback = fill_heap (pipelines[__i__].description);
  GstElement *filter = gst_bin_get_by_name (GST_BIN (playback->pipeline), "caps");

  gst_util_set_object_arg (G_OBJECT (filter), "caps", "video/x-raw,format=BGRx,width=800,height=600");
  gst_object_unref (filter);
  playback_set_state (playback, GST_STATE_PLAYING);
  playback_wait_for_end (playback);
  fail_unless_equals_int (playback->frames, N_FRAMES);
  fail_unless_equals_int (playback->width, 800);
  check_and_free (playback, audit);
}

GST_END_TEST

/* KiB; 0 for none. */
static guint64
cma_total (void)
{
  gchar *text = NULL, *line;
  guint64 total = 0;

  g_file_get_contents ("/proc/meminfo", &text, NULL, NULL);
  line = text ? strstr (text, "CmaTotal:") : NULL;
  if (line)
    total = strtoul (line + strlen ("CmaTotal:"), NULL, 10);
  g_free (text);
  return total;
}

/* The number behind words of a message. */
static guint64
figure_after (const gchar *message, const gchar *words)
{
  const gchar *found = strstr (message, words);

  fail_unless (found != NULL, "no \"%s\" in: %s", words, message);
  return strtoull (found + strlen (words), NULL, 10);
}

/* It names the heap and says how much was asked for, how much there is, is free and is to be had at a time, and how
 * much of it this process holds. Returns the last. */
static guint64
check_message (Playback *playback, const GError *error, guint64 size)
{
  const gchar *message = error->message;
  gchar *heap = g_strdup_printf ("heap \"%s\" does not give ", device_test_cma_heap ());
  guint64 total, free, piece, held;

  fail_unless_equals_string (playback->error_source, "upload");
  fail_unless_equals_uint64 (figure_after (message, heap), size);
  total = figure_after (message, "Cannot allocate memory; ");
  free = figure_after (message, " bytes in all, ");
  piece = figure_after (message, "the largest piece now ");
  held = figure_after (message, "this process holds ");
  fail_unless_equals_uint64 (total, cma_total () * 1024);
  fail_unless (free + held <= total && piece <= free && piece > 0 && piece < size, "%s", message);
  g_free (heap);
  return held;
}

/* What the region can never hold, whatever comes back. */
static const struct {
  const gchar *description;
  guint size; /* bytes asked for at a time */
  guint least_buffers_held;
} demands[] = {
  { SOURCE UPLOAD "min-buffers=20 ! " FAKE, FRAME_SIZE, MOST_BUFFERS - 1 },
  { "videotestsrc ! video/x-raw,format=BGRx,width=2560,height=2048 ! " UPLOAD "! " FAKE, 2560 * 2048 * 4, 0 },
  { "videotestsrc ! video/x-raw,format=BGRx,width=2560,height=2048 ! identity drop-allocation=true ! " UPLOAD "! " FAKE,
      2560 * 2048 * 4, 0 },
};

GST_START_TEST (test_impossible_demand_is_an_error)
{
  HeapAudit *audit = heap_audit_new ();
  Playback *playback = new_playback (demands[__i__].description);
  const GError *error;
  guint64 held;

  gst_element_set_state (playback->pipeline, GST_STATE_PLAYING);
  error = playback_wait_for_error (playback);
  held = check_message (playback, error, demands[__i__].size);
  fail_unless (held >= demands[__i__].least_buffers_held * FRAME_SIZE, "%s", error->message);
  fail_unless_equals_int (playback->frames, 0);
  playback_free (playback);
  heap_audit_assert_settles (audit, "an error");
  heap_audit_free (audit);
}

GST_END_TEST

/* Memory that this process holds besides: an error while it does, and none afterwards. */
GST_START_TEST (test_heap_recovers_from_being_full)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (device_test_cma_heap (), NULL);
  HeapAudit *audit = heap_audit_new ();
  GstAllocator *allocator = gst_heap_allocator_new (selection, NULL);
  GPtrArray *memories = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  GstMemory *memory;
  Playback *playback;
  guint64 held;

  while ((memory = gst_allocator_alloc (allocator, FRAME_SIZE, NULL)))
    g_ptr_array_add (memories, memory);
  playback = new_playback (pipelines[0].description);
  gst_element_set_state (playback->pipeline, GST_STATE_PLAYING);
  held = check_message (playback, playback_wait_for_error (playback), FRAME_SIZE);
  fail_unless_equals_uint64 (held, memories->len * FRAME_SIZE);
  playback_free (playback);

  g_ptr_array_unref (memories);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
  playback = fill_heap (pipelines[0].description);
  playback_set_state (playback, GST_STATE_PLAYING);
  playback_wait_for_end (playback);
  check_and_free (playback, audit);
}

GST_END_TEST

/* Who stands in, by what the kernel calls its dma-bufs: pages of the process are udmabuf's. */
static const struct {
  const gchar *selection, *exporter;
} falls[] = {
  { "heap-name=\"%s;system\"", "system" },
  { "heap-name=\"%s;process-contiguous;system\" heap-require=contiguous", "udmabuf" },
};

static guint
count_exporter (DeviceTestTraffic *traffic, const gchar *wanted)
{
  GHashTableIter iter;
  gpointer exporter;
  guint n = 0;

  g_hash_table_iter_init (&iter, traffic->inodes);
  while (g_hash_table_iter_next (&iter, NULL, &exporter))
    n += g_str_equal (exporter, wanted);
  return n;
}

/* Of 12 buffers, and nothing is copied. */
static void
assert_heap_is_full (GstElement *pipeline, DeviceTestTraffic *traffic)
{
  guint n = count_exporter (traffic, device_test_cma_heap ());

  fail_unless (n >= MOST_BUFFERS - 1 && n <= MOST_BUFFERS, "%u buffers in 16 MiB", n);
  fail_unless_equals_int (traffic->frames_in_dmabufs, N_FRAMES);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "frames-copied"), 0);
  fail_unless (device_test_allocator_stat (pipeline, "fallbacks") >= 12 - MOST_BUFFERS);
}

GST_START_TEST (test_full_heap_gives_way_to_the_next_that_fits)
{
  gchar *selection = g_strdup_printf (falls[__i__].selection, device_test_cma_heap ());
  gchar *description = g_strdup_printf (SOURCE "heapupload name=upload min-buffers=12 %s ! " FAKE, selection);
  HeapAudit *audit = heap_audit_new ();
  DeviceTestTraffic traffic;

  device_test_pipeline (description, &traffic, assert_heap_is_full);
  fail_unless_equals_int (
      count_exporter (&traffic, device_test_cma_heap ()) + count_exporter (&traffic, falls[__i__].exporter),
      g_hash_table_size (traffic.inodes));
  fail_unless (count_exporter (&traffic, falls[__i__].exporter) >= 12 - MOST_BUFFERS);
  device_test_traffic_clear (&traffic);
  heap_audit_assert_settles (audit, "another heap stood in");
  heap_audit_free (audit);
  g_free (description);
  g_free (selection);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("small-heap");
  TCase *tcase = tcase_create ("small-heap");

  if (cma_total () == 0 || cma_total () > LARGEST_REGION_KIB || device_test_cma_heap () == NULL) {
    g_print ("SKIP: needs a CMA heap of 16 MiB, here are %" G_GUINT64_FORMAT " MiB: tests/vm/run.sh --append cma=16M\n",
        cma_total () / 1024);
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_full_heap_is_waited_for, 0, G_N_ELEMENTS (pipelines));
  tcase_add_loop_test (tcase, test_flush_ends_the_wait, 0, G_N_ELEMENTS (pipelines));
  tcase_add_loop_test (tcase, test_stop_ends_the_wait, 0, G_N_ELEMENTS (pipelines));
  tcase_add_loop_test (tcase, test_renegotiation_of_a_full_heap, 0, G_N_ELEMENTS (pipelines));
  tcase_add_loop_test (tcase, test_impossible_demand_is_an_error, 0, G_N_ELEMENTS (demands));
  tcase_add_test (tcase, test_heap_recovers_from_being_full);
  tcase_add_loop_test (tcase, test_full_heap_gives_way_to_the_next_that_fits, 0, G_N_ELEMENTS (falls));
  return device_test_run ("small-heap", suite, argc, argv);
}
