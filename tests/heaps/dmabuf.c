/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Operations on a dma-buf. */
#include "heaps/dmabuf.h"

#include "heaps/open.h"
#include "machine.h"
#include "suite.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <string.h>

static struct heap_buffer buffer;

static void
begin (void)
{
  struct heap *heap;

  begin_on_machine ();
  fake_add_heap ("system");
  ck_assert_int_eq (heap_open (&(struct heap_info){ .name = "system" }, "/dev/dma_heap/system", &heap), 0);
  ck_assert_int_eq (heap_alloc (heap, 1, &buffer), 0);
  heap_unref (heap);
}

static void
end (void)
{
  sys_close (buffer.fd);
  end_on_machine ();
}

START_TEST (test_sync_says_begin_and_direction)
{
  ck_assert_int_eq (dmabuf_sync_start (buffer.fd, DMABUF_READ), 0);
  ck_assert_uint_eq (fake_last_sync_flags (), DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
  ck_assert_int_eq (dmabuf_sync_start (buffer.fd, DMABUF_READ_WRITE), 0);
  ck_assert_uint_eq (fake_last_sync_flags (), DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
  ck_assert_int_eq (dmabuf_sync_end (buffer.fd, DMABUF_WRITE), 0);
  ck_assert_uint_eq (fake_last_sync_flags (), DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
  ck_assert_uint_eq (fake_sync_starts (), 2);
  ck_assert_uint_eq (fake_sync_ends (), 1);
}
END_TEST

START_TEST (test_waits_until_no_device_uses_it)
{
  ck_assert_int_eq (dmabuf_wait_idle (buffer.fd, 0), 0);
  fake_set_busy (buffer.fd, 2);
  ck_assert_int_eq (dmabuf_wait_idle (buffer.fd, 0), -ETIMEDOUT);
  ck_assert_int_eq (dmabuf_wait_idle (buffer.fd, 10), -ETIMEDOUT);
  ck_assert_int_eq (dmabuf_wait_idle (buffer.fd, 10), 0);
  fake_fail (FAKE_DMABUF_POLL, 1, EINTR);
  ck_assert_int_eq (dmabuf_wait_idle (buffer.fd, 0), 0);
  fake_fail (FAKE_DMABUF_POLL, 1, ENOMEM);
  ck_assert_int_eq (dmabuf_wait_idle (buffer.fd, 0), -ENOMEM);
}
END_TEST

START_TEST (test_sync_is_retried_when_interrupted)
{
  fake_fail (FAKE_DMABUF_SYNC, 1, EINTR);
  fake_fail (FAKE_DMABUF_SYNC, 2, EAGAIN);
  fake_fail (FAKE_DMABUF_SYNC, 3, EINTR);
  ck_assert_int_eq (dmabuf_sync_start (buffer.fd, DMABUF_READ), 0);
  ck_assert_uint_eq (fake_calls (FAKE_DMABUF_SYNC), 4);
  fake_fail (FAKE_DMABUF_SYNC, 1, EAGAIN);
  ck_assert_int_eq (dmabuf_sync_end (buffer.fd, DMABUF_READ), 0);
  ck_assert_uint_eq (fake_calls (FAKE_DMABUF_SYNC), 6);
  ck_assert_uint_eq (fake_last_sync_flags (), DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}
END_TEST

START_TEST (test_sync_failure_is_reported_at_once)
{
  fake_fail (FAKE_DMABUF_SYNC, 1, EIO);
  ck_assert_int_eq (dmabuf_sync_start (buffer.fd, DMABUF_READ), -EIO);
  fake_fail (FAKE_DMABUF_SYNC, 1, EINVAL);
  ck_assert_int_eq (dmabuf_sync_end (buffer.fd, DMABUF_READ), -EINVAL);
  ck_assert_uint_eq (fake_calls (FAKE_DMABUF_SYNC), 2);
}
END_TEST

START_TEST (test_sync_of_what_is_no_dmabuf_fails)
{
  int fd = sys_memfd_create ("plain");

  ck_assert_int_eq (dmabuf_sync_start (fd, DMABUF_READ), -ENOTTY);
  sys_close (fd);
}
END_TEST

static void
assert_is_named (const char *name, const char *expected)
{
  ck_assert_int_eq (dmabuf_set_name (buffer.fd, name), 0);
  ck_assert_str_eq (fake_last_name (), expected);
}

START_TEST (test_short_name_stays_whole)
{
  assert_is_named ("camera", "camera");
  assert_is_named ("", "");
  assert_is_named ("1234567890123456789012345678901", "1234567890123456789012345678901");
}
END_TEST

START_TEST (test_long_name_is_cut_to_31_bytes)
{
  assert_is_named ("12345678901234567890123456789012", "1234567890123456789012345678901");
  assert_is_named ("1234567890123456789012345678901234567890", "1234567890123456789012345678901");
}
END_TEST

#define TEXT_28 "1234567890123456789012345678"

START_TEST (test_name_is_cut_between_characters)
{
  /* Characters of 2, 3 and 4 bytes, of which the 31st byte is the last, and is not. */
  assert_is_named (TEXT_28 "9\xc3\xa9z", TEXT_28 "9\xc3\xa9");
  assert_is_named (TEXT_28 "90\xc3\xa9", TEXT_28 "90");
  assert_is_named (TEXT_28 "\xe2\x82\xacz", TEXT_28 "\xe2\x82\xac");
  assert_is_named (TEXT_28 "9\xe2\x82\xac", TEXT_28 "9");
  assert_is_named (TEXT_28 "\xf0\x9f\x98\x80", TEXT_28);
}
END_TEST

START_TEST (test_name_failure_is_reported)
{
  fake_fail (FAKE_DMABUF_SET_NAME, 1, EBUSY);
  ck_assert_int_eq (dmabuf_set_name (buffer.fd, "camera"), -EBUSY);
  ck_assert_str_eq (fake_last_name (), "");
}
END_TEST

int
main (void)
{
  const TTest *tests[] = {
    test_sync_says_begin_and_direction,
    test_waits_until_no_device_uses_it,
    test_sync_is_retried_when_interrupted,
    test_sync_failure_is_reported_at_once,
    test_sync_of_what_is_no_dmabuf_fails,
    test_short_name_stays_whole,
    test_long_name_is_cut_to_31_bytes,
    test_name_is_cut_between_characters,
    test_name_failure_is_reported,
  };

  return suite_run ("dmabuf", begin, end, tests, N_ELEMENTS (tests));
}
