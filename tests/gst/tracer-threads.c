/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's hooks and its books in many threads at a time, while reports are written. For TSan, mostly. */
#include "gst/tracer/gstheaptracer.h"

#include <gst/check/gstcheck.h>

#include <signal.h>

#define N_THREADS 4
#define N_REPORTS 5
/* More elements than are kept when they are gone. */
#define N_ELEMENTS (GST_HEAP_LEDGER_GONE_ELEMENTS / N_THREADS + 50)
#define N_BUFFERS 3 /* to each element */

static gint reports;  /* atomic: that were begun */
static gint finished; /* atomic: threads */

static void
count_report (const gchar *text)
{
  if (g_str_has_prefix (text, "heaps tracer\n"))
    g_atomic_int_inc (&reports);
}

/* Returns: (transfer full) */
static GstPad *
source_pad_new (void)
{
  GstPad *pad = gst_pad_new ("source", GST_PAD_SRC);
  GstSegment segment;

  gst_pad_set_active (pad, TRUE);
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  gst_pad_push_event (pad, gst_event_new_stream_start ("source"));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  return pad;
}

static void
push_to_new_element (GstPad *pad, GstBuffer *buffer)
{
  GstElement *element = gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
  GstPad *sink = gst_element_get_static_pad (element, "sink");

  g_object_set (element, "async", FALSE, "sync", FALSE, NULL);
  gst_element_set_state (element, GST_STATE_PLAYING);
  gst_pad_link (pad, sink);
  for (guint i = 0; i < N_BUFFERS; i++)
    gst_pad_push (pad, gst_buffer_ref (buffer));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_pad_unlink (pad, sink);
  gst_object_unref (sink);
  gst_object_unref (element);
}

/* Without a fail_unless(), which check has for its own thread alone: what is lost is missing at the end.
 * All threads push the same memory, and some of their own. */
static gpointer
push_frames (gpointer shared)
{
  GstPad *pad = source_pad_new ();

  for (guint i = 0; i < N_ELEMENTS; i++) {
    GstBuffer *own = gst_buffer_new_allocate (NULL, 64, NULL);

    push_to_new_element (pad, i % 2 ? shared : own);
    gst_buffer_unref (own);
  }
  gst_object_unref (pad);
  g_atomic_int_inc (&finished);
  return NULL;
}

static guint64
frames_into_sinks (GstHeapLedger *ledger)
{
  const GstHeapLedgerBooks *books = gst_heap_ledger_open (ledger);
  guint64 frames = 0;

  for (guint i = 0; i < books->elements->len; i++)
    frames += ((GstHeapLedgerElement *) g_ptr_array_index (books->elements, i))->in.frames;
  gst_heap_ledger_close (ledger);
  return frames;
}

static void
ask_for_reports (void)
{
  for (gint i = 1; i <= N_REPORTS; i++) {
    kill (getpid (), SIGUSR1);
    while (g_atomic_int_get (&reports) < i)
      g_usleep (1000);
  }
}

GST_START_TEST (test_threads_push_while_reports_are_written)
{
  GstHeapTracer *tracer = gst_object_ref_sink (g_object_new (GST_TYPE_HEAP_TRACER, NULL));
  GstHeapLedger *ledger = gst_heap_tracer_get_ledger (tracer);
  GstBuffer *shared = gst_buffer_new_allocate (NULL, 64, NULL);
  GThread *threads[N_THREADS];

  gst_object_unref (tracer);
  g_set_printerr_handler (count_report);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("push", push_frames, shared);
  do
    ask_for_reports ();
  while (g_atomic_int_get (&finished) == 0 && g_atomic_int_compare_and_exchange (&reports, N_REPORTS, 0));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  gst_buffer_unref (shared);
  fail_unless_equals_uint64 (frames_into_sinks (ledger), N_THREADS * N_ELEMENTS * N_BUFFERS);
}
GST_END_TEST

static Suite *
tracer_threads_suite (void)
{
  Suite *suite = suite_create ("tracer-threads");
  TCase *threads = tcase_create ("threads");

  suite_add_tcase (suite, threads);
  tcase_add_test (threads, test_threads_push_while_reports_are_written);
  return suite;
}

GST_CHECK_MAIN (tracer_threads);
