/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The kernel's V4L2 test drivers. */
#include "video-device.h"

#include <fcntl.h>
#include <linux/v4l2-dv-timings.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MOST_NODES 64

/* As vivid numbers them. */
#define INPUT_WEBCAM 0
#define INPUT_HDMI 3
#define OUTPUT_HDMI 1

gchar *
video_device_find (const gchar *name)
{
  gchar *found = NULL;

  for (guint i = 0; i < MOST_NODES && !found; i++) {
    gchar *path = g_strdup_printf ("/sys/class/video4linux/video%u/name", i);
    gchar *text = NULL;

    if (g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (g_strchomp (text), name))
      found = g_strdup_printf ("/dev/video%u", i);
    g_free (text);
    g_free (path);
  }
  return found;
}

static int
open_vivid (guint instance, const gchar *kind)
{
  gchar *name = g_strdup_printf ("vivid-%03u-%s", instance, kind);
  gchar *path = video_device_find (name);
  int fd = path ? open (path, O_RDWR | O_CLOEXEC) : -1;

  if (fd < 0)
    g_error ("cannot open %s: the device tests need vivid", name);
  g_free (path);
  g_free (name);
  return fd;
}

static void
must (int result, const gchar *what)
{
  if (result < 0)
    g_error ("vivid: %s: %s", what, g_strerror (errno));
}

static void
set_timings (int fd)
{
  struct v4l2_dv_timings timings = V4L2_DV_BT_CEA_640X480P59_94;

  must (ioctl (fd, VIDIOC_S_DV_TIMINGS, &timings), "S_DV_TIMINGS");
}

void
video_device_set_hdmi_output (guint instance)
{
  int fd = open_vivid (instance, "vid-out");
  int output = OUTPUT_HDMI;

  must (ioctl (fd, VIDIOC_S_OUTPUT, &output), "S_OUTPUT");
  set_timings (fd);
  close (fd);
}

/* Sets the menu of a control to the item of that name. */
static void
choose (int fd, const gchar *control, const gchar *item)
{
  struct v4l2_query_ext_ctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };

  while (ioctl (fd, VIDIOC_QUERY_EXT_CTRL, &query) == 0 && !g_str_equal (query.name, control))
    query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
  for (gint64 i = query.minimum; i <= query.maximum; i++) {
    struct v4l2_querymenu menu = { .id = query.id, .index = i };
    struct v4l2_control value = { .id = query.id, .value = i };

    if (ioctl (fd, VIDIOC_QUERYMENU, &menu) == 0 && g_str_equal (menu.name, item)) {
      must (ioctl (fd, VIDIOC_S_CTRL, &value), control);
      return;
    }
  }
  g_error ("vivid's control \"%s\" has no item \"%s\"", control, item);
}

void
video_device_set_hdmi_input (guint instance, guint from_instance)
{
  int fd = open_vivid (instance, "vid-cap");
  int input = INPUT_HDMI;
  gchar *control = g_strdup_printf ("HDMI %03u-0 Is Connected To", instance);
  gchar *item = from_instance == VIDEO_DEVICE_PLUGGED_OUT ? g_strdup ("Test Pattern Generator")
                                                          : g_strdup_printf ("Output HDMI %03u-0", from_instance);

  must (ioctl (fd, VIDIOC_S_INPUT, &input), "S_INPUT");
  choose (fd, control, item);
  set_timings (fd);
  g_free (item);
  g_free (control);
  close (fd);
}

void
video_device_set_webcam_input (guint instance)
{
  int fd = open_vivid (instance, "vid-cap");
  int input = INPUT_WEBCAM;

  must (ioctl (fd, VIDIOC_S_INPUT, &input), "S_INPUT");
  close (fd);
}
