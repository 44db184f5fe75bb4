/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Pipelines as people build them, and how much each of them copies. */
#pragma once

#include <glib.h>

typedef enum
{
  GSTREAMER_1_22,
  GSTREAMER_1_26,
  GSTREAMER_1_28,
  N_VERSIONS
} Version;

typedef enum
{
  FEED_NONE,
  FEED_FROM_POOL,   /* "app" is pushed buffers of a heap's pool */
  FEED_FROM_MEMORY, /* "app" is pushed buffers of system memory */
} Feed;

typedef struct {
  const gchar *group;
  const gchar *name;
  /* {SOURCE}, {SINK} and {CAPS} stand for what the list begins with, {FILE} for what was encoded, {SOCKET} a socket,
   * any other name for the path of the V4L2 node that has it. Buffers are counted at "sink"; those at "held" have to be
   * in a heap. */
  const gchar *pipeline;
  const gchar *encoded; /* what {FILE} holds: frames of the source behind these elements */
  const gchar *sender;  /* a pipeline of another process, which starts first */
  Feed feed;
  guint most;      /* buffers at "sink" after which it is ended; 0: it ends by itself */
  gboolean offers; /* the application offers a heap on the pad of "sink" */
  /* Bytes for each buffer at "sink": as measured, by the version of GStreamer; the least possible; why it is not 0, or
   * how that is had. */
  guint64 copied[N_VERSIONS];
  guint64 least;
  const gchar *reason;
} Pipeline;

/* Those of any machine, and those that need the devices of the VM. Each list ends with one that has no name. */
extern const Pipeline pipelines[], device_pipelines[];

/* Bytes of a frame of {SOURCE}, and how many it has. */
#define PIPELINE_FRAME (320 * 240 * 3 / 2)
#define PIPELINE_FRAMES 24
