/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload with a heap that heaps.conf declares protected: devices are let through, and who needs the CPU is told. */
#include "upload-harness.h"

#include <gst/base/gstpushsrc.h>

#define RAW "video/x-raw"
#define DMABUF "video/x-raw(memory:DMABuf)"
#define SIZE ",width=32,height=16,framerate=25/1"

static const gchar config[] = "[vault]\n"
                              "protected=yes\n";

/* A source that has a device write into the buffers it is offered: the CPU does not touch them. */
typedef GstPushSrc Camera;
typedef GstPushSrcClass CameraClass;

static GType camera_get_type (void);
G_DEFINE_TYPE (Camera, camera, GST_TYPE_PUSH_SRC)

static GstFlowReturn
camera_fill (GstPushSrc *src, GstBuffer *buffer)
{
  return GST_FLOW_OK;
}

static void
camera_class_init (CameraClass *klass)
{
  GstCaps *caps = gst_caps_from_string (RAW ",format={I420,NV12},width=32,height=16,framerate=25/1");

  klass->fill = camera_fill;
  gst_element_class_add_pad_template (
      GST_ELEMENT_CLASS (klass), gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "camera", "Source", "camera", "camera");
  gst_caps_unref (caps);
}

static void
camera_init (Camera *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

static void
setup (void)
{
  test_setup ();
  fake_add_heap ("vault");
  gst_element_register (NULL, "camera", GST_RANK_NONE, camera_get_type ());
}

static void
assert_cpu_kept_off (GstElement *pipeline)
{
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 0);
  fail_unless_equals_uint64 (test_stat (pipeline, "upload", "frames-copied"), 0);
}

static GstPadProbeReturn
count_marked (GstPad *pad, GstPadProbeInfo *info, gpointer n)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMemory *memory = gst_buffer_peek_memory (buffer, 0);

  if (GST_MEMORY_FLAG_IS_SET (memory, GST_MEMORY_FLAG_NOT_MAPPABLE) && gst_buffer_get_video_meta (buffer))
    g_atomic_int_inc ((gint *) n);
  return GST_PAD_PROBE_OK;
}

static const gchar *const takers[] = {
  "fakesink",
  DMABUF " ! fakesink",
  DMABUF ",format=I420 ! fakesink",
  "queue ! tee name=t ! queue ! fakesink t. ! queue ! identity ! fakesink",
  "capsfilter caps=\"" RAW ";" DMABUF "\" ! fakesink",
  "videorate ! " DMABUF ",framerate=50/1 ! fakesink",
};

GST_START_TEST (test_devices_on_both_sides_use_protected_memory)
{
  GstElement *pipeline = test_pipeline_new (
      "camera num-buffers=8 ! " RAW ",format=I420 ! heapupload name=upload heap-name=vault ! %s", takers[__i__]);
  TestWatch *watch = test_watch_new (pipeline, "upload", "src", "vault", FALSE);
  GstElement *upload = gst_bin_get_by_name (GST_BIN (pipeline), "upload");
  GstPad *pad = gst_element_get_static_pad (upload, "src");
  GstCaps *caps;
  gint n_marked = 0;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_marked, &n_marked, NULL);
  test_play_to_eos (pipeline);
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_caps_features_contains (gst_caps_get_features (caps, 0), "memory:DMABuf"));
  test_watch_assert_in_heap (watch, 8);
  fail_unless_equals_int (n_marked, 8);
  assert_cpu_kept_off (pipeline);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  gst_object_unref (upload);
  test_pipeline_free (pipeline);
  test_watch_free (watch);
}
GST_END_TEST

/* needy is whom heapupload names. */
static const gchar *const refusers[] = {
  "capsfilter name=needy caps=" RAW " ! fakesink",
  "videoconvert ! capsfilter name=needy caps=" RAW ",format=RGB ! fakesink",
  "videobalance brightness=0.5 name=needy ! fakesink",
  "queue ! identity ! videobalance brightness=0.5 name=needy ! queue ! fakesink",
  "jpegenc name=needy ! jpegparse ! fakesink",
  "videorate ! jpegenc name=needy ! fakesink",
  "tee name=t ! queue ! fakesink t. ! queue ! videobalance brightness=0.5 name=needy ! fakesink",
  "bin.( queue ! videobalance brightness=0.5 name=needy ! fakesink )",
};

GST_START_TEST (test_who_takes_only_system_memory_is_named)
{
  GstElement *pipeline =
      test_pipeline_new ("camera num-buffers=3 ! heapupload name=upload heap-name=vault ! %s", refusers[__i__]);
  gchar *text = test_play_to_error (pipeline);

  fail_unless (strstr (text, "Memory of heap \"vault\" is protected"), "%s", text);
  fail_unless (strstr (text, "needy takes only system memory"), "%s", text);
  assert_cpu_kept_off (pipeline);
  g_free (text);
  test_pipeline_free (pipeline);
}
GST_END_TEST

/* upstream, and whom heapupload names. */
static const struct {
  const gchar *upstream, *name;
} writers[] = {
  { "videotestsrc name=painter", "painter" },
  { "videotestsrc name=painter ! queue", "painter (through queue" },
  { "videotestsrc ! " RAW ",format=RGB ! videoconvert name=painter ! " RAW ",format=I420", "painter" },
  { "camera ! " RAW ",format=NV12 ! videoconvert name=painter ! " RAW ",format=I420", "painter" },
  { "videotestsrc num-buffers=3 ! jpegenc ! jpegdec name=painter", "painter" },
};

GST_START_TEST (test_who_would_write_with_the_cpu_is_named)
{
  GstElement *pipeline =
      test_pipeline_new ("%s ! heapupload name=upload heap-name=vault ! fakesink name=sink", writers[__i__].upstream);
  TestWatch *watch = test_watch_new (pipeline, "sink", "sink", NULL, FALSE);
  gchar *text = test_play_to_error (pipeline);

  fail_unless (strstr (text, "Memory of heap \"vault\" is protected"), "%s", text);
  fail_unless (strstr (text, writers[__i__].name), "%s", text);
  test_pipeline_free (pipeline);
  /* what was never written goes nowhere */
  fail_unless_equals_int (watch->n_buffers, 0);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  fail_unless_equals_int (fake_calls (FAKE_DMABUF_SYNC), 0);
  test_watch_free (watch);
  g_free (text);
}
GST_END_TEST

/* Who has not asked, and sends memory of his own. */
GST_START_TEST (test_what_lies_elsewhere_is_not_copied_into_protected_memory)
{
  Upload upload = upload_new ("heap-name=vault", I420);

  fail_unless_equals_int (gst_harness_push (upload.harness, pattern_new (I420_SIZE)), GST_FLOW_ERROR);
  upload_assert_error (&upload, GST_RESOURCE_ERROR_NOT_FOUND, "heap \"vault\" is protected");
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 0);
  upload_free (&upload);
}
GST_END_TEST

static GstAllocator *
offered_allocator (Upload *upload)
{
  GstCaps *caps = gst_caps_from_string (I420);
  GstQuery *query = gst_query_new_allocation (caps, FALSE);
  GstAllocator *allocator;

  fail_unless (gst_pad_peer_query (upload->harness->srcpad, query));
  gst_query_parse_nth_allocation_param (query, 0, &allocator, NULL);
  gst_query_unref (query);
  gst_caps_unref (caps);
  return allocator;
}

/* As of videotestsrc, which sends on what it could not write. */
GST_START_TEST (test_what_was_to_be_written_by_the_cpu_does_not_leave)
{
  Upload upload = upload_new ("heap-name=vault", I420);
  GstAllocator *allocator = offered_allocator (&upload);
  GstBuffer *written = gst_buffer_new_allocate (allocator, I420_SIZE, NULL);
  GstBuffer *unwritten = gst_buffer_new_allocate (allocator, I420_SIZE, NULL);
  GstMapInfo map;

  fail_unless_equals_int (gst_harness_push (upload.harness, written), GST_FLOW_OK);
  fail_if (gst_buffer_map (unwritten, &map, GST_MAP_WRITE));
  upload_assert_error (&upload, GST_RESOURCE_ERROR_SETTINGS, "the CPU cannot write to it");
  fail_unless_equals_int (gst_harness_push (upload.harness, unwritten), GST_FLOW_ERROR);
  fail_unless_equals_int (gst_harness_buffers_received (upload.harness), 1);
  gst_object_unref (allocator);
  upload_free (&upload);
}
GST_END_TEST

static GstPadProbeReturn
try_to_read (GstPad *pad, GstPadProbeInfo *info, gpointer n)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMapInfo map;

  fail_if (gst_buffer_map (buffer, &map, GST_MAP_READ));
  fail_if (gst_buffer_copy_deep (buffer));
  return GST_PAD_PROBE_OK;
}

/* Not fatal, as who reads may do without. */
GST_START_TEST (test_who_reads_downstream_is_warned_of_once)
{
  GstElement *pipeline =
      test_pipeline_new ("camera num-buffers=5 ! heapupload name=upload heap-name=vault ! fakesink name=sink");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;
  GError *warning = NULL;

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, try_to_read, NULL, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, TEST_TIMEOUT, GST_MESSAGE_WARNING);
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (
      strstr (warning->message, "\"vault\" is protected") && strstr (warning->message, "sink"), "%s", warning->message);
  g_error_free (warning);
  gst_message_unref (message);
  message = gst_bus_timed_pop_filtered (bus, TEST_TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_message_unref (message);
  assert_cpu_kept_off (pipeline);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (sink);
  test_pipeline_free (pipeline);
}
GST_END_TEST

/* Without a pipeline, which would be told by whoever fails next. */
GST_START_TEST (test_caps_that_cannot_go_on_are_explained_at_once)
{
  GstHarness *harness =
      gst_harness_new_parse ("heapupload heap-name=vault ! capsfilter name=needy caps=" RAW " ! identity");
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (harness->element, bus);
  gst_harness_set_src_caps_str (harness, I420);
  gst_harness_set_src_caps_str (harness, I420);
  fail_unless_equals_int (test_count_messages (bus, GST_MESSAGE_ERROR), 1);
  gst_element_set_bus (harness->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (harness);
}
GST_END_TEST

GST_START_TEST (test_nothing_plain_is_said_to_be_possible_once_the_heap_is_known)
{
  GstElement *upload = gst_element_factory_make ("heapupload", NULL);
  GstPad *srcpad = gst_element_get_static_pad (upload, "src");
  GstCaps *plain = gst_caps_from_string (I420), *dmabuf = gst_caps_from_string (DMABUF ",format=I420" SIZE);

  g_object_set (upload, "heap-name", "vault", NULL);
  gst_element_set_state (upload, GST_STATE_READY);
  fail_unless (gst_pad_query_accept_caps (srcpad, plain));
  gst_element_set_state (upload, GST_STATE_PAUSED);
  fail_if (gst_pad_query_accept_caps (srcpad, plain));
  fail_unless (gst_pad_query_accept_caps (srcpad, dmabuf));
  gst_element_set_state (upload, GST_STATE_NULL);
  gst_caps_unref (dmabuf);
  gst_caps_unref (plain);
  gst_object_unref (srcpad);
  gst_object_unref (upload);
}
GST_END_TEST

/* What is linked later gets caps that it can refuse. */
GST_START_TEST (test_caps_are_dmabuf_though_nothing_is_linked)
{
  GstElement *upload = gst_element_factory_make ("heapupload", NULL);
  GstPad *sinkpad = gst_element_get_static_pad (upload, "sink"), *srcpad = gst_element_get_static_pad (upload, "src");
  GstCaps *plain = gst_caps_from_string (I420), *caps;

  g_object_set (upload, "heap-name", "vault", NULL);
  gst_element_set_state (upload, GST_STATE_PAUSED);
  gst_pad_send_event (sinkpad, gst_event_new_stream_start ("stream"));
  fail_unless (gst_pad_send_event (sinkpad, gst_event_new_caps (plain)));
  caps = gst_pad_get_current_caps (srcpad);
  fail_unless (gst_caps_features_contains (gst_caps_get_features (caps, 0), "memory:DMABuf"));
  gst_element_set_state (upload, GST_STATE_NULL);
  gst_caps_unref (caps);
  gst_caps_unref (plain);
  gst_object_unref (srcpad);
  gst_object_unref (sinkpad);
  gst_object_unref (upload);
}
GST_END_TEST

static Suite *
protected_suite (void)
{
  Suite *suite = suite_create ("protected");
  TCase *tcase = test_case_new (suite, "heapupload", setup);

  tcase_add_loop_test (tcase, test_devices_on_both_sides_use_protected_memory, 0, G_N_ELEMENTS (takers));
  tcase_add_loop_test (tcase, test_who_takes_only_system_memory_is_named, 0, G_N_ELEMENTS (refusers));
  tcase_add_loop_test (tcase, test_who_would_write_with_the_cpu_is_named, 0, G_N_ELEMENTS (writers));
  tcase_add_test (tcase, test_what_lies_elsewhere_is_not_copied_into_protected_memory);
  tcase_add_test (tcase, test_what_was_to_be_written_by_the_cpu_does_not_leave);
  tcase_add_test (tcase, test_who_reads_downstream_is_warned_of_once);
  tcase_add_test (tcase, test_caps_that_cannot_go_on_are_explained_at_once);
  tcase_add_test (tcase, test_nothing_plain_is_said_to_be_possible_once_the_heap_is_known);
  tcase_add_test (tcase, test_caps_are_dmabuf_though_nothing_is_linked);
  return suite;
}

int
main (int argc, char **argv)
{
  return heap_fixture_run_with_config (config, protected_suite, "protected", argc, argv);
}
