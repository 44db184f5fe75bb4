/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What another process says of frames: as bytes, and whether it can be. CLAIMS_SEED repeats a run. */
#include "sent.h"

#include "gst/heaps/gstheapclaims.h"
#include "gst/heaps/gstheapmeta-private.h"

#include <stdlib.h>
#include <unistd.h>

#define N_MUTATIONS 30000

static GstHeapMeta
some_meta (void)
{
  GstHeapMeta meta = {
    .heap = "video@42000000",
    .n_memories = 2,
    .sizes = { 4096, 8192 },
    .n_planes = 2,
    .format = GST_VIDEO_FORMAT_NV12,
    .width = 64,
    .height = 32,
    .offset = { 0, 4096 },
    .stride = { 96, -96 },
    .alignment = { 1, 2, 3, 4, { 15, 31, 63, 127 } },
  };

  return meta;
}

GST_START_TEST (test_what_is_packed_is_unpacked)
{
  GstHeapMeta meta = some_meta (), read = { .n_memories = 0 };
  guint8 bytes[GST_HEAP_META_MOST_BYTES];
  gsize size = gst_heap_meta_pack (&meta, bytes);

  fail_unless_equals_int (size, GST_HEAP_META_LEAST_BYTES + strlen (meta.heap));
  fail_unless (gst_heap_meta_unpack (bytes, size, GST_HEAP_META_VERSION, &read));
  fail_unless_equals_string (read.heap, meta.heap);
  fail_unless_equals_int (read.n_memories, meta.n_memories);
  fail_unless_equals_int (read.n_planes, meta.n_planes);
  fail_unless_equals_int (read.format, meta.format);
  fail_unless_equals_int (read.width, meta.width);
  fail_unless_equals_int (read.height, meta.height);
  fail_unless (memcmp (read.sizes, meta.sizes, sizeof meta.sizes) == 0);
  fail_unless (memcmp (read.offset, meta.offset, sizeof meta.offset) == 0);
  fail_unless (memcmp (read.stride, meta.stride, sizeof meta.stride) == 0);
  fail_unless (memcmp (&read.alignment, &meta.alignment, sizeof meta.alignment) == 0);
}

GST_END_TEST

/* Of a version that is yet to come, too. */
GST_START_TEST (test_bytes_that_are_none_of_ours_are_refused)
{
  GstHeapMeta meta = some_meta (), read = { .n_memories = 0 };
  guint8 bytes[GST_HEAP_META_MOST_BYTES + 1] = { 0 };
  gsize size = gst_heap_meta_pack (&meta, bytes);

  for (gsize i = 0; i <= sizeof bytes; i++)
    fail_unless (gst_heap_meta_unpack (bytes, i, GST_HEAP_META_VERSION, &read) == (i == size));
  fail_if (gst_heap_meta_unpack (bytes, size, GST_HEAP_META_VERSION + 1, &read));
  fail_if (gst_heap_meta_unpack (bytes, size, 0, &read));
  bytes[size - 1] = '\n';
  fail_if (gst_heap_meta_unpack (bytes, size, GST_HEAP_META_VERSION, &read));
  gst_heap_meta_pack (&meta, bytes);
  bytes[3] = 5;
  fail_if (gst_heap_meta_unpack (bytes, size, GST_HEAP_META_VERSION, &read));
  gst_heap_meta_pack (&meta, bytes);
  bytes[2] = 5;
  fail_if (gst_heap_meta_unpack (bytes, size, GST_HEAP_META_VERSION, &read));
}

GST_END_TEST

GST_START_TEST (test_names_that_are_too_long_are_cut)
{
  GstHeapMeta meta = some_meta (), read = { .n_memories = 0 };
  guint8 bytes[GST_HEAP_META_MOST_BYTES];

  memset (meta.heap, 'x', sizeof meta.heap);
  fail_unless_equals_int (gst_heap_meta_pack (&meta, bytes), sizeof bytes);
  fail_unless (gst_heap_meta_unpack (bytes, sizeof bytes, GST_HEAP_META_VERSION, &read));
  fail_unless_equals_int (strlen (read.heap), GST_HEAP_META_NAME_SIZE - 1);
}

GST_END_TEST

GST_START_TEST (test_a_meta_tells_memory_and_layout)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  GstBuffer *buffer = gst_buffer_new (), *copy;
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, 96 * 32 };
  gint stride[GST_VIDEO_MAX_PLANES] = { 96, 96 };
  GstHeapMeta *meta;

  fail_unless (gst_buffer_add_heap_meta (buffer) == NULL);
  gst_buffer_append_memory (buffer, gst_allocator_alloc (allocator, SENT_SIZE, NULL));
  meta = gst_buffer_add_heap_meta (buffer);
  fail_unless_equals_string (meta->heap, "system");
  fail_unless_equals_int (meta->n_memories, 1);
  fail_unless_equals_int (meta->sizes[0], 2 * HEAP_FIXTURE_PAGE);
  fail_unless_equals_int (meta->n_planes, 0);

  gst_buffer_add_video_meta_full (buffer, 0, GST_VIDEO_FORMAT_NV12, 64, 32, 2, offset, stride);
  fail_unless (gst_buffer_add_heap_meta (buffer) == meta);
  fail_unless_equals_int (meta->n_planes, 2);
  fail_unless_equals_int (meta->stride[1], 96);

  copy = gst_buffer_copy (buffer);
  fail_unless_equals_string (gst_buffer_get_heap_meta (copy)->heap, "system");
  gst_buffer_unref (copy);
  copy = gst_buffer_copy_deep (buffer);
  fail_unless (gst_buffer_get_heap_meta (copy) == NULL);
  gst_buffer_unref (copy);
  copy = gst_buffer_copy_region (buffer, GST_BUFFER_COPY_ALL, 10, 20);
  fail_unless (gst_buffer_get_heap_meta (copy) == NULL);
  gst_buffer_unref (copy);
  gst_buffer_unref (buffer);
  gst_object_unref (allocator);
}

GST_END_TEST

static GstHeapFrameClaim
claim_of (const GstVideoInfo *info)
{
  GstHeapFrameClaim claim = { .format = GST_VIDEO_INFO_FORMAT (info),
    .width = GST_VIDEO_INFO_WIDTH (info),
    .height = GST_VIDEO_INFO_HEIGHT (info),
    .n_planes = GST_VIDEO_INFO_N_PLANES (info) };

  memcpy (claim.offset, info->offset, sizeof claim.offset);
  memcpy (claim.stride, info->stride, sizeof claim.stride);
  return claim;
}

static gboolean
can_be (const GstHeapFrameClaim *claim, const GstVideoInfo *info, gsize size)
{
  return gst_heap_claims_check_frame (claim, info, &size, 1, NULL);
}

static guint
last_plane (const GstHeapFrameClaim *claim)
{
  guint last = 0;

  for (guint i = 1; i < claim->n_planes; i++) {
    if (claim->offset[i] > claim->offset[last])
      last = i;
  }
  return last;
}

GST_START_TEST (test_each_format_can_have_its_usual_layout_and_nothing_less)
{
  static const gint sizes[][2] = { { 64, 32 }, { 33, 17 }, { 1, 1 }, { 1920, 1080 } };
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);

  fail_unless (n > 100);
  for (guint k = 0; k < n; k++) {
    const GstVideoFormatInfo *finfo = gst_video_format_get_info (formats[k]);

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
      GstHeapFrameClaim claim;
      GstVideoInfo info;

      fail_unless (gst_video_info_set_format (&info, formats[k], sizes[i][0], sizes[i][1]));
      claim = claim_of (&info);
      fail_unless (can_be (&claim, &info, info.size), "%s %dx%d", finfo->name, sizes[i][0], sizes[i][1]);
      fail_if (can_be (&claim, &info, claim.offset[last_plane (&claim)]), "%s", finfo->name);
      claim.stride[0] = 0;
      fail_if (can_be (&claim, &info, info.size), "%s", finfo->name);
      claim = claim_of (&info);
      claim.offset[claim.n_planes - 1] = info.size;
      fail_if (can_be (&claim, &info, info.size), "%s", finfo->name);
    }
  }
}

GST_END_TEST

GST_START_TEST (test_a_plane_lies_in_one_memory)
{
  const gsize halves[] = { 64 * 32, 64 * 16 }, across[] = { 64 * 32 + 1, 64 * 16 - 1 }, small[] = { 64 * 31, 64 * 17 };
  GstHeapFrameClaim claim;
  GstVideoInfo info;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, 64, 32);
  claim = claim_of (&info);
  fail_unless (gst_heap_claims_check_frame (&claim, &info, halves, 2, NULL));
  fail_if (gst_heap_claims_check_frame (&claim, &info, across, 2, NULL));
  fail_if (gst_heap_claims_check_frame (&claim, &info, small, 2, NULL));
  fail_if (gst_heap_claims_check_frame (&claim, &info, halves, 1, NULL));
  fail_if (gst_heap_claims_check_frame (&claim, &info, NULL, 0, NULL));
}

GST_END_TEST

/* Behind a crop at the left, the last row ends with its pixels. */
GST_START_TEST (test_a_cropped_frame_can_be)
{
  GstHeapFrameClaim claim;
  GstVideoInfo info, whole;

  gst_video_info_set_format (&whole, GST_VIDEO_FORMAT_GRAY8, 64, 32);
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, 56, 32);
  claim = claim_of (&whole);
  claim.width = 56;
  claim.offset[0] = 8;
  fail_unless (can_be (&claim, &info, whole.size));
  claim.offset[0] = 9;
  fail_if (can_be (&claim, &info, whole.size));
}

GST_END_TEST

/* Of tiled frames with a modifier the CPU knows nothing: their planes begin somewhere in the memory. */
GST_START_TEST (test_without_a_known_layout_planes_begin_in_the_memory)
{
  const GstHeapFrameClaim good = {
    .format = GST_VIDEO_FORMAT_ENCODED, .n_planes = 2, .offset = { 0, 100 }, .stride = { 10, 10 }
  };
  GstHeapFrameClaim claim = good;

  fail_unless (can_be (&claim, NULL, 101));
  fail_if (can_be (&claim, NULL, 100));
  claim.stride[1] = -1;
  fail_if (can_be (&claim, NULL, 101));
  claim = good;
  claim.format = 100000;
  fail_if (can_be (&claim, NULL, 101));
  claim = good;
  claim.width = G_MAXUINT;
  fail_if (can_be (&claim, NULL, 101));
}

GST_END_TEST

/* Reads the first and the last byte of the pixels in each row. */
static guint
read_frame (GstBuffer *buffer, const GstVideoInfo *info, gsize size)
{
  GstVideoInfo copy = *info;
  GstVideoFrame frame;
  guint sum = 0;

  fail_unless (gst_video_frame_map (&frame, &copy, buffer, GST_MAP_READ));
  for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES (&frame); plane++) {
    const guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (&frame, plane);
    gint stride = GST_VIDEO_FRAME_PLANE_STRIDE (&frame, plane);

    for (gint i = 0; i < 32 >> plane; i++, row += stride) {
      gsize begin = row - (const guint8 *) frame.map[0].data;

      fail_unless (begin < size && begin + 64 <= size);
      sum += row[0] + row[63];
    }
  }
  gst_video_frame_unmap (&frame);
  return sum;
}

static void
mutate (guint8 *bytes, gsize size, GRand *rand)
{
  static const guint8 edges[] = { 0, 1, 0x7f, 0x80, 0xff };
  guint n = g_rand_int_range (rand, 1, 4);

  for (guint i = 0; i < n; i++) {
    gsize at = g_rand_int_range (rand, 0, size);

    bytes[at] = g_rand_boolean (rand) ? g_rand_int (rand) : edges[g_rand_int_range (rand, 0, G_N_ELEMENTS (edges))];
    if (g_rand_int_range (rand, 0, 8) == 0)
      memset (bytes + at, 0xff, MIN (size - at, 8));
  }
}

/* Whether the frame was taken: then all of it can be read. */
static gboolean
send_mutated (GstHeapReceiver *receiver, int fd, GRand *rand, const GstVideoInfo *info)
{
  GstBuffer *sent = sent_frame_new (fd), *received = NULL;
  GstHeapMeta *meta = gst_buffer_get_heap_meta (sent);
  guint8 bytes[GST_HEAP_META_MOST_BYTES];
  gsize size = gst_heap_meta_pack (meta, bytes);

  mutate (bytes, size, rand);
  if (gst_heap_meta_unpack (bytes, size, GST_HEAP_META_VERSION, meta))
    received = gst_heap_receiver_receive (receiver, sent, NULL);
  gst_buffer_unref (sent);
  if (!received)
    return FALSE;
  if (gst_buffer_get_video_meta (received))
    read_frame (received, info, SENT_SIZE);
  gst_buffer_unref (received);
  return TRUE;
}

GST_START_TEST (test_whatever_is_said_only_memory_that_is_there_is_read)
{
  const gchar *given = g_getenv ("CLAIMS_SEED");
  guint32 seed = given ? strtoul (given, NULL, 10) : g_random_int ();
  GRand *rand = g_rand_new_with_seed (seed);
  GstHeapReceiver *receiver = gst_heap_receiver_new ();
  GstCaps *caps = gst_caps_from_string (SENT_CAPS);
  int fd = sent_dmabuf_new ("camera", SENT_PAGES * HEAP_FIXTURE_PAGE);
  GstVideoInfo info;
  guint taken = 0;

  g_print ("CLAIMS_SEED=%u\n", seed);
  gst_video_info_from_caps (&info, caps);
  gst_heap_receiver_set_caps (receiver, caps, NULL);
  for (guint i = 0; i < N_MUTATIONS; i++)
    taken += send_mutated (receiver, fd, rand, &info);
  fail_unless (taken > N_MUTATIONS / 100 && taken < N_MUTATIONS, "%u of %u were taken", taken, N_MUTATIONS);
  gst_caps_unref (caps);
  g_object_unref (receiver);
  g_rand_free (rand);
  close (fd);
}

GST_END_TEST

static Suite *
claims_suite (void)
{
  Suite *suite = suite_create ("claims");
  TCase *tcase = heap_fixture_add_case (suite, "claims");

  tcase_add_test (tcase, test_what_is_packed_is_unpacked);
  tcase_add_test (tcase, test_bytes_that_are_none_of_ours_are_refused);
  tcase_add_test (tcase, test_names_that_are_too_long_are_cut);
  tcase_add_test (tcase, test_a_meta_tells_memory_and_layout);
  tcase_add_test (tcase, test_each_format_can_have_its_usual_layout_and_nothing_less);
  tcase_add_test (tcase, test_a_plane_lies_in_one_memory);
  tcase_add_test (tcase, test_a_cropped_frame_can_be);
  tcase_add_test (tcase, test_without_a_known_layout_planes_begin_in_the_memory);
  tcase_add_test (tcase, test_whatever_is_said_only_memory_that_is_there_is_read);
  return suite;
}

GST_CHECK_MAIN (claims)
