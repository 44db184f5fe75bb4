/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer names sinks and devices that copy what they cannot import, and nobody where they import it. */
#include "device-test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#define N_FRAMES 5
#define SOCKET "/tmp/tracer-test"
#define SOURCE "videotestsrc num-buffers=5 ! "
#define BGRX "video/x-raw,format=BGRx,width=640,height=480 ! "
#define BGRX_SIZE (640 * 480 * 4)
/* The size vicodec begins with: another one fails. */
#define I420 "video/x-raw,format=I420,width=1280,height=720 ! "
#define I420_SIZE (1280 * 720 * 3 / 2)
/* system, where the display needs nothing better; an identity that lets no offer of the sink's through. */
#define HEAP "heapupload name=up heap-name=system ! "
#define PLAIN "identity drop-allocation=true ! "

typedef struct {
  const gchar *pipeline; /* whose last element is called "last" */
  const gchar *factory;  /* that has to be there */
  guint minor;           /* of the GStreamer that has it so, or a later one */
  guint64 frame;         /* bytes of a frame that it copies; 0: it copies none */
} Case;

static const Case cases[] = {
  { SOURCE BGRX PLAIN "kmssink name=last driver-name=vkms sync=false", "kmssink", 22, BGRX_SIZE },
  { SOURCE BGRX HEAP "kmssink name=last driver-name=vkms sync=false", "kmssink", 22, 0 },
  { SOURCE I420 HEAP "v4l2fwhtenc name=last ! fakesink", "v4l2fwhtenc", 22, I420_SIZE },
  { SOURCE I420 HEAP "v4l2fwhtenc name=last output-io-mode=dmabuf-import ! fakesink", "v4l2fwhtenc", 22, 0 },
  { SOURCE BGRX PLAIN "unixfdsink name=last sync=false socket-path=" SOCKET, "unixfdsink", 28, BGRX_SIZE },
  { SOURCE BGRX HEAP "unixfdsink name=last sync=false socket-path=" SOCKET, "unixfdsink", 24, 0 },
};

/* Runs pipeline in a process of its own. Returns: (transfer full): the books */
static JsonParser *
run (const gchar *pipeline)
{
  JsonParser *parser = json_parser_new ();
  gchar *file = g_strdup_printf ("%s/tracer-test-%d.json", g_get_tmp_dir (), (int) getpid ());
  gchar *tracers = g_strdup_printf ("heaps(file=%s)", file);
  gchar *command = g_strdup_printf ("gst-launch-1.0 -q %s", pipeline);
  GError *error = NULL;
  gint status;

  g_setenv ("GST_TRACERS", tracers, TRUE);
  fail_unless (g_spawn_command_line_sync (command, NULL, NULL, &status, &error));
  g_unsetenv ("GST_TRACERS");
  fail_unless_equals_int (status, 0);
  fail_unless (json_parser_load_from_file (parser, file, &error), "%s", error ? error->message : "");
  g_unlink (file);
  g_free (file);
  g_free (tracers);
  g_free (command);
  return parser;
}

/* A sink may render the frame that it waited with once more. */
static gboolean
is_right (guint64 copied, guint64 frame)
{
  return frame == 0 ? copied == 0 : copied == N_FRAMES * frame || copied == (N_FRAMES + 1) * frame;
}

/* That the element called "last" copied each frame of so many bytes, and nobody else any. */
static void
assert_copied (JsonParser *books, guint64 frame)
{
  JsonObject *root = json_node_get_object (json_parser_get_root (books));
  JsonArray *elements = json_object_get_array_member (root, "elements");

  for (guint i = 0; i < json_array_get_length (elements); i++) {
    JsonObject *element = json_array_get_object_element (elements, i);
    const gchar *name = json_object_get_string_member (element, "name");
    guint64 copied = json_object_get_int_member (element, "bytes-copied");

    fail_unless (is_right (copied, g_str_equal (name, "last") ? frame : 0), "%s copied %" G_GUINT64_FORMAT " bytes",
        name, copied);
  }
}

/* What allocators counted, by a member of theirs. */
static guint64
sum_of_allocators (JsonParser *books, const gchar *member)
{
  JsonObject *root = json_node_get_object (json_parser_get_root (books));
  JsonArray *allocators = json_object_get_array_member (root, "allocators");
  guint64 sum = 0;

  for (guint i = 0; i < json_array_get_length (allocators); i++)
    sum += json_object_get_int_member (json_array_get_object_element (allocators, i), member);
  return sum;
}

/* That the allocators say the same: the CPU had each frame of a heap once, to write it, and once more to copy it. */
static void
assert_allocators_agree (JsonParser *books, const Case *test_case)
{
  guint64 syncs = sum_of_allocators (books, "syncs");
  guint64 in_heap = strstr (test_case->pipeline, HEAP) ? N_FRAMES : 0, least = 2 * in_heap;

  if (test_case->frame > 0)
    least += 2 * in_heap;
  fail_unless_equals_uint64 (sum_of_allocators (books, "copied-bytes"), 0);
  fail_unless (syncs == least || (test_case->frame > 0 && in_heap > 0 && syncs == least + 2),
      "%" G_GUINT64_FORMAT " SYNCs, not %" G_GUINT64_FORMAT, syncs, least);
}

static guint
running_minor (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return minor;
}

static gboolean
has (const gchar *factory, guint minor)
{
  GstElementFactory *found = gst_element_factory_find (factory);
  gboolean result = found && running_minor () >= minor;

  g_clear_object (&found);
  return result;
}

GST_START_TEST (test_sinks_and_devices_that_copy_are_named)
{
  const Case *test_case = &cases[__i__];
  JsonParser *books;

  if (!has (test_case->factory, test_case->minor))
    return;
  g_remove (SOCKET);
  books = run (test_case->pipeline);
  assert_copied (books, test_case->frame);
  assert_allocators_agree (books, test_case);
  g_object_unref (books);
}
GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("tracer");
  TCase *tcase = tcase_create ("tracer");

  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_sinks_and_devices_that_copy_are_named, 0, G_N_ELEMENTS (cases));
  return device_test_run ("tracer", suite, argc, argv);
}
