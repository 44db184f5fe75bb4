/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Each way to copy out of memory that is not cached copies what memcpy() copies, and touches nothing else. */
#include "gst/elements/gstheapwidecopy.h"

#include <gst/check/gstcheck.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST 333      /* bytes: a few whole lines, and parts of others */
#define ALIGNMENTS 64 /* a line */
#define MARK 0xa5

static gsize page;

/* A page, with one on each side that may not be touched. */
static guint8 *
guarded_new (void)
{
  guint8 *pages;

  page = sysconf (_SC_PAGESIZE);
  pages = mmap (NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fail_unless (pages != MAP_FAILED);
  fail_unless (mprotect (pages + page, page, PROT_READ | PROT_WRITE) == 0);
  for (gsize i = 0; i < page; i++)
    pages[page + i] = i * 7 + i / 256 + 1;
  return pages + page;
}

static void
guarded_free (guint8 *data)
{
  munmap (data - page, 3 * page);
}

/* NULL: this CPU has no such loads. */
static const GstHeapWideCopy *
variant (guint index)
{
  guint n;
  const GstHeapWideCopy *list = gst_heap_wide_copy_list (&n);

  if (index >= n)
    return NULL;
  if (list[index].is_supported ())
    return &list[index];
  g_print ("SKIP: this CPU does not support %s\n", list[index].name);
  return NULL;
}

static void
assert_copies (const GstHeapWideCopy *way, guint8 *to, const guint8 *from, gsize size)
{
  memset (to - 1, MARK, size + 2);
  way->copy (to, from, size);
  fail_unless (memcmp (to, from, size) == 0, "%s: %zu bytes from %p to %p", way->name, size, from, to);
  fail_unless (to[-1] == MARK && to[size] == MARK, "%s wrote outside of %zu bytes", way->name, size);
}

GST_START_TEST (test_all_alignments_and_lengths)
{
  static const gsize to_alignments[] = { 0, 1, 8, 15, 16, 33, 63 };
  const GstHeapWideCopy *way = variant (__i__);
  guint8 *from = guarded_new (), *to = guarded_new ();

  for (gsize from_at = 0; way && from_at < ALIGNMENTS; from_at++)
    for (guint i = 0; i < G_N_ELEMENTS (to_alignments); i++)
      for (gsize size = 0; size <= MOST; size++)
        assert_copies (way, to + ALIGNMENTS + to_alignments[i], from + from_at, size);
  guarded_free (from);
  guarded_free (to);
}
GST_END_TEST

/* The first byte and the last one are next to memory that may not be touched. */
GST_START_TEST (test_nothing_is_read_or_written_outside)
{
  const GstHeapWideCopy *way = variant (__i__);
  guint8 *from = guarded_new (), *to = guarded_new ();

  for (gsize size = 0; way && size <= page; size++) {
    way->copy (to, from + page - size, size);
    fail_unless (memcmp (to, from + page - size, size) == 0);
    way->copy (to + page - size, from, size);
    fail_unless (memcmp (to + page - size, from, size) == 0);
  }
  guarded_free (from);
  guarded_free (to);
}
GST_END_TEST

GST_START_TEST (test_the_first_that_the_cpu_supports_is_taken)
{
  guint n;
  const GstHeapWideCopy *list = gst_heap_wide_copy_list (&n), *best = gst_heap_wide_copy_best ();

  fail_unless_equals_string (list[n - 1].name, "memcpy");
  fail_unless (best >= list && best < list + n);
  fail_unless (best->is_supported ());
  for (const GstHeapWideCopy *way = list; way < best; way++)
    fail_if (way->is_supported ());
}
GST_END_TEST

static Suite *
wide_copy_suite (void)
{
  Suite *suite = suite_create ("wide-copy");
  TCase *tcase = tcase_create ("wide-copy");
  guint n;

  gst_heap_wide_copy_list (&n);
  tcase_add_loop_test (tcase, test_all_alignments_and_lengths, 0, n);
  tcase_add_loop_test (tcase, test_nothing_is_read_or_written_outside, 0, n);
  tcase_add_test (tcase, test_the_first_that_the_cpu_supports_is_taken);
  suite_add_tcase (suite, tcase);
  return suite;
}

GST_CHECK_MAIN (wide_copy)
