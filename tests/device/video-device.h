/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The kernel's V4L2 test drivers: their nodes, and the HDMI cables between them. */
#pragma once

#include <glib.h>

/* The node of that name in /sys/class/video4linux, as "/dev/video3"; NULL when there is none. Nodes are numbered as
 * they come. The caller frees it. */
gchar *video_device_find (const gchar *name);
/* Switches vivid's output of that instance to HDMI, at 640x480. */
void video_device_set_hdmi_output (guint instance);
/* Switches vivid's capture of an instance to HDMI, at 640x480, plugged into the HDMI output of another instance, or
 * into no device when that is VIDEO_DEVICE_PLUGGED_OUT. */
#define VIDEO_DEVICE_PLUGGED_OUT G_MAXUINT
void video_device_set_hdmi_input (guint instance, guint from_instance);
/* Switches it back to the webcam. */
void video_device_set_webcam_input (guint instance);
