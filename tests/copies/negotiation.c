/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Runs every line of docs/negotiation.md, and measures what it copies.
 *
 * usage: negotiation [--devices] [PART-OF-A-LINE]
 *        negotiation --send PIPELINE     the other process of a line
 *
 * --devices: on a machine that has them, all lines; otherwise those that need none. Fails where a line does not play,
 * copies what it should not, or is not in the list below; and where the list has one that the document has not. */
#include "pipeline-run.h"
#include "tests/device/compositor.h"
#include "tests/device/importer-list.h"

#include <gst/gst.h>

#include <string.h>

#define SKIP 77
#define SINK " ! {SINK}"
#define ANY_SINK " ! fakesink name=sink"
#define BGRX "videotestsrc num-buffers=24 ! video/x-raw,format=BGRx,width=640,height=480,framerate=30/1 ! "
/* vicodec's encoder takes no other size at first, see tests/device/importer-list.c. */
#define CODEC_FRAMES "videotestsrc num-buffers=8 ! video/x-raw,format=I420,width=1280,height=720 ! "
#define UNIXFD_SENDER BGRX "heapupload ! unixfdsink name=sink socket-path={SOCKET} sync=false wait-for-connection=true"

/* A line as the document has it, and what stands in for its "...". */
typedef struct {
  const gchar *line, *begin, *end;
  const gchar *encoded;    /* as in Pipeline */
  const gchar *sender;     /* the same */
  const gchar *receiver;   /* the line is sent by another process, to this */
  const gchar *listed;     /* the name of a pipeline of pipeline-list.c, where the line is a call */
  const gchar *importer;   /* the name of one whose pipeline the test "importers" runs, instead of this */
  const gchar *source;     /* in place of its source */
  const gchar *display;    /* in place of its display: that of the VM takes RGB alone */
  const gchar *compositor; /* renderer of the weston it needs */
  gboolean needs_devices;
  guint64 most_copied; /* bytes for each frame; pipelines.md has the reason */
} Line;

static const Line lines[] = {
  { .line = "v4l2src io-mode=dmabuf-import ! heapupload heap-require=contiguous ! ...",
      .end = SINK,
      .needs_devices = TRUE },
  { .line = "... ! v4l2h264dec capture-io-mode=dmabuf-import ! heapupload heap-require=contiguous ! ...",
      .begin = CODEC_FRAMES "v4l2fwhtenc ! ",
      .end = SINK,
      .needs_devices = TRUE },
  { .line = "... ! heapupload layout-device=auto heap-require=contiguous ! v4l2h264enc output-io-mode=dmabuf-import ! "
            "...",
      .begin = CODEC_FRAMES,
      .end = ANY_SINK,
      .needs_devices = TRUE },
  { .line = "... ! theoradec ! heapupload ! kmssink",
      .begin = "filesrc location={FILE} ! gdpdepay ! ",
      .encoded = "theoraenc",
      .display = "{SINK}",
      .most_copied = PIPELINE_FRAME },
  { .line = "... ! vp9dec ! videoconvert ! video/x-raw,format=BGRx ! heapupload ! ...",
      .begin = "filesrc location={FILE} ! gdpdepay ! ",
      .end = SINK,
      .encoded = "vp9enc deadline=1 cpu-used=8" },
  { .line = "... ! videoconvert ! heapupload ! ...", .begin = "{SOURCE} ! ", .end = " ! video/x-raw,format=BGRA" SINK },
  { .line = "videotestsrc ! videobalance ! queue ! heapupload ! ...", .end = SINK },
  { .line = "videotestsrc ! heapupload ! tee name=t t. ! queue ! kmssink t. ! queue ! jpegenc ! ...",
      .source = BGRX,
      .end = " ! fakesink sync=false",
      .needs_devices = TRUE },
  { .line = "gst_heap_buffer_pool_new_for_caps ()", .listed = "`appsrc`, buffers of a heap's pool" },
  { .line = "gst_heap_pad_offer ()", .listed = "`appsink` with `gst_heap_pad_offer ()`" },
  { .line = "heapupload ! appsink", .listed = "`appsink` behind heapupload" },
  { .line = "... ! heapupload heap-require=contiguous ! kmssink", .begin = BGRX, .needs_devices = TRUE },
  { .line = "... ! heapupload heap-require=importable ! waylandsink",
      .begin = BGRX,
      .compositor = "pixman",
      .needs_devices = TRUE },
  { .line = "... ! heapupload heap-require=importable ! glupload ! glimagesink",
      .importer = "`glupload`, Mesa's llvmpipe" },
  { .line = "... ! heapupload heap-require=cacheable ! x264enc ! ...", .begin = "{SOURCE} ! ", .end = ANY_SINK },
  { .line = "... ! heapupload ! unixfdsink socket-path=/tmp/frames",
      .begin = "{SOURCE} ! ",
      .receiver = "unixfdsrc socket-path={SOCKET} ! heapimport" SINK },
  { .line = "unixfdsrc socket-path=/tmp/frames ! heapimport ! kmssink",
      .sender = UNIXFD_SENDER,
      .needs_devices = TRUE },
  { .line = "... ! heapupload heap-require=importable ! \"video/x-raw(memory:DMABuf)\" ! ...",
      .begin = "{SOURCE} ! ",
      .end = ANY_SINK,
      .needs_devices = TRUE },
};

/* What the machine calls for instead, and what a test needs in addition: its own names, and an end. The VM's codec
 * speaks FWHT. */
static const struct {
  const gchar *from, *to;
} words[] = {
  { "v4l2src ", "v4l2src device={vivid-001-vid-cap} num-buffers=8 " },
  { "v4l2h264dec ", "v4l2fwhtdec " },
  { "v4l2h264enc ", "v4l2fwhtenc " },
  { "videotestsrc !", "{SOURCE} !" },
  { "\"", "" },
  { "heapupload ", "heapupload name=held require-zero-copy=true " },
  { "kmssink", "kmssink name=sink driver-name=vkms sync=false" },
  { "waylandsink", "waylandsink name=sink display=weston-pixman sync=false" },
  { "unixfdsink socket-path=/tmp/frames",
      "unixfdsink name=sink socket-path={SOCKET} sync=false wait-for-connection=true" },
  { "unixfdsrc socket-path=/tmp/frames", "unixfdsrc socket-path={SOCKET}" },
};

static guint n_failed;

static void G_GNUC_PRINTF (2, 3) complain (const gchar *line, const gchar *format, ...)
{
  va_list arguments;
  gchar *text;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("FAILED: %s: %s\n", line, text);
  g_free (text);
  n_failed++;
}

/* Of the table's last column, what is between backticks and no link. */
static void
add_lines (GPtrArray *found, const gchar *cell)
{
  gchar **parts = g_strsplit (cell, "`", -1);

  for (guint i = 1; parts[i]; i += 2)
    g_ptr_array_add (found, g_strdup (parts[i]));
  g_strfreev (parts);
}

/* Returns: (transfer full): the lines of the document */
static GPtrArray *
read_document (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  gchar *text = NULL, **rows;

  if (!g_file_get_contents (g_getenv ("NEGOTIATION_DOCUMENT"), &text, NULL, NULL))
    g_error ("NEGOTIATION_DOCUMENT has to be the path of docs/negotiation.md");
  rows = g_strsplit (text, "\n", -1);
  for (guint i = 0; rows[i]; i++) {
    gchar **cells = g_strsplit (rows[i], " | ", -1);

    if (g_str_has_prefix (rows[i], "| ") && g_strv_length (cells) == 3)
      add_lines (found, cells[2]);
    g_strfreev (cells);
  }
  g_strfreev (rows);
  g_free (text);
  return found;
}

static const Line *
find_line (const gchar *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (g_str_equal (lines[i].line, text))
      return &lines[i];
  }
  return NULL;
}

static void
check_list (GPtrArray *found)
{
  for (guint i = 0; i < found->len; i++) {
    if (!find_line (found->pdata[i]))
      complain (found->pdata[i], "docs/negotiation.md has it, and tests/copies/negotiation.c does not run it");
  }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (!g_ptr_array_find_with_equal_func (found, lines[i].line, g_str_equal, NULL))
      complain (lines[i].line, "docs/negotiation.md has it no more");
  }
}

/* Returns: (transfer full): the line as it can be run here */
static gchar *
complete (const Line *line)
{
  GString *text = g_string_new (line->line);

  if (line->begin)
    g_string_replace (text, "... ! ", line->begin, 1);
  if (line->end)
    g_string_replace (text, " ! ...", line->end, 1);
  if (line->source)
    g_string_replace (text, "videotestsrc ! ", line->source, 1);
  if (line->display)
    g_string_replace (text, "kmssink", line->display, 1);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_string_replace (text, words[i].from, words[i].to, 0);
  return g_string_free (text, FALSE);
}

static const Pipeline *
find_listed (const gchar *name)
{
  const Pipeline *of = pipelines;

  while (of->name && !g_str_equal (of->name, name))
    of++;
  return of->name ? of : NULL;
}

static gboolean
is_importer (const gchar *name)
{
  for (const Importer *importer = importers; importer->name; importer++) {
    if (g_str_equal (importer->name, name))
      return TRUE;
  }
  return FALSE;
}

/* Returns: (nullable): what is wrong */
static gchar *
play (const Line *line, const Pipeline *of)
{
  GSubprocess *weston = line->compositor ? compositor_start (line->compositor) : NULL;
  guint64 copied = 0;
  gchar *problem = pipeline_run (of, &copied);

  if (!problem && copied > line->most_copied)
    problem = g_strdup_printf ("%" G_GUINT64_FORMAT " bytes were copied for each frame", copied);
  if (weston)
    compositor_stop (weston);
  return problem;
}

static void
run (const Line *line, gboolean has_devices)
{
  gchar *text = complete (line), *problem;
  Pipeline of = { .group = "negotiation",
    .name = line->line,
    .pipeline = line->receiver ? line->receiver : text,
    .encoded = line->encoded,
    .sender = line->receiver ? text : line->sender };

  if (line->listed && !find_listed (line->listed)) {
    complain (line->line, "tests/copies/pipeline-list.c has no \"%s\"", line->listed);
  } else if (line->importer && !is_importer (line->importer)) {
    complain (line->line, "tests/device/importer-list.c has no \"%s\"", line->importer);
  } else if (line->importer) {
    g_print ("run by the test importers: %s\n", line->line);
  } else if (line->needs_devices && !has_devices) {
    g_print ("not here, it needs devices: %s\n", line->line);
  } else if (!pipeline_is_there (line->listed ? find_listed (line->listed) : &of)) {
    g_print ("not here, an element of it is not installed: %s\n", line->line);
  } else {
    problem = play (line, line->listed ? find_listed (line->listed) : &of);
    if (problem)
      complain (line->line, "%s (%s)", problem, text);
    else
      g_print ("ok: %s\n", line->line);
    g_free (problem);
  }
  g_free (text);
}

static int
send (const gchar *description)
{
  Pipeline of = { .group = "negotiation", .name = "the sender", .pipeline = description };
  guint64 copied = 0;
  gchar *problem = pipeline_run (&of, &copied);

  if (problem)
    complain (description, "%s", problem);
  g_print ("%" G_GUINT64_FORMAT "\n", copied);
  g_free (problem);
  return n_failed > 0;
}

int
main (int argc, char **argv)
{
  gboolean devices = argc > 1 && g_str_equal (argv[1], "--devices");
  const gchar *part = argc > 1 + devices ? argv[1 + devices] : "";
  GPtrArray *found;
  gchar *directory;

  gst_init (NULL, NULL);
  if (argc == 3 && g_str_equal (argv[1], "--send"))
    return send (argv[2]);
  if (devices && !g_file_test ("/dev/dma_heap/system", G_FILE_TEST_EXISTS)) {
    g_print ("SKIP: this kernel has no /dev/dma_heap/system; tests/vm/run.sh boots one that has\n");
    return SKIP;
  }
  found = read_document ();
  check_list (found);
  g_ptr_array_unref (found);
  directory = g_dir_make_tmp ("negotiation-XXXXXX", NULL);
  pipeline_run_prepare (argv[0], directory);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (strstr (lines[i].line, part))
      run (&lines[i], devices);
  }
  g_free (directory);
  return n_failed > 0;
}
