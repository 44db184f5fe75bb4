/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contiguous backend on this machine's own huge pages: by the kernel's account of them, not by that of the heap. */
#include "heaps/contiguous-heap.h"

#include "heaps/dmabuf.h"
#include "reserved-pages.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((size_t) 1 << 20)
#define LEAST_PAGES 8
#define MOST_PAGES 64
#define PATIENCE 100 /* times 50 ms */
#define PRESENT (UINT64_C (1) << 63)
#define FRAME ((UINT64_C (1) << 55) - 1)

static struct heap *heap;
static size_t n_free_before;
static bool has_udmabuf; /* found out in main() */

static void
open_heap (void)
{
  struct heap_info info = { .name = HEAP_CONTIGUOUS_NAME, .backend = HEAP_BACKEND_CONTIGUOUS };

  heap_facts_learn (&info.facts, HEAP_IMPORTABLE, has_udmabuf ? HEAP_YES : HEAP_NO, HEAP_SOURCE_BACKEND);
  ck_assert_int_eq (contiguous_heap_new (&info, &heap), 0);
}

static void
assert_nothing_is_taken (void)
{
  /* A process may have ended, and its memory not yet be back. */
  for (unsigned i = 0; i < PATIENCE && reserved_pages_free () != n_free_before; i++)
    usleep (50000);
  ck_assert_uint_eq (reserved_pages_free (), n_free_before);
}

static void
begin (void)
{
  n_free_before = reserved_pages_free ();
  open_heap ();
}

static void
end (void)
{
  heap_unref (heap);
  assert_nothing_is_taken ();
}

static struct heap_buffer
alloc (size_t size)
{
  struct heap_buffer buffer;

  ck_assert_int_eq (heap_alloc (heap, size, &buffer), 0);
  return buffer;
}

/* The bytes of the buffer: where the heap has it mapped, or a mapping of the whole dma-buf. */
static unsigned char *
map (const struct heap_buffer *buffer)
{
  void *data = buffer->data;

  if (data != NULL)
    return data;
  data = mmap (NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, buffer->fd, 0);
  ck_assert_ptr_ne (data, MAP_FAILED);
  return data;
}

static void
unmap (const struct heap_buffer *buffer, void *data)
{
  if (data != buffer->data)
    munmap (data, buffer->size);
}

static void
fill (const struct heap_buffer *buffer, int pattern)
{
  unsigned char *data = map (buffer);

  memset (data, pattern, buffer->size);
  unmap (buffer, data);
}

static void
assert_filled (const struct heap_buffer *buffer, int pattern)
{
  unsigned char *data = map (buffer);

  ck_assert_int_eq (data[0], pattern);
  ck_assert_mem_eq (data, data + 1, buffer->size - 1);
  unmap (buffer, data);
}

/* By /proc/self/pagemap; 0 where there is none, or this process may not know. */
static uint64_t
frame_of (const unsigned char *address)
{
  int fd = open ("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  off_t at = (off_t) ((uintptr_t) address / sys_page_size () * sizeof (uint64_t));
  uint64_t entry = 0;
  ssize_t n = 0;

  (void) *(const volatile unsigned char *) address;
  if (fd >= 0) {
    n = pread (fd, &entry, sizeof entry, at);
    close (fd);
  }
  return n == sizeof entry && (entry & PRESENT) != 0 ? entry & FRAME : 0;
}

/* The memfds of this process that have huge pages, as this test maps them: pagemap shows nothing of a mapped
 * dma-buf. */
struct view {
  unsigned char *data;
  size_t size;
};

static size_t
map_regions (struct view *ret_views, size_t most)
{
  size_t n = 0;

  for (int fd = 3; fd < 256 && n < most; fd++) {
    char path[64], link[64] = "";
    snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    if (readlink (path, link, sizeof link - 1) < 0 ||
        strncmp (link, "/memfd:gst-heaps", strlen ("/memfd:gst-heaps")) != 0)
      continue;
    ck_assert_int_eq (sys_fd_size (fd, &ret_views[n].size), 0);
    ret_views[n].data = mmap (NULL, ret_views[n].size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne (ret_views[n].data, MAP_FAILED);
    n++;
  }
  return n;
}

/* Where in the views the small page lies that begins with tag. */
static const unsigned char *
find_page (const struct view *views, size_t n, uint64_t tag)
{
  for (size_t i = 0; i < n; i++) {
    for (size_t at = 0; at < views[i].size; at += sys_page_size ()) {
      if (memcmp (views[i].data + at, &tag, sizeof tag) == 0)
        return views[i].data + at;
    }
  }
  ck_abort_msg ("the buffer is in no region");
}

/* Each small page begins with a number that it has for itself. */
static void
tag (const struct heap_buffer *buffer, uint64_t first)
{
  unsigned char *data = map (buffer);

  for (size_t at = 0; at < buffer->size; at += sys_page_size (), first++)
    memcpy (data + at, &first, sizeof first);
  unmap (buffer, data);
}

static void
assert_is_contiguous (const struct heap_buffer *buffer, uint64_t first_tag, const struct view *views, size_t n_views)
{
  const unsigned char *data = find_page (views, n_views, first_tag);
  uint64_t frame = frame_of (data);

  ck_assert_uint_ne (frame, 0);
  for (size_t i = 1; i < buffer->size / sys_page_size (); i++) {
    uint64_t next_tag = first_tag + i;
    ck_assert_uint_eq (frame_of (data + i * sys_page_size ()), frame + i);
    ck_assert_mem_eq (data + i * sys_page_size (), &next_tag, sizeof next_tag);
  }
  ck_assert_uint_eq (buffer->address, has_udmabuf ? frame * sys_page_size () : 0);
}

/* As many of that size as there is room for, up to n. */
static size_t
alloc_some (size_t size, struct heap_buffer *ret_buffers, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    int r = heap_alloc (heap, size, &ret_buffers[i]);
    if (r < 0) {
      ck_assert_int_eq (r, -ENOMEM);
      return i;
    }
  }
  return n;
}

/* 640x480 in NV12 and RGBA, 720p, 1080p, and what fills a page. Those above a page exist where pages are adjacent. */
START_TEST (test_every_buffer_is_contiguous)
{
  const size_t sizes[] = { 1, 460800, 1228800, 1382400, 3110400, 5 * MIB, reserved_page_size (), 8294400 };
  struct heap_buffer buffers[N_ELEMENTS (sizes) * 4];
  struct view views[MOST_PAGES];
  size_t n = 0, n_views;

  for (size_t i = 0; i < N_ELEMENTS (sizes); i++) {
    size_t n_given = alloc_some (sizes[i], &buffers[n], 4);
    printf ("%zu bytes: %zu of 4 buffers\n", sizes[i], n_given);
    ck_assert (n_given > 0 || sizes[i] > reserved_page_size ());
    n += n_given;
  }
  for (size_t i = 0; i < n; i++)
    tag (&buffers[i], (i + 1) << 32);
  n_views = map_regions (views, MOST_PAGES);
  for (size_t i = 0; i < n; i++)
    assert_is_contiguous (&buffers[i], (i + 1) << 32, views, n_views);
  for (size_t i = 0; i < n_views; i++)
    munmap (views[i].data, views[i].size);
  for (size_t i = 0; i < n; i++)
    heap_free (heap, &buffers[i]);
}
END_TEST

START_TEST (test_pages_are_given_back_with_the_heap)
{
  struct heap_buffer buffers[MOST_PAGES];
  size_t n = alloc_some (reserved_page_size (), buffers, MOST_PAGES);

  ck_assert_uint_ge (n, LEAST_PAGES);
  ck_assert_uint_le (reserved_pages_free (), n_free_before - n);
  for (size_t i = 0; i < n; i++)
    fill (&buffers[i], 0x5a);
  for (size_t i = 0; i < n; i++)
    heap_free (heap, &buffers[i]);
  ck_assert_uint_le (n_free_before - reserved_pages_free (), LEAST_PAGES); /* a region is kept */
  heap_unref (heap);
  assert_nothing_is_taken ();
  open_heap ();
}
END_TEST

START_TEST (test_memory_of_another_user_reads_zero)
{
  struct heap_buffer buffers[MOST_PAGES];
  size_t n = alloc_some (reserved_page_size () / 2, buffers, 6);

  for (unsigned i = 0; i < 3; i++) {
    for (size_t j = 0; j < n; j++) {
      assert_filled (&buffers[j], 0);
      fill (&buffers[j], 0x5a);
    }
    for (size_t j = 0; j < n; j++)
      heap_free (heap, &buffers[j]);
    ck_assert_uint_eq (alloc_some ((i + 1) * reserved_page_size () / 4, buffers, 6), n);
  }
  for (size_t j = 0; j < n; j++)
    heap_free (heap, &buffers[j]);
}
END_TEST

/* Runs act in a process of its own; its exit status, or that it was killed. */
static int
run_in_child (void (*act) (const struct heap_buffer *), const struct heap_buffer *buffer)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0) {
    act (buffer);
    _exit (EXIT_SUCCESS);
  }
  ck_assert_int_eq (waitpid (pid, &status, 0), pid);
  return status;
}

static void
do_nothing (const struct heap_buffer *buffer)
{
}

START_TEST (test_forked_process_leaves_nothing_and_changes_nothing)
{
  struct heap_buffer buffer = alloc (460800);

  fill (&buffer, 0x5a);
  ck_assert_int_eq (run_in_child (do_nothing, &buffer), 0);
  assert_filled (&buffer, 0x5a);
  heap_free (heap, &buffer);
}
END_TEST

/* In a process that forked, the heap of its own. */
static void
take_memory (const struct heap_buffer *unused)
{
  struct heap_buffer buffer;

  open_heap ();
  for (unsigned i = 0; i < 4; i++) {
    buffer = alloc (reserved_page_size ());
    fill (&buffer, 0x5a);
  }
}

START_TEST (test_exit_with_buffers_open_leaves_nothing)
{
  ck_assert_int_eq (run_in_child (take_memory, NULL), 0);
  assert_nothing_is_taken ();
}
END_TEST

static void
be_killed (const struct heap_buffer *unused)
{
  take_memory (NULL);
  if (reserved_pages_free () < n_free_before)
    kill (getpid (), SIGKILL);
}

START_TEST (test_killed_process_leaves_nothing)
{
  int status = run_in_child (be_killed, NULL);

  ck_assert (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  assert_nothing_is_taken ();
}
END_TEST

/* The program that follows runs on, with none of the memory. */
START_TEST (test_exec_with_buffers_open_leaves_nothing)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0) {
    take_memory (NULL);
    execlp ("sleep", "sleep", "600", NULL);
    _exit (127);
  }
  for (unsigned i = 0; i < PATIENCE && reserved_pages_free () == n_free_before; i++)
    usleep (1000);
  assert_nothing_is_taken ();
  ck_assert_int_eq (waitpid (pid, &status, WNOHANG), 0);
  kill (pid, SIGKILL);
  ck_assert_int_eq (waitpid (pid, &status, 0), pid);
}
END_TEST

/* What whoever receives the fd may try. */
START_TEST (test_receiver_can_neither_truncate_nor_seal)
{
  struct heap_buffer buffer = alloc (460800);
  off_t size = lseek (buffer.fd, 0, SEEK_END);

  fill (&buffer, 0x5a);
  ck_assert_int_lt (ftruncate (buffer.fd, 0), 0);
  ck_assert_int_lt (ftruncate (buffer.fd, size + (off_t) reserved_page_size ()), 0);
  ck_assert_int_lt (fcntl (buffer.fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
  ck_assert_int_lt (fcntl (buffer.fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
  ck_assert_int_eq (lseek (buffer.fd, 0, SEEK_END), size);
  assert_filled (&buffer, 0x5a);
  heap_free (heap, &buffer);
  buffer = alloc (460800);
  assert_filled (&buffer, 0);
  heap_free (heap, &buffer);
}
END_TEST

/* From here on with udmabuf. */

START_TEST (test_dmabuf_shows_no_neighbour)
{
  const size_t sizes[] = { 1, 3 * 4096, 460800, 100000, 1 };
  struct heap_buffer buffers[N_ELEMENTS (sizes)];
  uint64_t inodes[N_ELEMENTS (sizes)];
  char name[32];
  size_t size;

  for (size_t i = 0; i < N_ELEMENTS (sizes); i++) {
    buffers[i] = alloc (sizes[i]);
    fill (&buffers[i], (int) i + 1);
    ck_assert_uint_eq (buffers[i].offset, 0);
    ck_assert_int_eq (sys_dmabuf_exporter (buffers[i].fd, name, sizeof name), 0);
    ck_assert_str_eq (name, "udmabuf");
    ck_assert_int_eq (sys_fd_inode (buffers[i].fd, &inodes[i]), 0);
    for (size_t j = 0; j < i; j++)
      ck_assert_uint_ne (inodes[i], inodes[j]);
  }
  for (size_t i = 0; i < N_ELEMENTS (sizes); i++) {
    ck_assert_int_eq (sys_fd_size (buffers[i].fd, &size), 0);
    ck_assert_uint_eq (size, buffers[i].size);
    assert_filled (&buffers[i], (int) i + 1);
  }
  for (size_t i = 0; i < N_ELEMENTS (sizes); i++)
    heap_free (heap, &buffers[i]);
}
END_TEST

/* Ends well where the kernel refuses; else by SIGBUS. */
static void
look_beyond (const struct heap_buffer *buffer)
{
  size_t page = sys_page_size ();
  unsigned char *data = map (buffer);
  unsigned char *larger = mremap (data, buffer->size, buffer->size + page, MREMAP_MAYMOVE);

  if (larger != MAP_FAILED)
    (void) *(volatile unsigned char *) (larger + buffer->size);
}

static void
map_too_much (const struct heap_buffer *buffer)
{
  size_t page = sys_page_size ();
  unsigned char *data = mmap (NULL, buffer->size + page, PROT_READ, MAP_SHARED, buffer->fd, 0);

  if (data != MAP_FAILED)
    (void) *(volatile unsigned char *) (data + buffer->size);
}

static void
map_what_follows (const struct heap_buffer *buffer)
{
  unsigned char *data = mmap (NULL, sys_page_size (), PROT_READ, MAP_SHARED, buffer->fd, (off_t) buffer->size);

  if (data != MAP_FAILED)
    (void) *(volatile unsigned char *) data;
}

/* Reading there must end the process; it ends well only where it read nothing. */
static void
assert_shows_nothing_beyond (void (*look) (const struct heap_buffer *), const struct heap_buffer *buffer)
{
  int status = run_in_child (look, buffer);

  ck_assert (status == 0 || (WIFSIGNALED (status) && WTERMSIG (status) == SIGBUS));
}

START_TEST (test_dmabuf_ends_where_the_buffer_ends)
{
  struct heap_buffer before = alloc (4096), buffer = alloc (4096), after = alloc (4096);

  assert_shows_nothing_beyond (map_too_much, &buffer);
  assert_shows_nothing_beyond (map_what_follows, &buffer);
  assert_shows_nothing_beyond (look_beyond, &buffer);
  heap_free (heap, &before);
  heap_free (heap, &buffer);
  heap_free (heap, &after);
}
END_TEST

/* Another process has the buffer open, and waits for the end of the pipe. */
static pid_t
start_holder (int *ret_pipe)
{
  int ends[2];
  char byte;
  pid_t pid;

  ck_assert_int_eq (pipe (ends), 0);
  pid = fork ();
  if (pid == 0) {
    close (ends[1]);
    _exit (read (ends[0], &byte, 1) == 0 ? 0 : 1);
  }
  close (ends[0]);
  *ret_pipe = ends[1];
  return pid;
}

START_TEST (test_what_another_process_has_open_is_given_to_nobody)
{
  struct heap_buffer first = alloc (460800), second;
  struct heap_usage usage;
  uint64_t address = first.address;
  int holder_pipe, status;
  pid_t holder;

  fill (&first, 0x5a);
  holder = start_holder (&holder_pipe);
  heap_free (heap, &first);
  second = alloc (460800);
  heap_get_usage (heap, &usage);
  ck_assert_uint_eq (usage.used, 2 * second.size);
  ck_assert (second.address >= address + second.size || second.address + second.size <= address);
  close (holder_pipe);
  ck_assert_int_eq (waitpid (holder, &status, 0), holder);
  heap_free (heap, &second);
  second = alloc (460800);
  assert_filled (&second, 0);
  heap_get_usage (heap, &usage);
  ck_assert_uint_eq (usage.used, second.size);
  heap_free (heap, &second);
}
END_TEST

/* Whoever received it has it for as long as it likes. */
START_TEST (test_dmabuf_outlives_the_heap)
{
  struct heap_buffer buffer = alloc (460800);
  int copy = dup (buffer.fd);
  struct heap_buffer received = { .fd = copy, .size = buffer.size };

  fill (&buffer, 0x5a);
  heap_free (heap, &buffer);
  heap_unref (heap);
  ck_assert_uint_lt (reserved_pages_free (), n_free_before);
  assert_filled (&received, 0x5a);
  close (copy);
  assert_nothing_is_taken ();
  open_heap ();
}
END_TEST

static bool
udmabuf_works (void)
{
  int fd = sys_open_udmabuf ();

  if (fd >= 0)
    sys_close (fd);
  return fd >= 0;
}

static bool
frames_are_known (void)
{
  unsigned char byte = 0;

  return frame_of (&byte) != 0;
}

static int
run_tests (void)
{
  const TTest *tests[16] = {
    test_pages_are_given_back_with_the_heap,
    test_memory_of_another_user_reads_zero,
    test_forked_process_leaves_nothing_and_changes_nothing,
    test_exit_with_buffers_open_leaves_nothing,
    test_killed_process_leaves_nothing,
    test_exec_with_buffers_open_leaves_nothing,
    test_receiver_can_neither_truncate_nor_seal,
  };
  const TTest *with_udmabuf[] = {
    test_dmabuf_shows_no_neighbour,
    test_dmabuf_ends_where_the_buffer_ends,
    test_what_another_process_has_open_is_given_to_nobody,
    test_dmabuf_outlives_the_heap,
  };
  size_t n = 7;

  has_udmabuf = udmabuf_works ();
  if (frames_are_known ())
    tests[n++] = test_every_buffer_is_contiguous;
  else
    puts ("SKIP test_every_buffer_is_contiguous: /proc/self/pagemap shows no frames without CAP_SYS_ADMIN");
  if (!has_udmabuf)
    puts ("SKIP the tests of dma-bufs: /dev/udmabuf cannot be opened");
  for (size_t i = 0; has_udmabuf && i < N_ELEMENTS (with_udmabuf); i++)
    tests[n++] = with_udmabuf[i];
  return suite_run ("real-contiguous", begin, end, tests, n);
}

int
main (void)
{
  return reserved_pages_run (LEAST_PAGES, MOST_PAGES, run_tests);
}
