/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A V4L2 driver that answers questions on formats, of a device that is a file. Link with -Wl,--wrap=ioctl. */
#pragma once

#include <glib.h>
#include <linux/videodev2.h>

/* As the test wants it. */
typedef struct {
  guint32 caps;
  guint32 formats[4]; /* ends with 0 */
  guint stride_align, height_align, most_width, most_stride;
  guint extra_size;   /* bytes in each memory behind the frame */
  guint n_interrupts; /* so many calls are interrupted first */
  guint32 instead;    /* 0; else the format it answers with, whatever it is asked */

  guint n_tries; /* what happened */
  guint32 tried;
} FakeDriver;

extern FakeDriver fake_driver;
/* Of the device. */
extern gchar *fake_driver_path;

/* Fixture: one that reads NV12, and takes all as it is. */
void fake_driver_setup (void);
void fake_driver_teardown (void);
/* Open from setup to teardown. */
int fake_driver_fd (void);
