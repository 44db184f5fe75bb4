/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What GstHeapUsage finds in processes is what the kernel has in its own list. */
#include "device-test.h"

#include <fcntl.h>
#include <gst/allocators/gstfdmemory.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xf86drm.h>

#define SIZE (1u << 20)
#define N_MEMORIES 4
#define N_MANY 500

static GstMemory *memories[N_MEMORIES];
static pid_t children[N_MANY];
static guint n_children;

static void
allocate (void)
{
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_selection_new_from_string ("system", &error);
  GstAllocator *allocator = gst_heap_allocator_new (selection, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < N_MEMORIES; i++)
    memories[i] = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (allocator), SIZE * (i + 1), NULL, &error);
  g_assert_no_error (error);
  gst_object_unref (allocator);
  gst_heap_selection_unref (selection);
}

static int
fd_of (guint index)
{
  return gst_fd_memory_get_fd (memories[index]);
}

/* A process that has what this one has, changed by prepare(), until it is killed. */
static pid_t
add_child (void (*prepare) (void))
{
  int ready[2];
  gchar byte;
  pid_t pid;

  fail_unless (pipe (ready) == 0);
  pid = fork ();
  fail_unless (pid >= 0);
  if (pid == 0) {
    if (prepare)
      prepare ();
    if (write (ready[1], "", 1) == 1)
      pause ();
    _exit (0);
  }
  close (ready[1]);
  fail_unless (read (ready[0], &byte, 1) == 1, "a child has ended");
  close (ready[0]);
  children[n_children++] = pid;
  return pid;
}

static void
teardown (void)
{
  for (guint i = 0; i < n_children; i++) {
    kill (children[i], SIGKILL);
    waitpid (children[i], NULL, 0);
  }
  n_children = 0;
  for (guint i = 0; i < N_MEMORIES; i++)
    g_clear_pointer (&memories[i], gst_memory_unref);
}

/* Of the second memory it has nothing but a mapping, of the others nothing. */
static void
keep_a_mapping (void)
{
  if (mmap (NULL, 2 * SIZE, PROT_READ, MAP_SHARED, fd_of (1), 0) == MAP_FAILED)
    _exit (1);
  for (guint i = 0; i < N_MEMORIES; i++)
    close (fd_of (i));
}

static GstHeapUsage *
take (void)
{
  GError *error = NULL;
  GstHeapUsage *usage = gst_heap_usage_new (&error);

  g_assert_no_error (error);
  return usage;
}

/* The heap, each exporter the kernel knows included. Returns: the index of "system" */
static guint
assert_agrees_with_bufinfo (GstHeapUsage *usage)
{
  guint system = G_MAXUINT;

  for (guint i = 0; i < gst_heap_usage_get_n_heaps (usage); i++) {
    const gchar *heap = gst_heap_usage_get_heap_name (usage, i);
    guint n;

    fail_unless_equals_uint64 (gst_heap_usage_get_heap_bytes (usage, i, &n), dmabuf_info_bytes (heap));
    fail_unless_equals_int (n, dmabuf_info_count (heap));
    if (g_str_equal (heap, "system"))
      system = i;
  }
  fail_unless (system != G_MAXUINT);
  return system;
}

static guint64
bytes_of (GstHeapUsage *usage, guint heap, pid_t pid, guint64 *shared)
{
  for (guint i = 0; i < gst_heap_usage_get_n_holders (usage, heap); i++) {
    if (gst_heap_usage_get_holder_pid (usage, heap, i) == pid)
      return gst_heap_usage_get_holder_bytes (usage, heap, i, NULL, shared);
  }
  *shared = 0;
  return 0;
}

GST_START_TEST (test_shared_and_mapped_buffers_agree_with_bufinfo)
{
  GstHeapUsage *usage;
  guint64 shared;
  pid_t sharer, mapper;
  guint heap;

  allocate ();
  sharer = add_child (NULL);
  mapper = add_child (keep_a_mapping);
  usage = take ();
  heap = assert_agrees_with_bufinfo (usage);
  fail_unless_equals_uint64 (bytes_of (usage, heap, getpid (), &shared), 10 * SIZE);
  fail_unless_equals_uint64 (shared, 10 * SIZE);
  fail_unless_equals_uint64 (bytes_of (usage, heap, sharer, &shared), 10 * SIZE);
  fail_unless_equals_uint64 (bytes_of (usage, heap, mapper, &shared), 2 * SIZE);
  fail_unless_equals_uint64 (shared, 2 * SIZE);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

GST_START_TEST (test_what_only_a_device_holds_is_told)
{
  int display = open ("/dev/dri/card0", O_RDWR | O_CLOEXEC);
  GstHeapUsage *usage;
  guint64 bytes, shared;
  guint32 handle;
  guint heap, n;

  allocate ();
  fail_unless (display >= 0);
  fail_unless (drmPrimeFDToHandle (display, fd_of (2), &handle) == 0);
  g_clear_pointer (&memories[2], gst_memory_unref);

  usage = take ();
  heap = assert_agrees_with_bufinfo (usage);
  fail_unless (gst_heap_usage_get_unheld_bytes (usage, heap, &bytes, &n));
  fail_unless_equals_uint64 (bytes, 3 * SIZE);
  fail_unless_equals_int (n, 1);
  fail_unless_equals_uint64 (bytes_of (usage, heap, getpid (), &shared), 7 * SIZE);
  gst_heap_usage_unref (usage);
  close (display);
}

GST_END_TEST

GST_START_TEST (test_hundreds_of_processes_are_looked_at)
{
  GstHeapUsage *usage;
  gint64 begin, end;
  guint heap;

  allocate ();
  for (guint i = 0; i < N_MANY; i++)
    add_child (NULL);
  begin = g_get_monotonic_time ();
  usage = take ();
  end = g_get_monotonic_time ();
  heap = assert_agrees_with_bufinfo (usage);
  fail_unless_equals_int (gst_heap_usage_get_n_holders (usage, heap), N_MANY + 1);
  g_print ("# %u processes that hold %u dma-bufs each took %.3f s\n", N_MANY + 1, N_MEMORIES, (end - begin) / 1e6);
  gst_heap_usage_unref (usage);
}

GST_END_TEST

int
main (int argc, char **argv)
{
  Suite *suite = suite_create ("usage");
  TCase *tcase = tcase_create ("usage");

  tcase_set_timeout (tcase, 120);
  tcase_add_checked_fixture (tcase, NULL, teardown);
  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_shared_and_mapped_buffers_agree_with_bufinfo);
  tcase_add_test (tcase, test_what_only_a_device_holds_is_told);
  tcase_add_test (tcase, test_hundreds_of_processes_are_looked_at);
  return device_test_run ("usage", suite, argc, argv);
}
