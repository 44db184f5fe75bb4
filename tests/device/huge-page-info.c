/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Figures of huge pages. */
#include "huge-page-info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static guint64
read_meminfo (const gchar *key)
{
  gchar *text = NULL;
  const gchar *line;
  guint64 number;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    g_error ("cannot read /proc/meminfo");
  line = strstr (text, key);
  number = line ? strtoull (line + strlen (key), NULL, 10) : 0;
  g_free (text);
  return number;
}

guint64
huge_page_info_total (void)
{
  return read_meminfo ("HugePages_Total:");
}

guint64
huge_page_info_used (void)
{
  return huge_page_info_total () - read_meminfo ("HugePages_Free:");
}

gboolean
huge_page_info_udmabuf_is_right (void)
{
  struct utsname kernel;
  guint major = 0, minor = 0;

  uname (&kernel);
  sscanf (kernel.release, "%u.%u", &major, &minor);
  return major != 6 || minor < 11 || minor > 15;
}

gboolean
huge_page_info_has_dmabufs (void)
{
  return huge_page_info_total () > 0 && g_file_test ("/dev/udmabuf", G_FILE_TEST_EXISTS) &&
         huge_page_info_udmabuf_is_right ();
}
