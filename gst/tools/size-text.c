/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Sizes as people write them. */
#include "size-text.h"

#include "terminal.h"

#include <string.h>

static const gchar units[] = "KMG";

static gboolean
parse (const gchar *text, guint64 *ret_bytes)
{
  guint64 number;
  const gchar *unit;
  gchar *end;
  guint shift = 0;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  /* What is too large becomes G_MAXUINT64, which no size is. */
  number = g_ascii_strtoull (text, &end, 10);
  if (*end != '\0') {
    unit = strchr (units, *end);
    if (!unit || end[1] != '\0')
      return FALSE;
    shift = 10 * (guint) (unit - units + 1);
  }
  if (number == 0 || number > (guint64) G_MAXSSIZE >> shift)
    return FALSE;
  *ret_bytes = number << shift;
  return TRUE;
}

gboolean
tool_parse_size (const gchar *what, const gchar *text, guint64 *ret_bytes)
{
  if (parse (text, ret_bytes))
    return TRUE;
  tool_error (
      "%s '%.64s' is no size: write bytes, or a number with K, M or G behind it, as 16M (see --help)", what, text);
  return FALSE;
}
