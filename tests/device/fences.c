/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers with fences that are signalled by hand: the kernel's sw_sync, which poses as a device. */
#include "device-test.h"

#include <fcntl.h>
#include <gst/allocators/gstdmabuf.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The kernel's interface for tests, which is in none of its headers: drivers/dma-buf/sw_sync.c. */
#define SW_SYNC "/sys/kernel/debug/sync/sw_sync"

struct sw_sync_create_fence_data {
  guint32 value;
  gchar name[32];
  gint32 fence;
};

#define SW_SYNC_IOC_CREATE_FENCE _IOWR ('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW ('W', 1, guint32)

static const struct {
  const gchar *heap;
  guint32 flags; /* what the device does */
} cases[] = {
  { "system", DMA_BUF_SYNC_READ },
  { "system", DMA_BUF_SYNC_WRITE },
  { "reserved", DMA_BUF_SYNC_READ },
  { "process", DMA_BUF_SYNC_READ },
};

/* A device begins to use the dma-buf, until the timeline gets to value. */
static void
add_fence (int timeline, int dmabuf, guint32 value, guint32 flags)
{
  struct sw_sync_create_fence_data fence = { .value = value, .name = "gst-heaps" };
  struct dma_buf_import_sync_file import = { .flags = flags };

  fail_unless (ioctl (timeline, SW_SYNC_IOC_CREATE_FENCE, &fence) == 0, "%m");
  import.fd = fence.fence;
  fail_unless (ioctl (dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import) == 0, "%m");
  close (fence.fence);
}

static GstBufferPool *
new_pool (const gchar *heap)
{
  gchar *text = g_strdup_printf ("heap-name=%s", heap);
  GstHeapSelection *selection = gst_heap_selection_new_from_string (text, NULL);
  GError *error = NULL;
  GstAllocator *allocator = gst_heap_allocator_new (selection, &error);
  GstCaps *caps = gst_caps_new_empty_simple ("application/octet-stream");
  GstBufferPool *pool;
  GstStructure *config;

  g_assert_no_error (error);
  pool = gst_heap_buffer_pool_new (GST_HEAP_ALLOCATOR (allocator));
  config = gst_buffer_pool_get_config (pool);
  gst_buffer_pool_config_set_params (config, caps, 4096, 2, 2);
  fail_unless (gst_buffer_pool_set_config (pool, config));
  fail_unless (gst_buffer_pool_set_active (pool, TRUE));
  gst_caps_unref (caps);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
  g_free (text);
  return pool;
}

static GstFlowReturn
try_acquire (GstBufferPool *pool, GstBuffer **ret_buffer)
{
  GstBufferPoolAcquireParams no_wait = { .flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT };

  return gst_buffer_pool_acquire_buffer (pool, ret_buffer, &no_wait);
}

static int
fd_of (GstBuffer *buffer)
{
  return gst_dmabuf_memory_get_fd (gst_buffer_peek_memory (buffer, 0));
}

static gpointer
signal_later (gpointer timeline)
{
  guint32 one = 1;

  g_usleep (200000);
  fail_unless (ioctl (GPOINTER_TO_INT (timeline), SW_SYNC_IOC_INC, &one) == 0, "%m");
  return NULL;
}

GST_START_TEST (test_buffer_comes_once_its_fence_has_signalled)
{
  GstBufferPool *pool = new_pool (cases[__i__].heap);
  int timeline = open (SW_SYNC, O_RDWR | O_CLOEXEC);
  GstBuffer *used, *other, *buffer;
  GThread *thread;

  fail_unless (timeline >= 0, "%s: %m", SW_SYNC);
  fail_unless_equals_int (try_acquire (pool, &used), GST_FLOW_OK);
  fail_unless_equals_int (try_acquire (pool, &other), GST_FLOW_OK);
  add_fence (timeline, fd_of (used), 1, cases[__i__].flags);

  /* The other one comes first, then none, then the one that was waited for. */
  gst_buffer_unref (used);
  gst_buffer_unref (other);
  fail_unless_equals_int (try_acquire (pool, &buffer), GST_FLOW_OK);
  fail_unless (buffer == other);
  fail_unless_equals_int (try_acquire (pool, &buffer), GST_FLOW_EOS);
  thread = g_thread_new ("signal", signal_later, GINT_TO_POINTER (timeline));
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  fail_unless (buffer == used);
  g_thread_join (thread);

  gst_buffer_unref (buffer);
  gst_buffer_unref (other);
  gst_buffer_pool_set_active (pool, FALSE);
  gst_object_unref (pool);
  close (timeline);
}

GST_END_TEST

static gpointer
stop_later (gpointer pool)
{
  g_usleep (200000);
  gst_buffer_pool_set_active (pool, FALSE);
  return NULL;
}

GST_START_TEST (test_stop_does_not_wait_for_a_fence_that_never_signals)
{
  GstBufferPool *pool = new_pool ("system");
  int timeline = open (SW_SYNC, O_RDWR | O_CLOEXEC);
  GstBuffer *both[2], *buffer;
  GThread *thread;

  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (try_acquire (pool, &both[i]), GST_FLOW_OK);
    add_fence (timeline, fd_of (both[i]), 1, DMA_BUF_SYNC_WRITE);
  }
  gst_buffer_unref (both[0]);
  gst_buffer_unref (both[1]);
  thread = g_thread_new ("stop", stop_later, pool);
  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_FLUSHING);
  g_thread_join (thread);
  gst_object_unref (pool);
  close (timeline);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("fences");
  TCase *tests = tcase_create ("fences");

  tcase_set_timeout (tests, 60);
  suite_add_tcase (suite, tests);
  tcase_add_loop_test (tests, test_buffer_comes_once_its_fence_has_signalled, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tests, test_stop_does_not_wait_for_a_fence_that_never_signals);
  return device_test_run ("fences", suite, argc, argv);
}
