/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of real heaps that gst-heaps-1.0 alloc holds, by the kernel's account. */
#include "device-test.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#define MIB ((guint64) 1 << 20)

static GSubprocess *
start (const gchar *first, ...)
{
  GPtrArray *argv = g_ptr_array_new ();
  GSubprocess *process;
  va_list rest;

  g_ptr_array_add (argv, (gpointer) g_getenv ("GST_HEAPS_TOOL"));
  g_ptr_array_add (argv, (gpointer) "alloc");
  g_ptr_array_add (argv, (gpointer) "--json");
  va_start (rest, first);
  for (const gchar *word = first; word; word = va_arg (rest, const gchar *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (rest);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const gchar *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);
  fail_unless (process != NULL);
  g_ptr_array_unref (argv);
  return process;
}

/* What it says it holds. The document ends with a line "}". */
static JsonNode *
read_document (GSubprocess *process)
{
  GDataInputStream *lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  GString *text = g_string_new (NULL);
  JsonNode *root;
  gchar *line = NULL;

  do {
    g_free (line);
    line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
    fail_unless (line != NULL, "ended after \"%s\"", text->str);
    g_string_append (text, line);
  } while (!g_str_equal (line, "}"));
  root = json_from_string (text->str, NULL);
  fail_unless (root != NULL, "%s", text->str);
  g_free (line);
  g_string_free (text, TRUE);
  g_object_unref (lines);
  return root;
}

static void
end (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  fail_unless (g_subprocess_wait_check (process, NULL, NULL));
  g_object_unref (process);
}

static guint64
free_bytes (const gchar *name)
{
  GList *heaps = gst_heap_list ();
  guint64 bytes = 0;

  for (GList *item = heaps; item; item = item->next) {
    if (g_str_equal (gst_heap_get_name (item->data), name))
      fail_unless (gst_heap_get_capacity (item->data, NULL, &bytes));
  }
  g_list_free_full (heaps, g_object_unref);
  return bytes;
}

GST_START_TEST (test_the_kernel_counts_what_is_held)
{
  const gchar *heap = device_test_cma_heap ();
  GSubprocess *process = start ("--heap-require=contiguous", "--count=3", "1M", NULL);
  JsonNode *root = read_document (process);
  JsonObject *document = json_node_get_object (root);

  fail_unless_equals_string (json_object_get_string_member (document, "exporter"), heap);
  fail_unless_equals_int (json_object_get_int_member (document, "bytes"), 3 * MIB);
  fail_unless_equals_int (dmabuf_info_count (heap), 3);
  end (process);
  fail_unless_equals_int (dmabuf_info_count (heap), 0);
  json_node_unref (root);
}
GST_END_TEST

/* What the command is for: what does a pipeline say when the heap is nearly full? */
GST_START_TEST (test_a_pipeline_is_refused_by_a_heap_that_is_nearly_full)
{
  GSubprocess *process = start ("--heap-require=contiguous", "--leave", "2M", "1M", NULL);
  JsonNode *root = read_document (process);
  GstElement *pipeline =
      gst_parse_launch ("videotestsrc num-buffers=1 ! video/x-raw,format=NV12,width=1920,height=1080 ! "
                        "heapupload heap-name=default_cma_region ! fakesink",
          NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  guint64 left = free_bytes ("default_cma_region");
  GstMessage *message;
  GError *error;

  fail_unless (left >= MIB && left < 3 * MIB, "%" G_GUINT64_FORMAT " bytes are left", left);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT), "%s", error->message);
  g_error_free (error);
  gst_message_unref (message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  end (process);
  json_node_unref (root);
}
GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("held");
  TCase *tcase = tcase_create ("held");

  if (device_test_cma_heap () == NULL) {
    g_print ("SKIP: this kernel has no CMA heap\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 60);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_the_kernel_counts_what_is_held);
  tcase_add_test (tcase, test_a_pipeline_is_refused_by_a_heap_that_is_nearly_full);
  return device_test_run ("held", suite, argc, argv);
}
