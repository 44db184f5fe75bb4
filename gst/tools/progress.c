/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What long work is about, for who waits for it. */
#include "progress.h"

#include "terminal.h"

#include <stdio.h>
#include <unistd.h>

#define CLEAR_LINE "\r\033[K"
#define WRAP_OFF "\033[?7l"
#define WRAP_ON "\033[?7h"

static gboolean
is_wanted (void)
{
  return isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

void
tool_progress (const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  g_autofree gchar *printable = NULL;
  va_list arguments;

  if (!is_wanted ())
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printable = tool_printable (text);
  fprintf (stderr, CLEAR_LINE WRAP_OFF "%s" WRAP_ON, printable);
}

void
tool_progress_end (void)
{
  if (is_wanted ())
    fputs (CLEAR_LINE, stderr);
}
