/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Processes that a test starts, watches and kills. */
#include "victim.h"

#include <gst/check/gstcheck.h>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MILLISECONDS 60000

static GstPadProbeReturn
report_frame (GstPad *pad, GstPadProbeInfo *info, gpointer frames_fd)
{
  if (write (GPOINTER_TO_INT (frames_fd), "", 1) != 1)
    _exit (2);
  return GST_PAD_PROBE_OK;
}

void
victim_play (const gchar *description, int frames_fd)
{
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_pad_add_probe (gst_element_get_static_pad (sink, "sink"), GST_PAD_PROBE_TYPE_BUFFER, report_frame,
      GINT_TO_POINTER (frames_fd), NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  gst_clear_message (&message);
}

Victim
victim_start (void (*run) (const gchar *argument, int frames_fd), const gchar *argument)
{
  int fds[2];
  Victim victim;

  fail_unless (pipe (fds) == 0);
  victim.pid = fork ();
  fail_unless (victim.pid >= 0);
  if (victim.pid == 0) {
    close (fds[0]);
    run (argument, fds[1]);
    _exit (1);
  }
  close (fds[1]);
  victim.frames_fd = fds[0];
  return victim;
}

void
victim_wait_for_frames (Victim victim, guint n)
{
  struct pollfd event = { .fd = victim.frames_fd, .events = POLLIN };
  gchar byte;

  for (guint i = 0; i < n; i++) {
    fail_unless (poll (&event, 1, WAIT_MILLISECONDS) == 1, "no frame within a minute");
    fail_unless (read (victim.frames_fd, &byte, 1) == 1, "the process ended before it was killed");
  }
}

void
victim_forget_frames (Victim victim)
{
  struct pollfd event = { .fd = victim.frames_fd, .events = POLLIN };
  gchar bytes[4096];

  while (poll (&event, 1, 0) == 1)
    fail_unless (read (victim.frames_fd, bytes, sizeof bytes) > 0, "the process ended before it was killed");
}

void
victim_kill (Victim victim)
{
  int status;

  kill (victim.pid, SIGKILL);
  fail_unless_equals_int (waitpid (victim.pid, &status, 0), victim.pid);
  fail_unless (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL, "it ended by itself with status %#x", status);
  close (victim.frames_fd);
}

void
victim_assert_ends (Victim victim, int expected)
{
  int status;

  fail_unless_equals_int (waitpid (victim.pid, &status, 0), victim.pid);
  fail_unless (WIFEXITED (status) && WEXITSTATUS (status) == expected, "it ended with status %#x", status);
  close (victim.frames_fd);
}
