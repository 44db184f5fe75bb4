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
  gst_heap_ledger_link_unref (in);
  gst_heap_ledger_link_unref (out);
  gst_heap_ledger_element_unref (source);
  gst_heap_ledger_element_unref (filter);
  gst_heap_ledger_element_unref (sink);
  gst_heap_ledger_unref (ledger);
}

/* Returns: the bytes that are in memory that did not come into where link begins */
static gsize
push (GstHeapLedgerLink *link, GstHeapLedgerMemory *memory, gconstpointer pool)
{
  GstHeapLedgerFrame frame = { .n_parts = 1, .parts = { { memory, 100 } }, .pool = pool };
  gsize written = gst_heap_ledger_pass (ledger, link, &frame);

  if (written > 0)
    gst_heap_ledger_push (
        ledger, link, &frame, written, link->from == source ? GST_HEAP_WAY_PRODUCED : GST_HEAP_WAY_COPIED);
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
  ledger = gst_heap_ledger_new (); /* for teardown() */
}
GST_END_TEST

/* Under sanitizers less will do, as with other stress. */
static guint
how_many_to_drop (void)
{
  return g_getenv ("STRESS_BUFFERS") ? 3000 : 10000;
}

/* An element between source and sink, with pads of theirs that are for it alone; it is gone when it has copied a
 * frame. */
static void
make_and_drop (guint number, GstHeapLedgerMemory *memory)
{
  GstHeapLedgerMemory *copy = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);
  GstHeapLedgerElement *element = gst_heap_ledger_add_element (ledger, "name", "/path", number % 2 ? "odd" : "even");
  gchar *from = g_strdup_printf ("src_%u", number), *to = g_strdup_printf ("sink_%u", number);
  GstHeapLedgerLink *before = gst_heap_ledger_get_link (ledger, source, from, element, "sink");
  GstHeapLedgerLink *after = gst_heap_ledger_get_link (ledger, element, "src", sink, to);

  push (before, memory, NULL);
  gst_heap_ledger_note_copy (ledger, element, "copies", 130);
  push (after, copy, NULL);
  gst_heap_ledger_drop_link (ledger, before);
  gst_heap_ledger_drop_link (ledger, after);
  gst_heap_ledger_drop_element (ledger, element);
  gst_heap_ledger_link_unref (before);
  gst_heap_ledger_link_unref (after);
  gst_heap_ledger_memory_unref (copy);
  g_free (from);
  g_free (to);
}

static guint64
count_elements (const GstHeapLedgerBooks *books)
{
  guint64 n = 0;

  for (guint i = 0; i < books->elements->len; i++)
    n += MAX (((GstHeapLedgerElement *) g_ptr_array_index (books->elements, i))->stands_for, 1);
  return n;
}

static guint64
count_copied (const GstHeapLedgerBooks *books)
{
  guint64 bytes = 0;

  for (guint i = 0; i < books->elements->len; i++)
    bytes += gst_heap_ledger_copied (g_ptr_array_index (books->elements, i));
  return bytes;
}

static guint64
count_frames (const GstHeapLedgerBooks *books, guint64 *ret_of_kind)
{
  guint64 frames = 0;

  *ret_of_kind = 0;
  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);

    frames += link->count.frames;
    for (guint j = 0; j < link->shares->len; j++)
      *ret_of_kind += g_array_index (link->shares, GstHeapLedgerShare, j).count.frames;
  }
  return frames;
}

/* Regression: an application that makes and drops elements for weeks. */
GST_START_TEST (test_books_do_not_grow_and_nothing_is_lost)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);
  const GstHeapLedgerBooks *books;
  guint n_dropped = how_many_to_drop ();
  guint64 of_kind;

  for (guint i = 0; i < n_dropped; i++)
    make_and_drop (i, memory);
  books = gst_heap_ledger_open (ledger);
  fail_unless_equals_int (books->elements->len, GST_HEAP_LEDGER_GONE_ELEMENTS + 3 + 2);
  fail_unless (books->links->len <= GST_HEAP_LEDGER_GONE_LINKS + 2 + 4, "%u links", books->links->len);
  fail_unless_equals_uint64 (count_elements (books), n_dropped + 3);
  fail_unless_equals_uint64 (count_copied (books), n_dropped * 130);
  fail_unless_equals_uint64 (count_frames (books, &of_kind), 2 * n_dropped);
  fail_unless_equals_uint64 (of_kind, 2 * n_dropped);
  gst_heap_ledger_close (ledger);
  gst_heap_ledger_memory_unref (memory);
}
GST_END_TEST

/* Pads that come and go, of elements that stay. */
GST_START_TEST (test_links_of_pads_that_are_gone_do_not_grow)
{
  guint n_dropped = how_many_to_drop ();
  guint64 of_kind;

  for (guint i = 0; i < n_dropped; i++) {
    GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);
    gchar *name = g_strdup_printf ("src_%u", i);
    GstHeapLedgerLink *link = gst_heap_ledger_get_link (ledger, source, name, sink, "sink");

    push (link, memory, NULL);
    gst_heap_ledger_drop_link (ledger, link);
    gst_heap_ledger_link_unref (link);
    gst_heap_ledger_memory_unref (memory);
    g_free (name);
  }
  fail_unless_equals_int (gst_heap_ledger_open (ledger)->links->len, GST_HEAP_LEDGER_GONE_LINKS + 2 + 1);
  gst_heap_ledger_close (ledger);
  fail_unless_equals_uint64 (count_frames (gst_heap_ledger_open (ledger), &of_kind), n_dropped);
  gst_heap_ledger_close (ledger);
}
GST_END_TEST

/* A hook that is late: what it has is out of the books, and counts all the same. */
GST_START_TEST (test_who_is_late_counts)
{
  GstHeapLedgerMemory *memory = gst_heap_ledger_add_memory (ledger, kind, 0, 4096);
  GstHeapLedgerElement *element = gst_heap_ledger_add_element (ledger, "name", "/path", "late");
  GstHeapLedgerLink *link = gst_heap_ledger_get_link (ledger, source, "src_0", element, "sink");
  GstHeapLedgerElement *summary;

  gst_heap_ledger_drop_element (ledger, gst_heap_ledger_element_ref (element));
  for (guint i = 0; i < GST_HEAP_LEDGER_GONE_ELEMENTS; i++)
    make_and_drop (i, memory);
  summary = element->folded_into;
  fail_unless (summary && link->folded_into);
  push (link, memory, NULL);
  gst_heap_ledger_note_copy (ledger, element, "copies", 7);
  fail_unless_equals_uint64 (summary->in.frames, 1);
  fail_unless_equals_uint64 (gst_heap_ledger_copied (summary), 7);
  fail_unless_equals_uint64 (link->folded_into->count.frames, 1);
  fail_unless_equals_string (link->folded_into->from_pad, "src_%u");
  gst_heap_ledger_link_unref (link);
  gst_heap_ledger_element_unref (element);
  gst_heap_ledger_memory_unref (memory);
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
  tcase_add_test (books, test_books_do_not_grow_and_nothing_is_lost);
  tcase_add_test (books, test_links_of_pads_that_are_gone_do_not_grow);
  tcase_add_test (books, test_who_is_late_counts);
  tcase_add_test (books, test_what_the_debug_log_says_of_copies);
  tcase_add_test (books, test_json);
  return suite;
}

GST_CHECK_MAIN (ledger);
