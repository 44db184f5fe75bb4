/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapReceiver: what came from another process gets its memory and its layout back, and lies are found. */
#include "sent.h"

#include <gst/allocators/gstdmabuf.h>

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE HEAP_FIXTURE_PAGE
#define N_DMABUFS 3

static GstHeapReceiver *
receiver_new (void)
{
  GstHeapReceiver *receiver = gst_heap_receiver_new ();
  GstCaps *caps = gst_caps_from_string (SENT_CAPS);
  GError *error = NULL;

  fail_unless (gst_heap_receiver_set_caps (receiver, caps, &error));
  g_assert_no_error (error);
  gst_caps_unref (caps);
  return receiver;
}

static guint64
stat_of (GstHeapReceiver *receiver, const gchar *field)
{
  GstStructure *stats = gst_heap_receiver_get_stats (receiver);
  guint64 value;

  fail_unless (gst_structure_get_uint64 (stats, field, &value));
  gst_structure_free (stats);
  return value;
}

/* Takes sent. */
static GstBuffer *
receive (GstHeapReceiver *receiver, GstBuffer *sent)
{
  GError *error = NULL;
  GstBuffer *received = gst_heap_receiver_receive (receiver, sent, &error);

  g_assert_no_error (error);
  gst_buffer_unref (sent);
  return received;
}

/* Takes sent. */
static void
assert_refused (GstHeapReceiver *receiver, GstBuffer *sent, GstHeapError code, const gchar *part)
{
  GError *error = NULL;

  fail_unless (gst_heap_receiver_receive (receiver, sent, &error) == NULL);
  fail_unless (g_error_matches (error, GST_HEAP_ERROR, code), "%s", error->message);
  fail_unless (strstr (error->message, part), "\"%s\" is not in: %s", part, error->message);
  g_error_free (error);
  gst_buffer_unref (sent);
}

GST_START_TEST (test_the_same_dmabuf_is_the_same_memory_in_each_frame)
{
  GstHeapReceiver *receiver = receiver_new ();
  GstMemory *memories[N_DMABUFS] = { NULL };
  int fds[N_DMABUFS];

  for (guint i = 0; i < N_DMABUFS; i++)
    fds[i] = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  for (guint frame = 0; frame < 10 * N_DMABUFS; frame++) {
    GstBuffer *received = receive (receiver, sent_frame_new (fds[frame % N_DMABUFS]));
    GstMemory *memory = gst_buffer_peek_memory (received, 0);

    fail_unless (gst_is_dmabuf_memory (memory));
    fail_unless (memories[frame % N_DMABUFS] == NULL || memories[frame % N_DMABUFS] == memory);
    fail_unless_equals_int (memory->size, SENT_SIZE);
    fail_unless_equals_int (memory->maxsize, SENT_PAGES * PAGE);
    fail_unless (GST_MEMORY_IS_READONLY (memory));
    memories[frame % N_DMABUFS] = memory;
    gst_buffer_unref (received);
  }
  fail_unless (memories[0] != memories[1] && memories[1] != memories[2]);
  fail_unless_equals_int (fake_open_fds (), 2 * N_DMABUFS);
  fail_unless_equals_uint64 (stat_of (receiver, "frames"), 10 * N_DMABUFS);
  fail_unless_equals_uint64 (stat_of (receiver, "imports"), N_DMABUFS);
  fail_unless_equals_uint64 (stat_of (receiver, "known"), N_DMABUFS);
  g_object_unref (receiver);
  fail_unless_equals_int (fake_open_fds (), N_DMABUFS);
  for (guint i = 0; i < N_DMABUFS; i++)
    close (fds[i]);
}

GST_END_TEST

GST_START_TEST (test_parts_of_a_dmabuf_are_memories_of_their_own)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", 4 * PAGE);
  GstBuffer *one = receive (receiver, sent_buffer_new (fd, 0, SENT_SIZE));
  GstBuffer *other = receive (receiver, sent_buffer_new (fd, 2 * PAGE, SENT_SIZE));
  GstMemory *memory = gst_buffer_peek_memory (other, 0);

  fail_unless (memory != gst_buffer_peek_memory (one, 0));
  fail_unless_equals_int (memory->offset, 2 * PAGE);
  fail_unless_equals_int (memory->size, SENT_SIZE);
  fail_unless_equals_int (memory->maxsize, 4 * PAGE);
  gst_buffer_unref (one);
  gst_buffer_unref (other);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

static void
note_release (gpointer released, GstMiniObject *memory)
{
  *(gboolean *) released = TRUE;
}

/* unixfdsrc tells the sender by this that it may write into the buffer again. */
GST_START_TEST (test_what_was_sent_is_released_with_the_frame_and_not_before)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  GstBuffer *sent = sent_frame_new (fd), *received;
  gboolean released = FALSE;

  gst_mini_object_weak_ref (GST_MINI_OBJECT (gst_buffer_peek_memory (sent, 0)), note_release, &released);
  received = receive (receiver, sent);
  received = gst_buffer_make_writable (received);
  fail_if (released);
  gst_buffer_unref (received);
  fail_unless (released);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_layout_timestamps_and_flags_come_back)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  GstBuffer *sent = sent_frame_new (fd), *received;
  GstVideoMeta *video;

  GST_BUFFER_PTS (sent) = 5 * GST_SECOND;
  GST_BUFFER_FLAG_SET (sent, GST_BUFFER_FLAG_DELTA_UNIT);
  received = receive (receiver, sent);
  video = gst_buffer_get_video_meta (received);
  fail_unless (video != NULL);
  fail_unless_equals_int (video->format, GST_VIDEO_FORMAT_NV12);
  fail_unless_equals_int (video->n_planes, 2);
  fail_unless_equals_int (video->stride[0], SENT_STRIDE);
  fail_unless_equals_int (video->stride[1], SENT_STRIDE);
  fail_unless_equals_int (video->offset[1], SENT_STRIDE * 32);
  fail_unless_equals_int (video->alignment.padding_right, SENT_STRIDE - 64);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (received), 5 * GST_SECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (received, GST_BUFFER_FLAG_DELTA_UNIT));
  fail_unless_equals_string (gst_buffer_get_heap_meta (received)->heap, "camera");
  fail_unless_equals_uint64 (stat_of (receiver, "layouts-restored"), 1);
  gst_buffer_unref (received);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

static GstBuffer *
with_video_meta (GstBuffer *buffer, gint stride)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, stride * 32 };
  gint strides[GST_VIDEO_MAX_PLANES] = { stride, stride };
  GstVideoMeta *meta = gst_buffer_add_video_meta_full (buffer, 0, GST_VIDEO_FORMAT_NV12, 64, 32, 2, offset, strides);

  meta->alignment.stride_align[3] = 0xbad;
  return buffer;
}

GST_START_TEST (test_a_video_meta_that_came_counts)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  GstBuffer *received = receive (receiver, with_video_meta (sent_frame_new (fd), 64));

  fail_unless_equals_int (gst_buffer_get_video_meta (received)->stride[0], 64);
  fail_unless_equals_int (gst_buffer_get_video_meta (received)->alignment.stride_align[3], 0);
  fail_unless_equals_int (gst_buffer_get_n_meta (received, GST_VIDEO_META_API_TYPE), 1);
  fail_unless_equals_uint64 (stat_of (receiver, "layouts-restored"), 0);
  gst_buffer_unref (received);
  assert_refused (receiver, with_video_meta (sent_frame_new (fd), 1 << 20), GST_HEAP_ERROR_INVALID, "plane 0");
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

/* A sender without gst-heaps. */
GST_START_TEST (test_without_metas_memory_is_the_same_all_the_same)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  GstBuffer *one = receive (receiver, sent_buffer_new (fd, 0, SENT_SIZE));
  GstBuffer *other = receive (receiver, sent_buffer_new (fd, 0, SENT_SIZE));

  fail_unless (gst_buffer_peek_memory (one, 0) == gst_buffer_peek_memory (other, 0));
  fail_unless (gst_buffer_get_video_meta (one) == NULL);
  gst_buffer_unref (one);
  gst_buffer_unref (other);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

/* Importers keep the layout with the memory. */
GST_START_TEST (test_another_layout_is_another_memory)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  GstBuffer *one = receive (receiver, sent_frame_new (fd));
  GstBuffer *other = receive (receiver, with_video_meta (sent_frame_new (fd), 64)), *third;
  GstCaps *caps = gst_caps_from_string (SENT_CAPS);

  fail_unless (gst_buffer_peek_memory (one, 0) != gst_buffer_peek_memory (other, 0));
  fail_unless (gst_heap_receiver_set_caps (receiver, caps, NULL));
  third = receive (receiver, with_video_meta (sent_frame_new (fd), 64));
  fail_unless (gst_buffer_peek_memory (third, 0) != gst_buffer_peek_memory (other, 0));
  gst_caps_unref (caps);
  gst_buffer_unref (one);
  gst_buffer_unref (other);
  gst_buffer_unref (third);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_what_is_remembered_is_bounded)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fds[70];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
    fds[i] = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
    gst_buffer_unref (receive (receiver, sent_frame_new (fds[i])));
  }
  fail_unless_equals_uint64 (stat_of (receiver, "known"), 64);
  gst_buffer_unref (receive (receiver, sent_frame_new (fds[69])));
  fail_unless_equals_uint64 (stat_of (receiver, "imports"), 70);
  gst_buffer_unref (receive (receiver, sent_frame_new (fds[0])));
  fail_unless_equals_uint64 (stat_of (receiver, "imports"), 71);

  for (guint i = 0; i <= 256; i++)
    gst_buffer_unref (receive (receiver, sent_frame_new (fds[0])));
  fail_unless_equals_uint64 (stat_of (receiver, "known"), 1);
  gst_heap_receiver_forget (receiver);
  fail_unless_equals_uint64 (stat_of (receiver, "known"), 0);
  fail_unless_equals_int (fake_open_fds (), G_N_ELEMENTS (fds));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  g_object_unref (receiver);
}

GST_END_TEST

/* Each changes one thing of a frame that is as it should be. */
static void
say_more_bytes (GstHeapMeta *meta)
{
  meta->sizes[0] = SENT_PAGES * PAGE + 1;
}
static void
say_no_memory (GstHeapMeta *meta)
{
  meta->n_memories = 0;
}
static void
say_two_memories (GstHeapMeta *meta)
{
  meta->n_memories = 2;
}
static void
say_another_format (GstHeapMeta *meta)
{
  meta->format = GST_VIDEO_FORMAT_I420;
}
static void
say_no_format (GstHeapMeta *meta)
{
  meta->format = 100000;
}
static void
say_one_plane (GstHeapMeta *meta)
{
  meta->n_planes = 1;
}
static void
say_narrower (GstHeapMeta *meta)
{
  meta->width = 62;
}
static void
say_flat (GstHeapMeta *meta)
{
  meta->height = 0;
}
static void
say_as_wide_as_can_be (GstHeapMeta *meta)
{
  meta->width = G_MAXUINT;
}
static void
say_too_high (GstHeapMeta *meta)
{
  meta->height = 1000;
}
static void
say_negative_stride (GstHeapMeta *meta)
{
  meta->stride[0] = -SENT_STRIDE;
}
static void
say_stride_too_short (GstHeapMeta *meta)
{
  meta->stride[1] = 63;
}
static void
say_stride_too_long (GstHeapMeta *meta)
{
  meta->stride[1] = 2 * SENT_STRIDE;
}
static void
say_longest_stride (GstHeapMeta *meta)
{
  meta->stride[0] = G_MAXINT;
}
static void
say_offset_at_the_end (GstHeapMeta *meta)
{
  meta->offset[1] = SENT_SIZE;
}
static void
say_last_offset (GstHeapMeta *meta)
{
  meta->offset[0] = G_MAXSIZE;
}
static void
say_endless_padding (GstHeapMeta *meta)
{
  meta->alignment.padding_top = G_MAXUINT;
}
static void
say_odd_alignment (GstHeapMeta *meta)
{
  meta->alignment.stride_align[0] = 5;
}

static const struct {
  void (*lie) (GstHeapMeta *meta);
  const gchar *part;
} lies[] = {
  { say_more_bytes, "how many bytes" },
  { say_no_memory, "how many memories" },
  { say_two_memories, "how many memories" },
  { say_another_format, "NV12, 64 x 32" },
  { say_no_format, "NV12, 64 x 32" },
  { say_one_plane, "NV12, 64 x 32" },
  { say_narrower, "NV12, 64 x 32" },
  { say_flat, "NV12, 64 x 32" },
  { say_as_wide_as_can_be, "NV12, 64 x 32" },
  { say_too_high, "plane 0" },
  { say_negative_stride, "plane 0" },
  { say_stride_too_short, "plane 1" },
  { say_stride_too_long, "plane 1" },
  { say_longest_stride, "plane 0" },
  { say_offset_at_the_end, "plane 1" },
  { say_last_offset, "plane 0" },
  { say_endless_padding, "padding" },
  { say_odd_alignment, "alignment" },
};

GST_START_TEST (test_what_cannot_be_is_refused)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);
  GstBuffer *sent = sent_frame_new (fd);

  lies[__i__].lie (gst_buffer_get_heap_meta (sent));
  assert_refused (receiver, sent, GST_HEAP_ERROR_INVALID, lies[__i__].part);
  gst_buffer_unref (receive (receiver, sent_frame_new (fd)));
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

/* GStreamer crashes when it is to align the planes of a format that there is none of (1.22.0). */
GST_START_TEST (test_a_format_there_is_none_of_is_refused_where_caps_do_not_tell_one)
{
  static const struct {
    guint format, width, height;
  } none[] = { { 100000, 64, 32 }, { 0, 64, 32 }, { G_MAXINT, 64, 32 }, { GST_VIDEO_FORMAT_NV12, G_MAXUINT, 32 },
    { GST_VIDEO_FORMAT_NV12, 64, G_MAXINT } };
  GstHeapReceiver *receiver = gst_heap_receiver_new ();
  GstCaps *caps = gst_caps_from_string ("video/x-raw,format=ENCODED,width=64,height=32");
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);

  fail_unless (gst_heap_receiver_set_caps (receiver, caps, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    GstBuffer *sent = sent_frame_new (fd);
    GstHeapMeta *meta = gst_buffer_get_heap_meta (sent);

    meta->format = none[i].format;
    meta->width = none[i].width;
    meta->height = none[i].height;
    meta->alignment.padding_left = 1;
    assert_refused (receiver, sent, GST_HEAP_ERROR_INVALID, "which none has");
  }
  gst_buffer_unref (receive (receiver, sent_frame_new (fd)));
  gst_caps_unref (caps);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_memory_that_is_not_there_is_refused)
{
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", PAGE), no_dmabuf = memfd_create ("none", MFD_CLOEXEC);

  assert_refused (receiver, sent_buffer_new (fd, 0, PAGE + 1), GST_HEAP_ERROR_INVALID, "the memory has 4096");
  assert_refused (receiver, sent_buffer_new (fd, PAGE + 1, 1), GST_HEAP_ERROR_INVALID, "the memory has 4096");
  assert_refused (receiver, sent_buffer_new (fd, G_MAXSSIZE - 10, 5), GST_HEAP_ERROR_INVALID, "the memory has 4096");
  assert_refused (receiver, sent_buffer_new (no_dmabuf, 0, PAGE), GST_HEAP_ERROR_INVALID, "dma-buf");
  fail_unless_equals_uint64 (stat_of (receiver, "known"), 0);
  g_object_unref (receiver);
  close (fd);
  close (no_dmabuf);
}

GST_END_TEST

static GstBuffer *
plain_buffer_new (gsize behind, gsize size)
{
  GstAllocator *allocator = gst_fd_allocator_new ();
  int fd = memfd_create ("plain", MFD_CLOEXEC);
  GstBuffer *buffer = gst_buffer_new ();

  fail_unless (ftruncate (fd, behind) == 0);
  gst_buffer_append_memory (buffer, gst_fd_allocator_alloc (allocator, fd, size, GST_FD_MEMORY_FLAG_NONE));
  gst_object_unref (allocator);
  return buffer;
}

GST_START_TEST (test_what_is_no_dmabuf_passes_as_far_as_it_is_there)
{
  GstHeapReceiver *receiver = receiver_new ();
  GstBuffer *sent = plain_buffer_new (PAGE, PAGE), *system = gst_buffer_new_allocate (NULL, SENT_SIZE, NULL), *received;
  GstMemory *memory = gst_buffer_peek_memory (sent, 0);

  received = receive (receiver, sent);
  fail_unless (gst_buffer_peek_memory (received, 0) == memory);
  gst_buffer_unref (received);
  memory = gst_buffer_peek_memory (system, 0);
  received = receive (receiver, system);
  fail_unless (gst_buffer_peek_memory (received, 0) == memory);
  gst_buffer_unref (received);
  assert_refused (receiver, plain_buffer_new (PAGE - 1, PAGE), GST_HEAP_ERROR_INVALID, "the memory has 4095");
  g_object_unref (receiver);
}

GST_END_TEST

GST_START_TEST (test_failures_leave_nothing_behind)
{
  static const struct {
    enum fake_call call;
    int error;
    GstHeapError code;
  } cases[] = {
    { FAKE_FD_IDENTITY, EIO, GST_HEAP_ERROR_FAILED },
    { FAKE_DMABUF_EXPORTER, EMFILE, GST_HEAP_ERROR_NO_FDS },
    { FAKE_DUP, EMFILE, GST_HEAP_ERROR_NO_FDS },
  };
  GstHeapReceiver *receiver = receiver_new ();
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * PAGE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    fake_fail_every (cases[i].call, cases[i].error);
    assert_refused (receiver, sent_frame_new (fd), cases[i].code, "file descriptor");
    fake_disarm ();
    fail_unless_equals_int (fake_open_fds (), 1);
  }
  gst_buffer_unref (receive (receiver, sent_frame_new (fd)));
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

GST_START_TEST (test_caps_no_frame_can_have_are_refused)
{
  GstHeapReceiver *receiver = receiver_new ();
  GstCaps *caps = gst_caps_from_string ("video/x-raw,format=NV12,width=2000000000,height=2000000000");
  GstCaps *bytes = gst_caps_from_string ("application/octet-stream");
  int fd = sent_dmabuf_new ("camera", PAGE);
  GError *error = NULL;

  fail_if (gst_heap_receiver_set_caps (receiver, caps, &error));
  fail_unless (g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID));
  g_error_free (error);
  fail_unless (gst_heap_receiver_set_caps (receiver, bytes, NULL));
  gst_buffer_unref (receive (receiver, sent_buffer_new (fd, 10, 100)));
  gst_caps_unref (caps);
  gst_caps_unref (bytes);
  g_object_unref (receiver);
  close (fd);
}

GST_END_TEST

static Suite *
receiver_suite (void)
{
  Suite *suite = suite_create ("receiver");
  TCase *tcase = heap_fixture_add_case (suite, "receiver");

  tcase_add_test (tcase, test_the_same_dmabuf_is_the_same_memory_in_each_frame);
  tcase_add_test (tcase, test_parts_of_a_dmabuf_are_memories_of_their_own);
  tcase_add_test (tcase, test_what_was_sent_is_released_with_the_frame_and_not_before);
  tcase_add_test (tcase, test_layout_timestamps_and_flags_come_back);
  tcase_add_test (tcase, test_a_video_meta_that_came_counts);
  tcase_add_test (tcase, test_without_metas_memory_is_the_same_all_the_same);
  tcase_add_test (tcase, test_another_layout_is_another_memory);
  tcase_add_test (tcase, test_what_is_remembered_is_bounded);
  tcase_add_loop_test (tcase, test_what_cannot_be_is_refused, 0, G_N_ELEMENTS (lies));
  tcase_add_test (tcase, test_a_format_there_is_none_of_is_refused_where_caps_do_not_tell_one);
  tcase_add_test (tcase, test_memory_that_is_not_there_is_refused);
  tcase_add_test (tcase, test_what_is_no_dmabuf_passes_as_far_as_it_is_there);
  tcase_add_test (tcase, test_failures_leave_nothing_behind);
  tcase_add_test (tcase, test_caps_no_frame_can_have_are_refused);
  return suite;
}

GST_CHECK_MAIN (receiver)
