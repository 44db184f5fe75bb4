/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heapupload in a harness, and buffers to push through it. */
#include "upload-harness.h"

#include "heaps/sys.h"

#include <gst/allocators/gstdmabuf.h>

Upload
upload_new (const gchar *properties, const gchar *caps)
{
  gchar *launch = g_strdup_printf ("heapupload %s", properties);
  GstElement *element = gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_NONE, NULL);
  Upload upload = { NULL, gst_bus_new () };

  gst_element_set_bus (element, upload.bus);
  upload.harness = gst_harness_new_with_element (element, "sink", "src");
  if (caps)
    gst_harness_set_src_caps_str (upload.harness, caps);
  gst_object_unref (element);
  g_free (launch);
  return upload;
}

void
upload_free (Upload *upload)
{
  gst_element_set_bus (upload->harness->element, NULL);
  gst_harness_teardown (upload->harness);
  gst_bus_set_flushing (upload->bus, TRUE);
  gst_object_unref (upload->bus);
}

static gchar *
error_of (Upload *upload, gint code)
{
  GstMessage *message = gst_bus_pop_filtered (upload->bus, GST_MESSAGE_ERROR);
  GError *error = NULL;
  gchar *text;

  fail_unless (message, "no error was posted");
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, code), "%d: %s", error->code, error->message);
  text = g_strdup (error->message);
  g_error_free (error);
  gst_message_unref (message);
  return text;
}

void
upload_assert_error (Upload *upload, gint code, const gchar *part)
{
  gchar *text = error_of (upload, code);

  fail_unless (strstr (text, part), "\"%s\" is not in: %s", part, text);
  g_free (text);
}

void
upload_assert_counts (Upload *upload, guint64 passed, guint64 copied, guint64 bytes)
{
  fail_unless_equals_uint64 (test_stat (upload->harness->element, NULL, "frames-passed"), passed);
  fail_unless_equals_uint64 (test_stat (upload->harness->element, NULL, "frames-copied"), copied);
  fail_unless_equals_uint64 (test_stat (upload->harness->element, NULL, "bytes-copied"), bytes);
}

GstBuffer *
pattern_new (gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo info;

  fail_unless (gst_buffer_map (buffer, &info, GST_MAP_WRITE));
  for (gsize i = 0; i < size; i++)
    info.data[i] = i * 7 + i / 256;
  gst_buffer_unmap (buffer, &info);
  return buffer;
}

void
assert_same_bytes (GstBuffer *buffer, GstBuffer *expected)
{
  gchar *a = test_digest (buffer, NULL), *b = test_digest (expected, NULL);

  fail_unless_equals_uint64 (gst_buffer_get_size (buffer), gst_buffer_get_size (expected));
  fail_unless_equals_string (a, b);
  g_free (a);
  g_free (b);
}

void
assert_in_heap (GstBuffer *buffer, const gchar *heap)
{
  fail_unless (gst_buffer_n_memory (buffer) > 0);
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++)
    fail_unless (test_is_of_heap (gst_buffer_peek_memory (buffer, i), heap));
}

GstBuffer *
upload_assert_copies (Upload *upload, GstBuffer *buffer, const gchar *heap)
{
  GstBuffer *out = gst_harness_push_and_pull (upload->harness, gst_buffer_ref (buffer));

  fail_unless (out && out != buffer);
  assert_in_heap (out, heap);
  return out;
}

GstMemory *
heap_memory_new (const gchar *selection, gsize size)
{
  GstAllocator *allocator = heap_fixture_allocator (selection);
  GstMemory *memory = gst_allocator_alloc (allocator, size, NULL);

  fail_unless (memory);
  gst_object_unref (allocator);
  return memory;
}

GstBuffer *
buffer_of (GstMemory *first, GstMemory *second)
{
  GstBuffer *buffer = gst_buffer_new ();

  gst_buffer_append_memory (buffer, first);
  if (second)
    gst_buffer_append_memory (buffer, second);
  return buffer;
}

GstMemory *
foreign_memory_new (const gchar *path, gsize size)
{
  GstAllocator *allocator = gst_dmabuf_allocator_new ();
  int heap = sys_open_heap (path);
  int fd = sys_heap_alloc (heap, size);
  GstMemory *memory;

  fail_unless (heap >= 0 && fd >= 0);
  sys_close (heap);
  memory = gst_dmabuf_allocator_alloc (allocator, fd, size);
  gst_object_unref (allocator);
  return memory;
}

void
upload_push_pattern (Upload *upload, gsize size)
{
  GstBuffer *out = gst_harness_push_and_pull (upload->harness, pattern_new (size));

  fail_unless (out);
  gst_buffer_unref (out);
}
