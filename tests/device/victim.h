/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Processes that a test starts, watches and kills. Who starts them has one thread. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* A child, and the pipe on which it writes a byte for each frame. */
typedef struct {
  pid_t pid;
  int frames_fd;
} Victim;

/* Runs a function in a child, which fails when the function returns. */
Victim victim_start (void (*run) (const gchar *argument, int frames_fd), const gchar *argument);
/* For victim_start(): plays a pipeline, and reports each frame that comes to the element "sink". Ends with an error, or
 * with the stream. */
void victim_play (const gchar *description, int frames_fd);

/* Waits up to a minute for frames that were not waited for yet; fails the test when the child ends before. */
void victim_wait_for_frames (Victim victim, guint n);
/* Forgets the frames that were reported until now. */
void victim_forget_frames (Victim victim);
/* With SIGKILL. Fails the test when it has ended by itself. */
void victim_kill (Victim victim);
/* Waits for it to end with this exit status. */
void victim_assert_ends (Victim victim, int status);
