/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Clients of GStreamer's unixfdsink that end or stop in the middle of a command, as one does that is killed. They are
 * played here by hand, since the moment between two system calls of unixfdsrc is not to be met on purpose. */
#include "testing.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_LENT 4
#define PATIENCE_SECONDS 5
#define QUIET_MICROSECONDS 400000
#define CAPS "video/x-raw,format=NV12,width=64,height=34,framerate=50/1"
#define RELEASE 1 /* command */

/* As GStreamer has it in gstunixfd.h; what follows the id of a frame is of no interest here. */
typedef struct {
  guint32 type;
  guint32 payload_size;
} Header;

static gchar *socket_path;

static void
setup (void)
{
  test_setup ();
  socket_path = g_strdup_printf ("%s/gst-clients-%d", g_get_tmp_dir (), (int) getpid ());
}

static void
teardown (void)
{
  g_unlink (socket_path);
  g_clear_pointer (&socket_path, g_free);
}

static GstElement *
sender_new (void)
{
  GstElement *sender = test_pipeline_new ("videotestsrc is-live=true ! " CAPS " ! heapupload name=up max-lent=%d ! "
                                          "queue ! unixfdsink name=sink socket-path=%s",
      MOST_LENT, socket_path);

  test_play (sender);
  for (guint i = 0; i < 2000 && !g_file_test (socket_path, G_FILE_TEST_EXISTS); i++)
    g_usleep (10000);
  return sender;
}

static int
connect_client (void)
{
  struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, socket_path, sizeof address.sun_path);
  fail_unless (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) == 0);
  fail_unless (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
  return fd;
}

/* Descriptors that come along are closed by the kernel. Returns: the id of a frame; 0 for another command */
static guint64
receive_command (int fd)
{
  gchar payload[4096];
  guint64 id = 0;
  Header header;

  fail_unless (recv (fd, &header, sizeof header, MSG_WAITALL) == sizeof header, "the sender has stopped");
  fail_unless (header.payload_size <= sizeof payload);
  fail_unless (recv (fd, payload, header.payload_size, MSG_WAITALL) == (gssize) header.payload_size);
  if (header.type == 0)
    memcpy (&id, payload, sizeof id);
  return id;
}

/* Returns: the id of the last one */
static guint64
receive_frames (int fd, guint n)
{
  guint64 id = 0;

  while (n > 0) {
    id = receive_command (fd);
    n -= id != 0;
  }
  return id;
}

/* All that are lent, so that nothing is left unread: the end of such a client is an error for its peer. */
static guint64
receive_all (int fd)
{
  guint64 id = receive_frames (fd, MOST_LENT);
  gchar byte;

  g_usleep (QUIET_MICROSECONDS);
  fail_unless (recv (fd, &byte, 1, MSG_DONTWAIT) < 0, "more than %d frames came", MOST_LENT);
  return id;
}

static void
send_header (int fd, guint32 payload_size)
{
  Header header = { RELEASE, payload_size };

  fail_unless (send (fd, &header, sizeof header, MSG_NOSIGNAL) == sizeof header);
}

static void
assert_frames_go_to_others (void)
{
  int fd = connect_client ();

  receive_frames (fd, MOST_LENT / 2);
  close (fd);
}

static guint
count_clients (GstElement *sender)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (sender), "sink");
  guint n;

  g_object_get (sink, "num-clients", &n, NULL);
  gst_object_unref (sink);
  return n;
}

static void
wait_for_clients (GstElement *sender, guint expected)
{
  for (guint i = 0; i < 500 && count_clients (sender) != expected; i++)
    g_usleep (10000);
  fail_unless_equals_int (count_clients (sender), expected);
}

GST_START_TEST (test_a_client_that_ends_in_the_middle_of_a_command_stops_nobody)
{
  GstElement *sender = sender_new ();

  for (guint i = 0; i < 5; i++) {
    int fd = connect_client ();

    receive_all (fd);
    send_header (fd, sizeof (guint64));
    close (fd);
    assert_frames_go_to_others ();
  }
  wait_for_clients (sender, 0);
  test_pipeline_free (sender);
}

GST_END_TEST

GST_START_TEST (test_a_client_that_says_half_a_header_stops_nobody)
{
  GstElement *sender = sender_new ();
  int fd = connect_client ();

  receive_all (fd);
  fail_unless (send (fd, "\1\0\0", 3, MSG_NOSIGNAL) == 3);
  close (fd);
  assert_frames_go_to_others ();
  wait_for_clients (sender, 0);
  test_pipeline_free (sender);
}

GST_END_TEST

/* As one that is stopped there, and goes on later. */
GST_START_TEST (test_the_rest_of_a_command_is_waited_for_without_the_others)
{
  GstElement *sender = sender_new ();
  int fd = connect_client ();
  guint64 id = receive_frames (fd, 1);

  send_header (fd, sizeof id);
  g_usleep (QUIET_MICROSECONDS);
  fail_unless_equals_int (count_clients (sender), 1);
  fail_unless (send (fd, &id, sizeof id, MSG_NOSIGNAL) == sizeof id);
  receive_frames (fd, MOST_LENT);
  close (fd);
  wait_for_clients (sender, 0);
  test_pipeline_free (sender);
}

GST_END_TEST

GST_START_TEST (test_a_client_that_announces_too_much_is_cut_off)
{
  GstElement *sender = sender_new ();
  int fd = connect_client ();

  receive_all (fd);
  send_header (fd, G_MAXUINT32);
  wait_for_clients (sender, 0);
  assert_frames_go_to_others ();
  close (fd);
  test_pipeline_free (sender);
}

GST_END_TEST

static Suite *
clients_suite (void)
{
  Suite *suite = suite_create ("clients");
  TCase *tcase = test_case_new (suite, "clients", setup);

  tcase_add_checked_fixture (tcase, NULL, teardown);
  tcase_add_test (tcase, test_a_client_that_ends_in_the_middle_of_a_command_stops_nobody);
  tcase_add_test (tcase, test_a_client_that_says_half_a_header_stops_nobody);
  tcase_add_test (tcase, test_the_rest_of_a_command_is_waited_for_without_the_others);
  tcase_add_test (tcase, test_a_client_that_announces_too_much_is_cut_off);
  return suite;
}

GST_CHECK_MAIN (clients)
