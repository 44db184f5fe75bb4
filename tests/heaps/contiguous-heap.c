/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The contiguous backend, over huge pages of the fake machine. */
#include "heaps/contiguous-heap.h"

#include "heaps/dmabuf.h"
#include "huge-machine.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGES_AT_ONCE 8 /* 16 MiB */

static struct heap *heap;

static int
try_to_open (enum heap_answer importable)
{
  struct heap_info info = { .name = "process-contiguous", .backend = HEAP_BACKEND_CONTIGUOUS };

  heap_facts_learn (&info.facts, HEAP_IMPORTABLE, importable, HEAP_SOURCE_BACKEND);
  return contiguous_heap_new (&info, &heap);
}

static void
open_with_udmabuf (void)
{
  fake_set_udmabuf (0);
  ck_assert_int_eq (try_to_open (HEAP_YES), 0);
}

static void
open_without_udmabuf (void)
{
  ck_assert_int_eq (try_to_open (HEAP_NO), 0);
}

static void
begin (void)
{
  heap = NULL;
  begin_on_machine ();
}

static void
end (void)
{
  heap_unref (heap);
  end_on_machine ();
}

static struct heap_buffer
alloc (size_t size)
{
  struct heap_buffer buffer;

  ck_assert_int_eq (heap_alloc (heap, size, &buffer), 0);
  ck_assert_uint_ge (buffer.size, size);
  return buffer;
}

static void
assert_fails (size_t size, int error)
{
  struct heap_buffer buffer = { .fd = 42 };

  ck_assert_int_eq (heap_alloc (heap, size, &buffer), -error);
  ck_assert_int_eq (buffer.fd, 42);
}

static void
assert_usage (uint64_t held, uint64_t used, uint64_t largest, uint64_t n_holes)
{
  struct heap_usage usage;

  ck_assert (heap_get_usage (heap, &usage));
  ck_assert_uint_eq (usage.held, held);
  ck_assert_uint_eq (usage.used, used);
  ck_assert_uint_eq (usage.largest, largest);
  ck_assert_uint_eq (usage.n_holes, n_holes);
}

/* The region's memfd, which buffers of udmabuf do not show. */
static int
find_region_fd (void)
{
  for (int fd = 3; fd < 1024; fd++) {
    char path[64], link[PATH_MAX];
    ssize_t length;
    snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    length = readlink (path, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = '\0';
    if (strncmp (link, "/memfd:huge:", strlen ("/memfd:huge:")) == 0)
      return fd;
  }
  ck_abort_msg ("no region");
}

START_TEST (test_opening_takes_no_memory)
{
  set_pages_by (8, 1);
  open_without_udmabuf ();
  ck_assert_uint_eq (fake_calls (FAKE_MEMFD_CREATE_HUGE), 0);
  ck_assert_uint_eq (fake_calls (FAKE_OPEN_UDMABUF), 0);
  assert_usage (0, 0, 0, 0);
}
END_TEST

START_TEST (test_heap_without_huge_pages_does_not_open)
{
  ck_assert_int_eq (try_to_open (HEAP_NO), -ENODATA);
  set_pages_by (0, 1);
  ck_assert_int_eq (try_to_open (HEAP_NO), -ENODATA);
  ck_assert_ptr_null (heap);
  fake_set_file (HUGE_FILES "nr_overcommit_hugepages", "1\n");
  open_without_udmabuf ();
}
END_TEST

START_TEST (test_heap_promised_importable_is_so_or_fails)
{
  set_pages_by (1, 1);
  ck_assert_int_eq (try_to_open (HEAP_YES), -ENOENT);
  ck_assert_ptr_null (heap);
}
END_TEST

START_TEST (test_dmabuf_is_the_buffer_and_no_more)
{
  const size_t sizes[] = { 1, 4097, 460800, 3110400, 5 * MIB };
  uint64_t inodes[N_ELEMENTS (sizes)];
  struct heap_buffer buffers[N_ELEMENTS (sizes)];
  char name[32];
  size_t size;

  set_pages_by (16, 1);
  open_with_udmabuf ();
  for (size_t i = 0; i < N_ELEMENTS (sizes); i++) {
    buffers[i] = alloc (sizes[i]);
    ck_assert_int_eq (sys_fd_size (buffers[i].fd, &size), 0);
    ck_assert_uint_eq (size, buffers[i].size);
    ck_assert_uint_lt (size - sizes[i], sys_page_size ());
    ck_assert_uint_eq (buffers[i].offset, 0);
    ck_assert_ptr_null (buffers[i].data);
    ck_assert_int_eq (sys_dmabuf_exporter (buffers[i].fd, name, sizeof name), 0);
    ck_assert_str_eq (name, "udmabuf");
    ck_assert_int_eq (sys_fd_inode (buffers[i].fd, &inodes[i]), 0);
    for (size_t j = 0; j < i; j++)
      ck_assert_uint_ne (inodes[i], inodes[j]);
  }
  for (size_t i = 0; i < N_ELEMENTS (sizes); i++)
    heap_free (heap, &buffers[i]);
  ck_assert_uint_eq (fake_open_buffers ("udmabuf"), 0);
}
END_TEST

START_TEST (test_buffers_without_udmabuf_are_parts_of_one_fd)
{
  struct heap_buffer first, second;
  char name[32];
  size_t size;

  set_pages_by (16, 1);
  open_without_udmabuf ();
  first = alloc (5000);
  second = alloc (3 * MIB);
  ck_assert_int_eq (first.fd, second.fd);
  ck_assert_int_eq (sys_fd_size (first.fd, &size), 0);
  ck_assert_uint_le (first.offset + first.size, size);
  ck_assert_uint_le (second.offset + second.size, size);
  ck_assert (first.offset + first.size <= second.offset || second.offset + second.size <= first.offset);
  ck_assert_int_eq (sys_dmabuf_exporter (first.fd, name, sizeof name), -ENOENT);
  ck_assert_ptr_eq ((char *) first.data - first.offset, (char *) second.data - second.offset);
  memset (first.data, 1, first.size);
  memset (second.data, 2, second.size);
  ck_assert_int_eq (((char *) first.data)[first.size - 1], 1);
  heap_free (heap, &first);
  ck_assert_int_eq (((char *) second.data)[0], 2);
  heap_free (heap, &second);
}
END_TEST

START_TEST (test_address_is_that_of_the_pages)
{
  const unsigned places[] = { 9, 8, 40 };
  struct heap_buffer large, small;
  uint64_t frame;
  void *data;

  set_pages (places, N_ELEMENTS (places));
  open_with_udmabuf ();
  large = alloc (2 * HUGE_PAGE);
  ck_assert_uint_eq (large.address, address_of (8));
  small = alloc (1);
  ck_assert_uint_eq (small.address & ~(HUGE_PAGE - 1), address_of (40));
  ck_assert_int_eq (sys_mmap (small.fd, small.size, &data), 0);
  ck_assert_int_eq (sys_page_frame (data, &frame), 0);
  ck_assert_uint_eq (frame * sys_page_size (), small.address);
  sys_munmap (data, small.size);
  heap_free (heap, &small);
  heap_free (heap, &large);
}
END_TEST

/* Nor is one told of what may move. */
START_TEST (test_address_is_unknown_where_nothing_pins_or_tells)
{
  struct heap_buffer buffer;

  set_pages_by (1, 1);
  open_without_udmabuf ();
  buffer = alloc (1);
  ck_assert_uint_eq (buffer.address, 0);
  heap_free (heap, &buffer);
  heap_unref (heap);

  fake_set_pagemap (false);
  open_with_udmabuf ();
  buffer = alloc (HUGE_PAGE);
  ck_assert_uint_eq (buffer.address, 0);
  heap_free (heap, &buffer);
}
END_TEST

/* All n pages, as one buffer. */
static void
assert_whole_fits (size_t n)
{
  struct heap_buffer buffer = alloc (n * HUGE_PAGE);

  ck_assert_uint_eq (buffer.address, address_of (MAX_HUGE_PAGES));
  heap_free (heap, &buffer);
  heap_unref (heap);
  heap = NULL;
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
}

START_TEST (test_adjacent_pages_make_large_buffers_in_whichever_order_they_come)
{
  const unsigned mixed[] = { MAX_HUGE_PAGES + 2, MAX_HUGE_PAGES + 5, MAX_HUGE_PAGES, MAX_HUGE_PAGES + 1,
    MAX_HUGE_PAGES + 4, MAX_HUGE_PAGES + 3 };
  const unsigned backwards[] = { MAX_HUGE_PAGES + 2, MAX_HUGE_PAGES + 1, MAX_HUGE_PAGES };

  set_pages_by (5, 1);
  open_with_udmabuf ();
  assert_whole_fits (5);
  set_pages (backwards, N_ELEMENTS (backwards));
  open_with_udmabuf ();
  assert_whole_fits (3);
  set_pages (mixed, N_ELEMENTS (mixed));
  open_with_udmabuf ();
  assert_whole_fits (6);
}
END_TEST

START_TEST (test_scattered_pages_hold_a_page_at_most)
{
  struct heap_buffer buffers[4];

  set_pages_by (4, -2);
  open_with_udmabuf ();
  assert_fails (HUGE_PAGE + 1, ENOMEM);
  for (size_t i = 0; i < 4; i++) {
    buffers[i] = alloc (HUGE_PAGE);
    ck_assert_uint_eq (buffers[i].address % HUGE_PAGE, 0);
  }
  assert_fails (1, ENOMEM);
  for (size_t i = 0; i < 4; i++)
    heap_free (heap, &buffers[i]);
}
END_TEST

/* They may be adjacent, and nobody tells. */
START_TEST (test_secret_frames_limit_buffers_to_a_page)
{
  struct heap_buffer buffer;

  set_pages_by (4, 1);
  fake_set_pagemap (false);
  open_with_udmabuf ();
  assert_fails (HUGE_PAGE + 1, EFBIG);
  assert_usage (0, 0, 0, 0);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
  buffer = alloc (HUGE_PAGE);
  heap_free (heap, &buffer);
}
END_TEST

START_TEST (test_no_buffer_crosses_pages_that_are_not_adjacent)
{
  struct heap_buffer buffers[12];
  size_t size = 700 * 1024;

  set_pages_by (4, 3);
  open_with_udmabuf ();
  for (size_t i = 0; i < 8; i++) {
    buffers[i] = alloc (size);
    ck_assert_uint_le (buffers[i].address % HUGE_PAGE + buffers[i].size, HUGE_PAGE);
  }
  /* 2 in each page. */
  assert_fails (size, ENOMEM);
  for (size_t i = 0; i < 8; i++)
    heap_free (heap, &buffers[i]);
}
END_TEST

START_TEST (test_memory_is_taken_as_it_is_needed)
{
  struct heap_buffer small, large, last;

  set_pages_by (30, 1);
  open_with_udmabuf ();
  small = alloc (1);
  ck_assert_uint_eq (fake_huge_pages_taken (), PAGES_AT_ONCE);
  large = alloc (18 * MIB);
  ck_assert_uint_eq (fake_huge_pages_taken (), PAGES_AT_ONCE + 9);
  last = alloc (17 * MIB - 4096);
  ck_assert_uint_eq (fake_huge_pages_taken (), PAGES_AT_ONCE + 9 + 9);
  heap_free (heap, &last);
  heap_free (heap, &large);
  heap_free (heap, &small);
}
END_TEST

/* Or there would be too many regions some day. */
START_TEST (test_more_is_taken_at_a_time_by_who_holds_much)
{
  struct heap_buffer large[4], small;

  set_pages_by (200, 1);
  open_with_udmabuf ();
  for (size_t i = 0; i < N_ELEMENTS (large); i++)
    large[i] = alloc (64 * MIB);
  ck_assert_uint_eq (fake_huge_pages_taken (), 128);
  small = alloc (1);
  ck_assert_uint_eq (fake_huge_pages_taken (), 128 + 128 / 8);
  heap_free (heap, &small);
  for (size_t i = 0; i < N_ELEMENTS (large); i++)
    heap_free (heap, &large[i]);
}
END_TEST

START_TEST (test_fewer_pages_than_it_takes_at_a_time_will_do)
{
  struct heap_buffer buffer;

  set_pages_by (3, 1);
  open_with_udmabuf ();
  buffer = alloc (1);
  ck_assert_uint_eq (fake_huge_pages_taken (), 3);
  heap_free (heap, &buffer);
}
END_TEST

START_TEST (test_pages_promised_to_others_are_left_alone)
{
  struct heap_buffer buffer;

  set_pages_by (4, 1);
  fake_set_file (HUGE_FILES "resv_hugepages", "3\n");
  open_with_udmabuf ();
  assert_fails (HUGE_PAGE + 1, ENOMEM);
  buffer = alloc (1);
  ck_assert_uint_eq (fake_huge_pages_taken (), 1);
  heap_free (heap, &buffer);
}
END_TEST

/* 33 pages, which lie apart but for 3 that come after the first n. */
static void
set_pages_with_three_together (unsigned n)
{
  unsigned places[33];

  for (unsigned i = 0; i < 33; i++)
    places[i] = i - n < 3 ? 500 + i - n : 2 * i;
  set_pages (places, 33);
}

START_TEST (test_more_and_more_pages_are_taken_until_enough_are_adjacent)
{
  static const unsigned rows[][2] = { { 0, 8 }, { 5, 8 }, { 6, 16 }, { 13, 16 }, { 14, 32 }, { 30, 33 } };

  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    struct heap_buffer buffer;
    set_pages_with_three_together (rows[i][0]);
    open_with_udmabuf ();
    buffer = alloc (3 * HUGE_PAGE);
    ck_assert_uint_eq (buffer.address, address_of (500));
    ck_assert_uint_eq (fake_huge_pages_taken (), rows[i][1]);
    heap_free (heap, &buffer);
    assert_fails (4 * HUGE_PAGE, ENOMEM);
    ck_assert_uint_eq (fake_huge_pages_taken (), 0);
    heap_unref (heap);
    heap = NULL;
  }
}
END_TEST

/* Of 40 pages only 20 can be had: those on demand are not there when they are asked for. */
START_TEST (test_pages_that_the_system_cannot_add_are_done_without)
{
  struct heap_buffer buffer;

  set_pages_by (20, -2);
  fake_set_file (HUGE_FILES "nr_overcommit_hugepages", "20\n");
  open_with_udmabuf ();
  assert_fails (2 * HUGE_PAGE, ENOMEM);
  assert_fails (21 * HUGE_PAGE, ENOMEM);
  buffer = alloc (HUGE_PAGE);
  heap_free (heap, &buffer);
}
END_TEST

START_TEST (test_somebody_else_may_be_faster)
{
  struct heap_buffer buffer;

  set_pages_by (8, 1);
  open_with_udmabuf ();
  fake_fail (FAKE_FALLOCATE, 1, ENOSPC);
  buffer = alloc (3 * MIB);
  ck_assert_uint_ge (fake_huge_pages_taken (), 2);
  heap_free (heap, &buffer);
  heap_unref (heap);

  open_with_udmabuf ();
  fake_fail_every (FAKE_FALLOCATE, ENOSPC);
  assert_fails (3 * MIB, ENOMEM);
}
END_TEST

START_TEST (test_too_few_huge_pages_are_not_even_tried)
{
  set_pages_by (2, 1);
  open_without_udmabuf ();
  assert_fails (2 * HUGE_PAGE + 1, ENOMEM);
  set_pages_by (0, 1);
  assert_fails (1, ENOMEM);
  ck_assert_uint_eq (fake_calls (FAKE_MEMFD_CREATE_HUGE), 0);
}
END_TEST

START_TEST (test_sizes_that_no_page_nor_run_can_have_are_refused)
{
  set_pages_by (1024, 1);
  open_without_udmabuf ();
  assert_fails (0, EINVAL);
  assert_fails (SIZE_MAX, EOVERFLOW);
  assert_fails ((size_t) SSIZE_MAX - sys_page_size (), EFBIG);
  assert_fails (1024 * MIB + 1, EFBIG);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
}
END_TEST

START_TEST (test_largest_buffer_is_a_gibibyte)
{
  struct heap_buffer buffer;

  set_pages_by (512, 1);
  open_without_udmabuf ();
  buffer = alloc (1024 * MIB);
  ck_assert_uint_eq (fake_huge_pages_taken (), 512);
  heap_free (heap, &buffer);
}
END_TEST

START_TEST (test_limit_of_udmabuf_is_told)
{
  struct heap_buffer buffer;

  set_pages_by (64, 1);
  open_with_udmabuf ();
  assert_fails (64 * MIB + 1, EFBIG);
  buffer = alloc (64 * MIB);
  heap_free (heap, &buffer);
  fake_fail (FAKE_UDMABUF_CREATE, 1, EMFILE);
  assert_fails (1, EMFILE);
  assert_usage (66 * MIB, 0, 66 * MIB, 1);
}
END_TEST

START_TEST (test_small_pages_are_taken_first)
{
  const uint64_t frames[] = { 0x400000, 0x440000 };
  struct heap_buffer first, second;

  fake_set_huge_pages (1024 * MIB, frames, 2);
  set_pages_by (2, 1);
  open_with_udmabuf ();
  first = alloc (4 * MIB);
  ck_assert_uint_eq (first.address, address_of (MAX_HUGE_PAGES));
  second = alloc (5 * MIB);
  ck_assert_uint_eq (second.address & ~(1024 * MIB - 1), 0x400000 * (uint64_t) sys_page_size ());
  assert_usage (1028 * MIB, 9 * MIB, 1019 * MIB, 1);
  heap_free (heap, &second);
  heap_free (heap, &first);
}
END_TEST

/* Nobody tells of pages of 2 MiB what is adjacent, but those of 1 GiB are large. */
START_TEST (test_large_pages_help_where_frames_are_secret)
{
  const uint64_t frames[] = { 0x400000 };
  struct heap_buffer buffer;

  fake_set_huge_pages (1024 * MIB, frames, 1);
  set_pages_by (8, 1);
  fake_set_pagemap (false);
  open_with_udmabuf ();
  buffer = alloc (8 * MIB);
  assert_usage (1024 * MIB, 8 * MIB, 1016 * MIB, 1);
  heap_free (heap, &buffer);
}
END_TEST

START_TEST (test_one_empty_region_is_kept)
{
  struct heap_buffer buffers[3];

  set_pages_by (24, 1);
  open_with_udmabuf ();
  for (size_t i = 0; i < 3; i++)
    buffers[i] = alloc (16 * MIB);
  ck_assert_uint_eq (fake_huge_pages_taken (), 24);
  heap_free (heap, &buffers[1]);
  ck_assert_uint_eq (fake_huge_pages_taken (), 24);
  heap_free (heap, &buffers[0]);
  ck_assert_uint_eq (fake_huge_pages_taken (), 16);
  /* Nothing is taken from the system for what there is room for. */
  buffers[0] = alloc (16 * MIB);
  ck_assert_uint_eq (fake_calls (FAKE_MEMFD_CREATE_HUGE), 3);
  heap_free (heap, &buffers[0]);
  heap_free (heap, &buffers[2]);
  ck_assert_uint_eq (fake_huge_pages_taken (), 8);
  assert_usage (16 * MIB, 0, 16 * MIB, 1);
}
END_TEST

/* All pages together are enough, once those that lie idle are among them. */
START_TEST (test_empty_region_makes_room_for_what_it_has_none_for)
{
  struct heap_buffer buffer;

  set_pages_by (12, 1);
  open_with_udmabuf ();
  buffer = alloc (1);
  heap_free (heap, &buffer);
  ck_assert_uint_eq (fake_huge_pages_taken (), PAGES_AT_ONCE);
  buffer = alloc (24 * MIB);
  ck_assert_uint_eq (fake_huge_pages_taken (), 12);
  heap_free (heap, &buffer);
  assert_fails (25 * MIB, ENOMEM);
}
END_TEST

static void
assert_is_zero (const struct heap_buffer *buffer)
{
  const unsigned char *data = buffer->data;

  ck_assert_uint_eq (data[0], 0);
  ck_assert_mem_eq (data, data + 1, buffer->size - 1);
}

START_TEST (test_memory_of_another_user_is_cleared)
{
  struct heap_buffer first, second, third;

  set_pages_by (1, 1);
  open_without_udmabuf ();
  first = alloc (300 * 1024);
  assert_is_zero (&first);
  memset (first.data, 0x5a, first.size);
  second = alloc (300 * 1024);
  assert_is_zero (&second);
  memset (second.data, 0x5a, second.size);
  heap_free (heap, &first);
  heap_free (heap, &second);
  third = alloc (HUGE_PAGE);
  assert_is_zero (&third);
  memset (third.data, 0x5a, third.size);
  heap_free (heap, &third);
  for (unsigned i = 0; i < 4; i++) {
    first = alloc (100 * 1024);
    second = alloc (1);
    assert_is_zero (&first);
    assert_is_zero (&second);
    memset (first.data, 0x5a, first.size);
    memset (second.data, 0x5a, second.size);
    heap_free (heap, &first);
    heap_free (heap, &second);
  }
}
END_TEST

START_TEST (test_what_somebody_has_open_is_given_to_nobody_else)
{
  struct heap_buffer first, second;
  uint64_t address;
  int copy;

  set_pages_by (1, 1);
  open_with_udmabuf ();
  first = alloc (HUGE_PAGE);
  address = first.address;
  copy = sys_dup (first.fd);
  heap_free (heap, &first);
  assert_usage (HUGE_PAGE, HUGE_PAGE, 0, 0);
  assert_fails (1, ENOMEM);
  sys_close (copy);
  second = alloc (HUGE_PAGE);
  ck_assert_uint_eq (second.address, address);
  ck_assert_uint_eq (fake_open_buffers ("udmabuf"), 1);
  heap_free (heap, &second);
  assert_usage (HUGE_PAGE, 0, HUGE_PAGE, 1);
}
END_TEST

START_TEST (test_what_somebody_has_mapped_is_given_to_nobody_else)
{
  struct heap_buffer buffer;
  size_t size;
  void *data;

  set_pages_by (1, 1);
  open_with_udmabuf ();
  buffer = alloc (HUGE_PAGE);
  size = buffer.size;
  ck_assert_int_eq (sys_mmap (buffer.fd, size, &data), 0);
  heap_free (heap, &buffer);
  assert_fails (1, ENOMEM);
  sys_munmap (data, size);
  buffer = alloc (1);
  heap_free (heap, &buffer);
}
END_TEST

/* In another process, or a device. Three of them, let go of in another order than they were freed. */
START_TEST (test_each_lingers_for_as_long_as_it_is_open)
{
  struct heap_buffer buffers[3];
  int copies[3];

  set_pages_by (3, 2);
  open_with_udmabuf ();
  for (size_t i = 0; i < 3; i++) {
    buffers[i] = alloc (HUGE_PAGE);
    copies[i] = sys_dup (buffers[i].fd);
  }
  for (size_t i = 0; i < 3; i++)
    heap_free (heap, &buffers[i]);
  assert_fails (1, ENOMEM);
  for (size_t i = 0; i < 3; i++) {
    sys_close (copies[(i + 1) % 3]);
    buffers[i] = alloc (HUGE_PAGE);
    assert_fails (1, ENOMEM);
  }
  for (size_t i = 0; i < 3; i++)
    heap_free (heap, &buffers[i]);
  assert_usage (6 * MIB, 0, 2 * MIB, 3);
}
END_TEST

START_TEST (test_region_of_what_lingered_is_given_back)
{
  struct heap_buffer buffers[3];
  int copy;

  set_pages_by (24, 1);
  open_with_udmabuf ();
  for (size_t i = 0; i < 3; i++)
    buffers[i] = alloc (16 * MIB);
  copy = sys_dup (buffers[0].fd);
  for (size_t i = 0; i < 3; i++)
    heap_free (heap, &buffers[i]);
  ck_assert_uint_eq (fake_huge_pages_taken (), 16);
  sys_close (copy);
  buffers[0] = alloc (1);
  heap_free (heap, &buffers[0]);
  ck_assert_uint_eq (fake_huge_pages_taken (), 8);
}
END_TEST

/* Where the kernel does not tell, somebody may have it open. */
START_TEST (test_unknown_references_count_as_somebody)
{
  struct heap_buffer buffer;

  set_pages_by (1, 1);
  open_with_udmabuf ();
  buffer = alloc (1);
  fake_fail (FAKE_DMABUF_REFERENCES, 1, ENOENT);
  heap_free (heap, &buffer);
  assert_usage (HUGE_PAGE, sys_page_size (), HUGE_PAGE - sys_page_size (), 1);
  buffer = alloc (HUGE_PAGE);
  fake_set_references (1);
  heap_free (heap, &buffer);
  assert_fails (1, ENOMEM);
  fake_set_references (0);
}
END_TEST

/* Freeing at the limit of fds once gave nothing back, as the file that tells who has it open could not be opened. */
START_TEST (test_freeing_needs_no_fd)
{
  struct heap_buffer buffers[2];
  unsigned n_fds;

  set_pages_by (1, 1);
  open_with_udmabuf ();
  n_fds = fake_open_fds ();
  for (size_t i = 0; i < 2; i++)
    buffers[i] = alloc (1);
  for (size_t i = 0; i < 2; i++) {
    fake_fail (FAKE_DMABUF_REFERENCES, 1, EMFILE);
    heap_free (heap, &buffers[i]);
    ck_assert_uint_eq (fake_open_buffers ("udmabuf"), 1 - i);
  }
  assert_usage (HUGE_PAGE, 0, HUGE_PAGE, 1);
  ck_assert_uint_eq (fake_open_fds (), n_fds + 1); /* the region is kept */
}
END_TEST

/* Another thread was faster: what is freed lingers, until there are fds again. */
START_TEST (test_reserve_fd_that_is_lost_comes_back)
{
  struct heap_buffer buffers[2];

  set_pages_by (1, 1);
  open_with_udmabuf ();
  for (size_t i = 0; i < 2; i++)
    buffers[i] = alloc (1);
  fake_fail (FAKE_DUP, 1, EMFILE);
  fake_fail (FAKE_DMABUF_REFERENCES, 1, EMFILE);
  heap_free (heap, &buffers[0]);
  ck_assert_uint_eq (fake_open_buffers ("udmabuf"), 1);
  fake_fail (FAKE_DUP, 1, EMFILE);
  fake_fail (FAKE_DMABUF_REFERENCES, 1, EMFILE);
  heap_free (heap, &buffers[1]);
  ck_assert_uint_eq (fake_open_buffers ("udmabuf"), 1);
  fake_fail (FAKE_DMABUF_REFERENCES, 1, EMFILE);
  buffers[0] = alloc (HUGE_PAGE);
  heap_free (heap, &buffers[0]);
  ck_assert_uint_eq (fake_armed (), 0);
}
END_TEST

START_TEST (test_lack_of_fds_to_look_with_is_told)
{
  struct heap_buffer buffer;

  set_pages_by (2, 1);
  open_with_udmabuf ();
  for (unsigned n = 1; n <= 4; n++) { /* as the region is taken */
    fake_fail (FAKE_PAGE_FRAME, n, EMFILE);
    assert_fails (2 * HUGE_PAGE, EMFILE);
    fake_disarm ();
    heap_unref (heap);
    open_with_udmabuf ();
  }
  buffer = alloc (2 * HUGE_PAGE);
  heap_free (heap, &buffer);
  fake_fail (FAKE_PAGE_FRAME, 1, EMFILE); /* as the buffer is pinned */
  assert_fails (1, EMFILE);
  assert_usage (4 * MIB, 0, 4 * MIB, 1);
}
END_TEST

START_TEST (test_pages_outlive_the_heap_while_somebody_has_them_open)
{
  struct heap_buffer buffer;
  int copy;

  set_pages_by (PAGES_AT_ONCE, 1);
  open_with_udmabuf ();
  buffer = alloc (3 * MIB);
  copy = sys_dup (buffer.fd);
  heap_free (heap, &buffer);
  heap_unref (heap);
  heap = NULL;
  ck_assert_uint_eq (fake_open_fds (), 1);
  ck_assert_uint_eq (fake_huge_pages_taken (), 2);
  sys_close (copy);
  ck_assert_uint_eq (fake_huge_pages_taken (), 0);
}
END_TEST

START_TEST (test_usage_follows_what_happens)
{
  struct heap_buffer buffers[3];

  set_pages_by (8, 1);
  open_with_udmabuf ();
  for (size_t i = 0; i < 3; i++)
    buffers[i] = alloc (3 * MIB);
  assert_usage (16 * MIB, 9 * MIB, 7 * MIB, 1);
  heap_free (heap, &buffers[1]);
  assert_usage (16 * MIB, 6 * MIB, 7 * MIB, 2);
  heap_free (heap, &buffers[0]);
  heap_free (heap, &buffers[2]);
  assert_usage (16 * MIB, 0, 16 * MIB, 1);
}
END_TEST

/* As the kernel does with what no dma-buf pins: the first two pages change places. */
static void
move_pages (int memfd)
{
  ck_assert_int_eq (sys_punch_hole (memfd, HUGE_PAGE, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_punch_hole (memfd, 0, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_fallocate (memfd, HUGE_PAGE, HUGE_PAGE), 0);
  ck_assert_int_eq (sys_fallocate (memfd, 0, HUGE_PAGE), 0);
}

static void
assert_moved_pages_are_noticed (void)
{
  struct heap_buffer buffer;
  unsigned n_fds;

  buffer = alloc (4 * MIB);
  heap_free (heap, &buffer);
  n_fds = fake_open_fds ();
  move_pages (find_region_fd ());
  assert_fails (4 * MIB, ENOMEM);
  ck_assert_uint_eq (fake_open_fds (), n_fds);
  assert_usage (4 * MIB, 0, 4 * MIB, 1);
  /* Within a page all is well. */
  buffer = alloc (HUGE_PAGE);
  heap_free (heap, &buffer);
}

START_TEST (test_pages_that_moved_are_noticed)
{
  set_pages_by (2, 1);
  open_with_udmabuf ();
  assert_moved_pages_are_noticed ();
}
END_TEST

START_TEST (test_pages_that_moved_are_noticed_without_udmabuf)
{
  set_pages_by (2, 1);
  open_without_udmabuf ();
  assert_moved_pages_are_noticed ();
}
END_TEST

START_TEST (test_linux_6_11_to_6_15_cannot_show_huge_pages_to_all)
{
  static const struct {
    const char *release;
    bool is_importable;
  } rows[] = {
    { "6.10.14\n", true },
    { "6.11.0-rc1\n", false },
    { "6.12.74+deb13+1-arm64\n", false },
    { "6.15.9\n", false },
    { "6.16.0\n", true },
    { "5.15.0-1-amd64\n", true },
    { "7.12.0\n", true },
    { "something else\n", true },
  };

  ck_assert (contiguous_heap_is_importable ());
  for (size_t i = 0; i < N_ELEMENTS (rows); i++) {
    fake_set_file ("/proc/sys/kernel/osrelease", rows[i].release);
    ck_assert_msg (contiguous_heap_is_importable () == rows[i].is_importable, "%s", rows[i].release);
  }
}
END_TEST

/* A life with all that may happen in it: growth in steps, a rearrangement, two sizes, and one that lingers. */
static int
live (enum heap_answer importable)
{
  const size_t sizes[] = { 5000, 3 * HUGE_PAGE, 300000 };
  struct heap_buffer buffers[3];
  size_t n = 0;
  int r = try_to_open (importable), copy = -1;

  if (r < 0)
    return r;
  while (n < 3 && (r = heap_alloc (heap, sizes[n], &buffers[n])) == 0)
    n++;
  if (n > 0)
    copy = sys_dup (buffers[0].fd);
  for (size_t i = 0; i < n; i++)
    heap_free (heap, &buffers[i]);
  if (copy >= 0)
    sys_close (copy);
  if (r == 0)
    r = heap_alloc (heap, sizes[1], &buffers[0]);
  if (r == 0)
    heap_free (heap, &buffers[0]);
  heap_unref (heap);
  heap = NULL;
  return r;
}

static void
set_pages_for_life (void)
{
  unsigned places[20];

  for (unsigned i = 0; i < 20; i++)
    places[i] = i < 10 ? 100 + 2 * i : 50 - i;
  set_pages (places, 20);
}

static unsigned
assert_every_failure_leaves_nothing (enum heap_answer importable)
{
  unsigned n, n_failed = 0;

  for (n = 1;; n++) {
    set_pages_for_life ();
    fake_fail_any (n, EIO);
    n_failed += live (importable) < 0;
    ck_assert_uint_eq (fake_open_fds (), 0);
    ck_assert_uint_eq (fake_mappings (), 0);
    ck_assert_uint_eq (fake_huge_pages_taken (), 0);
    if (fake_armed () > 0)
      break;
  }
  fake_disarm ();
  return n_failed;
}

START_TEST (test_every_failure_leaves_nothing)
{
  fake_set_udmabuf (0);
  ck_assert_uint_gt (assert_every_failure_leaves_nothing (HEAP_YES), 20);
  ck_assert_uint_gt (assert_every_failure_leaves_nothing (HEAP_NO), 20);
}
END_TEST

/* At the edges of each small page. */
static void
mark (const struct heap_buffer *buffer, unsigned char from, unsigned char to)
{
  unsigned char *data = buffer->data;

  for (size_t i = 0; data != NULL && i < buffer->size; i += sys_page_size ()) {
    ck_assert_uint_eq (data[i], from);
    ck_assert_uint_eq (data[i + sys_page_size () - 1], from);
    data[i] = data[i + sys_page_size () - 1] = to;
  }
}

struct worker {
  pthread_t thread;
  unsigned seed;
  unsigned char mark;
};

static size_t
random_size (unsigned *seed)
{
  static const size_t sizes[] = { 1, 460800, 1382400, 3110400, 100000 };

  return sizes[(size_t) rand_r (seed) % N_ELEMENTS (sizes)] + (size_t) rand_r (seed) % 20000;
}

/* Some of what is freed is open elsewhere for a while. */
static void *
work (void *data)
{
  struct worker *self = data;
  struct heap_buffer buffers[6] = { 0 };
  int copy = -1;

  for (unsigned i = 0; i < 400; i++) {
    struct heap_buffer *buffer = &buffers[(size_t) rand_r (&self->seed) % N_ELEMENTS (buffers)];
    struct heap_usage usage;
    if (buffer->size > 0) {
      mark (buffer, self->mark, 0);
      if (copy >= 0)
        sys_close (copy);
      copy = rand_r (&self->seed) % 8 == 0 ? sys_dup (buffer->fd) : -1;
      heap_free (heap, buffer);
      buffer->size = 0;
    } else if (heap_alloc (heap, random_size (&self->seed), buffer) == 0) {
      mark (buffer, 0, self->mark);
    }
    ck_assert (heap_get_usage (heap, &usage));
    ck_assert_uint_le (usage.used + usage.largest, usage.held);
  }
  if (copy >= 0)
    sys_close (copy);
  for (size_t i = 0; i < N_ELEMENTS (buffers); i++) {
    if (buffers[i].size > 0)
      heap_free (heap, &buffers[i]);
  }
  return NULL;
}

static void
let_threads_work (void)
{
  struct worker workers[4];
  struct heap_buffer buffer;
  struct heap_usage usage;

  for (size_t i = 0; i < N_ELEMENTS (workers); i++) {
    workers[i] = (struct worker){ .seed = (unsigned) i + 1, .mark = (unsigned char) (i + 1) };
    ck_assert_int_eq (pthread_create (&workers[i].thread, NULL, work, &workers[i]), 0);
  }
  for (size_t i = 0; i < N_ELEMENTS (workers); i++)
    pthread_join (workers[i].thread, NULL);
  /* What lingered goes with the next allocation. */
  buffer = alloc (1);
  heap_free (heap, &buffer);
  ck_assert (heap_get_usage (heap, &usage));
  ck_assert_uint_eq (usage.used, 0);
}

/* Less memory than they want: 40 MiB for up to 24 buffers of up to 3 MiB. */
START_TEST (test_threads_share_a_heap)
{
  set_pages_by (20, -1);
  open_with_udmabuf ();
  let_threads_work ();
}
END_TEST

START_TEST (test_threads_share_a_heap_without_udmabuf)
{
  set_pages_by (20, -1);
  open_without_udmabuf ();
  let_threads_work ();
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_opening_takes_no_memory,
    test_heap_without_huge_pages_does_not_open,
    test_heap_promised_importable_is_so_or_fails,
    test_dmabuf_is_the_buffer_and_no_more,
    test_buffers_without_udmabuf_are_parts_of_one_fd,
    test_address_is_that_of_the_pages,
    test_address_is_unknown_where_nothing_pins_or_tells,
    test_adjacent_pages_make_large_buffers_in_whichever_order_they_come,
    test_scattered_pages_hold_a_page_at_most,
    test_secret_frames_limit_buffers_to_a_page,
    test_no_buffer_crosses_pages_that_are_not_adjacent,
    test_memory_is_taken_as_it_is_needed,
    test_more_is_taken_at_a_time_by_who_holds_much,
    test_fewer_pages_than_it_takes_at_a_time_will_do,
    test_pages_promised_to_others_are_left_alone,
    test_more_and_more_pages_are_taken_until_enough_are_adjacent,
    test_pages_that_the_system_cannot_add_are_done_without,
    test_somebody_else_may_be_faster,
    test_too_few_huge_pages_are_not_even_tried,
    test_sizes_that_no_page_nor_run_can_have_are_refused,
    test_largest_buffer_is_a_gibibyte,
    test_limit_of_udmabuf_is_told,
    test_small_pages_are_taken_first,
    test_large_pages_help_where_frames_are_secret,
    test_one_empty_region_is_kept,
    test_empty_region_makes_room_for_what_it_has_none_for,
    test_memory_of_another_user_is_cleared,
    test_what_somebody_has_open_is_given_to_nobody_else,
    test_what_somebody_has_mapped_is_given_to_nobody_else,
    test_each_lingers_for_as_long_as_it_is_open,
    test_region_of_what_lingered_is_given_back,
    test_unknown_references_count_as_somebody,
    test_freeing_needs_no_fd,
    test_reserve_fd_that_is_lost_comes_back,
    test_lack_of_fds_to_look_with_is_told,
    test_pages_outlive_the_heap_while_somebody_has_them_open,
    test_usage_follows_what_happens,
    test_pages_that_moved_are_noticed,
    test_pages_that_moved_are_noticed_without_udmabuf,
    test_linux_6_11_to_6_15_cannot_show_huge_pages_to_all,
    test_every_failure_leaves_nothing,
    test_threads_share_a_heap,
    test_threads_share_a_heap_without_udmabuf,
  };

  return suite_run ("contiguous-heap", begin, end, tests, N_ELEMENTS (tests));
}
