/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A process killed with -9 at a random moment leaves nothing behind in a heap. DEVICE_TEST_SEED repeats a run. */
#include "device-test.h"
#include "heap-audit.h"
#include "huge-page-info.h"
#include "victim.h"

#include <stdlib.h>
#include <unistd.h>

#define N_KILLS 30
#define MOST_FRAMES 10
#define MOST_MICROSECONDS 40000 /* about the time a frame takes */

#define SMALL "video/x-raw,format=BGRx,width=320,height=240 ! heapupload name=upload "
#define MODE "video/x-raw,format=BGRx,width=640,height=480 ! heapupload name=upload "
#define FAKE " ! queue ! fakevideosink name=sink sync=false"
#define DISPLAY " ! queue ! kmssink name=sink driver-name=vkms sync=false"

/* %s is the camera. */
static const struct {
  const gchar *description;
  enum
  {
    NOTHING,
    CMA,
    HUGE_PAGES,
  } needs;
} ways[] = {
  { "videotestsrc name=%s ! " SMALL "heap-name=system" FAKE, NOTHING },
  { "videotestsrc name=%s ! " SMALL "heap-name=process" FAKE, NOTHING },
  { "videotestsrc name=%s ! " MODE "heap-name=system" DISPLAY, NOTHING },
  { "videotestsrc name=%s ! " SMALL "heap-require=contiguous" FAKE, CMA },
  { "videotestsrc name=%s ! " MODE "heap-require=contiguous" DISPLAY, CMA },
  { "v4l2src device=%s io-mode=dmabuf-import ! " MODE "heap-require=contiguous" DISPLAY, CMA },
  { "videotestsrc name=%s ! " MODE "heap-name=process-contiguous" FAKE, HUGE_PAGES },
  { "v4l2src device=%s io-mode=dmabuf-import ! " MODE "heap-name=process-contiguous" DISPLAY, HUGE_PAGES },
};

static GRand *moments; /* of the test that runs */

static gboolean
is_possible (guint way)
{
  switch (ways[way].needs) {
    case CMA:
      return device_test_cma_heap () != NULL;
    case HUGE_PAGES:
      return huge_page_info_has_dmabufs ();
    default:
      return TRUE;
  }
}

/* The next way after this one that is possible here. */
static guint
next_way (guint way)
{
  do
    way = (way + 1) % G_N_ELEMENTS (ways);
  while (!is_possible (way));
  return way;
}

static guint
read_seed (void)
{
  const gchar *seed = g_getenv ("DEVICE_TEST_SEED");

  return seed ? strtoul (seed, NULL, 10) : g_random_int ();
}

static void
hold_a_buffer_until_killed (const gchar *heap, int frames_fd)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_string (heap, NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, NULL);

  if (gst_allocator_alloc (allocator, 100000, NULL) && write (frames_fd, "", 1) == 1)
    pause ();
}

/* Lets a process run to a moment, which may lie before its first frame. Returns how many dma-bufs there were then. */
static guint
kill_at_random (const gchar *description, const HeapAudit *audit, guint round)
{
  guint frames = g_rand_int_range (moments, 0, MOST_FRAMES);
  guint microseconds = g_rand_int_range (moments, 0, MOST_MICROSECONDS);
  gchar *when = g_strdup_printf ("kill %u, %u frames and %u us into \"%s\"", round, frames, microseconds, description);
  Victim victim = victim_start (victim_play, description);
  guint dmabufs;

  victim_wait_for_frames (victim, frames);
  g_usleep (microseconds);
  dmabufs = dmabuf_info_count (NULL);
  victim_kill (victim);
  heap_audit_assert_settles (audit, when);
  g_free (when);
  return dmabufs;
}

GST_START_TEST (test_killed_process_gives_all_back)
{
  guint seed = read_seed ();
  gchar *camera = device_test_camera (1);
  HeapAudit *audit = heap_audit_new ();
  guint with_memory = 0, way = 0;

  g_print ("DEVICE_TEST_SEED=%u\n", seed);
  moments = g_rand_new_with_seed (seed);
  for (guint i = 0; i < N_KILLS; i++, way = next_way (way)) {
    gchar *description = g_strdup_printf (ways[way].description, camera ? camera : "none");

    with_memory += kill_at_random (description, audit, i) > 0;
    g_free (description);
  }
  g_print ("%u of %u processes had memory of a heap when they were killed\n", with_memory, N_KILLS);
  fail_unless (with_memory >= N_KILLS / 2, "only %u of %u had memory: too early", with_memory, N_KILLS);
  heap_audit_free (audit);
  g_rand_free (moments);
  g_free (camera);
}

GST_END_TEST

/* That the test above can fail: the audit sees what another process holds. */
GST_START_TEST (test_audit_sees_memory_of_another_process)
{
  const gchar *heap = device_test_cma_heap ();
  HeapAudit *audit = heap_audit_new ();
  Victim victim = victim_start (hold_a_buffer_until_killed, heap ? heap : "system");
  gchar *complaint;

  victim_wait_for_frames (victim, 1);
  complaint = heap_audit_settle (audit, 0);
  fail_unless (complaint != NULL);
  fail_unless (strstr (complaint, "1 dma-bufs more") != NULL, "%s", complaint);
  fail_unless ((strstr (complaint, "25 CMA pages more") != NULL) == (heap != NULL), "%s", complaint);
  g_free (complaint);
  victim_kill (victim);
  heap_audit_assert_settles (audit, "the process with the buffer was killed");
  heap_audit_free (audit);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("killed");
  TCase *tcase = tcase_create ("killed");

  tcase_set_timeout (tcase, 240);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_audit_sees_memory_of_another_process);
  tcase_add_test (tcase, test_killed_process_gives_all_back);
  return device_test_run ("killed", suite, argc, argv);
}
