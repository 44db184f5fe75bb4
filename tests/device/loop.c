/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames that one device reads from heap memory go over an HDMI cable to another, which writes them to heap memory. */
#include "device-test.h"
#include "pad-watch.h"
#include "video-device.h"

#define FRAMES "video/x-raw,format=YUY2,width=640,height=480"
#define LONGEST_LOOP (60 * GST_SECOND)
#define RECEIVED 30 /* in a round */
#define MOST_ROUNDS 6
#define LEAST_DIFFERENT 3 /* the cable may repeat frames, and drop some */

static const struct {
  guint from, to; /* instances of vivid */
  const gchar *from_heap, *to_heap;
} cables[] = {
  { .from = 1, .to = 0, .from_heap = "default_cma_region", .to_heap = "system" },
  { .from = 0, .to = 1, .from_heap = "process", .to_heap = "default_cma_region" },
};

static gchar *
node (guint instance, const gchar *kind)
{
  gchar *name = g_strdup_printf ("vivid-%03u-%s", instance, kind);
  gchar *path = video_device_find (name);

  g_free (name);
  return path;
}

static GstElement *
launch (gchar *description)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  g_free (description);
  return pipeline;
}

/* Sends pictures, another each time, until it is stopped. */
static GstElement *
launch_sender (guint instance, const gchar *heap)
{
  gchar *device = node (instance, "vid-out");
  GstElement *pipeline = launch (g_strdup_printf ("videotestsrc pattern=ball ! " FRAMES ",framerate=5/1 ! "
                                                  "heapupload name=end heap-name=%s require-zero-copy=true ! "
                                                  "v4l2sink device=%s io-mode=dmabuf-import",
      heap, device));

  g_free (device);
  return pipeline;
}

static GstElement *
launch_receiver (guint instance, const gchar *heap)
{
  gchar *device = node (instance, "vid-cap");
  GstElement *pipeline = launch (g_strdup_printf (
      "v4l2src device=%s io-mode=dmabuf-import extra-controls=c,osd_text_mode=2 num-buffers=%u ! " FRAMES " ! "
      "heapupload name=end heap-name=%s require-zero-copy=true ! fakevideosink sync=false",
      device, RECEIVED, heap));

  g_free (device);
  return pipeline;
}

static void
wait_for (GstElement *pipeline, GstMessageType type)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, LONGEST_LOOP, type | GST_MESSAGE_ERROR);

  fail_unless (message != NULL && GST_MESSAGE_TYPE (message) == type, "%" GST_PTR_FORMAT, message);
  gst_message_unref (message);
  gst_object_unref (bus);
}

static void
stop (GstElement *pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

/* How many different pictures came that were sent. */
static guint
count_arrived (PadWatch *sent, PadWatch *received)
{
  GHashTable *sent_contents = pad_watch_contents (sent), *received_contents = pad_watch_contents (received);
  GHashTableIter iter;
  gpointer content;
  guint arrived = 0;

  g_hash_table_iter_init (&iter, received_contents);
  while (g_hash_table_iter_next (&iter, &content, NULL))
    arrived += g_hash_table_contains (sent_contents, content);
  g_hash_table_unref (received_contents);
  g_hash_table_unref (sent_contents);
  return arrived;
}

static const gchar *
exporter_of (const gchar *heap)
{
  return g_str_equal (heap, "process") ? "udmabuf" : heap;
}

/* Receives a number of pictures. Returns: how many different ones of them are among those sent */
static guint
receive (guint instance, const gchar *heap, PadWatch *sent)
{
  GstElement *receiver = launch_receiver (instance, heap);
  PadWatch *received = pad_watch_new (receiver, "end", "src");
  guint arrived;

  gst_element_set_state (receiver, GST_STATE_PLAYING);
  wait_for (receiver, GST_MESSAGE_EOS);
  stop (receiver);
  fail_unless_equals_int (pad_watch_count (received, exporter_of (heap)), RECEIVED);
  arrived = count_arrived (sent, received);
  pad_watch_free (received);
  return arrived;
}

/* On a machine that is slow now, the sender may not have got to the second picture when the receiver is through: so it
 * receives until enough have arrived, up to MOST_ROUNDS times. Returns: how many different pictures arrived
 * unchanged */
static guint
run_loop (guint from, guint to, guint plugged_into, const gchar *from_heap, const gchar *to_heap, guint enough)
{
  GstElement *sender;
  PadWatch *sent;
  guint arrived = 0, rounds = 0;

  video_device_set_hdmi_output (from);
  video_device_set_hdmi_input (to, plugged_into);
  sender = launch_sender (from, from_heap);
  sent = pad_watch_new (sender, "end", "src");
  gst_element_set_state (sender, GST_STATE_PLAYING);
  wait_for (sender, GST_MESSAGE_ASYNC_DONE);
  do
    arrived = receive (to, to_heap, sent);
  while (arrived < enough && ++rounds < MOST_ROUNDS);
  stop (sender);
  video_device_set_webcam_input (to);
  fail_unless_equals_int (pad_watch_count (sent, exporter_of (from_heap)), sent->frames->len);
  pad_watch_free (sent);
  return arrived;
}

GST_START_TEST (test_frames_arrive_unchanged)
{
  guint arrived = run_loop (cables[__i__].from, cables[__i__].to, cables[__i__].from, cables[__i__].from_heap,
      cables[__i__].to_heap, LEAST_DIFFERENT);

  fail_unless (arrived >= LEAST_DIFFERENT, "%u different frames arrived", arrived);
}

GST_END_TEST

/* That the test above can fail: when the cable is pulled, the pictures received are of vivid's own making. */
GST_START_TEST (test_without_the_cable_nothing_arrives)
{
  fail_unless_equals_int (run_loop (1, 0, VIDEO_DEVICE_PLUGGED_OUT, "default_cma_region", "system", 0), 0);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("loop");
  TCase *tcase = tcase_create ("loop");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_frames_arrive_unchanged, 0, G_N_ELEMENTS (cables));
  tcase_add_test (tcase, test_without_the_cable_nothing_arrives);
  return device_test_run ("loop", suite, argc, argv);
}
