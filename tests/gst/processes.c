/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Frames through GStreamer's unixfdsink and unixfdsrc, which are there from 1.24 on. Both ends are in this process, and
 * know nothing of each other. tests/device/processes.c has two processes. */
#include "testing.h"

#include "gst/elements/gstheapimport.h"

#include <gst/allocators/allocators.h>

#include <glib/gstdio.h>
#include <unistd.h>

#define N_FRAMES 50
#define CAPS "video/x-raw,format=NV12,width=62,height=34,framerate=25/1"

static gchar *socket_path;

static void
setup (void)
{
  test_setup ();
  GST_ELEMENT_REGISTER (heapimport, NULL);
  socket_path = g_strdup_printf ("%s/gst-processes-%d", g_get_tmp_dir (), (int) getpid ());
}

static void
teardown (void)
{
  g_unlink (socket_path);
  g_clear_pointer (&socket_path, g_free);
}

static GstElement *
sender_new (const gchar *settings)
{
  return test_pipeline_new ("videotestsrc num-buffers=%d pattern=ball ! " CAPS " ! heapupload name=up %s ! "
                            "unixfdsink wait-for-connection=true sync=false socket-path=%s",
      N_FRAMES, settings, socket_path);
}

static GstElement *
receiver_new (void)
{
  return test_pipeline_new (
      "unixfdsrc socket-path=%s ! heapimport name=in ! fakesink name=out sync=false", socket_path);
}

static void
wait_for_socket (void)
{
  for (guint i = 0; i < 2000 && !g_file_test (socket_path, G_FILE_TEST_EXISTS); i++)
    g_usleep (10000);
}

GST_START_TEST (test_frames_arrive_as_they_were_and_each_buffer_is_one_memory)
{
  GstElement *sender = sender_new (""), *receiver = receiver_new ();
  TestWatch *sent = test_watch_new (sender, "up", "src", "system", TRUE);
  TestWatch *received = test_watch_new (receiver, "in", "src", NULL, TRUE);
  guint64 imports;

  test_play (sender);
  wait_for_socket ();
  test_play_to_eos (receiver);
  test_assert_same_digests (sent, received);
  fail_unless_equals_int (received->n_buffers, N_FRAMES);
  imports = test_stat (receiver, "in", "imports");
  fail_unless (imports <= g_hash_table_size (sent->inodes), "%" G_GUINT64_FORMAT " imports", imports);
  fail_unless (imports < N_FRAMES / 2);
  fail_unless_equals_uint64 (test_stat (sender, "up", "frames-copied"), 0);
  fail_unless_equals_uint64 (test_stat (sender, "up", "frames-dropped"), 0);
  test_pipeline_free (receiver);
  test_pipeline_free (sender);
  test_watch_free (sent);
  test_watch_free (received);
}

GST_END_TEST

static GstPadProbeReturn
check_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMemory *memory = gst_buffer_peek_memory (buffer, 0);
  GstHeapMeta *meta = gst_buffer_get_heap_meta (buffer);

  g_assert_nonnull (gst_buffer_get_video_meta (buffer));
  g_assert_nonnull (meta);
  g_assert_cmpstr (meta->heap, ==, "system");
  g_assert_true (gst_is_dmabuf_memory (memory));
  g_assert_cmpuint (memory->size, ==, 64 * 34 * 3 / 2);
  g_assert_cmpuint (memory->maxsize, ==, 3 * HEAP_FIXTURE_PAGE);
  ++*(guint *) data;
  return GST_PAD_PROBE_OK;
}

/* Whatever of it GStreamer itself carries. */
GST_START_TEST (test_layout_and_true_size_arrive)
{
  GstElement *sender = sender_new ("min-size=12000"), *receiver = receiver_new ();
  GstElement *in = gst_bin_get_by_name (GST_BIN (receiver), "in");
  GstPad *pad = gst_element_get_static_pad (in, "src");
  guint n = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, check_frame, &n, NULL);
  test_play (sender);
  wait_for_socket ();
  test_play_to_eos (receiver);
  fail_unless_equals_int (n, N_FRAMES);
  gst_object_unref (pad);
  gst_object_unref (in);
  test_pipeline_free (receiver);
  test_pipeline_free (sender);
}

GST_END_TEST

static Suite *
processes_suite (void)
{
  Suite *suite = suite_create ("processes");
  TCase *tcase = test_case_new (suite, "processes", setup);

  tcase_add_checked_fixture (tcase, NULL, teardown);
  tcase_add_test (tcase, test_frames_arrive_as_they_were_and_each_buffer_is_one_memory);
  tcase_add_test (tcase, test_layout_and_true_size_arrive);
  return suite;
}

GST_CHECK_MAIN (processes)
