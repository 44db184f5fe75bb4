/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* gst-heaps-1.0 probe and bench, as processes: what they find of real heaps, and that they leave nothing behind. */
#include "device-test.h"

#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <linux/videodev2.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BOUNDED "--milliseconds=1", "--size=1048576", "--largest=4194304"
#define N_SIGNALS 3

static const gchar *
tool (void)
{
  const gchar *path = g_getenv ("GST_HEAPS_TOOL");

  fail_unless (path != NULL, "GST_HEAPS_TOOL does not say where the tool is");
  return path;
}

/* What it says as JSON, of the heaps by name. */
static GHashTable *
run (const gchar *command, const gchar *const *arguments, JsonParser *parser)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree gchar *out = NULL;
  GHashTable *heaps = g_hash_table_new (g_str_hash, g_str_equal);
  GError *error = NULL;
  JsonArray *array;

  g_ptr_array_add (argv, (gpointer) tool ());
  g_ptr_array_add (argv, (gpointer) command);
  g_ptr_array_add (argv, (gpointer) "--json");
  for (; *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (gchar **) argv->pdata, NULL, 0, NULL, NULL, &out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_print ("# %s\n", out);
  json_parser_load_from_data (parser, out, -1, &error);
  g_assert_no_error (error);
  array = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "heaps");
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonObject *heap = json_array_get_object_element (array, i);

    g_hash_table_insert (heaps, (gpointer) json_object_get_string_member (heap, "name"), heap);
  }
  return heaps;
}

static const gchar *
answer (GHashTable *heaps, const gchar *heap, const gchar *member, const gchar *field)
{
  JsonObject *found = g_hash_table_lookup (heaps, heap);

  fail_unless (found != NULL, "there is no heap %s", heap);
  return json_object_get_string_member (json_object_get_object_member (found, member), field);
}

/* What it finds with an instance of vivid as the witness; none: G_MAXUINT. */
static void
assert_contiguous (guint instance, const gchar *of_system, const gchar *of_cma)
{
  const gchar *cma = device_test_cma_heap ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree gchar *device = instance == G_MAXUINT ? NULL : device_test_camera (instance);
  g_autofree gchar *option = device ? g_strdup_printf ("--device=%s", device) : NULL;
  const gchar *arguments[] = { BOUNDED, "system", cma, option, NULL };
  GHashTable *heaps = run ("probe", arguments, parser);

  fail_unless (instance == G_MAXUINT || device != NULL, "there is no camera %u", instance);
  for (guint i = 0; i < 2; i++) {
    const gchar *heap = i == 0 ? "system" : cma;

    fail_unless_equals_string (answer (heaps, heap, "zeroed", "answer"), "yes");
    /* By time, which the VM takes away as it likes. */
    fail_if (g_str_equal (answer (heaps, heap, "cached", "answer"), "no"));
  }
  fail_unless_equals_string (answer (heaps, "system", "contiguous", "answer"), of_system);
  fail_unless_equals_string (answer (heaps, cma, "contiguous", "answer"), of_cma);
  fail_unless_equals_string (answer (heaps, cma, "contiguous", "known"), "yes");
  g_hash_table_unref (heaps);
}

GST_START_TEST (test_device_that_needs_contiguous_memory_tells_which_is)
{
  assert_contiguous (1, "no", "yes");
}

GST_END_TEST

GST_START_TEST (test_device_with_a_memory_for_each_plane_tells_it_too)
{
  assert_contiguous (2, "no", "yes");
}

GST_END_TEST

GST_START_TEST (test_device_that_takes_any_memory_tells_nothing)
{
  assert_contiguous (0, "unknown", "unknown");
}

GST_END_TEST

/* By one who has it stream, or may any moment. */
GST_START_TEST (test_device_in_use_tells_nothing)
{
  struct v4l2_requestbuffers request = { .count = 2, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP };
  g_autofree gchar *device = device_test_camera (1);
  int fd = open (device, O_RDWR | O_CLOEXEC);

  fail_unless (fd >= 0 && ioctl (fd, VIDIOC_REQBUFS, &request) == 0, "vivid: %s", g_strerror (errno));
  assert_contiguous (1, "unknown", "unknown");
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_without_a_device_it_is_what_the_kernel_promises)
{
  assert_contiguous (G_MAXUINT, "unknown", "unknown");
}

GST_END_TEST

GST_START_TEST (test_bench_compares_at_each_heap)
{
  const gchar *cma = device_test_cma_heap ();
  const gchar *arguments[] = { "--frames=320x240", "--pairs=3", "--milliseconds=1", "system", cma, "process", NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  guint n_buffers = dmabuf_info_count (NULL);
  GHashTable *heaps = run ("bench", arguments, parser);

  fail_unless_equals_int (g_hash_table_size (heaps), 3);
  for (guint i = 3; i < 6; i++) {
    JsonArray *cases = json_object_get_array_member (g_hash_table_lookup (heaps, arguments[i]), "cases");

    fail_unless (json_array_get_length (cases) >= 3);
    for (guint j = 0; j < json_array_get_length (cases); j++)
      fail_unless (json_object_get_null_member (json_array_get_object_element (cases, j), "skipped"));
  }
  fail_unless_equals_int (dmabuf_info_count (NULL), n_buffers);
  g_hash_table_unref (heaps);
}

GST_END_TEST

/* Of the process that ended, its output closed for it when that is so. */
static int
run_and_signal (const gchar *command, guint microseconds, int number, gboolean is_closed)
{
  g_autofree gchar *device = device_test_camera (1);
  int output[2], status;
  pid_t pid;

  fail_unless (pipe (output) == 0);
  pid = fork ();
  fail_unless (pid >= 0);
  if (pid == 0) {
    dup2 (output[1], STDOUT_FILENO);
    close (output[0]);
    close (output[1]);
    if (g_str_equal (command, "probe"))
      execl (tool (), tool (), "probe", "--device", device, "--milliseconds=50", (char *) NULL);
    else
      execl (tool (), tool (), "bench", (char *) NULL);
    _exit (127);
  }
  close (output[1]);
  if (is_closed)
    close (output[0]);
  g_usleep (microseconds);
  if (number != 0)
    kill (pid, number);
  fail_unless (waitpid (pid, &status, 0) == pid);
  if (!is_closed)
    close (output[0]);
  return status;
}

static void
assert_leaves_nothing (const gchar *command, int number, guint n_buffers)
{
  for (guint i = 0; i < N_SIGNALS; i++) {
    int status = run_and_signal (command, i * 500000 + 100000, number, FALSE);

    fail_unless (WIFSIGNALED (status) && WTERMSIG (status) == number, "ended with status %#x", status);
    fail_unless_equals_int (dmabuf_info_count (NULL), n_buffers);
  }
}

GST_START_TEST (test_interrupted_they_leave_nothing_behind)
{
  guint n_buffers = dmabuf_info_count (NULL);

  assert_leaves_nothing ("probe", SIGINT, n_buffers);
  assert_leaves_nothing ("probe", SIGTERM, n_buffers);
  assert_leaves_nothing ("probe", SIGKILL, n_buffers);
  assert_leaves_nothing ("bench", SIGINT, n_buffers);
}

GST_END_TEST

GST_START_TEST (test_with_nobody_to_read_it_leaves_nothing_behind)
{
  guint n_buffers = dmabuf_info_count (NULL);
  int status = run_and_signal ("probe", 0, 0, TRUE);

  fail_unless (WIFSIGNALED (status) && WTERMSIG (status) == SIGPIPE, "ended with status %#x", status);
  fail_unless_equals_int (dmabuf_info_count (NULL), n_buffers);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("probe");
  TCase *tcase = tcase_create ("probe");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_device_that_needs_contiguous_memory_tells_which_is);
  tcase_add_test (tcase, test_device_with_a_memory_for_each_plane_tells_it_too);
  tcase_add_test (tcase, test_device_that_takes_any_memory_tells_nothing);
  tcase_add_test (tcase, test_device_in_use_tells_nothing);
  tcase_add_test (tcase, test_without_a_device_it_is_what_the_kernel_promises);
  tcase_add_test (tcase, test_bench_compares_at_each_heap);
  tcase_add_test (tcase, test_interrupted_they_leave_nothing_behind);
  tcase_add_test (tcase, test_with_nobody_to_read_it_leaves_nothing_behind);
  return device_test_run ("probe", suite, argc, argv);
}
