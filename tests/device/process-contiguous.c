/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory of process-contiguous is what devices take it for: contiguous, its own, and nobody else's before they let
 * go. */
#include "device-test.h"
#include "display-crc.h"
#include "dmabuf-trace.h"
#include "heap-audit.h"
#include "heap-checks.h"
#include "huge-page-info.h"
#include "pad-watch.h"
#include "video-device.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/allocators/gstphysmemory.h>

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAP "process-contiguous"
#define MIB (1u << 20)
#define DISPLAY "kmssink name=sink driver-name=vkms sync=false"
#define N_CAMERA_FRAMES 3

/* As in the kernel's drm.h, which Debian 12 has in libdrm-dev alone. */
struct prime_handle {
  guint32 handle, flags;
  gint32 fd;
};
struct gem_close {
  guint32 handle, padding;
};
#define IOCTL_PRIME_FD_TO_HANDLE _IOWR ('d', 0x2e, struct prime_handle)
#define IOCTL_GEM_CLOSE _IOW ('d', 0x09, struct gem_close)

static GstElement *
play_to_end (gchar *description, PadWatch **ret_watch)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message;

  g_assert_no_error (error);
  *ret_watch = pad_watch_new (pipeline, "sink", "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (
      message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS, "%s: %" GST_PTR_FORMAT, description, message);
  gst_message_unref (message);
  gst_object_unref (bus);
  g_free (description);
  return pipeline;
}

static void
stop (GstElement *pipeline, PadWatch *watch)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  pad_watch_free (watch);
}

/* What the camera gives: the same pictures each time it starts. */
static gchar *
camera (const gchar *size, const gchar *mode, const gchar *upload)
{
  gchar *device = device_test_camera (1);
  gchar *description =
      g_strdup_printf ("v4l2src device=%s num-buffers=%u io-mode=%s extra-controls=c,osd_text_mode=2 ! "
                       "video/x-raw,format=BGRx,%s ! %s ! fakevideosink name=sink sync=false",
          device, N_CAMERA_FRAMES, mode, size, upload);

  fail_unless (device != NULL, "no capture device of vivid that takes only contiguous memory");
  g_free (device);
  return description;
}

static void
assert_same_frames (PadWatch *watch, PadWatch *stock)
{
  fail_unless_equals_int (watch->frames->len, N_CAMERA_FRAMES);
  fail_unless_equals_int (stock->frames->len, N_CAMERA_FRAMES);
  for (guint i = 0; i < N_CAMERA_FRAMES; i++) {
    WatchedFrame *frame = watch->frames->pdata[i], *other = stock->frames->pdata[i];

    fail_unless_equals_string (frame->content, other->content);
  }
}

/* Each was queued to the camera, which attached to it; and only we, looking at it, and the heap ever mapped it. */
static void
assert_camera_wrote (DmabufTrace *trace, PadWatch *watch)
{
  GHashTable *inodes = pad_watch_inodes (watch);
  GHashTableIter iter;
  gpointer inode;

  fail_unless_equals_int (pad_watch_count (watch, "udmabuf"), N_CAMERA_FRAMES);
  g_hash_table_iter_init (&iter, inodes);
  while (g_hash_table_iter_next (&iter, &inode, NULL)) {
    guint64 number = GPOINTER_TO_SIZE (inode);

    fail_unless (dmabuf_trace_count (trace, number, "queued to vivid-001-vid-cap (VIDEO_CAPTURE)") > 0);
    fail_unless (dmabuf_trace_count (trace, number, "attached by vivid.0") > 0);
    fail_unless_equals_int (dmabuf_trace_count_maps (trace, number), pad_watch_our_maps (watch, number));
  }
  g_hash_table_unref (inodes);
}

/* A frame of the second size is 8 MiB: four huge pages side by side. */
static const gchar *const sizes[] = { "width=640,height=480", "width=1920,height=1080" };

GST_START_TEST (test_camera_that_takes_contiguous_memory_writes_it)
{
  HeapAudit *audit;
  PadWatch *watch, *stock;
  GstElement *pipeline;
  DmabufTrace *trace;
  guint64 used = huge_page_info_used ();

  pipeline = play_to_end (camera (sizes[__i__], "mmap", "identity"), &stock);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  audit = heap_audit_new ();

  dmabuf_trace_begin ();
  pipeline = play_to_end (
      camera (sizes[__i__], "dmabuf-import", "heapupload name=upload heap-name=" HEAP " require-zero-copy=true"),
      &watch);
  trace = dmabuf_trace_end ();
  assert_camera_wrote (trace, watch);
  assert_same_frames (watch, stock);
  fail_unless (huge_page_info_used () > used);
  fail_unless_equals_int (device_test_upload_stat (pipeline, "bytes-copied"), 0);
  stop (pipeline, watch);
  heap_audit_assert_settles (audit, "the camera was stopped");
  heap_audit_free (audit);
  pad_watch_free (stock);
  dmabuf_trace_free (trace);
}

GST_END_TEST

/* 3 MiB: two pages side by side. */
GST_START_TEST (test_display_shows_what_the_cpu_writes)
{
  PadWatch *watch;
  GstElement *pipeline = play_to_end (
      g_strdup ("videotestsrc num-buffers=2 pattern=ball ! video/x-raw,format=BGRx,width=1024,height=768 ! "
                "heapupload name=upload heap-name=" HEAP " require-zero-copy=true ! " DISPLAY),
      &watch);
  gchar *devices = dmabuf_info_attached (((WatchedFrame *) watch->frames->pdata[1])->inode);

  fail_unless_equals_int (pad_watch_count (watch, "udmabuf"), 2);
  fail_unless (devices && strstr (devices, "vkms"), "%s", devices);
  fail_unless (display_crc_follows (watch->last));
  g_free (devices);
  stop (pipeline, watch);
}

GST_END_TEST

static GstMemory *
take (GstAllocator *allocator, gsize size, guint8 value)
{
  GError *error = NULL;
  GstMemory *memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), size, NULL, &error);
  GstMapInfo map;

  g_assert_no_error (error);
  fail_unless (gst_is_dmabuf_memory (memory));
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  fail_unless_equals_int (map.data[0], 0);
  fail_unless (memcmp (map.data, map.data + 1, map.size - 1) == 0);
  memset (map.data, value, map.size);
  gst_memory_unmap (memory, &map);
  return memory;
}

/* All that the fd shows, past GStreamer. */
static void
assert_fd_shows (int fd, gsize size, guint8 value)
{
  guint8 *data = mmap (NULL, size, PROT_READ, MAP_SHARED, fd, 0);

  fail_unless_equals_int (lseek (fd, 0, SEEK_END), size);
  fail_unless (data != MAP_FAILED);
  fail_unless_equals_int (data[0], value);
  fail_unless (memcmp (data, data + 1, size - 1) == 0);
  munmap (data, size);
}

/* Neighbours by their addresses: of so many in a page most are. */
GST_START_TEST (test_fd_shows_no_neighbour)
{
  const gsize size = MIB / 4 + 4096;
  GstAllocator *allocator = heap_check_new_allocator (HEAP, NULL);
  GstMemory *memories[10];
  guint n_neighbours = 0;

  for (guint i = 0; i < G_N_ELEMENTS (memories); i++) {
    memories[i] = take (allocator, size, i + 1);
    fail_unless (gst_is_phys_memory (memories[i]));
    n_neighbours +=
        i > 0 && gst_phys_memory_get_phys_addr (memories[i]) == gst_phys_memory_get_phys_addr (memories[i - 1]) + size;
  }
  fail_unless (n_neighbours > 5, "%u of %u", n_neighbours, (guint) G_N_ELEMENTS (memories));
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++) {
    int fd = gst_dmabuf_memory_get_fd (memories[i]);

    assert_fd_shows (fd, size, i + 1);
    fail_unless (mmap (NULL, size + 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
    fail_unless (mmap (NULL, 4096, PROT_READ, MAP_SHARED, fd, size) == MAP_FAILED);
  }
  for (guint i = 0; i < G_N_ELEMENTS (memories); i++)
    gst_memory_unref (memories[i]);
  gst_object_unref (allocator);
}

GST_END_TEST

/* In the VM some huge pages lie in the CMA region, and have to be moved before a device can use them. */
GST_START_TEST (test_pages_of_any_place_are_given_side_by_side)
{
  const guint n_pages = huge_page_info_total () - huge_page_info_used ();
  GstAllocator *allocator = heap_check_new_allocator (HEAP, NULL);
  GPtrArray *memories = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  GstMemory *memory;

  while ((memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), 4 * MIB, NULL, NULL)))
    g_ptr_array_add (memories, memory);
  fail_unless (memories->len * 2 >= n_pages * 3 / 4, "%u of %u pages were given in pairs", memories->len * 2, n_pages);
  g_ptr_array_unref (memories);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Has the driver of a display import the dma-buf, as kmssink does. Returns: its handle */
static guint32
import (int card, GstMemory *memory)
{
  struct prime_handle prime = { .fd = gst_dmabuf_memory_get_fd (memory) };

  fail_unless (ioctl (card, IOCTL_PRIME_FD_TO_HANDLE, &prime) == 0, "%s", g_strerror (errno));
  return prime.handle;
}

static void
let_go (int card, guint32 handle)
{
  struct gem_close gem = { .handle = handle };

  fail_unless (ioctl (card, IOCTL_GEM_CLOSE, &gem) == 0);
}

/* The device has it when nobody has an fd of it any more. */
GST_START_TEST (test_what_a_device_still_uses_is_not_given_to_the_next)
{
  HeapAudit *audit = heap_audit_new ();
  GstAllocator *allocator = heap_check_new_allocator (HEAP, NULL);
  int card = display_crc_open_card ();
  GstMemory *memory = take (allocator, MIB, 1), *next;
  guintptr address = gst_phys_memory_get_phys_addr (memory);
  guint64 inode = dmabuf_info_inode (gst_dmabuf_memory_get_fd (memory));
  guint32 handle;
  gchar *devices;

  handle = import (card, memory);
  gst_memory_unref (memory);
  devices = dmabuf_info_attached (inode);
  fail_unless (devices != NULL && *devices != '\0', "the device let go of it by itself");
  g_free (devices);
  for (guint i = 0; i < 2; i++) {
    next = take (allocator, MIB, 2);
    fail_if (gst_phys_memory_get_phys_addr (next) == address);
    gst_memory_unref (next);
  }
  let_go (card, handle);
  next = take (allocator, MIB, 3);
  fail_unless_equals_uint64 (gst_phys_memory_get_phys_addr (next), address);
  gst_memory_unref (next);
  gst_object_unref (allocator);
  close (card);
  heap_audit_assert_settles (audit, "all was freed");
  heap_audit_free (audit);
}

GST_END_TEST

/* The heap has gone, and its pages stay for as long as the device has them. */
GST_START_TEST (test_device_keeps_its_pages_after_the_heap)
{
  HeapAudit *audit = heap_audit_new ();
  GstAllocator *allocator = heap_check_new_allocator (HEAP, NULL);
  int card = display_crc_open_card ();
  GstMemory *memory = take (allocator, MIB, 1);
  guint32 handle = import (card, memory);

  gst_memory_unref (memory);
  gst_object_unref (allocator);
  fail_unless_equals_int (huge_page_info_used (), 1);
  fail_unless_equals_int (dmabuf_info_count ("udmabuf"), 1);
  let_go (card, handle);
  close (card);
  heap_audit_assert_settles (audit, "the device let go");
  heap_audit_free (audit);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("process-contiguous");
  TCase *tcase = tcase_create ("process-contiguous");

  if (!huge_page_info_has_dmabufs ()) {
    g_print ("SKIP: no huge page is reserved, or there is no udmabuf for them\n");
    return DEVICE_TEST_SKIP;
  }
  tcase_set_timeout (tcase, 120);
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_camera_that_takes_contiguous_memory_writes_it, 0, G_N_ELEMENTS (sizes));
  tcase_add_test (tcase, test_display_shows_what_the_cpu_writes);
  tcase_add_test (tcase, test_fd_shows_no_neighbour);
  tcase_add_test (tcase, test_pages_of_any_place_are_given_side_by_side);
  tcase_add_test (tcase, test_what_a_device_still_uses_is_not_given_to_the_next);
  tcase_add_test (tcase, test_device_keeps_its_pages_after_the_heap);
  return device_test_run ("process-contiguous", suite, argc, argv);
}
