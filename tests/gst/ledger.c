/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books by themselves; what it makes of GStreamer's debug log; the JSON it writes. */
#include "gst/tracer/gstheapjson.h"
#include "gst/tracer/gstheapledger.h"
#include "gst/tracer/gstheaptracelog.h"

#include <gst/check/gstcheck.h>

static GstHeapLedger *ledger;
static GstHeapLedgerKind *kind;
static GstHeapLedgerElement *source, *filter, *sink;
static GstHeapLedgerLink *in, *out;
static const gint pools[2];

static void
setup (void)
{
  ledger = gst_heap_ledger_new ();
  kind = gst_heap_ledger_get_kind (ledger, "system", TRUE);
  source = gst_heap_ledger_add_element (ledger, "source", "/source", "");
  filter = gst_heap_ledger_add_element (ledger, "filter", "/filter", "");
  sink = gst_heap_ledger_add_element (ledger, "sink", "/sink", "");
  in = gst_heap_ledger_get_link (ledger, source, "src", filter, "sink");
  out = gst_heap_ledger_get_link (ledger, filter, "src", sink, "sink");
}

static void
teardown (void)
{
  gst_heap_ledger_unref (ledger);
}

/* Returns: the bytes that are in memory that did not come into where link begins */
static gsize
push (GstHeapLedgerLink *link, GstHeapLedgerMemory *memory, gconstpointer pool)
{
  GstHeapLedgerFrame frame = { .n_parts = 1, .parts = { { memory, 100 } }, .pool = pool };
  gsize written = gst_heap_ledger_count_written (ledger, link->from, &frame);
  GstHeapWay way = link == in ? GST_HEAP_WAY_PRODUCED : GST_HEAP_WAY_COPIED;

  gst_heap_ledger_push (ledger, link, &frame, written, written > 0 ? way : GST_HEAP_WAY_PASSED);
  return written;
}

GST_START_TEST (test_memory_that_came_in_is_passed)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);

  for (guint i = 0; i < 3; i++) {
    fail_unless_equals_uint64 (push (in, memory, &pools[0]), 100);
    fail_unless_equals_uint64 (push (out, memory, &pools[0]), 0);
    fail_unless_equals_uint64 (push (out, memory, NULL), 0);
  }
  fail_unless_equals_uint64 (filter->ways[GST_HEAP_WAY_PASSED].frames, 6);
  fail_unless_equals_uint64 (filter->memories, 1);
  gst_heap_ledger_memory_unref (memory);
}
GST_END_TEST

/* The allocator's cache gives to the filter's pool what the source's pool had before. */
GST_START_TEST (test_memory_out_of_another_pool_did_not_come_in)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);

  push (in, memory, &pools[0]);
  fail_unless_equals_uint64 (push (out, memory, &pools[1]), 100);
  fail_unless_equals_uint64 (filter->ways[GST_HEAP_WAY_COPIED].bytes, 100);
  gst_heap_ledger_memory_unref (memory);
}
GST_END_TEST

GST_START_TEST (test_a_dmabuf_is_the_same_in_another_memory)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 7, 4096);
  GstHeapLedgerMemory *again = gst_heap_ledger_add_memory (ledger, kind, 7, 4096);
  GstHeapLedgerMemory *other = gst_heap_ledger_add_memory (ledger, kind, 8, 4096);

  fail_unless (memory == again && memory != other);
  fail_unless_equals_uint64 (kind->live, 2 * 4096);
  gst_heap_ledger_memory_unref (memory);
  gst_heap_ledger_memory_unref (other);
  fail_unless_equals_uint64 (kind->live, 4096);
  fail_unless_equals_uint64 (kind->peak, 2 * 4096);
  gst_heap_ledger_memory_unref (again);
  fail_unless_equals_uint64 (kind->live, 0);
}
GST_END_TEST

GST_START_TEST (test_what_is_said_of_a_copy_is_not_counted_twice)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);
  GstHeapLedgerMemory *copy = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);

  push (in, memory, NULL);
  gst_heap_ledger_note_copy (ledger, filter, "copies", 100);
  push (out, copy, NULL);
  fail_unless_equals_uint64 (gst_heap_ledger_copied (filter), 100);
  gst_heap_ledger_note_copy (ledger, filter, "copies", 30);
  push (out, memory, NULL);
  fail_unless_equals_uint64 (gst_heap_ledger_copied (filter), 130);
  gst_heap_ledger_note_copy (ledger, sink, "copies", 100);
  fail_unless_equals_uint64 (gst_heap_ledger_copied (sink), 100);
  gst_heap_ledger_note_copy (ledger, NULL, "copies", 5);
  fail_unless_equals_uint64 (gst_heap_ledger_open (ledger)->unattributed, 5);
  gst_heap_ledger_close (ledger);
  gst_heap_ledger_memory_unref (memory);
  gst_heap_ledger_memory_unref (copy);
}
GST_END_TEST

GST_START_TEST (test_memory_may_outlive_the_books)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (gst_heap_ledger_ref (ledger), kind, 7, 4096);

  gst_heap_ledger_unref (ledger);
  gst_heap_ledger_unref (ledger);
  gst_heap_ledger_memory_unref (memory);
  ledger = gst_heap_ledger_new ();
}
GST_END_TEST

static const struct {
  const gchar *category, *text;
  GstDebugLevel level;
  gint64 bytes; /* -1: it is of no copy */
} sayings[] = {
  { "GST_PERFORMANCE", "memcpy 384 bytes for merge 0x1 from memory 0x2", GST_LEVEL_DEBUG, 384 },
  { "GST_PERFORMANCE", "memcpy 768 memory 0x1 -> 0x2", GST_LEVEL_DEBUG, 768 },
  { "GST_PERFORMANCE", "copied 768 bytes of heap \"system\" to system memory", GST_LEVEL_DEBUG, 768 },
  { "GST_PERFORMANCE", "copied a frame", GST_LEVEL_DEBUG, -1 },
  { "GST_PERFORMANCE", "copy plane 1, w:32 h:16 ", GST_LEVEL_DEBUG, 512 },
  { "GST_PERFORMANCE", "copy plane 1, w:-1 h:16 ", GST_LEVEL_DEBUG, -1 },
  { "GST_PERFORMANCE", "frame copy", GST_LEVEL_INFO, 0 },
  { "GST_PERFORMANCE", "slow copy into buffer 0x1", GST_LEVEL_LOG, 0 },
  { "GST_PERFORMANCE", "copy caps miniobject 0x1 -> 0x2", GST_LEVEL_DEBUG, -1 },
  { "libav", "get output buffer", GST_LEVEL_LOG, 0 },
  { "GST_PERFORMANCE", "get output buffer", GST_LEVEL_LOG, -1 },
};

GST_START_TEST (test_what_the_debug_log_says_of_copies)
{
  for (guint i = 0; i < G_N_ELEMENTS (sayings); i++) {
    GstHeapTraceCopy copy = { 0 };
    gboolean is_copy = gst_heap_trace_log_parse (sayings[i].category, sayings[i].text, sayings[i].level, &copy);

    fail_unless_equals_int (is_copy, sayings[i].bytes >= 0);
    fail_unless (!is_copy || copy.bytes == (guint64) sayings[i].bytes, "%s", sayings[i].text);
  }
}
GST_END_TEST

GST_START_TEST (test_json)
{
  GstHeapJson json = gst_heap_json_new ();
  gchar *text;

  gst_heap_json_begin (&json, NULL, '{');
  gst_heap_json_add_string (&json, "a\"\\\n\x7f", "\xff");
  gst_heap_json_add_string (&json, "none", NULL);
  gst_heap_json_begin (&json, "empty", '[');
  gst_heap_json_end (&json, ']');
  gst_heap_json_begin (&json, "list", '[');
  gst_heap_json_add_number (&json, NULL, G_MAXUINT64);
  gst_heap_json_add_boolean (&json, NULL, TRUE);
  gst_heap_json_end (&json, ']');
  gst_heap_json_end (&json, '}');
  text = gst_heap_json_finish (&json);
  fail_unless_equals_string (text, "{\n  \"a\\\"\\\\\\u000a\\u007f\": \"\357\277\275\",\n  \"none\": null,\n"
                                   "  \"empty\": [],\n  \"list\": [\n    18446744073709551615,\n    true\n  ]\n}\n");
  g_free (text);
}
GST_END_TEST

static Suite *
ledger_suite (void)
{
  Suite *suite = suite_create ("ledger");
  TCase *books = tcase_create ("books");

  tcase_add_checked_fixture (books, setup, teardown);
  suite_add_tcase (suite, books);
  tcase_add_test (books, test_memory_that_came_in_is_passed);
  tcase_add_test (books, test_memory_out_of_another_pool_did_not_come_in);
  tcase_add_test (books, test_a_dmabuf_is_the_same_in_another_memory);
  tcase_add_test (books, test_what_is_said_of_a_copy_is_not_counted_twice);
  tcase_add_test (books, test_memory_may_outlive_the_books);
  tcase_add_test (books, test_what_the_debug_log_says_of_copies);
  tcase_add_test (books, test_json);
  return suite;
}

GST_CHECK_MAIN (ledger);
