/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One heap for four pipelines at a time, of two processes. */
#include "device-test.h"
#include "heap-audit.h"
#include "playback.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_PIPELINES 2 /* in each process */
#define N_FRAMES 15
#define WAIT_MILLISECONDS 60000

#define UPLOAD "heapupload name=upload heap-require=contiguous require-zero-copy=true ! queue ! "
#define SMALL "videotestsrc ! video/x-raw,format=BGRx,width=320,height=240 ! " UPLOAD
#define FAKE "fakevideosink name=sink sync=false"

/* There is one display. */
static const gchar *descriptions[2][N_PIPELINES] = {
  { "videotestsrc ! video/x-raw,format=BGRx,width=640,height=480 ! " UPLOAD
    "kmssink name=sink driver-name=vkms sync=false",
      SMALL FAKE },
  { SMALL FAKE, "videotestsrc ! video/x-raw,format=NV12,width=400,height=304 ! " UPLOAD FAKE },
};

/* Both processes come to the same point. */
static void
meet (int socket)
{
  struct pollfd event = { .fd = socket, .events = POLLIN };
  gchar byte = 0;

  fail_unless (write (socket, &byte, 1) == 1);
  fail_unless (poll (&event, 1, WAIT_MILLISECONDS) == 1, "the other process did not come within a minute");
  fail_unless (read (socket, &byte, 1) == 1, "the other process has ended");
}

static void
start (Playback **playbacks, const gchar *const *texts)
{
  for (guint i = 0; i < N_PIPELINES; i++) {
    playbacks[i] = playback_new (device_test_cma_heap (), texts[i]);
    playback_set_state (playbacks[i], GST_STATE_PAUSED);
  }
}

static void
run (Playback **playbacks)
{
  for (guint i = 0; i < N_PIPELINES; i++)
    playback_set_state (playbacks[i], GST_STATE_PLAYING);
  for (guint i = 0; i < N_PIPELINES; i++)
    playback_wait_for_frames (playbacks[i], N_FRAMES);
}

static void
check_and_stop (Playback **playbacks)
{
  for (guint i = 0; i < N_PIPELINES; i++) {
    playback_assert_all_in_heap (playbacks[i]);
    fail_unless_equals_int (device_test_upload_stat (playbacks[i]->pipeline, "bytes-copied"), 0);
    playback_free (playbacks[i]);
  }
}

/* None stops before all four have run: after the first meeting all have begun, at the second all still run. */
static void
play_with_the_other (int socket, const gchar *const *texts, guint *ret_dmabufs)
{
  Playback *playbacks[N_PIPELINES];

  start (playbacks, texts);
  meet (socket);
  run (playbacks);
  meet (socket);
  *ret_dmabufs = dmabuf_info_count (device_test_cma_heap ());
  meet (socket);
  check_and_stop (playbacks);
}

/* The child comes before this process has threads. */
GST_START_TEST (test_four_pipelines_of_two_processes)
{
  HeapAudit *audit = heap_audit_new ();
  int sockets[2], status;
  guint dmabufs;
  pid_t pid;

  fail_unless (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0);
  pid = fork ();
  fail_unless (pid >= 0);
  if (pid == 0) {
    close (sockets[0]);
    play_with_the_other (sockets[1], descriptions[1], &dmabufs);
    _exit (0);
  }
  close (sockets[1]);
  play_with_the_other (sockets[0], descriptions[0], &dmabufs);
  close (sockets[0]);

  fail_unless_equals_int (waitpid (pid, &status, 0), pid);
  fail_unless (WIFEXITED (status) && WEXITSTATUS (status) == 0, "the other process failed: %#x", status);
  fail_unless (dmabufs >= 2 * N_PIPELINES * 2, "%u buffers for four pipelines, which have two at the least", dmabufs);
  heap_audit_assert_settles (audit, "four pipelines");
  heap_audit_free (audit);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("shared");
  TCase *tcase = tcase_create ("shared");

  if (device_test_cma_heap () == NULL) {
    g_print ("SKIP: this kernel has no CMA heap\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_four_pipelines_of_two_processes);
  return device_test_run ("shared", suite, argc, argv);
}
