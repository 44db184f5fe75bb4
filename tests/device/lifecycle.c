/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Whatever a pipeline goes through, a heap is as free afterwards as it was before, and the process has no fd more. */
#include "device-test.h"
#include "heap-audit.h"
#include "huge-page-info.h"
#include "playback.h"

#include <stdlib.h>

#define FAKE "fakevideosink name=sink sync=false"
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"
#define FILE_PATH "/tmp/gst-heaps-device-test.avi"
#define FILE_CAPS "video/x-raw,format=I420,width=320,height=240,framerate=30/1"
#define N_SIZES 4
#define N_STARTS 50
#define N_CAMERA_STARTS 10

/* A display shows what it has a mode for. */
typedef struct {
  const gchar *selection, *exporter;
  const gchar *sink;
  const gchar *sizes[N_SIZES]; /* the first where a test has one size */
} Way;

#define SMALL                                                                                                          \
  {                                                                                                                    \
    "320,height=240", "640,height=480", "160,height=120", "400,height=304"                                             \
  }
#define MODES                                                                                                          \
  {                                                                                                                    \
    "640,height=480", "800,height=600", "640,height=480", "848,height=480"                                             \
  }

static const Way ways[] = {
  { "heap-name=system", "system", FAKE, SMALL },
  { "heap-name=process", "udmabuf", FAKE, SMALL },
  { "heap-name=system", "system", DISPLAY, MODES },
  { "heap-require=contiguous", NULL, FAKE, SMALL },
  { "heap-require=contiguous", NULL, DISPLAY, MODES },
  { "heap-name=process-contiguous", "udmabuf", DISPLAY, MODES },
};

/* Without a CMA heap the last three are left out; without dma-bufs of huge pages the last one. */
static guint
count_ways (void)
{
  if (device_test_cma_heap () == NULL)
    return G_N_ELEMENTS (ways) - 3;
  return huge_page_info_has_dmabufs () ? G_N_ELEMENTS (ways) : G_N_ELEMENTS (ways) - 1;
}

static const gchar *
exporter_of (const Way *way)
{
  return way->exporter ? way->exporter : device_test_cma_heap ();
}

/* SOURCE is the start of the description, up to the caps. */
static Playback *
play (const Way *way, const gchar *source)
{
  gchar *description = g_strdup_printf ("%s ! capsfilter name=caps caps=video/x-raw,format=BGRx,width=%s ! "
                                        "heapupload name=upload %s ! queue max-size-buffers=2 ! %s",
      source, way->sizes[0], way->selection, way->sink);
  Playback *playback = playback_new (exporter_of (way), description);

  g_free (description);
  return playback;
}

/* What GStreamer and drivers open once and keep is open after one pipeline. */
static HeapAudit *
begin_audit (const Way *way)
{
  Playback *playback = play (way, "videotestsrc");

  playback_set_state (playback, GST_STATE_PAUSED);
  playback_free (playback);
  return heap_audit_new ();
}

static void
end_audit (HeapAudit *audit, const gchar *after_what)
{
  heap_audit_assert_settles (audit, after_what);
  heap_audit_free (audit);
}

/* That the audit of all that follows can fail. */
GST_START_TEST (test_audit_sees_a_buffer_that_is_held)
{
  const Way *way = &ways[__i__];
  HeapAudit *audit = begin_audit (way);
  GstHeapSelection *selection = gst_heap_selection_new_from_string (way->selection, NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, NULL);
  GstMemory *memory = gst_allocator_alloc (allocator, 100000, NULL);
  gchar *complaint = heap_audit_settle (audit, 0);

  fail_unless (complaint != NULL);
  fail_unless (strstr (complaint, "1 dma-bufs more") != NULL, "%s", complaint);
  fail_unless (strstr (complaint, "fds more") != NULL && strstr (complaint, "dmabuf") != NULL, "%s", complaint);
  fail_unless ((strstr (complaint, "25 CMA pages more") != NULL) == (way->exporter == NULL), "%s", complaint);
  fail_unless ((strstr (complaint, "8 huge pages more") != NULL) == g_str_has_suffix (way->selection, "-contiguous"),
      "%s", complaint);
  g_free (complaint);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
  end_audit (audit, "the buffer was freed");
}

GST_END_TEST

static void
set_size (Playback *playback, const gchar *size)
{
  GstElement *filter = gst_bin_get_by_name (GST_BIN (playback->pipeline), "caps");
  gchar *caps = g_strconcat ("video/x-raw,format=BGRx,width=", size, NULL);

  gst_util_set_object_arg (G_OBJECT (filter), "caps", caps);
  g_free (caps);
  gst_object_unref (filter);
}

GST_START_TEST (test_renegotiation)
{
  const Way *way = &ways[__i__];
  HeapAudit *audit = begin_audit (way);
  Playback *playback = play (way, "videotestsrc");
  guint memories;

  playback_set_state (playback, GST_STATE_PLAYING);
  for (guint i = 1; i <= 2 * N_SIZES; i++) {
    const gchar *size = way->sizes[i % N_SIZES];

    set_size (playback, size);
    playback_wait_for_width (playback, atoi (size), 3);
  }
  playback_assert_all_in_heap (playback);
  fail_unless_equals_int (device_test_upload_stat (playback->pipeline, "bytes-copied"), 0);
  /* Those of one size: had the pools of other sizes been kept, there would be at least twice as many. */
  memories = device_test_allocator_stat (playback->pipeline, "memories");
  fail_unless (memories <= 8, "%u memories are alive", memories);
  playback_free (playback);
  end_audit (audit, "renegotiation");
}

GST_END_TEST

GST_START_TEST (test_pause_and_play)
{
  const Way *way = &ways[__i__];
  HeapAudit *audit = begin_audit (way);
  Playback *playback = play (way, "videotestsrc");

  for (guint i = 0; i < 10; i++) {
    playback_set_state (playback, GST_STATE_PLAYING);
    playback_wait_for_frames (playback, 1 + i % 3);
    playback_set_state (playback, i % 5 == 4 ? GST_STATE_READY : GST_STATE_PAUSED);
  }
  playback_assert_all_in_heap (playback);
  playback_free (playback);
  end_audit (audit, "pausing and playing");
}

GST_END_TEST

/* Where frames come from: a source that seeks by itself; a decoder, which writes into the heap; and a file of raw
 * frames, which are copied into it. */
static const struct {
  const gchar *encode; /* into FILE_PATH; NULL for no file */
  const gchar *source;
  gboolean copies;
} seekables[] = {
  { NULL, "videotestsrc num-buffers=40 ! " FILE_CAPS, FALSE },
  { "jpegenc ! avimux", "filesrc location=" FILE_PATH " ! avidemux ! jpegdec", FALSE },
  { "avimux", "filesrc location=" FILE_PATH " ! avidemux", TRUE },
};

static void
write_file (const gchar *encode)
{
  gchar *description = g_strdup_printf (
      "videotestsrc num-buffers=40 ! " FILE_CAPS " ! %s ! filesink name=sink location=" FILE_PATH, encode);
  Playback *playback = playback_new (NULL, description);

  playback_set_state (playback, GST_STATE_PLAYING);
  playback_wait_for_end (playback);
  playback_free (playback);
  g_free (description);
}

/* In time with the clock, so that a flush finds frames waiting. */
GST_START_TEST (test_seeking_and_flush)
{
  HeapAudit *audit;
  Playback *playback;
  gchar *description = g_strdup_printf (
      "%s ! heapupload name=upload ! queue ! fakevideosink name=sink sync=true", seekables[__i__].source);

  if (seekables[__i__].encode)
    write_file (seekables[__i__].encode);
  audit = begin_audit (&ways[0]);
  playback = playback_new ("system", description);
  playback_set_state (playback, GST_STATE_PAUSED);
  for (guint i = 0; i < 20; i++) {
    playback_seek (playback, i * 17 % 40);
    playback_set_state (playback, i % 3 == 0 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
  }
  playback_assert_all_in_heap (playback);
  fail_unless_equals_int (device_test_upload_stat (playback->pipeline, "frames-copied") > 0, seekables[__i__].copies);
  playback_free (playback);
  end_audit (audit, "seeking");
  g_free (description);
}

GST_END_TEST

GST_START_TEST (test_display_seeking)
{
  const Way *way = &ways[count_ways () - 1];
  HeapAudit *audit = begin_audit (way);
  Playback *playback = play (way, "videotestsrc");

  playback_set_state (playback, GST_STATE_PLAYING);
  for (guint i = 0; i < 10; i++)
    playback_seek (playback, 10 * i);
  playback_assert_all_in_heap (playback);
  playback_free (playback);
  end_audit (audit, "seeking");
}

GST_END_TEST

/* Prerolled and no more, stopped in the middle, or ended. */
static void
start_and_stop (const Way *way, guint i)
{
  Playback *playback = play (way, i % 3 == 2 ? "videotestsrc num-buffers=4" : "videotestsrc");

  playback_set_state (playback, i % 3 == 0 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
  if (i % 3 == 1)
    playback_wait_for_frames (playback, 1 + i % 5);
  if (i % 3 == 2)
    playback_wait_for_end (playback);
  playback_assert_all_in_heap (playback);
  playback_free (playback);
}

GST_START_TEST (test_many_starts)
{
  HeapAudit *audit;

  for (guint i = 0; i < count_ways (); i++)
    heap_audit_free (begin_audit (&ways[i]));
  audit = heap_audit_new ();
  for (guint i = 0; i < N_STARTS; i++) {
    gchar *which = g_strdup_printf ("pipeline %u", i);

    start_and_stop (&ways[i % count_ways ()], i);
    heap_audit_assert_settles (audit, which);
    g_free (which);
  }
  heap_audit_free (audit);
}

GST_END_TEST

GST_START_TEST (test_camera_and_display_started_many_times)
{
  gchar *camera = device_test_camera (1);
  gchar *description =
      g_strdup_printf ("v4l2src device=%s io-mode=dmabuf-import ! video/x-raw,format=BGRx,width=640,height=480 ! "
                       "heapupload name=upload heap-require=contiguous require-zero-copy=true ! " DISPLAY,
          camera);
  HeapAudit *audit = NULL;

  fail_unless (camera != NULL, "no capture device of vivid that takes only contiguous memory");
  for (guint i = 0; i < 1 + N_CAMERA_STARTS; i++) {
    Playback *playback = playback_new (device_test_cma_heap (), description);

    playback_set_state (playback, GST_STATE_PLAYING);
    playback_wait_for_frames (playback, 1 + i % 4);
    playback_assert_all_in_heap (playback);
    playback_free (playback);
    if (audit)
      heap_audit_assert_settles (audit, "the camera was stopped");
    else
      audit = heap_audit_new ();
  }
  heap_audit_free (audit);
  g_free (description);
  g_free (camera);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("lifecycle");
  TCase *tcase = tcase_create ("lifecycle");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_audit_sees_a_buffer_that_is_held, 0, count_ways ());
  tcase_add_loop_test (tcase, test_renegotiation, 0, count_ways ());
  tcase_add_loop_test (tcase, test_pause_and_play, 0, count_ways ());
  tcase_add_loop_test (tcase, test_seeking_and_flush, 0, G_N_ELEMENTS (seekables));
  tcase_add_test (tcase, test_display_seeking);
  tcase_add_test (tcase, test_many_starts);
  if (device_test_cma_heap ())
    tcase_add_test (tcase, test_camera_and_display_started_many_times);
  return device_test_run ("lifecycle", suite, argc, argv);
}
