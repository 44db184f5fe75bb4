/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory that nobody uses any more, and comes back as the same to who asks for its like. */
#include "heap-fixture.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE HEAP_FIXTURE_PAGE
#define PLENTY G_GUINT64_CONSTANT (1000000000)
#define LONG (3600 * GST_SECOND)
#define N_THREADS 4

static GstAllocator *
new_allocator (guint64 cache_bytes, guint64 cache_age)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");

  g_object_set (allocator, "cache-bytes", cache_bytes, "cache-age", cache_age, NULL);
  return allocator;
}

static gulong
inode_of (GstMemory *memory)
{
  struct stat status;

  fail_unless (fstat (gst_dmabuf_memory_get_fd (memory), &status) == 0);
  return status.st_ino;
}

/* Allocates and frees. Returns: the address of the memory, which may be gone */
static gpointer
use (GstAllocator *allocator, gsize size)
{
  GstMemory *memory = gst_allocator_alloc (allocator, size, NULL);

  fail_unless (memory != NULL);
  gst_memory_unref (memory);
  return memory;
}

GST_START_TEST (test_nothing_is_kept_unless_told)
{
  GstAllocator *allocator = heap_fixture_allocator ("system");
  guint64 bytes, age;

  g_object_get (allocator, "cache-bytes", &bytes, "cache-age", &age, NULL);
  fail_unless_equals_uint64 (bytes, 0);
  fail_unless_equals_uint64 (age, GST_SECOND);
  use (allocator, PAGE);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_the_same_memory_comes_back)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstMemory *memory = gst_allocator_alloc (allocator, 5000, NULL), *again;
  gulong inode = inode_of (memory);
  GQuark import = g_quark_from_static_string ("import");
  GstMapInfo map;

  gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), import, memory, NULL);
  fail_unless (gst_memory_map (memory, &map, GST_MAP_READWRITE));
  gst_memory_unmap (memory, &map);
  gst_memory_resize (memory, 10, 100);
  GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_READONLY);
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_open_buffers ("system"), 1);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-live"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 2 * PAGE);

  again = gst_allocator_alloc (allocator, 6000, NULL);
  fail_unless (again == memory);
  fail_unless_equals_int (inode_of (again), inode);
  fail_unless (gst_mini_object_get_qdata (GST_MINI_OBJECT (again), import) == memory);
  fail_unless_equals_int (again->offset, 0);
  fail_unless_equals_int (again->size, 6000);
  fail_unless_equals_int (again->maxsize, 2 * PAGE);
  fail_unless (!GST_MEMORY_IS_READONLY (again));
  fail_unless (gst_memory_map (again, &map, GST_MAP_READWRITE));
  gst_memory_unmap (again, &map);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  fail_unless_equals_int (fake_calls (FAKE_MMAP), 1);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "reuses"), 1);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "memories"), 1);
  gst_memory_unref (again);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_another_size_is_another_memory)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);

  use (allocator, PAGE);
  use (allocator, PAGE + 1);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 3 * PAGE);
  gst_object_unref (allocator);
}

GST_END_TEST

/* An importer may remember how frames lay in it. */
GST_START_TEST (test_memory_that_is_open_elsewhere_takes_no_other_layout)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL);
  int copy = dup (gst_dmabuf_memory_get_fd (memory));

  gst_memory_unref (memory);
  use (allocator, PAGE);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator));
  close (copy);
  gst_object_unref (allocator);
}

GST_END_TEST

/* One buffer of a new pool, on which an importer keeps a hand. Returns: its memory, which may be gone */
static gpointer
import_from_pool (GstAllocator *allocator, const gchar *caps, int *ret_copy)
{
  GstBufferPool *pool = heap_fixture_pool (allocator, caps, 64 * 64 * 4, 0, 0);
  GstBuffer *buffer;
  gpointer memory;

  fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
  memory = gst_buffer_peek_memory (buffer, 0);
  *ret_copy = dup (gst_dmabuf_memory_get_fd (memory));
  gst_buffer_unref (buffer);
  heap_fixture_pool_free (pool);
  return memory;
}

GST_START_TEST (test_pools_of_one_layout_share_imported_memory)
{
  const gchar *rgba = "video/x-raw,format=RGBA,width=64,height=64";
  const gchar *bgra = "video/x-raw,format=BGRA,width=64,height=64";
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  gpointer one, other, again;
  int copies[3];

  one = import_from_pool (allocator, rgba, &copies[0]);
  other = import_from_pool (allocator, bgra, &copies[1]);
  again = import_from_pool (allocator, rgba, &copies[2]);
  fail_unless (one != other);
  fail_unless (one == again);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    close (copies[i]);
  gst_object_unref (allocator);
}

GST_END_TEST

/* GStreamer's pools give up a memory that was shared, as a copy of the buffer does, each time. */
GST_START_TEST (test_copies_of_buffers_cost_no_allocation)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstBufferPool *pool = heap_fixture_pool (allocator, "video/x-raw,format=RGBA,width=64,height=64", 64 * 64 * 4, 0, 0);

  for (guint i = 0; i < 30; i++) {
    GstBuffer *buffer, *copy;

    fail_unless_equals_int (gst_buffer_pool_acquire_buffer (pool, &buffer, NULL), GST_FLOW_OK);
    copy = gst_buffer_copy (buffer);
    gst_buffer_unref (buffer);
    gst_buffer_unref (copy);
  }
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  heap_fixture_pool_free (pool);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_no_more_bytes_are_kept_than_told)
{
  GstAllocator *allocator = new_allocator (3 * PAGE, LONG);
  GstMemory *memories[4];

  for (guint i = 0; i < 4; i++)
    memories[i] = gst_allocator_alloc (allocator, PAGE, NULL);
  for (guint i = 0; i < 4; i++)
    gst_memory_unref (memories[i]);
  fail_unless_equals_int (fake_open_buffers ("system"), 3);
  /* The oldest went. */
  fail_unless (use (allocator, PAGE) == memories[3]);
  use (allocator, 4 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 3 * PAGE);
  use (allocator, 2 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 3 * PAGE);
  g_object_set (allocator, "cache-bytes", (guint64) 2 * PAGE, NULL);
  fail_unless_equals_int (fake_open_buffers ("system"), 1);
  g_object_set (allocator, "cache-bytes", (guint64) 0, NULL);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_what_is_old_goes_by_itself)
{
  GstAllocator *allocator = new_allocator (PLENTY, 50 * GST_MSECOND);

  use (allocator, PAGE);
  fail_unless_equals_int (fake_open_buffers ("system"), 1);
  for (guint i = 0; i < 1000 && fake_open_buffers ("system") > 0; i++)
    g_usleep (10000);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  use (allocator, PAGE);
  for (guint i = 0; i < 1000 && fake_open_buffers ("system") > 0; i++)
    g_usleep (10000);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Waits until there are n buffers, for up to ten seconds. */
static void
wait_for_buffers (guint n)
{
  for (guint i = 0; i < 1000 && fake_open_buffers ("system") != n; i++)
    g_usleep (10000);
  fail_unless_equals_int (fake_open_buffers ("system"), n);
}

/* Of every allocator, however long things are to be kept. */
GST_START_TEST (test_memory_pressure_frees_what_nobody_uses)
{
  GstAllocator *one = new_allocator (PLENTY, LONG), *other = new_allocator (PLENTY, LONG);
  GstMemory *used = gst_allocator_alloc (one, PAGE, NULL);
  gint64 begin = g_get_monotonic_time ();

  fake_set_pressure (0);
  use (one, 2 * PAGE);
  use (one, 3 * PAGE);
  use (other, 4 * PAGE);
  fake_raise_pressure ();
  wait_for_buffers (1);
  fail_unless (g_get_monotonic_time () - begin < 5 * G_USEC_PER_SEC);
  fail_unless_equals_uint64 (heap_fixture_stat (one, "bytes-given-up"), 5 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (other, "bytes-given-up"), 4 * PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (one, "bytes-cached"), 0);
  gst_memory_unref (used);
  fail_unless_equals_uint64 (heap_fixture_stat (one, "bytes-cached"), PAGE);
  gst_object_unref (other);
  gst_object_unref (one);
}

GST_END_TEST

/* Nor is anything asked while nothing is kept. */
GST_START_TEST (test_without_pressure_all_is_kept)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL);

  fake_set_pressure (0);
  fail_unless_equals_int (fake_calls (FAKE_OPEN_PRESSURE), 0);
  gst_memory_unref (memory);
  for (guint i = 0; i < 1000 && fake_calls (FAKE_PRESSURE_POLL) < 2; i++)
    g_usleep (10000);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-given-up"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

/* The end of a cache that has just become empty is left to the timer. */
GST_START_TEST (test_trimmed_cache_watches_no_longer)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);

  fake_set_pressure (0);
  use (allocator, PAGE);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator));
  for (guint i = 0; i < 1000 && fake_open_fds () > 1; i++) /* the heap's node */
    g_usleep (10000);
  fail_unless_equals_int (fake_open_fds (), 1);
  use (allocator, PAGE);
  fake_raise_pressure ();
  wait_for_buffers (0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_trimming_frees_all)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);

  use (allocator, PAGE);
  use (allocator, 2 * PAGE);
  fail_unless_equals_uint64 (gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator)), 3 * PAGE);
  fail_unless_equals_uint64 (gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator)), 0);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Whichever allocator of the heap keeps it, under whichever of its names. */
GST_START_TEST (test_full_heap_gets_back_what_is_kept)
{
  GstAllocator *keeping = heap_fixture_allocator ("default_cma_region");
  GstAllocator *asking = heap_fixture_allocator ("reserved");
  GstAllocator *other = new_allocator (PLENTY, LONG);

  fake_set_capacity ("default_cma_region", 4 * PAGE);
  g_object_set (keeping, "cache-bytes", PLENTY, "cache-age", LONG, NULL);
  use (other, PAGE);
  use (keeping, 3 * PAGE);
  use (keeping, 2 * PAGE);
  fail_unless_equals_int (fake_open_buffers ("default_cma_region"), 1);
  use (keeping, 4 * PAGE);
  fake_fail (FAKE_HEAP_ALLOC, 1, ENOMEM);
  use (asking, PAGE);
  fail_unless_equals_int (fake_open_buffers ("default_cma_region"), 0);
  fail_unless_equals_int (fake_open_buffers ("system"), 1);
  fake_fail (FAKE_HEAP_ALLOC, 1, EMFILE);
  use (asking, PAGE);
  g_object_set (keeping, "cache-bytes", (guint64) 0, NULL);
  fake_fail (FAKE_HEAP_ALLOC, 1, EMFILE);
  fail_if (gst_allocator_alloc (asking, PAGE, NULL));
  gst_object_unref (other);
  gst_object_unref (asking);
  gst_object_unref (keeping);
}

GST_END_TEST

/* What is carved out of a heap has its size once and for all. */
GST_START_TEST (test_full_carved_allocator_leaves_the_others_their_memory)
{
  GstAllocator *keeping = heap_fixture_allocator ("reserved"), *carved;
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (keeping));

  g_object_set (keeping, "cache-bytes", PLENTY, "cache-age", LONG, NULL);
  carved = gst_heap_allocator_new_carved (heap, PAGE, NULL);
  use (keeping, PAGE);
  fail_if (gst_allocator_alloc (carved, 2 * PAGE, NULL));
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-cached"), PAGE);
  gst_object_unref (carved);
  gst_object_unref (keeping);
}

GST_END_TEST

GST_START_TEST (test_memory_that_a_device_uses_is_not_given_out)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL);

  fake_set_busy (gst_dmabuf_memory_get_fd (memory), 1);
  gst_memory_unref (memory);
  use (allocator, PAGE);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 2 * PAGE);
  use (allocator, PAGE);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_shorter_age_counts_at_once)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);

  use (allocator, PAGE);
  g_object_set (allocator, "cache-age", 50 * GST_MSECOND, NULL);
  for (guint i = 0; i < 1000 && fake_open_buffers ("system") > 0; i++)
    g_usleep (10000);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
  gst_object_unref (allocator);
}

GST_END_TEST

GST_START_TEST (test_who_wants_zeroes_gets_fresh_memory)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstAllocationParams params = { .flags = GST_MEMORY_FLAG_ZERO_PADDED, .padding = 10 };
  GstMemory *memory;

  use (allocator, PAGE);
  memory = gst_allocator_alloc (allocator, PAGE - 10, &params);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  gst_memory_unref (memory);
  gst_object_unref (allocator);
}

GST_END_TEST

/* The last memory outlives the allocator's last owner, and nothing is kept of an allocator that goes. */
GST_START_TEST (test_memory_outlives_its_allocator)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstMemory *memory = gst_allocator_alloc (allocator, PAGE, NULL);

  use (allocator, 2 * PAGE);
  gst_object_unref (allocator);
  fail_unless_equals_int (fake_open_buffers ("system"), 2);
  gst_memory_unref (memory);
  fail_unless_equals_int (fake_open_buffers ("system"), 0);
}

GST_END_TEST

GST_START_TEST (test_shared_parts_keep_the_whole_in_use)
{
  GstAllocator *allocator = new_allocator (PLENTY, LONG);
  GstMemory *memory = gst_allocator_alloc (allocator, 2 * PAGE, NULL);
  GstMemory *part = gst_memory_share (memory, 100, 50);

  gst_memory_unref (memory);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 0);
  gst_memory_unref (part);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "bytes-cached"), 2 * PAGE);
  gst_object_unref (allocator);
}

GST_END_TEST

/* Two allocators of one heap, by two of its names, that keep what nobody uses. */
static void
new_allocators (GstAllocator **keeping, GstAllocator **asking)
{
  *keeping = heap_fixture_allocator ("default_cma_region");
  *asking = heap_fixture_allocator ("reserved");
  g_object_set (*keeping, "cache-bytes", PLENTY, "cache-age", LONG, NULL);
  g_object_set (*asking, "cache-bytes", PLENTY, "cache-age", LONG, NULL);
}

/* The heap that gives the memory back is the one it was taken from, which goes first here. */
GST_START_TEST (test_another_allocator_of_the_heap_gets_what_is_kept)
{
  GstAllocator *keeping, *asking;
  GstMemory *memory;
  gpointer kept;

  new_allocators (&keeping, &asking);
  kept = use (keeping, 2 * PAGE);
  memory = gst_allocator_alloc (asking, PAGE + 1, NULL);
  fail_unless (memory == kept);
  fail_unless (memory->allocator == asking);
  fail_unless_equals_string (gst_heap_get_name (gst_heap_memory_get_heap (memory)), "reserved");
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 1);
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-cached"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "reuses"), 0);
  fail_unless_equals_uint64 (heap_fixture_stat (asking, "reuses"), 1);
  fail_unless_equals_uint64 (heap_fixture_stat (asking, "bytes-live"), 2 * PAGE);
  gst_object_unref (keeping);
  heap_fixture_fill (memory, 1);
  gst_memory_unref (memory);
  fail_unless_equals_uint64 (heap_fixture_stat (asking, "bytes-cached"), 2 * PAGE);
  fail_unless (use (asking, 2 * PAGE) == kept);
  gst_object_unref (asking);
}

GST_END_TEST

GST_START_TEST (test_what_passes_to_another_allocator_is_of_its_budget)
{
  GstAllocator *keeping, *asking;
  GstMemory *memory;

  new_allocators (&keeping, &asking);
  g_object_set (keeping, "max-bytes", (guint64) 2 * PAGE, NULL);
  g_object_set (asking, "max-bytes", (guint64) 2 * PAGE, NULL);
  use (keeping, 2 * PAGE);
  memory = gst_allocator_alloc (asking, PAGE, NULL);
  fail_if (gst_allocator_alloc (asking, 2 * PAGE, NULL));
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-cached"), 2 * PAGE);
  gst_memory_unref (memory);
  memory = gst_allocator_alloc (asking, 2 * PAGE, NULL);
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-cached"), 0);
  use (keeping, 2 * PAGE);
  gst_memory_unref (memory);
  gst_object_unref (keeping);
  gst_object_unref (asking);
}

GST_END_TEST

GST_START_TEST (test_who_keeps_nothing_gets_nothing_that_is_kept)
{
  GstAllocator *keeping, *asking;

  new_allocators (&keeping, &asking);
  g_object_set (asking, "cache-bytes", (guint64) 0, NULL);
  use (keeping, PAGE);
  use (asking, PAGE);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 2);
  gst_object_unref (keeping);
  gst_object_unref (asking);
}

GST_END_TEST

GST_START_TEST (test_what_is_kept_does_not_leave_its_heap)
{
  GstAllocator *keeping = new_allocator (PLENTY, LONG), *asking, *carved, *unused;
  GstHeap *heap = gst_heap_allocator_get_heap (GST_HEAP_ALLOCATOR (keeping));

  new_allocators (&asking, &unused);
  carved = gst_heap_allocator_new_carved (heap, 4 * PAGE, NULL);
  g_object_set (carved, "cache-bytes", PLENTY, "cache-age", LONG, NULL);
  use (keeping, PAGE);
  fail_if (use (asking, PAGE) == use (carved, PAGE));
  fail_unless_equals_uint64 (heap_fixture_stat (keeping, "bytes-cached"), PAGE);
  fail_unless_equals_uint64 (heap_fixture_stat (asking, "bytes-cached"), PAGE);
  gst_object_unref (carved);
  gst_object_unref (unused);
  gst_object_unref (asking);
  gst_object_unref (keeping);
}

GST_END_TEST

GST_START_TEST (test_what_others_use_does_not_pass_to_another_allocator)
{
  GstAllocator *keeping, *asking;
  GstMemory *memory;
  int copy;

  new_allocators (&keeping, &asking);
  memory = gst_allocator_alloc (keeping, PAGE, NULL);
  fake_set_busy (gst_dmabuf_memory_get_fd (memory), 1);
  copy = dup (gst_dmabuf_memory_get_fd (memory));
  gst_memory_unref (memory);
  use (asking, PAGE);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (asking));
  use (asking, PAGE);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (asking));
  close (copy);
  fail_unless_equals_int (fake_calls (FAKE_HEAP_ALLOC), 3);
  fail_unless (use (asking, PAGE) == memory);
  gst_object_unref (keeping);
  gst_object_unref (asking);
}

GST_END_TEST

static gpointer
churn (gpointer data)
{
  GstAllocator *allocator = data;
  GRand *random = g_rand_new_with_seed (GPOINTER_TO_UINT (g_thread_self ()));

  for (guint i = 0; i < 5000; i++) {
    gsize size = g_rand_int_range (random, 1, 5) * PAGE;
    GstMemory *memory = gst_allocator_alloc (allocator, size, NULL);

    fail_unless (memory != NULL && memory->size == size);
    fail_unless (GST_MINI_OBJECT_REFCOUNT_VALUE (memory) == 1);
    gst_memory_unref (memory);
    if (i % 1000 == 0)
      gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (allocator));
  }
  g_rand_free (random);
  return NULL;
}

/* Two to an allocator. */
GST_START_TEST (test_threads_share_the_cache)
{
  GstAllocator *allocators[2] = { new_allocator (6 * PAGE, GST_MSECOND), new_allocator (6 * PAGE, GST_MSECOND) };
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("churn", churn, allocators[i % 2]);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (allocators); i++) {
    fail_unless_equals_uint64 (heap_fixture_stat (allocators[i], "memories"), 0);
    fail_unless_equals_uint64 (heap_fixture_stat (allocators[i], "bytes-live"), 0);
    gst_object_unref (allocators[i]);
  }
}

GST_END_TEST

/* Makes allocators that go while others look at what they keep. */
static gpointer
come_and_go (gpointer unused)
{
  for (guint i = 0; i < 1000; i++) {
    GstAllocator *allocator = new_allocator (6 * PAGE, LONG);

    use (allocator, PAGE);
    use (allocator, 2 * PAGE);
    gst_object_unref (allocator);
  }
  return NULL;
}

GST_START_TEST (test_threads_get_what_allocators_leave)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("come-and-go", come_and_go, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("cache");
  TCase *tests;

  gst_check_init (&argc, &argv);
  tests = heap_fixture_add_case (suite, "cache");
  tcase_add_test (tests, test_nothing_is_kept_unless_told);
  tcase_add_test (tests, test_the_same_memory_comes_back);
  tcase_add_test (tests, test_another_size_is_another_memory);
  tcase_add_test (tests, test_memory_that_is_open_elsewhere_takes_no_other_layout);
  tcase_add_test (tests, test_pools_of_one_layout_share_imported_memory);
  tcase_add_test (tests, test_copies_of_buffers_cost_no_allocation);
  tcase_add_test (tests, test_no_more_bytes_are_kept_than_told);
  tcase_add_test (tests, test_what_is_old_goes_by_itself);
  tcase_add_test (tests, test_memory_pressure_frees_what_nobody_uses);
  tcase_add_test (tests, test_without_pressure_all_is_kept);
  tcase_add_test (tests, test_trimmed_cache_watches_no_longer);
  tcase_add_test (tests, test_trimming_frees_all);
  tcase_add_test (tests, test_full_heap_gets_back_what_is_kept);
  tcase_add_test (tests, test_full_carved_allocator_leaves_the_others_their_memory);
  tcase_add_test (tests, test_memory_that_a_device_uses_is_not_given_out);
  tcase_add_test (tests, test_shorter_age_counts_at_once);
  tcase_add_test (tests, test_who_wants_zeroes_gets_fresh_memory);
  tcase_add_test (tests, test_memory_outlives_its_allocator);
  tcase_add_test (tests, test_shared_parts_keep_the_whole_in_use);
  tcase_add_test (tests, test_another_allocator_of_the_heap_gets_what_is_kept);
  tcase_add_test (tests, test_what_passes_to_another_allocator_is_of_its_budget);
  tcase_add_test (tests, test_who_keeps_nothing_gets_nothing_that_is_kept);
  tcase_add_test (tests, test_what_is_kept_does_not_leave_its_heap);
  tcase_add_test (tests, test_what_others_use_does_not_pass_to_another_allocator);
  tcase_add_test (tests, test_threads_share_the_cache);
  tcase_add_test (tests, test_threads_get_what_allocators_leave);
  return gst_check_run_suite (suite, "cache", __FILE__);
}
