/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the tests of elements share: pipelines run to their end, and a watch on the memory that goes through a pad. */
#include "testing.h"

#include "gst/elements/gstheapupload.h"

#include <gst/allocators/gstdmabuf.h>

#include <sys/stat.h>

void
test_setup (void)
{
  heap_fixture_setup ();
  GST_ELEMENT_REGISTER (heapupload, NULL);
}

void
test_setup_bare (void)
{
  fake_reset ();
  GST_ELEMENT_REGISTER (heapupload, NULL);
}

TCase *
test_case_new (Suite *suite, const gchar *name, void (*setup) (void))
{
  TCase *test_case = tcase_create (name);

  tcase_add_checked_fixture (test_case, setup, heap_fixture_audit);
  suite_add_tcase (suite, test_case);
  return test_case;
}

static GstElement *
parse (const gchar *format, va_list arguments)
{
  gchar *description = g_strdup_vprintf (format, arguments);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);

  fail_unless (pipeline, "%s: %s", description, error ? error->message : "");
  g_free (description);
  return pipeline;
}

GstElement *
test_pipeline_new (const gchar *format, ...)
{
  GstElement *pipeline;
  va_list arguments;

  va_start (arguments, format);
  pipeline = parse (format, arguments);
  va_end (arguments);
  return pipeline;
}

void
test_play (GstElement *pipeline)
{
  fail_if (gst_element_set_state (pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE);
}

static GstMessage *
wait_for_end (GstElement *pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, TEST_TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  gst_object_unref (bus);
  fail_unless (message, "neither EOS nor an error came in time");
  return message;
}

static gchar *
text_of_error (GstMessage *message)
{
  GError *error = NULL;
  gchar *text;

  gst_message_parse_error (message, &error, NULL);
  text = g_strdup (error->message);
  g_error_free (error);
  return text;
}

void
test_play_to_eos (GstElement *pipeline)
{
  GstMessage *message;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = wait_for_end (pipeline);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    fail ("%s: %s", GST_MESSAGE_SRC_NAME (message), text_of_error (message));
  gst_message_unref (message);
}

gchar *
test_play_to_error (GstElement *pipeline)
{
  GstMessage *message;
  gchar *text;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = wait_for_end (pipeline);
  fail_unless (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR, "no error came");
  text = text_of_error (message);
  gst_message_unref (message);
  return text;
}

gboolean
test_play_to_end (GstElement *pipeline)
{
  GstMessage *message;
  gboolean played;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = wait_for_end (pipeline);
  played = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  gst_message_unref (message);
  return played;
}

static void
note_gone (gpointer gone, GObject *object)
{
  g_atomic_int_set ((gint *) gone, TRUE);
}

/* A thread that has posted a message may drop its reference a moment later. */
void
test_pipeline_free (GstElement *pipeline)
{
  gint gone = FALSE;

  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_object_weak_ref (G_OBJECT (pipeline), note_gone, &gone);
  gst_object_unref (pipeline);
  for (gint i = 0; i < 1000 && !g_atomic_int_get (&gone); i++)
    g_usleep (1000);
  fail_unless (g_atomic_int_get (&gone), "somebody holds the pipeline");
}

guint
test_count_messages (GstBus *bus, GstMessageType type)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop_filtered (bus, type))) {
    gst_message_unref (message);
    n++;
  }
  return n;
}

void
test_run (const gchar *format, ...)
{
  GstElement *pipeline;
  va_list arguments;

  va_start (arguments, format);
  pipeline = parse (format, arguments);
  va_end (arguments);
  test_play_to_eos (pipeline);
  test_pipeline_free (pipeline);
}

static GstStructure *
get_stats (GstElement *bin, const gchar *name)
{
  GstElement *element = name ? gst_bin_get_by_name (GST_BIN (bin), name) : gst_object_ref (bin);
  GstStructure *stats = NULL;

  fail_unless (element, "no element %s", name);
  g_object_get (element, "stats", &stats, NULL);
  gst_object_unref (element);
  fail_unless (stats);
  return stats;
}

guint64
test_stat (GstElement *bin, const gchar *name, const gchar *field)
{
  GstStructure *stats = get_stats (bin, name);
  guint64 value;

  fail_unless (gst_structure_get_uint64 (stats, field, &value), "no field %s", field);
  gst_structure_free (stats);
  return value;
}

guint64
test_allocator_stat (GstElement *bin, const gchar *name, const gchar *field)
{
  GstStructure *stats = get_stats (bin, name);
  GstStructure *nested = NULL;
  guint64 value;

  fail_unless (gst_structure_get (stats, "allocator", GST_TYPE_STRUCTURE, &nested, NULL));
  fail_unless (gst_structure_get_uint64 (nested, field, &value), "no field %s", field);
  gst_structure_free (nested);
  gst_structure_free (stats);
  return value;
}

gboolean
test_has_drm_caps (void)
{
  guint major, minor, micro, nano;

  gst_version (&major, &minor, &micro, &nano);
  return minor >= 24;
}

gboolean
test_is_of_heap (GstMemory *memory, const gchar *heap)
{
  gchar name[256];

  if (!gst_is_heap_memory (memory) || g_strcmp0 (gst_heap_get_name (gst_heap_memory_get_heap (memory)), heap) != 0)
    return FALSE;
  if (g_str_has_prefix (heap, "process") && !gst_is_dmabuf_memory (memory))
    return !fake_heap_of (gst_fd_memory_get_fd (memory), name, sizeof name);
  return gst_is_dmabuf_memory (memory) && fake_heap_of (gst_dmabuf_memory_get_fd (memory), name, sizeof name) &&
         g_str_equal (name, g_str_has_prefix (heap, "process") ? "udmabuf" : heap);
}

static void
digest_frame (GChecksum *sum, GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame;

  fail_unless (gst_video_frame_map (&frame, info, buffer, GST_MAP_READ));
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES (&frame); plane++) {
    gint component[GST_VIDEO_MAX_COMPONENTS];
    const guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (&frame, plane);
    gint width;

    gst_video_format_info_component (frame.info.finfo, plane, component);
    width = GST_VIDEO_FRAME_COMP_WIDTH (&frame, component[0]) * GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, component[0]);
    for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, component[0]); y++) {
      g_checksum_update (sum, row, width);
      row += GST_VIDEO_FRAME_PLANE_STRIDE (&frame, plane);
    }
  }
  gst_video_frame_unmap (&frame);
}

static void
digest_bytes (GChecksum *sum, GstBuffer *buffer)
{
  GstMapInfo info;

  fail_unless (gst_buffer_map (buffer, &info, GST_MAP_READ));
  g_checksum_update (sum, info.data, info.size);
  gst_buffer_unmap (buffer, &info);
}

gchar *
test_digest (GstBuffer *buffer, GstCaps *caps)
{
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA1);
  GstVideoInfo info;
  gchar *digest;

  if (caps && gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw")) {
    fail_unless (gst_video_info_from_caps (&info, caps));
    digest_frame (sum, buffer, &info);
  } else {
    digest_bytes (sum, buffer);
  }
  digest = g_strdup (g_checksum_get_string (sum));
  g_checksum_free (sum);
  return digest;
}

static void
note_memory (TestWatch *watch, GstMemory *memory)
{
  struct stat status;

  if (!watch->heap)
    return;
  if (!test_is_of_heap (memory, watch->heap)) {
    watch->n_elsewhere++;
    return;
  }
  fail_unless (fstat (gst_fd_memory_get_fd (memory), &status) == 0);
  g_hash_table_add (watch->inodes, GSIZE_TO_POINTER (status.st_ino));
}

static gboolean
note_buffer (GstPad *pad, GstBuffer *buffer, TestWatch *watch)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);

  g_mutex_lock (&watch->lock);
  watch->n_buffers++;
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++)
    note_memory (watch, gst_buffer_peek_memory (buffer, i));
  if (watch->digests)
    g_ptr_array_add (watch->digests, test_digest (buffer, caps));
  g_mutex_unlock (&watch->lock);

  gst_clear_caps (&caps);
  return TRUE;
}

static GstPadProbeReturn
watch_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

  if (!(info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)) {
    note_buffer (pad, GST_PAD_PROBE_INFO_BUFFER (info), user_data);
    return GST_PAD_PROBE_OK;
  }
  for (guint i = 0; i < gst_buffer_list_length (list); i++)
    note_buffer (pad, gst_buffer_list_get (list, i), user_data);
  return GST_PAD_PROBE_OK;
}

TestWatch *
test_watch_new (GstElement *pipeline, const gchar *name, const gchar *pad_name, const gchar *heap, gboolean digest)
{
  TestWatch *watch = g_new0 (TestWatch, 1);
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  watch->heap = g_strdup (heap);
  watch->inodes = g_hash_table_new (NULL, NULL);
  watch->digests = digest ? g_ptr_array_new_with_free_func (g_free) : NULL;
  g_mutex_init (&watch->lock);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, watch_probe, watch, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
  return watch;
}

void
test_watch_free (TestWatch *watch)
{
  g_free (watch->heap);
  g_hash_table_unref (watch->inodes);
  g_clear_pointer (&watch->digests, g_ptr_array_unref);
  g_mutex_clear (&watch->lock);
  g_free (watch);
}

void
test_watch_assert_in_heap (TestWatch *watch, guint n_buffers)
{
  fail_unless_equals_int (watch->n_buffers, n_buffers);
  fail_unless_equals_int (watch->n_elsewhere, 0);
  fail_unless (g_hash_table_size (watch->inodes) > 0);
}

void
test_assert_same_digests (TestWatch *a, TestWatch *b)
{
  fail_unless (a->digests->len > 0);
  fail_unless_equals_int (a->digests->len, b->digests->len);
  for (guint i = 0; i < a->digests->len; i++)
    fail_unless_equals_string (g_ptr_array_index (a->digests, i), g_ptr_array_index (b->digests, i));
}
