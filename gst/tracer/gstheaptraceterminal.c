/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The terminal that the tracer writes to: how wide it is, and what may get at it. */
#include "gstheaptraceterminal.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

guint
gst_heap_trace_terminal_columns (void)
{
  struct winsize size;

  return isatty (STDERR_FILENO) && ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static gboolean
is_harmless (gunichar character)
{
  /* g_unichar_isprint() is FALSE of controls, and of what turns the direction of writing. */
  return g_unichar_isprint (character);
}

gchar *
gst_heap_trace_printable (const gchar *text)
{
  GString *out = g_string_new (NULL);

  while (*text) {
    gunichar character = g_utf8_get_char_validated (text, -1);
    gboolean is_valid = character != (gunichar) -1 && character != (gunichar) -2;
    gsize n_bytes = is_valid ? (gsize) (g_utf8_next_char (text) - text) : 1;

    if (is_valid && is_harmless (character))
      g_string_append_len (out, text, n_bytes);
    for (gsize i = 0; i < n_bytes && !(is_valid && is_harmless (character)); i++)
      g_string_append_printf (out, "\\x%02x", (guchar) text[i]);
    text += n_bytes;
  }
  return g_string_free (out, FALSE);
}

gchar *
gst_heap_trace_shorten (gchar *text, guint most)
{
  glong n = g_utf8_strlen (text, -1), kept = (most - 3) / 2;
  gchar *shorter;

  if (n <= most)
    return text;
  shorter = g_strdup_printf ("%.*s...%s", (int) (g_utf8_offset_to_pointer (text, kept) - text), text,
      g_utf8_offset_to_pointer (text, n - kept));
  g_free (text);
  return shorter;
}

/* Where a line that begins at text ends: before the last space that fits, or within a word that alone does not. */
static const gchar *
end_of_line (const gchar *text, guint columns)
{
  const gchar *end = NULL, *at = text;

  for (guint n = 0; *at && n < columns; n++, at = g_utf8_next_char (at)) {
    if (*at == ' ' && at > text)
      end = at;
  }
  return *at == '\0' || *at == ' ' || !end ? at : end;
}

void
gst_heap_trace_append_wrapped (GString *string, const gchar *text, guint columns)
{
  const gchar *indentation = "    ";
  guint n_indentation = strlen (indentation);
  const gchar *line = text, *end;

  if (columns <= 2 * n_indentation) {
    g_string_append_printf (string, "%s\n", text);
    return;
  }
  for (end = end_of_line (line, columns); *end; end = end_of_line (line, columns - n_indentation)) {
    g_string_append_printf (string, "%.*s\n%s", (int) (end - line), line, indentation);
    line = *end == ' ' ? end + 1 : end;
  }
  g_string_append_printf (string, "%s\n", line);
}
