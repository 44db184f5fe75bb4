/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A Wayland compositor without a display. */
#include "compositor.h"

#include <signal.h>

/* Ten times what it takes under emulation. */
#define LONGEST_START_S 120
#define MOST_TRIES 6

/* GStreamer gives a compositor one second for an import, and may be stuck afterwards. Under emulation that is too short
 * the first time, when Mesa compiles its shaders: so other processes go first. */
static void
warm_up (const gchar *display)
{
  gchar *display_property = g_strdup_printf ("display=%s", display);
  guint n_shown = 0;

  for (guint i = 0; i < MOST_TRIES && n_shown < 2; i++) {
    GSubprocess *client = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
        "timeout", "-s", "KILL", "30", "gst-launch-1.0", "videotestsrc", "num-buffers=4", "!",
        "video/x-raw,format=BGRx,width=320,height=240", "!", "heapupload", "heap-name=process", "!", "waylandsink",
        "sync=false", display_property, NULL);

    n_shown += g_subprocess_wait_check (client, NULL, NULL);
    g_object_unref (client);
  }
  if (n_shown < 2)
    g_error ("weston shows nothing");
  g_free (display_property);
}

/* meson fills memory that is allocated or freed with noise: weston 14's GL renderer then shows nothing any more. */
static GSubprocess *
spawn (const gchar *renderer, const gchar *display)
{
  GSubprocessLauncher *launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  gchar *renderer_option = g_strdup_printf ("--renderer=%s", renderer);
  gchar *display_option = g_strdup_printf ("--socket=%s", display);
  GError *error = NULL;
  GSubprocess *weston;

  g_subprocess_launcher_unsetenv (launcher, "MALLOC_PERTURB_");
  weston = g_subprocess_launcher_spawn (launcher, &error, "weston", "--backend=headless", "--shell=kiosk-shell.so",
      "--no-config", "--idle-time=0", "--width=320", "--height=240", renderer_option, display_option, NULL);
  if (!weston)
    g_error ("%s; tests/install-packages.sh guest", error->message);
  g_free (display_option);
  g_free (renderer_option);
  g_object_unref (launcher);
  return weston;
}

GSubprocess *
compositor_start (const gchar *renderer)
{
  gchar *display = g_strdup_printf ("weston-%s", renderer);
  gchar *socket = g_build_filename (g_get_user_runtime_dir (), display, NULL);
  GSubprocess *weston = spawn (renderer, display);

  for (guint waited = 0; !g_file_test (socket, G_FILE_TEST_EXISTS); waited++) {
    if (waited > LONGEST_START_S * 10)
      g_error ("weston did not make %s", socket);
    g_usleep (G_USEC_PER_SEC / 10);
  }
  warm_up (display);
  g_free (socket);
  g_free (display);
  return weston;
}

void
compositor_stop (GSubprocess *weston)
{
  g_subprocess_send_signal (weston, SIGTERM);
  g_subprocess_wait (weston, NULL, NULL);
  g_object_unref (weston);
}
