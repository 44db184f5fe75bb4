/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A pipeline that a test drives step by step. */
#pragma once

#include <gst/gst.h>

typedef struct {
  GstElement *pipeline;
  gchar *exporter;

  GMutex lock; /* protects what follows */
  GCond changed;
  guint frames;         /* that came to the sink pad of the element called "sink" */
  guint frames_in_heap; /* of these, in dma-bufs of the exporter alone */
  gint width;           /* of the caps there */
  guint frames_of_width;
  gboolean ended;
  GError *error;
  gchar *error_source; /* name of the element */
} Playback;

/* A pipeline in READY of which frames are expected to lie in dma-bufs of exporter. */
Playback *playback_new (const gchar *exporter, const gchar *description);
/* Takes the pipeline down. */
void playback_free (Playback *self);

/* All of these wait, and fail the test on an error message, or when what they wait for does not come within a
 * minute. */
void playback_set_state (Playback *self, GstState state);
void playback_wait_for_frames (Playback *self, guint more);
void playback_wait_for_width (Playback *self, gint width, guint frames);
void playback_wait_for_end (Playback *self);
/* With flush, to this frame of 30 per second. */
void playback_seek (Playback *self, guint frame);

/* Fails the test when no error message comes within ten seconds: the pipeline may hang. */
const GError *playback_wait_for_error (Playback *self);

/* Fails the test unless there were frames, each in the heap, and no error. */
void playback_assert_all_in_heap (Playback *self);
