/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer names who copies, and nobody where nobody does; as the allocators counted it. */
#include "upload-harness.h"

#include "gst/tracer/gstheaptraceallocators.h"
#include "gst/tracer/gstheaptracer.h"

#define N_FRAMES 20
#define LUMA_SIZE (32 * 16)
#define RGB "video/x-raw,format=BGRx,width=32,height=16,framerate=25/1"
#define RGB_SIZE (32 * 16 * 4)

/* One for a process: each test runs in one of its own. */
static GstHeapLedger *
trace (void)
{
  GstHeapTracer *tracer = gst_object_ref_sink (g_object_new (GST_TYPE_HEAP_TRACER, NULL));
  GstHeapLedger *ledger = gst_heap_tracer_get_ledger (tracer);

  gst_object_unref (tracer);
  return ledger;
}

/* A copy of what the books have, as far as it is figures. */
static GstHeapLedgerElement
element_called (GstHeapLedger *ledger, const gchar *name)
{
  const GstHeapLedgerBooks *books = gst_heap_ledger_open (ledger);
  GstHeapLedgerElement result = { 0 };

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);

    if (g_str_equal (element->name, name))
      result = *element;
  }
  gst_heap_ledger_close (ledger);
  fail_unless (result.name, "%s was not seen", name);
  return result;
}

static GstHeapLedgerLink
link_from (GstHeapLedger *ledger, const gchar *name)
{
  const GstHeapLedgerBooks *books = gst_heap_ledger_open (ledger);
  GstHeapLedgerLink result = { 0 };

  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);

    if (g_str_equal (link->from->name, name) && link->count.frames > 0)
      result = *link;
  }
  gst_heap_ledger_close (ledger);
  fail_unless (result.from, "no link from %s", name);
  return result;
}

/* That all buffers of the link that begins at the element called name were in such memory. */
static void
assert_memory (GstHeapLedger *ledger, const gchar *name, const gchar *kind)
{
  GstHeapLedgerLink link = link_from (ledger, name);

  fail_unless_equals_int (link.shares->len, 1);
  fail_unless_equals_string (g_array_index (link.shares, GstHeapLedgerShare, 0).kind->name, kind);
}

/* Nothing may fail while the books are open: the tracer writes its report when the process exits. */
static gchar *
list_copiers (GstHeapLedger *ledger)
{
  const GstHeapLedgerBooks *books = gst_heap_ledger_open (ledger);
  GString *names = g_string_new (books->unattributed > 0 ? "(unknown)" : NULL);

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);

    if (gst_heap_ledger_copied (element) + element->ways[GST_HEAP_WAY_CONVERTED].bytes > 0)
      g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", element->name);
  }
  gst_heap_ledger_close (ledger);
  return g_string_free (names, FALSE);
}

/* That those called so copied or converted, and nobody else. */
static void
assert_only_copied (GstHeapLedger *ledger, const gchar *names)
{
  gchar *copiers = list_copiers (ledger);

  fail_unless_equals_string (copiers, names);
  g_free (copiers);
}

static void
assert_copied_out (GstHeapLedger *ledger, const gchar *name, guint64 frames, guint64 bytes)
{
  GstHeapLedgerElement element = element_called (ledger, name);

  fail_unless_equals_uint64 (element.ways[GST_HEAP_WAY_COPIED].frames, frames);
  fail_unless_equals_uint64 (element.ways[GST_HEAP_WAY_COPIED].bytes, bytes);
  fail_unless_equals_uint64 (gst_heap_ledger_inside (&element).bytes, 0);
}

static guint64
sum_of_allocators (GPtrArray *stats, const gchar *field)
{
  guint64 sum = 0, figure;

  for (guint i = 0; i < stats->len; i++) {
    fail_unless (gst_structure_get_uint64 (g_ptr_array_index (stats, i), field, &figure));
    sum += figure;
  }
  return sum;
}

/* That all allocators of heaps that were met counted so many bytes that they copied to system memory. */
static void
assert_allocators_copied (guint64 bytes)
{
  GPtrArray *stats = gst_heap_trace_allocators_get_stats ();
  fail_unless (stats->len > 0);
  fail_unless_equals_uint64 (sum_of_allocators (stats, "copied-bytes"), bytes);
  g_ptr_array_unref (stats);
}

/* Pushes a frame through an in-place filter, which is called "filter". */
static void
filter_frame (GstBuffer *buffer)
{
  GstHarness *harness = gst_harness_new_parse ("videobalance name=filter hue=0.5");

  gst_harness_set_src_caps_str (harness, I420);
  gst_buffer_unref (gst_harness_push_and_pull (harness, buffer));
  gst_harness_teardown (harness);
}

/* 1: memory that may not be written is mapped for writing all the same, and GStreamer copies it. */
GST_START_TEST (test_fallback_map)
{
  GstHeapLedger *ledger = trace ();
  GstAllocator *allocator = heap_fixture_allocator ("heap-name=system");
  GstMemory *memory = gst_allocator_alloc (allocator, I420_SIZE, NULL);

  GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_READONLY);
  filter_frame (buffer_of (memory, NULL));
  assert_only_copied (ledger, "filter");
  assert_copied_out (ledger, "filter", 1, I420_SIZE);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "copied-bytes"), I420_SIZE);
  gst_object_unref (allocator);
}
GST_END_TEST

GST_START_TEST (test_fallback_map_twin)
{
  GstHeapLedger *ledger = trace ();
  GstAllocator *allocator = heap_fixture_allocator ("heap-name=system");

  filter_frame (buffer_of (gst_allocator_alloc (allocator, I420_SIZE, NULL), NULL));
  assert_only_copied (ledger, "");
  fail_unless_equals_uint64 (element_called (ledger, "filter").ways[GST_HEAP_WAY_PASSED].frames, 1);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "copied-bytes"), 0);
  gst_object_unref (allocator);
}
GST_END_TEST

/* 2: a frame of two memories is mapped as one for writing, and is one from then on. */
GST_START_TEST (test_merge)
{
  GstHeapLedger *ledger = trace ();

  filter_frame (buffer_of (
      heap_memory_new ("heap-name=system", I420_SIZE / 2), heap_memory_new ("heap-name=system", I420_SIZE / 2)));
  assert_only_copied (ledger, "filter");
  assert_copied_out (ledger, "filter", 1, I420_SIZE);
}
GST_END_TEST

/* The same two memories, of which a GstVideoMeta tells what is where: they are mapped one by one. */
GST_START_TEST (test_merge_twin)
{
  GstHeapLedger *ledger = trace ();
  GstAllocator *allocator = heap_fixture_allocator ("heap-name=system");
  GstBuffer *buffer = buffer_of (
      gst_allocator_alloc (allocator, LUMA_SIZE, NULL), gst_allocator_alloc (allocator, I420_SIZE - LUMA_SIZE, NULL));

  gst_buffer_add_video_meta (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 32, 16);
  filter_frame (buffer);
  assert_only_copied (ledger, "");
  fail_unless_equals_uint64 (element_called (ledger, "filter").ways[GST_HEAP_WAY_PASSED].frames, 1);
  fail_unless_equals_uint64 (heap_fixture_stat (allocator, "copied-bytes"), 0);
  gst_object_unref (allocator);
}
GST_END_TEST

static void
run (const gchar *description)
{
  test_run ("videotestsrc name=source num-buffers=%d ! " I420 " ! heapupload name=up ! %s", N_FRAMES, description);
}

/* 3: a filter that works in place must not, as there is another branch. That one's sink holds each frame. */
GST_START_TEST (test_tee_and_filter)
{
  GstHeapLedger *ledger = trace ();

  run ("tee name=t t. ! fakesink async=false t. ! videobalance name=filter hue=0.5 ! fakesink async=false");
  assert_only_copied (ledger, "filter");
  assert_copied_out (ledger, "filter", N_FRAMES, N_FRAMES * I420_SIZE);
  assert_allocators_copied (N_FRAMES * I420_SIZE);
  assert_memory (ledger, "source", "system");
  assert_memory (ledger, "filter", "SystemMemory");
}
GST_END_TEST

GST_START_TEST (test_tee_twin)
{
  GstHeapLedger *ledger = trace ();

  run ("tee name=t t. ! queue ! fakesink async=false t. ! queue ! identity name=filter ! fakesink async=false");
  assert_only_copied (ledger, "");
  assert_allocators_copied (0);
  fail_unless_equals_uint64 (element_called (ledger, "filter").ways[GST_HEAP_WAY_PASSED].frames, N_FRAMES);
}
GST_END_TEST

/* 6 */
GST_START_TEST (test_videoconvert)
{
  GstHeapLedger *ledger = trace ();
  GstHeapLedgerElement element;

  run ("videoconvert name=convert ! " RGB " ! fakesink");
  assert_only_copied (ledger, "convert");
  element = element_called (ledger, "convert");
  fail_unless_equals_uint64 (element.ways[GST_HEAP_WAY_CONVERTED].frames, N_FRAMES);
  fail_unless_equals_uint64 (element.ways[GST_HEAP_WAY_CONVERTED].bytes, N_FRAMES * RGB_SIZE);
  fail_unless_equals_uint64 (gst_heap_ledger_copied (&element), 0);
}
GST_END_TEST

GST_START_TEST (test_videoconvert_twin)
{
  GstHeapLedger *ledger = trace ();

  run ("videoconvert name=convert ! " I420 " ! fakesink");
  assert_only_copied (ledger, "");
  assert_allocators_copied (0);
}
GST_END_TEST

static gboolean
has_codec (const gchar *encoder_name, const gchar *decoder_name)
{
  GstElementFactory *encoder = gst_element_factory_find (encoder_name);
  GstElementFactory *decoder = gst_element_factory_find (decoder_name);
  gboolean result = encoder && decoder;

  g_clear_object (&encoder);
  g_clear_object (&decoder);
  return result;
}

/* 7 */
GST_START_TEST (test_decoder_without_direct_rendering)
{
  GstHeapLedger *ledger = trace ();
  GstHeapLedgerElement element;

  if (!has_codec ("avenc_mpeg4", "avdec_mpeg4"))
    return;
  test_run ("videotestsrc num-buffers=%d ! video/x-raw,width=64,height=64 ! avenc_mpeg4 ! "
            "avdec_mpeg4 name=decoder direct-rendering=false ! fakesink",
      N_FRAMES);
  element = element_called (ledger, "decoder");
  fail_unless_equals_uint64 (element.ways[GST_HEAP_WAY_PRODUCED].frames, N_FRAMES);
  fail_unless_equals_uint64 (element.inside.frames, N_FRAMES);
  fail_unless_equals_uint64 (element.inside.bytes, element.out.bytes);
  assert_only_copied (ledger, "decoder");
}
GST_END_TEST

/* Into memory of its own pool, which goes downstream as it is: no picture is predicted from another, so libav keeps
 * none. */
GST_START_TEST (test_decoder_with_direct_rendering)
{
  GstHeapLedger *ledger = trace ();
  GstHarness *harness;

  if (!has_codec ("avenc_huffyuv", "avdec_huffyuv"))
    return;
  harness = gst_harness_new_parse ("videotestsrc num-buffers=20 ! video/x-raw,width=64,height=64 ! avenc_huffyuv ! "
                                   "avdec_huffyuv name=decoder");
  gst_harness_add_propose_allocation_meta (harness, GST_VIDEO_META_API_TYPE, NULL);
  gst_harness_play (harness);
  for (guint i = 0; i < N_FRAMES; i++)
    gst_buffer_unref (gst_harness_pull (harness));
  gst_harness_teardown (harness);
  assert_only_copied (ledger, "");
  fail_unless_equals_uint64 (element_called (ledger, "decoder").ways[GST_HEAP_WAY_PRODUCED].frames, N_FRAMES);
}
GST_END_TEST

/* 8: frames whose rows are not as far apart as downstream needs them. */
static void
push_strided (gint stride)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, stride * 16, stride * 20 };
  gint strides[GST_VIDEO_MAX_PLANES] = { stride, stride / 2, stride / 2 };
  Upload upload = upload_new ("name=up heap-name=system stride-align=64,32,32", NULL);
  GstBuffer *buffer = buffer_of (heap_memory_new ("heap-name=system", 64 * 32), NULL);

  gst_harness_add_propose_allocation_meta (upload.harness, GST_VIDEO_META_API_TYPE, NULL);
  gst_harness_set_src_caps_str (upload.harness, I420);
  gst_buffer_set_size (buffer, stride * 24);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 32, 16, 3, offset, strides);
  gst_buffer_unref (gst_harness_push_and_pull (upload.harness, buffer));
  upload_free (&upload);
}

GST_START_TEST (test_wrong_strides)
{
  GstHeapLedger *ledger = trace ();

  push_strided (32);
  assert_only_copied (ledger, "up");
  assert_copied_out (ledger, "up", 1, 64 * 24);
}
GST_END_TEST

GST_START_TEST (test_right_strides)
{
  GstHeapLedger *ledger = trace ();

  push_strided (64);
  assert_only_copied (ledger, "");
  assert_allocators_copied (0);
}
GST_END_TEST

/* 9: mapped for reading as one, which is thrown away again: no other element ever sees it. */
static void
dump (GstBuffer *buffer)
{
  GstHarness *harness = gst_harness_new_parse ("fakesink name=sink dump=true");

  gst_harness_set_src_caps_str (harness, I420);
  fail_unless_equals_int (gst_harness_push (harness, gst_buffer_ref (buffer)), GST_FLOW_OK);
  gst_harness_teardown (harness);
  gst_buffer_unref (buffer);
}

GST_START_TEST (test_multi_memory_map)
{
  GstHeapLedger *ledger = trace ();
  GstHeapLedgerElement element;

  dump (buffer_of (
      heap_memory_new ("heap-name=system", I420_SIZE / 2), heap_memory_new ("heap-name=system", I420_SIZE / 2)));
  assert_only_copied (ledger, "sink");
  element = element_called (ledger, "sink");
  fail_unless_equals_uint64 (gst_heap_ledger_inside (&element).bytes, I420_SIZE);
}
GST_END_TEST

GST_START_TEST (test_single_memory_map)
{
  GstHeapLedger *ledger = trace ();

  dump (buffer_of (heap_memory_new ("heap-name=system", I420_SIZE), NULL));
  assert_only_copied (ledger, "");
  assert_allocators_copied (0);
}
GST_END_TEST

static const gchar *
who_dropped (GstHeapLedger *ledger, const gchar *link_from_name)
{
  GstHeapLedgerLink link = link_from (ledger, link_from_name);
  const gchar *name = gst_heap_ledger_find_dropper (gst_heap_ledger_open (ledger), &link)->name;

  gst_heap_ledger_close (ledger);
  return name;
}

/* tee asks downstream for sizes alone: what is offered goes no further. The copies come out of a pool, which gives the
 * same few memories again and again. */
GST_START_TEST (test_who_drops_an_offer)
{
  GstHeapLedger *ledger = trace ();

  test_run ("videotestsrc num-buffers=%d name=source ! " I420 " ! tee name=t ! queue name=queue ! heapupload name=up "
            "heap-name=system ! fakesink",
      N_FRAMES);
  assert_only_copied (ledger, "up");
  assert_copied_out (ledger, "up", N_FRAMES, N_FRAMES * I420_SIZE);
  fail_unless_equals_uint64 (link_from (ledger, "queue").elsewhere, N_FRAMES);
  fail_unless_equals_string (who_dropped (ledger, "queue"), "t");
}
GST_END_TEST

static GstFlowReturn
push_plain (GstElement *source)
{
  GstFlowReturn result;
  GstBuffer *buffer = pattern_new (I420_SIZE);

  g_signal_emit_by_name (source, "push-buffer", buffer, &result);
  gst_buffer_unref (buffer);
  return result;
}

GST_START_TEST (test_who_ignores_an_offer)
{
  GstHeapLedger *ledger = trace ();
  GstElement *pipeline = test_pipeline_new (
      "appsrc name=source format=time caps=" I420 " ! heapupload name=up heap-name=system ! fakesink async=false");
  GstElement *source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  GstHeapLedgerLink link;
  GstFlowReturn result;

  test_play (pipeline);
  for (guint i = 0; i < N_FRAMES; i++)
    fail_unless_equals_int (push_plain (source), GST_FLOW_OK);
  g_signal_emit_by_name (source, "end-of-stream", &result);
  test_play_to_eos (pipeline);
  link = link_from (ledger, "source");
  fail_unless_equals_string (link.offered, "system");
  fail_unless_equals_uint64 (link.elsewhere, N_FRAMES);
  fail_unless_equals_string (who_dropped (ledger, "source"), "source");
  assert_copied_out (ledger, "up", N_FRAMES, test_stat (pipeline, "up", "bytes-copied"));
  gst_object_unref (source);
  test_pipeline_free (pipeline);
}
GST_END_TEST

GST_START_TEST (test_ghost_pads_are_no_elements)
{
  GstHeapLedger *ledger = trace ();

  run ("( identity name=first ! identity name=second ) ! ( queue name=third ! fakesink name=sink )");
  assert_only_copied (ledger, "");
  fail_unless_equals_string (link_from (ledger, "second").to->name, "third");
  fail_unless_equals_uint64 (element_called (ledger, "sink").in.frames, N_FRAMES);
}
GST_END_TEST

GST_START_TEST (test_nobody_is_asked_twice_about_memory)
{
  GstHeapLedger *ledger = trace ();
  GstHeapLedgerElement sink;
  guint asked;

  run ("identity ! fakesink name=sink");
  sink = element_called (ledger, "sink");
  fail_unless (sink.memories < N_FRAMES, "%u memories", (guint) sink.memories);
  asked = fake_calls (FAKE_FD_INODE);
  fail_unless_equals_int (asked, sink.memories);
}
GST_END_TEST

/* Of no element, and ready to push. Returns: (transfer full) */
static GstPad *
source_pad_new (const gchar *name)
{
  GstPad *pad = gst_pad_new (name, GST_PAD_SRC);
  GstSegment segment;

  gst_pad_set_active (pad, TRUE);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (pad, gst_event_new_stream_start (name));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  return pad;
}

/* Pads without an element, a link that goes nowhere, a buffer without memory. */
GST_START_TEST (test_odd_pads)
{
  GstHeapLedger *ledger = trace ();
  GstPad *pad = source_pad_new ("lonely");

  fail_unless_equals_int (gst_pad_push (pad, gst_buffer_new ()), GST_FLOW_NOT_LINKED);
  fail_unless_equals_int (gst_pad_push (pad, pattern_new (16)), GST_FLOW_NOT_LINKED);
  gst_object_unref (pad);
  fail_unless_equals_uint64 (element_called (ledger, "lonely").out.frames, 2);
}
GST_END_TEST

/* Under sanitizers less will do, as with other stress. */
static guint
how_many_to_drop (void)
{
  return g_getenv ("STRESS_BUFFERS") ? 3000 : 10000;
}

static void
push_to_new_element (GstPad *pad, GstBuffer *buffer)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
  GstPad *sink = gst_element_get_static_pad (element, "sink");

  g_object_set (element, "async", FALSE, "sync", FALSE, NULL);
  gst_element_set_state (element, GST_STATE_PLAYING);
  fail_unless_equals_int (gst_pad_link (pad, sink), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_pad_push (pad, gst_buffer_ref (buffer)), GST_FLOW_OK);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_pad_unlink (pad, sink);
  gst_object_unref (sink);
  gst_object_unref (element);
}

/* Regression: an application that makes and drops elements for weeks. */
GST_START_TEST (test_books_do_not_grow_with_elements_that_are_dropped)
{
  GstHeapLedger *ledger = trace ();
  GstPad *pad = source_pad_new ("lasting");
  GstBuffer *buffer = pattern_new (16);
  const GstHeapLedgerBooks *books;
  GstHeapLedgerElement sum;
  guint n_dropped = how_many_to_drop (), n_elements, n_links;

  for (guint i = 0; i < n_dropped; i++)
    push_to_new_element (pad, buffer);
  gst_buffer_unref (buffer);
  gst_object_unref (pad);

  books = gst_heap_ledger_open (ledger);
  n_elements = books->elements->len;
  n_links = books->links->len;
  gst_heap_ledger_close (ledger);
  fail_unless (n_elements <= GST_HEAP_LEDGER_GONE_ELEMENTS + 1, "%u elements", n_elements);
  fail_unless (n_links <= GST_HEAP_LEDGER_GONE_LINKS + 1, "%u links", n_links);
  sum = element_called (ledger, "fakesink");
  fail_unless (sum.stands_for > n_dropped - GST_HEAP_LEDGER_GONE_ELEMENTS, "for %u", sum.stands_for);
  fail_unless_equals_uint64 (sum.in.frames, sum.stands_for);
  fail_unless_equals_uint64 (element_called (ledger, "lasting").out.frames, n_dropped);
}
GST_END_TEST

GST_START_TEST (test_figures_of_many_allocators_are_added_up)
{
  GPtrArray *stats;

  for (guint i = 0; i < 250; i++) {
    GstAllocator *allocator = heap_fixture_allocator (i % 2 ? "heap-name=system" : "heap-name=default_cma_region");

    gst_heap_trace_allocators_note (allocator);
    gst_memory_unref (gst_allocator_alloc (allocator, 16, NULL));
    gst_object_unref (allocator);
  }
  stats = gst_heap_trace_allocators_get_stats ();
  fail_unless_equals_int (stats->len, 100 + 2);
  fail_unless_equals_uint64 (sum_of_allocators (stats, "allocations") + sum_of_allocators (stats, "reuses"), 250);
  g_ptr_array_unref (stats);
}
GST_END_TEST

static Suite *
tracer_suite (void)
{
  Suite *suite = suite_create ("tracer");
  TCase *copies = test_case_new (suite, "copies", test_setup);
  TCase *decoders = test_case_new (suite, "decoders", test_setup);
  TCase *links = test_case_new (suite, "links", test_setup);

  tcase_add_test (copies, test_fallback_map);
  tcase_add_test (copies, test_fallback_map_twin);
  tcase_add_test (copies, test_merge);
  tcase_add_test (copies, test_merge_twin);
  tcase_add_test (copies, test_tee_and_filter);
  tcase_add_test (copies, test_tee_twin);
  tcase_add_test (copies, test_videoconvert);
  tcase_add_test (copies, test_videoconvert_twin);
  tcase_add_test (copies, test_wrong_strides);
  tcase_add_test (copies, test_right_strides);
  tcase_add_test (copies, test_multi_memory_map);
  tcase_add_test (copies, test_single_memory_map);
  tcase_add_test (decoders, test_decoder_with_direct_rendering);
  tcase_add_test (decoders, test_decoder_without_direct_rendering);
  tcase_add_test (links, test_who_drops_an_offer);
  tcase_add_test (links, test_who_ignores_an_offer);
  tcase_add_test (links, test_ghost_pads_are_no_elements);
  tcase_add_test (links, test_nobody_is_asked_twice_about_memory);
  tcase_add_test (links, test_odd_pads);
  tcase_add_test (links, test_books_do_not_grow_with_elements_that_are_dropped);
  tcase_add_test (links, test_figures_of_many_allocators_are_added_up);
  return suite;
}

GST_CHECK_MAIN (tracer);
