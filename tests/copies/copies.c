/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How much each pipeline of the list copies.
 *
 * usage: copies [--devices] [--print] [PART-OF-A-NAME]
 *        copies --send PIPELINE      the other process of a pipeline
 *
 * Prints what was measured, and fails where it is not what the list or docs/pipelines.md says (not with --print, nor
 * for a part). --devices: those pipelines that need the devices of the VM, instead of the others. */
#include "pipeline-run.h"
#include "tests/device/video-device.h"

#include <glib/gstdio.h>
#include <gst/gst.h>

#include <string.h>

#define SKIP 77
#define NOT_THERE "-"
#define HDMI_INSTANCE 1 /* of vivid; what it has otherwise is interlaced */

static const gchar *const versions[] = { "1.22", "1.26", "1.28" };
static guint n_failed;

static void G_GNUC_PRINTF (2, 3) complain (const Pipeline *of, const gchar *format, ...)
{
  va_list arguments;
  gchar *text;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("FAILED: %s, %s: %s\n", of->group, of->name, text);
  g_free (text);
  n_failed++;
}

/* The newest of the list that this GStreamer is not older than. */
static Version
this_version (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return minor >= 28 ? GSTREAMER_1_28 : minor >= 26 ? GSTREAMER_1_26 : GSTREAMER_1_22;
}

/* Returns: what the table has to say of it, which the caller frees */
static gchar *
measure (const Pipeline *of)
{
  guint64 copied = 0;
  gchar *problem;

  if (!pipeline_is_there (of))
    return g_strdup (NOT_THERE);
  problem = pipeline_run (of, &copied);
  if (problem)
    complain (of, "%s", problem);
  else if (copied != of->copied[this_version ()])
    complain (of, "%" G_GUINT64_FORMAT " bytes were copied for each buffer, and not %" G_GUINT64_FORMAT, copied,
        of->copied[this_version ()]);
  g_free (problem);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, copied);
}

/* Returns: (nullable): the cell of the document's table for it and this version */
static gchar *
documented (const gchar *document, const Pipeline *of)
{
  gchar *begin = g_strdup_printf ("| %s | %s | ", of->group, of->name), **cells;
  const gchar *row = strstr (document, begin);
  gchar *cell = NULL;

  if (row) {
    cells = g_strsplit (row + strlen (begin), " | ", N_VERSIONS + 1);
    if (g_strv_length (cells) > this_version ())
      cell = g_strdup (cells[this_version ()]);
    g_strfreev (cells);
  }
  g_free (begin);
  return cell;
}

static void
compare_with (const gchar *document, const Pipeline *of, const gchar *measured)
{
  gchar *cell = documented (document, of);

  if (g_strcmp0 (cell, measured) != 0)
    complain (of,
        "with GStreamer %s docs/pipelines.md says \"%s\", and \"%s\" was measured%s. To have it say that: "
        "tests/copies/update-pipelines.py",
        versions[this_version ()], cell, measured,
        g_str_equal (measured, NOT_THERE) ? ", as an element is not installed: tests/install-packages.sh build test"
                                          : "");
  g_free (cell);
}

/* For update-pipelines.py, a line each. */
static void
print (const Pipeline *of, const gchar *measured)
{
  g_print ("%s\t%s\t%s\t%s\t%" G_GUINT64_FORMAT "\t%s\t%s%s%s\n", versions[this_version ()], of->group, of->name,
      measured, of->least, of->reason ? of->reason : "",
      of->encoded  ? of->encoded
      : of->sender ? of->sender
                   : "",
      of->encoded || of->sender ? "\v" : "", of->pipeline);
}

static int
send (const gchar *description)
{
  Pipeline of = { .group = "two processes", .name = "the sender", .pipeline = description };
  guint64 copied = 0;
  gchar *problem = pipeline_run (&of, &copied);

  if (problem)
    complain (&of, "%s", problem);
  g_print ("%" G_GUINT64_FORMAT "\n", copied);
  g_free (problem);
  return n_failed > 0;
}

static void
run (gboolean devices, const gchar *document, const gchar *part)
{
  for (const Pipeline *of = devices ? device_pipelines : pipelines; of->name; of++) {
    gchar *measured;

    if (part && !strstr (of->name, part) && !strstr (of->group, part))
      continue;
    measured = measure (of);
    if (document)
      compare_with (document, of, measured);
    print (of, measured);
    g_free (measured);
  }
}

int
main (int argc, char **argv)
{
  gboolean devices = FALSE, prints = FALSE;
  gchar *directory, *document = NULL, *part = NULL;

  gst_init (NULL, NULL);
  if (argc == 3 && g_str_equal (argv[1], "--send"))
    return send (argv[2]);
  for (gint i = 1; i < argc; i++) {
    devices |= g_str_equal (argv[i], "--devices");
    prints |= g_str_equal (argv[i], "--print");
    part = g_str_has_prefix (argv[i], "--") ? part : argv[i];
  }
  if (devices && !g_file_test ("/dev/dma_heap/system", G_FILE_TEST_EXISTS)) {
    g_print ("SKIP: this kernel has no /dev/dma_heap/system; tests/vm/run.sh boots one that has\n");
    return SKIP;
  }
  if (!prints && !part && !g_file_get_contents (g_getenv ("PIPELINES_DOCUMENT"), &document, NULL, NULL))
    g_error ("PIPELINES_DOCUMENT has to be the path of docs/pipelines.md");
  directory = g_dir_make_tmp ("copies-XXXXXX", NULL);
  pipeline_run_prepare (argv[0], directory);
  if (devices)
    video_device_set_hdmi_output (HDMI_INSTANCE);
  run (devices, document, part);
  g_free (document);
  g_free (directory);
  return n_failed > 0;
}
