/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Runs a pipeline, as gst-launch-1.0 does, and says of each heapupload in it which heap held the
 * frames, how many frames went through, and how many bytes were copied. */
#include <gst/gst.h>

static guint64
get_count (const GstStructure *stats, const gchar *field)
{
  guint64 count = 0;

  gst_structure_get_uint64 (stats, field, &count);
  return count;
}

static void
describe_element (GstElement *element)
{
  g_autoptr (GstStructure) stats = NULL;
  g_autofree gchar *heap = NULL;

  g_object_get (element, "stats", &stats, "heap", &heap, NULL);
  g_print ("%s: heap %s held the frames: %" G_GUINT64_FORMAT " frames, %" G_GUINT64_FORMAT " bytes copied\n",
      GST_ELEMENT_NAME (element), heap ? heap : "(none)",
      get_count (stats, "frames-passed") + get_count (stats, "frames-copied"), get_count (stats, "bytes-copied"));
}

static void
describe_if_ours (const GValue *item, gpointer data)
{
  GstElement *element = g_value_get_object (item);
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory && g_str_equal (GST_OBJECT_NAME (factory), "heapupload"))
    describe_element (element);
}

static void
describe_all (GstElement *pipeline)
{
  GstIterator *elements;

  if (!GST_IS_BIN (pipeline))
    return;
  elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  gst_iterator_foreach (elements, describe_if_ours, NULL);
  gst_iterator_free (elements);
}

static gboolean
run_to_the_end (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *details = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    return TRUE;
  gst_message_parse_error (message, &error, &details);
  g_printerr ("%s: %s\n%s\n", GST_MESSAGE_SRC_NAME (message), error->message, details ? details : "");
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  gst_init (&argc, &argv);
  pipeline = gst_parse_launchv ((const gchar **) argv + 1, &error);
  if (!pipeline || error) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  ok = run_to_the_end (pipeline);
  if (ok)
    describe_all (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return ok ? 0 : 1;
}
