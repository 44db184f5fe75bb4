/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writing for people: nothing a name or an argument holds gets at the terminal. */
#include "terminal.h"

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LONGEST_MESSAGE 4096 /* bytes; what was asked for may be of any length, and nobody reads all of it */

void
tool_occupy_streams (void)
{
  FILE *file;

  do
    file = fopen ("/dev/null", "re");
  while (file && fileno (file) <= STDERR_FILENO);
  if (file)
    fclose (file);
}

static void
append_escaped (GString *out, const gchar *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    g_string_append_printf (out, "\\x%02x", (guchar) bytes[i]);
}

static gboolean
is_harmless (gunichar character)
{
  /* g_unichar_isprint is FALSE of controls and of format characters, such as those that turn the
   * direction of writing. */
  return character == '\n' || g_unichar_isprint (character);
}

gchar *
tool_printable (const gchar *text)
{
  GString *out = g_string_new (NULL);

  while (*text) {
    gunichar character = g_utf8_get_char_validated (text, -1);
    gboolean is_valid = character != (gunichar) -1 && character != (gunichar) -2;
    gsize n_bytes = is_valid ? (gsize) (g_utf8_next_char (text) - text) : 1;

    if (is_valid && is_harmless (character))
      g_string_append_len (out, text, n_bytes);
    else
      append_escaped (out, text, n_bytes);
    text += n_bytes;
  }
  return g_string_free (out, FALSE);
}

static gboolean
wants_bold (void)
{
  const gchar *no_color = g_getenv ("NO_COLOR");

  if (no_color && *no_color)
    return FALSE;
  return isatty (STDOUT_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

void
tool_print (const gchar *text)
{
  g_autofree gchar *printable = tool_printable (text);

  fputs (printable, stdout);
}

void
tool_print_bold (const gchar *text)
{
  gboolean bold = wants_bold ();

  fputs (bold ? "\033[1m" : "", stdout);
  tool_print (text);
  fputs (bold ? "\033[0m" : "", stdout);
}

static void G_GNUC_PRINTF (2, 0) say (const gchar *kind, const gchar *format, va_list arguments)
{
  g_autofree gchar *text = g_strdup_vprintf (format, arguments);
  g_autofree gchar *printable = tool_printable (text);
  const gchar *rest = "";

  if (strlen (printable) > LONGEST_MESSAGE) {
    *g_utf8_find_prev_char (printable, printable + LONGEST_MESSAGE) = '\0';
    rest = "...";
  }
  fprintf (stderr, "%s: %s: %s%s\n", g_get_prgname (), kind, printable, rest);
}

void
tool_error (const gchar *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  say ("error", format, arguments);
  va_end (arguments);
}

void
tool_warning (const gchar *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  say ("warning", format, arguments);
  va_end (arguments);
}

int
tool_finish_output (int exit_code)
{
  gboolean failed = ferror (stdout) != 0;

  errno = 0;
  if (fflush (stdout) == 0 && !failed)
    return exit_code;
  tool_error ("cannot write the output: %s", errno ? g_strerror (errno) : "an earlier write failed");
  return TOOL_EXIT_WRITE;
}
