/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who holds what, by files like the kernel's. */
#include "gst/heaps/gstheapusage-private.h"

#include <gst/check/gstcheck.h>
#include <gst/heaps/gstheaperror.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static gchar *root, *bufinfo;

static void write_file (const gchar *text, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

static gchar *
make_path (const gchar *format, va_list arguments)
{
  gchar *name = g_strdup_vprintf (format, arguments), *path = g_build_filename (root, name, NULL);
  gchar *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_free (directory);
  g_free (name);
  return path;
}

static void
write_file (const gchar *text, const gchar *format, ...)
{
  va_list arguments;
  gchar *path;

  va_start (arguments, format);
  path = make_path (format, arguments);
  va_end (arguments);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_free (path);
}

static void
write_link (const gchar *target, const gchar *format, ...)
{
  va_list arguments;
  gchar *path;

  va_start (arguments, format);
  path = make_path (format, arguments);
  va_end (arguments);
  g_assert_cmpint (symlink (target, path), ==, 0);
  g_free (path);
}

static void
add_process (gint pid, const gchar *command)
{
  gchar *line = g_strconcat (command, "\n", NULL);

  write_file (line, "%d/comm", pid);
  write_link ("/dev/null", "%d/fd/0", pid);
  write_link ("socket:[1]", "%d/fd/1", pid);
  g_free (line);
}

static void
add_fd (gint pid, gint fd, guint64 inode, guint64 size, const gchar *heap, const gchar *name)
{
  gchar *target = g_strconcat ("/dmabuf:", name, NULL);
  gchar *info = g_strdup_printf ("pos:\t0\nflags:\t02000002\nmnt_id:\t15\nino:\t%" G_GUINT64_FORMAT
                                 "\nsize:\t%" G_GUINT64_FORMAT "\ncount:\t2\nexp_name:\t%s\nname:\t%s\n",
      inode, size, heap, name);

  write_link (target, "%d/fd/%d", pid, fd);
  write_file (info, "%d/fdinfo/%d", pid, fd);
  g_free (info);
  g_free (target);
}

static void
setup (void)
{
  root = g_dir_make_tmp ("usage-XXXXXX", NULL);
  bufinfo = g_build_filename (root, "bufinfo", NULL);
}

static void
remove_tree (const gchar *path)
{
  GDir *directory = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const gchar *name;

  while (directory && (name = g_dir_read_name (directory))) {
    gchar *below = g_build_filename (path, name, NULL);

    remove_tree (below);
    g_free (below);
  }
  g_clear_pointer (&directory, g_dir_close);
  g_remove (path);
}

static void
teardown (void)
{
  remove_tree (root);
  g_free (bufinfo);
  g_free (root);
}

static GstHeapUsage *
take (void)
{
  GError *error = NULL;
  GstHeapUsage *usage = gst_heap_usage_new_from_files (root, bufinfo, &error);

  g_assert_no_error (error);
  return usage;
}

static void
assert_heap (GstHeapUsage *usage, guint heap, const gchar *name, guint64 bytes, guint n)
{
  guint counted;

  fail_unless_equals_string (gst_heap_usage_get_heap_name (usage, heap), name);
  fail_unless_equals_uint64 (gst_heap_usage_get_heap_bytes (usage, heap, &counted), bytes);
  fail_unless_equals_int (counted, n);
}

static void
assert_holder (GstHeapUsage *usage, guint heap, guint holder, gint pid, guint64 bytes, guint64 shared, guint n)
{
  guint64 counted_shared;
  guint counted;

  fail_unless_equals_int (gst_heap_usage_get_holder_pid (usage, heap, holder), pid);
  fail_unless_equals_uint64 (gst_heap_usage_get_holder_bytes (usage, heap, holder, &counted, &counted_shared), bytes);
  fail_unless_equals_uint64 (counted_shared, shared);
  fail_unless_equals_int (counted, n);
}

GST_START_TEST (test_fds_of_one_buffer_count_once)
{
  GstHeapUsage *usage;

  add_process (10, "camera");
  add_fd (10, 5, 77, 4 * MIB, "system", "");
  add_fd (10, 6, 77, 4 * MIB, "system", "");
  add_fd (10, 7, 78, MIB, "system", "src/0");
  usage = take ();
  fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 1);
  assert_heap (usage, 0, "system", 5 * MIB, 2);
  fail_unless_equals_int (gst_heap_usage_get_n_holders (usage, 0), 1);
  assert_holder (usage, 0, 0, 10, 5 * MIB, 0, 2);
  fail_unless_equals_string (gst_heap_usage_get_holder_command (usage, 0, 0), "camera");
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_shared_buffers_count_once_for_the_heap)
{
  GstHeapUsage *usage;

  add_process (10, "sender");
  add_process (11, "receiver");
  add_fd (10, 5, 77, 4 * MIB, "default_cma_region", "");
  add_fd (10, 6, 78, 2 * MIB, "default_cma_region", "");
  add_fd (11, 9, 77, 4 * MIB, "default_cma_region", "");
  add_fd (11, 3, 90, MIB, "udmabuf", "");
  usage = take ();
  fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 2);
  assert_heap (usage, 0, "default_cma_region", 6 * MIB, 2);
  assert_holder (usage, 0, 0, 10, 6 * MIB, 4 * MIB, 2);
  assert_holder (usage, 0, 1, 11, 4 * MIB, 4 * MIB, 1);
  assert_heap (usage, 1, "udmabuf", MIB, 1);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_mappings_hold_buffers_whose_fd_is_closed)
{
  GstHeapUsage *usage;

  add_process (10, "viewer");
  add_process (11, "camera");
  add_fd (11, 5, 77, 4 * MIB, "system", "");
  write_file ("7f0000000000-7f0000200000 rw-s 00100000 00:0e 77                         /dmabuf:\n"
              "7f0000400000-7f0000600000 rw-s 00000000 00:0e 99                         /dmabuf:x (deleted)\n"
              "7f0000800000-7f0000a00000 r-xp 00000000 00:0e 5                          /usr/bin/viewer\n"
              "7f0000c00000-7f0000e00000 rw-p 00000000 00:00 0 \nnonsense /dmabuf:\n",
      "10/maps");
  usage = take ();
  fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 2);
  assert_heap (usage, 0, "system", 4 * MIB, 1);
  assert_holder (usage, 0, 0, 10, 4 * MIB, 4 * MIB, 1);
  assert_heap (usage, 1, "?", 2 * MIB, 1);
  assert_holder (usage, 1, 0, 10, 2 * MIB, 0, 1);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_bufinfo_tells_of_what_no_process_holds)
{
  guint64 bytes;
  guint n;
  GstHeapUsage *usage;

  add_process (10, "camera");
  add_fd (10, 5, 77, 4 * MIB, "system", "");
  write_file ("\nDma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     \tname\n"
              "04194304\t00000002\t00080007\t00000002\tsystem\t00000077\t\n"
              "\tAttached Devices:\n\tvivid.0\nTotal 1 devices attached\n\n"
              "01048576\t00000002\t00080007\t00000001\tsystem\t00000088\tend/1\n"
              "\tAttached Devices:\nTotal 0 devices attached\n\n\nTotal 2 objects, 5242880 bytes\n",
      "bufinfo");
  usage = take ();
  assert_heap (usage, 0, "system", 5 * MIB, 2);
  fail_unless (gst_heap_usage_get_unheld_bytes (usage, 0, &bytes, &n));
  fail_unless_equals_uint64 (bytes, MIB);
  fail_unless_equals_int (n, 1);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_without_bufinfo_that_is_not_known)
{
  GstHeapUsage *usage;

  add_process (10, "camera");
  add_fd (10, 5, 77, 4 * MIB, "system", "");
  usage = take ();
  fail_unless (!gst_heap_usage_get_unheld_bytes (usage, 0, NULL, NULL));
  gst_heap_usage_unref (usage);
}

GST_END_TEST

/* A process names itself and its buffers as it likes. */
GST_START_TEST (test_names_cannot_pretend)
{
  GstHeapUsage *usage;

  add_process (10, "evil");
  add_fd (10, 5, 77, 4096, "system", "x\nexp_name:\tdefault_cma_region\nsize:\t999999999\nino:\t1");
  write_link ("/tmp/dmabuf:", "10/fd/8");
  write_link ("/dmabuf:", "10/fd/9"); /* gone before its fdinfo is read */
  write_file ("", "self/comm");
  write_file ("", "-5/comm");
  write_file ("", "99999999999999999999/comm");
  usage = take ();
  fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 1);
  assert_heap (usage, 0, "system", 4096, 1);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

/* What the kernel says not itself is not taken from the name: Linux before 5.19 has no inode in fdinfo. */
GST_START_TEST (test_a_name_cannot_tell_an_inode)
{
  GstHeapUsage *usage;

  add_process (10, "evil");
  write_link ("/dmabuf:x", "10/fd/5");
  write_file ("pos:\t0\nsize:\t4096\ncount:\t2\nexp_name:\tsystem\nname:\tx\nino:\t77\n", "10/fdinfo/5");
  usage = take ();
  fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 0);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_a_name_cannot_pretend_to_be_a_buffer)
{
  static const gchar *names[] = { "\n999999999\t\t\t\tsystem\t77\t", "\n99999999\t2\t7\t1\tsystem\t88\t" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gchar *text = g_strdup_printf ("00004096\t00000002\t00080007\t00000002\tsystem\t00000077\t%s\n", names[i]);
    GstHeapUsage *usage;

    fail_unless (strlen (names[i]) < 32);
    write_file (text, "bufinfo");
    usage = take ();
    fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 1);
    assert_heap (usage, 0, "system", 4096, 1);
    gst_heap_usage_unref (usage);
    g_free (text);
  }
}

GST_END_TEST

GST_START_TEST (test_processes_that_cannot_be_looked_at_are_counted)
{
  GstHeapUsage *usage;

  add_process (10, "camera");
  write_file ("", "11/fd"); /* no directory, as good as one that is closed: this may run as root */
  write_file ("gone\n", "12/comm");
  usage = take ();
  fail_unless_equals_int (gst_heap_usage_get_n_unseen (usage), 1);
  fail_unless_equals_int (gst_heap_usage_get_n_heaps (usage), 0);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_without_proc_there_is_an_error)
{
  GError *error = NULL;

  fail_unless (!gst_heap_usage_new_from_files ("/nonexistent", bufinfo, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NOT_FOUND);
  g_error_free (error);
}

GST_END_TEST

GST_START_TEST (test_this_machine_can_be_looked_at)
{
  GError *error = NULL;
  GstHeapUsage *usage = gst_heap_usage_new (&error);

  g_assert_no_error (error);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

static Suite *
usage_suite (void)
{
  Suite *suite = suite_create ("usage");
  TCase *tcase = tcase_create ("usage");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, test_fds_of_one_buffer_count_once);
  tcase_add_test (tcase, test_shared_buffers_count_once_for_the_heap);
  tcase_add_test (tcase, test_mappings_hold_buffers_whose_fd_is_closed);
  tcase_add_test (tcase, test_bufinfo_tells_of_what_no_process_holds);
  tcase_add_test (tcase, test_without_bufinfo_that_is_not_known);
  tcase_add_test (tcase, test_names_cannot_pretend);
  tcase_add_test (tcase, test_a_name_cannot_tell_an_inode);
  tcase_add_test (tcase, test_a_name_cannot_pretend_to_be_a_buffer);
  tcase_add_test (tcase, test_processes_that_cannot_be_looked_at_are_counted);
  tcase_add_test (tcase, test_without_proc_there_is_an_error);
  tcase_add_test (tcase, test_this_machine_can_be_looked_at);
  return suite;
}

GST_CHECK_MAIN (usage)
