/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Runs a pipeline of the list, and measures. */
#include "pipeline-run.h"

#include "frame-watch.h"
#include "tests/device/video-device.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsrc.h>
#include <gst/heaps/heaps.h>

#include <string.h>

#define LONGEST_RUN_S 60
#define CAPS "video/x-raw,format=I420,width=320,height=240,framerate=30/1"
#define SOURCE "videotestsrc num-buffers=24 ! " CAPS
#define SINK "fakevideosink name=sink sync=false"

static const gchar *directory; /* for files and sockets */
static const gchar *program;

static gchar *
find_node (const gchar *name)
{
  gchar *node = video_device_find (name);

  if (!node)
    g_error ("there is no V4L2 node %s: tests/vm/run.sh has one", name);
  return node;
}

static gchar *
expand (const gchar *word)
{
  if (g_str_equal (word, "SOURCE"))
    return g_strdup (SOURCE);
  if (g_str_equal (word, "SINK"))
    return g_strdup (SINK);
  if (g_str_equal (word, "CAPS"))
    return g_strdup (CAPS);
  if (g_str_equal (word, "FILE") || g_str_equal (word, "SOCKET"))
    return g_build_filename (directory, word, NULL);
  return find_node (word);
}

static gchar *
fill_in (const gchar *template)
{
  GString *text = g_string_new (NULL);
  gchar **parts = g_strsplit_set (template, "{}", -1);

  for (guint i = 0; parts[i]; i++) {
    gchar *part = i % 2 == 0 ? g_strdup (parts[i]) : expand (parts[i]);

    g_string_append (text, part);
    g_free (part);
  }
  g_strfreev (parts);
  return g_string_free (text, FALSE);
}

/* Returns: (nullable): NULL when some element is not there */
static GstElement *
parse (const gchar *template)
{
  gchar *description = fill_in (template);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  gboolean is_missing = g_error_matches (error, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT);

  if (error && !is_missing)
    g_error ("%s: %s", description, error->message);
  if (is_missing)
    gst_clear_object (&pipeline);
  g_clear_error (&error);
  g_free (description);
  return pipeline;
}

/* Returns: (nullable): an error */
static gchar *
wait_for_end (GstElement *pipeline, FrameWatch *watch, guint most)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = NULL;
  GError *error = NULL;
  gchar *text = NULL;

  for (guint i = 0; i < LONGEST_RUN_S * 20 && !message && frame_watch_count (watch) < most; i++)
    message = gst_bus_timed_pop_filtered (bus, GST_SECOND / 20, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && frame_watch_count (watch) < most) {
    gst_message_parse_error (message, &error, NULL);
    text = g_strdup (error->message);
    g_error_free (error);
  }
  g_clear_pointer (&message, gst_message_unref);
  gst_object_unref (bus);
  return text;
}

static GstAllocator *
make_allocator (void)
{
  GstHeapSelection *selection = gst_heap_selection_new_from_fields (NULL, NULL, NULL, NULL, NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, NULL);

  gst_heap_selection_unref (selection);
  return allocator;
}

static void
feed (GstElement *pipeline, Feed how)
{
  GstElement *app = gst_bin_get_by_name (GST_BIN (pipeline), "app");
  GstCaps *caps = gst_caps_from_string (CAPS);
  GstAllocator *allocator = make_allocator ();
  GstBufferPool *pool = gst_heap_buffer_pool_new_for_caps (GST_HEAP_ALLOCATOR (allocator), caps, 0, 4, 8, NULL);

  for (guint i = 0; i < PIPELINE_FRAMES; i++) {
    GstBuffer *buffer = NULL;

    if (how == FEED_FROM_POOL)
      gst_buffer_pool_acquire_buffer (pool, &buffer, NULL);
    else
      buffer = gst_buffer_new_allocate (NULL, PIPELINE_FRAME, NULL);
    gst_buffer_memset (buffer, 0, i, PIPELINE_FRAME);
    gst_app_src_push_buffer (GST_APP_SRC (app), buffer);
  }
  gst_app_src_end_of_stream (GST_APP_SRC (app));
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  gst_object_unref (allocator);
  gst_caps_unref (caps);
  gst_object_unref (app);
}

static void
offer (GstElement *pipeline)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstAllocator *allocator = make_allocator ();

  gst_heap_pad_offer (pad, GST_HEAP_ALLOCATOR (allocator), 2);
  gst_object_unref (allocator);
  gst_object_unref (pad);
  gst_object_unref (sink);
}

/* Returns: (nullable): what is wrong */
static gchar *
check_held (const Pipeline *of, FrameWatch *watch)
{
  guint in_heap, all;

  frame_watch_count_held (watch, &in_heap, &all);
  if (strstr (of->pipeline, "held") && (all == 0 || in_heap != all))
    return g_strdup_printf ("%u of %u buffers were in the heap", in_heap, all);
  return NULL;
}

/* Returns: (nullable): what is wrong */
static gchar *
check (const Pipeline *of, FrameWatch *watch, gchar *error)
{
  if (error)
    return error;
  if (frame_watch_count (watch) == 0)
    return g_strdup ("nothing came to the sink");
  return check_held (of, watch);
}

/* Plays it to its end, or until enough buffers came. Returns: (nullable): what is wrong */
static gchar *
play (const Pipeline *of, guint64 *ret_copied)
{
  GstElement *pipeline = parse (of->pipeline);
  FrameWatch *watch = frame_watch_new (pipeline);
  gchar *problem, *text;

  if (of->offers)
    offer (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  if (of->feed != FEED_NONE)
    feed (pipeline, of->feed);
  problem = wait_for_end (pipeline, watch, of->most > 0 ? of->most : G_MAXUINT);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  *ret_copied = frame_watch_copied (watch);
  problem = check (of, watch, problem);
  text = frame_watch_describe (watch);
  g_printerr ("%s: %u buffers, %" G_GUINT64_FORMAT " bytes copied for each\n%s", of->name, frame_watch_count (watch),
      *ret_copied, text);
  g_free (text);
  gst_object_unref (pipeline);
  frame_watch_free (watch);
  return problem;
}

static gchar *
encoding (const Pipeline *of)
{
  return g_strdup_printf ("{SOURCE} ! %s ! gdppay ! filesink location={FILE}", of->encoded);
}

/* Returns: (nullable): what is wrong */
static gchar *
encode (const Pipeline *of)
{
  gchar *template = encoding (of), *problem = NULL;
  GstElement *pipeline = parse (template);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, LONGEST_RUN_S * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (!message || GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS)
    problem = g_strdup_printf ("cannot encode by %s", template);
  g_clear_pointer (&message, gst_message_unref);
  gst_object_unref (bus);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  g_free (template);
  return problem;
}

static gchar *
socket_path (void)
{
  return g_build_filename (directory, "SOCKET", NULL);
}

static GSubprocess *
start_sender (const Pipeline *of)
{
  gboolean has_socket = strstr (of->sender, "{SOCKET}") != NULL;
  gchar *description = fill_in (of->sender), *path = socket_path ();
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, program, "--send", description, NULL);

  for (guint i = 0; has_socket && i < LONGEST_RUN_S * 20 && !g_file_test (path, G_FILE_TEST_EXISTS); i++)
    g_usleep (G_USEC_PER_SEC / 20);
  g_free (path);
  g_free (description);
  return process;
}

/* Returns: (nullable): what is wrong */
static gchar *
end_sender (GSubprocess *process, guint64 *copied)
{
  gchar *text = NULL, *path = socket_path (), *problem = NULL;

  g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, NULL);
  if (!g_subprocess_get_successful (process) || !text)
    problem = g_strdup ("the other process failed");
  else
    *copied += g_ascii_strtoull (text, NULL, 10);
  g_unlink (path);
  g_free (path);
  g_free (text);
  g_object_unref (process);
  return problem;
}

static gchar *
play_with_sender (const Pipeline *of, guint64 *ret_copied)
{
  GSubprocess *sender = start_sender (of);
  gchar *problem = play (of, ret_copied), *of_sender = end_sender (sender, ret_copied);

  if (problem) {
    g_free (of_sender);
    return problem;
  }
  return of_sender;
}

void
pipeline_run_prepare (const gchar *of_program, const gchar *in_directory)
{
  program = of_program;
  directory = in_directory;
}

static gboolean
can_parse (const gchar *template)
{
  GstElement *pipeline = parse (template);
  gboolean can = pipeline != NULL;

  gst_clear_object (&pipeline);
  return can;
}

gboolean
pipeline_is_there (const Pipeline *of)
{
  gchar *encoder = of->encoded ? encoding (of) : NULL;
  gboolean is =
      can_parse (of->pipeline) && (!of->sender || can_parse (of->sender)) && (!encoder || can_parse (encoder));

  g_free (encoder);
  return is;
}

gchar *
pipeline_run (const Pipeline *of, guint64 *ret_copied)
{
  gchar *problem = of->encoded ? encode (of) : NULL;

  if (problem)
    return problem;
  return of->sender ? play_with_sender (of, ret_copied) : play (of, ret_copied);
}
