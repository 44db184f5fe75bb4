/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames of a CMA heap that one process makes and another one shows, over unixfdsink and unixfdsrc. DEVICE_TEST_SEED
 * repeats a run. */
#include "device-test.h"
#include "dmabuf-trace.h"
#include "heap-audit.h"
#include "victim.h"

#include <glib/gstdio.h>
#include <gst/allocators/allocators.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define N_FRAMES 300
#define N_BUFFERS 6
#define N_KILLS 20
#define MOST_FRAMES 6
#define MOST_MICROSECONDS 40000
#define MOST_LENT 4 /* max-lent of the sender that does not wait */
#define WIDTH 640
#define HEIGHT 480
#define PADDING 16 /* pixels at the right */
#define CAPS "video/x-raw,format=BGRx,width=640,height=480,framerate=30/1"
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"

/* What the receiver sees at its display. */
typedef struct {
  GstVideoInfo info;
  guint frames;
  guint wrong; /* that are not what was sent */
  GHashTable *inodes;
} Seen;

static gchar *socket_path; /* of the test that runs */

/* Told from another frame, and from the same one read with another stride. */
static guint8
value_of_row (guint frame, gint row)
{
  return frame * 7 + row * 3 + 1;
}

static GstBufferPool *
padded_pool_new (const gchar *heap)
{
  GstVideoAlignment alignment = { .padding_right = PADDING };
  GstHeapSelection *selection = gst_heap_selection_new_from_fields (heap, NULL, NULL, NULL, NULL);
  GstAllocator *allocator = gst_heap_allocator_new (selection, NULL);
  GstBufferPool *pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstCaps *caps = gst_caps_from_string (CAPS);

  gst_buffer_pool_config_set_params (config, caps, 0, 2, N_BUFFERS);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &alignment);
  if (!gst_buffer_pool_set_config (pool, config) || !gst_buffer_pool_set_active (pool, TRUE))
    _exit (3);
  gst_caps_unref (caps);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
  return pool;
}

static GstBuffer *
draw (GstBufferPool *pool, guint number)
{
  GstBuffer *buffer = NULL;
  GstVideoInfo info;
  GstVideoFrame frame;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_BGRx, WIDTH, HEIGHT);
  if (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL) != GST_FLOW_OK ||
      !gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE) ||
      GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) != (WIDTH + PADDING) * 4)
    _exit (4);
  for (gint row = 0; row < HEIGHT; row++)
    memset ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + row * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
        value_of_row (number, row), WIDTH * 4);
  gst_video_frame_unmap (&frame);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (number, GST_SECOND, 30);
  GST_BUFFER_OFFSET (buffer) = number;
  return buffer;
}

/* Exit status 0: all frames left uncopied, and none was dropped. */
static void
send_padded_frames (const gchar *n_frames, int frames_fd)
{
  gchar *description = g_strdup_printf ("appsrc name=src format=time caps=" CAPS
                                        " ! heapupload name=upload heap-name=%s require-zero-copy=true ! "
                                        "unixfdsink wait-for-connection=true sync=false socket-path=%s",
      device_test_cma_heap (), socket_path);
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  GstBufferPool *pool = padded_pool_new (device_test_cma_heap ());
  GstBus *bus = gst_element_get_bus (pipeline);
  GstFlowReturn flow;
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (gint i = 0; i < atoi (n_frames); i++) {
    GstBuffer *buffer = draw (pool, i);

    g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
    gst_buffer_unref (buffer);
  }
  g_signal_emit_by_name (source, "end-of-stream", &flow);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS &&
      device_test_upload_stat (pipeline, "frames-passed") == (guint64) atoi (n_frames) &&
      device_test_upload_stat (pipeline, "frames-dropped") == 0 &&
      device_test_upload_stat (pipeline, "bytes-copied") == 0)
    _exit (0);
}

static gboolean
is_as_sent (GstBuffer *buffer, GstVideoInfo *info)
{
  guint number = GST_BUFFER_OFFSET (buffer);
  GstVideoFrame frame;
  gboolean is = TRUE;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READ))
    return FALSE;
  for (gint row = 0; row < HEIGHT; row++) {
    const guint8 *data =
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) + row * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    is = is && data[0] == value_of_row (number, row) && data[WIDTH * 4 - 1] == data[0];
  }
  gst_video_frame_unmap (&frame);
  return is;
}

static GstPadProbeReturn
look (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  int fd = gst_fd_memory_get_fd (gst_buffer_peek_memory (buffer, 0));
  Seen *seen = data;

  g_hash_table_add (seen->inodes, GSIZE_TO_POINTER (dmabuf_info_inode (fd)));
  seen->wrong += !is_as_sent (buffer, &seen->info) || GST_BUFFER_OFFSET (buffer) != seen->frames;
  seen->frames++;
  return GST_PAD_PROBE_OK;
}

static void
wait_for_socket (void)
{
  for (guint i = 0; i < 6000 && !g_file_test (socket_path, G_FILE_TEST_EXISTS); i++)
    g_usleep (10000);
}

static void
fail_with (GstMessage *message)
{
  GError *error = NULL;
  gchar *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  fail ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message, debug);
}

/* Returns: stats of the element "in"; NULL where there is none */
static GstStructure *
show_all (const gchar *description, Seen *seen)
{
  GstElement *pipeline = gst_parse_launch (description, NULL);
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink"), *in;
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstStructure *stats = NULL;
  GstMessage *message;

  *seen = (Seen){ .inodes = g_hash_table_new (NULL, NULL) };
  gst_video_info_set_format (&seen->info, GST_VIDEO_FORMAT_BGRx, WIDTH, HEIGHT);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, look, seen, NULL);
  wait_for_socket ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 120 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message != NULL, "%u frames, and neither an end nor an error", seen->frames);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    fail_with (message);
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  if (in)
    g_object_get (in, "stats", &stats, NULL);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_clear_object (&in);
  gst_message_unref (message);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  return stats;
}

static guint
count_imports (DmabufTrace *trace, GHashTable *inodes)
{
  GHashTableIter iter;
  gpointer inode;
  guint n = 0;

  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL))
    n += dmabuf_trace_count (trace, GPOINTER_TO_SIZE (inode), "attached by vkms");
  return n;
}

static guint64
field_of (const GstStructure *stats, const gchar *field)
{
  guint64 value;

  fail_unless (gst_structure_get_uint64 (stats, field, &value), "no field %s", field);
  return value;
}

GST_START_TEST (test_each_buffer_is_imported_once_with_its_layout)
{
  HeapAudit *audit = heap_audit_new ();
  Victim sender = victim_start (send_padded_frames, G_STRINGIFY (N_FRAMES));
  gchar *description = g_strdup_printf ("unixfdsrc socket-path=%s ! heapimport name=in ! " DISPLAY, socket_path);
  GstStructure *stats;
  DmabufTrace *trace;
  guint imports, inodes;
  Seen seen;

  dmabuf_trace_begin ();
  stats = show_all (description, &seen);
  trace = dmabuf_trace_end ();
  imports = count_imports (trace, seen.inodes);
  inodes = g_hash_table_size (seen.inodes);
  gst_println ("%u frames, %u buffers, %u imports; %" GST_PTR_FORMAT, seen.frames, inodes, imports, stats);

  fail_unless_equals_int (seen.frames, N_FRAMES);
  fail_unless_equals_int (seen.wrong, 0);
  fail_unless (inodes > 1 && inodes <= N_BUFFERS, "%u buffers", inodes);
  fail_unless_equals_int (imports, inodes);
  fail_unless_equals_int (dmabuf_trace_count_refusals (trace), 0);
  fail_unless_equals_uint64 (field_of (stats, "frames"), N_FRAMES);
  fail_unless_equals_uint64 (field_of (stats, "imports"), inodes);
  victim_assert_ends (sender, 0);
  heap_audit_assert_settles (audit, "300 frames");
  gst_structure_free (stats);
  g_hash_table_unref (seen.inodes);
  dmabuf_trace_free (trace);
  heap_audit_free (audit);
  g_free (description);
}

GST_END_TEST

/* That the test above can fail. */
GST_START_TEST (test_without_heapimport_each_frame_is_imported)
{
  Victim sender = victim_start (send_padded_frames, "30");
  gchar *description = g_strdup_printf ("unixfdsrc socket-path=%s ! " DISPLAY, socket_path);
  DmabufTrace *trace;
  Seen seen;

  dmabuf_trace_begin ();
  fail_unless (show_all (description, &seen) == NULL);
  trace = dmabuf_trace_end ();
  fail_unless_equals_int (count_imports (trace, seen.inodes), 30);
  victim_assert_ends (sender, 0);
  g_hash_table_unref (seen.inodes);
  dmabuf_trace_free (trace);
  g_free (description);
}

GST_END_TEST

static Victim
start_sender (void)
{
  gchar *description = g_strdup_printf ("videotestsrc ! " CAPS " ! heapupload heap-name=%s max-lent=%u ! "
                                        "unixfdsink name=sink socket-path=%s",
      device_test_cma_heap (), MOST_LENT, socket_path);
  Victim sender = victim_start (victim_play, description);

  wait_for_socket ();
  g_free (description);
  return sender;
}

static Victim
start_receiver (const gchar *sink)
{
  gchar *description = g_strdup_printf ("unixfdsrc socket-path=%s ! heapimport ! queue ! %s", socket_path, sink);
  Victim receiver = victim_start (victim_play, description);

  g_free (description);
  return receiver;
}

static void
assert_goes_on (Victim sender, guint n_frames)
{
  victim_forget_frames (sender);
  victim_wait_for_frames (sender, n_frames);
}

GST_START_TEST (test_a_receiver_that_is_killed_stops_nobody)
{
  static const gchar *const sinks[] = { DISPLAY, "fakesink name=sink sync=false" };
  const gchar *given = g_getenv ("DEVICE_TEST_SEED");
  guint seed = given ? strtoul (given, NULL, 10) : g_random_int ();
  GRand *moments = g_rand_new_with_seed (seed);
  HeapAudit *audit = heap_audit_new ();
  Victim sender = start_sender ();
  guint dmabufs;

  g_print ("DEVICE_TEST_SEED=%u\n", seed);
  for (guint i = 0; i < N_KILLS; i++) {
    Victim receiver = start_receiver (sinks[i % G_N_ELEMENTS (sinks)]);

    victim_wait_for_frames (receiver, g_rand_int_range (moments, 0, MOST_FRAMES));
    g_usleep (g_rand_int_range (moments, 0, MOST_MICROSECONDS));
    victim_kill (receiver);
    assert_goes_on (sender, 3);
  }
  assert_goes_on (sender, 2 * MOST_LENT);
  dmabufs = dmabuf_info_count (device_test_cma_heap ());
  fail_unless (dmabufs <= MOST_LENT + 4, "%u buffers are there", dmabufs);
  victim_kill (sender);
  heap_audit_assert_settles (audit, G_STRINGIFY (N_KILLS) " receivers were killed");
  heap_audit_free (audit);
  g_rand_free (moments);
}

GST_END_TEST

/* One of two. */
GST_START_TEST (test_a_receiver_that_is_stopped_keeps_so_many_and_the_rest_goes_on)
{
  HeapAudit *audit = heap_audit_new ();
  Victim sender = start_sender ();
  Victim receiver = start_receiver (DISPLAY);
  guint dmabufs;

  victim_wait_for_frames (receiver, 3);
  kill (receiver.pid, SIGSTOP);
  assert_goes_on (sender, 60);
  dmabufs = dmabuf_info_count (device_test_cma_heap ());
  fail_unless (dmabufs <= MOST_LENT + 4, "%u buffers are there", dmabufs);

  kill (receiver.pid, SIGCONT);
  victim_forget_frames (receiver);
  victim_wait_for_frames (receiver, 2 * MOST_LENT);
  victim_kill (receiver);
  victim_kill (sender);
  heap_audit_assert_settles (audit, "a receiver was stopped");
  heap_audit_free (audit);
}

GST_END_TEST

static void
setup (void)
{
  socket_path = g_strdup_printf ("/tmp/two-processes-%d", (int) getpid ());
}

static void
teardown (void)
{
  g_unlink (socket_path);
  g_clear_pointer (&socket_path, g_free);
}

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("processes");
  TCase *tcase = tcase_create ("processes");

  tcase_set_timeout (tcase, 300);
  tcase_add_checked_fixture (tcase, setup, teardown);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_each_buffer_is_imported_once_with_its_layout);
  tcase_add_test (tcase, test_without_heapimport_each_frame_is_imported);
  tcase_add_test (tcase, test_a_receiver_that_is_stopped_keeps_so_many_and_the_rest_goes_on);
  tcase_add_test (tcase, test_a_receiver_that_is_killed_stops_nobody);
  return device_test_run ("processes", suite, argc, argv);
}
