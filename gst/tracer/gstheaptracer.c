/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer "heaps": what GStreamer's hooks tell, into the books; and the books to whom they are for. */
#include "gstheaptracer.h"

#include "gstheapledger.h"
#include "gstheaptraceallocators.h"
#include "gstheaptracelog.h"
#include "gstheaptracememory.h"
#include "gstheaptracepad.h"
#include "gstheaptracereport.h"
#include "gstheaptracesignal.h"
#include "gstheaptracesilent.h"
#include "gstheaptraceterminal.h"
#include "gstheaptracethread.h"

#include <stdlib.h>
#include <unistd.h>

/**
 * SECTION:tracer-heaps
 * @short_description: in what memory buffers lie, and who copies them
 *
 * For each link of each pipeline of the process: how many buffers went over it, in memory of which heap or other
 * allocator, and what downstream had offered instead. For each element: how many frames it passed on, and how many it
 * wrote into other memory, and how many bytes that were.
 *
 * It writes a table to stderr at the end of the process, and on SIGUSR1 unless the application has that signal. `file`
 * is a file for the same as JSON, `dot` one for a picture in the language of Graphviz:
 *
 * |[
 * GST_TRACERS="heaps(file=/tmp/heaps.json,dot=/tmp/heaps.dot)" gst-launch-1.0 videotestsrc num-buffers=100 !
 *     tee name=t t. ! queue ! videobalance hue=0.5 ! fakesink t. ! queue ! fakesink
 * ]|
 *
 * Since: 0.1
 */

/* Subtleties:
 * - Hooks come from any thread, and still come while the process ends.
 * - There is one at a time: what pads, memories and elements carry is of its books, which are never freed, as some
 *   memory outlives everything. */
struct _GstHeapTracer {
  GstTracer parent;

  GstHeapLedger *ledger; /* constant; NULL: another one is at work */
  gchar *file;           /* NULL: none */
  gchar *dot;            /* NULL: none */
  GstHeapTraceSignal *signal;
};

G_DEFINE_TYPE (GstHeapTracer, gst_heap_tracer, GST_TYPE_TRACER)

static pid_t the_process;         /* set once, with the_ledger: what it forks has no report of its own */
static GstHeapLedger *the_ledger; /* set once */
static GstHeapTracer *the_tracer; /* atomic; that reports at the end */

static void
note_silent_copy (GstHeapTracer *self, GstHeapLedgerElement *to, GstBuffer *buffer)
{
  const gchar *why;
  gsize bytes = gst_heap_trace_silent_copy (to, buffer, &why);

  if (bytes > 0)
    gst_heap_ledger_note_copy (self->ledger, to, why, bytes);
}

static void
trace_buffer (GstHeapTracer *self, GstHeapTracePad *pad, GstHeapLedgerLink *link, GstPad *src, GstBuffer *buffer)
{
  GstHeapLedgerFrame frame;
  gsize written;

  gst_heap_trace_memory_describe (self->ledger, buffer, &frame);
  frame.as_offered = gst_heap_trace_pad_is_as_offered (pad, buffer, &frame);
  written = gst_heap_ledger_pass (self->ledger, link, &frame);
  if (written > 0)
    gst_heap_ledger_push (self->ledger, link, &frame, written, gst_heap_trace_pad_classify (src));
  if (link->to)
    note_silent_copy (self, link->to, buffer);
}

/* Returns: (transfer full) (nullable): the link that begins at src; NULL: src only stands for the pad of an element */
static GstHeapLedgerLink *
find_link (GstHeapTracer *self, GstPad *src, GstHeapTracePad **ret_pad)
{
  if (GST_IS_PROXY_PAD (src))
    return NULL;
  *ret_pad = gst_heap_trace_pad_get (self->ledger, src);
  return gst_heap_trace_pad_get_link (*ret_pad, src);
}

static void
push_pre (GstHeapTracer *self, GstClockTime ts, GstPad *src, GstBuffer *buffer)
{
  GstHeapTracePad *pad;
  GstHeapLedgerLink *link = find_link (self, src, &pad);

  if (link)
    trace_buffer (self, pad, link, src, buffer);
  gst_heap_trace_thread_enter (link);
}

static void
push_list_pre (GstHeapTracer *self, GstClockTime ts, GstPad *src, GstBufferList *list)
{
  GstHeapTracePad *pad;
  GstHeapLedgerLink *link = find_link (self, src, &pad);

  for (guint i = 0; link && i < gst_buffer_list_length (list); i++)
    trace_buffer (self, pad, link, src, gst_buffer_list_get (list, i));
  gst_heap_trace_thread_enter (link);
}

static void
push_post (GstHeapTracer *self, GstClockTime ts, GstPad *pad, GstFlowReturn result)
{
  gst_heap_trace_thread_leave ();
}

static void
pull_post (GstHeapTracer *self, GstClockTime ts, GstPad *sink, GstBuffer *buffer, GstFlowReturn result)
{
  GstHeapTracePad *pad;
  GstHeapLedgerLink *link;
  GstPad *src;

  if (result != GST_FLOW_OK || !buffer || GST_IS_PROXY_PAD (sink))
    return;
  src = gst_heap_trace_pad_get_peer (sink);
  if (!src)
    return;
  link = find_link (self, src, &pad);
  if (link) {
    trace_buffer (self, pad, link, src, buffer);
    gst_heap_ledger_link_unref (link);
  }
  gst_object_unref (src);
}

/* From 1.26 on, sticky events that are sent again once pads were linked anew are told with the pad locked. Nobody can
 * tell who has it, so whoever that is, the pad is not asked who its peer is. */
static gboolean
is_locked (GstPad *pad)
{
  if (!g_mutex_trylock (GST_OBJECT_GET_LOCK (pad)))
    return TRUE;
  GST_OBJECT_UNLOCK (pad);
  return FALSE;
}

/* Decoders and encoders finish their last frames in an event. */
static void
push_event_pre (GstHeapTracer *self, GstClockTime ts, GstPad *pad, GstEvent *event)
{
  GstHeapTracePad *of_pad;

  gst_heap_trace_thread_enter (GST_PAD_IS_SINK (pad) || is_locked (pad) ? NULL : find_link (self, pad, &of_pad));
}

static void
push_event_post (GstHeapTracer *self, GstClockTime ts, GstPad *pad, gboolean result)
{
  gst_heap_trace_thread_leave ();
}

static void
query_post (GstHeapTracer *self, GstClockTime ts, GstPad *pad, GstQuery *query, gboolean result)
{
  GstPad *src;

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION || GST_PAD_IS_SRC (pad) || GST_IS_PROXY_PAD (pad))
    return;
  src = gst_heap_trace_pad_get_peer (pad);
  if (!src)
    return;
  gst_heap_trace_pad_note_offer (gst_heap_trace_pad_get (self->ledger, src), src, query);
  gst_object_unref (src);
}

static void
link_post (GstHeapTracer *self, GstClockTime ts, GstPad *src, GstPad *sink, gint result)
{
  gst_heap_trace_pad_relinked ();
}

static void
register_hooks (GstTracer *tracer)
{
  gst_tracing_register_hook (tracer, "pad-push-pre", G_CALLBACK (push_pre));
  gst_tracing_register_hook (tracer, "pad-push-post", G_CALLBACK (push_post));
  gst_tracing_register_hook (tracer, "pad-push-list-pre", G_CALLBACK (push_list_pre));
  gst_tracing_register_hook (tracer, "pad-push-list-post", G_CALLBACK (push_post));
  gst_tracing_register_hook (tracer, "pad-pull-range-post", G_CALLBACK (pull_post));
  gst_tracing_register_hook (tracer, "pad-push-event-pre", G_CALLBACK (push_event_pre));
  gst_tracing_register_hook (tracer, "pad-push-event-post", G_CALLBACK (push_event_post));
  gst_tracing_register_hook (tracer, "pad-query-post", G_CALLBACK (query_post));
  gst_tracing_register_hook (tracer, "pad-link-post", G_CALLBACK (link_post));
  gst_tracing_register_hook (tracer, "pad-unlink-post", G_CALLBACK (link_post));
}

static void
note_copy (const GstHeapTraceCopy *copy, gpointer ledger)
{
  GstHeapLedgerElement *element = copy->object && GST_IS_ELEMENT (copy->object)
                                      ? gst_heap_trace_element (ledger, GST_OBJECT (copy->object))
                                      : gst_heap_trace_thread_get_element ();

  if (!copy->of_a_frame)
    gst_heap_ledger_note_copy (ledger, element, copy->why, copy->bytes);
  else if (element)
    gst_heap_ledger_note_frame_inside (ledger, element, copy->why);
}

static void
write_file (const gchar *file, const gchar *text)
{
  GError *error = NULL;

  if (file && !g_file_set_contents (file, text, -1, &error)) {
    g_printerr ("heaps tracer: %s\n", error->message);
    g_error_free (error);
  }
}

static void
report (gpointer tracer)
{
  GstHeapTracer *self = tracer;
  GPtrArray *allocators = gst_heap_trace_allocators_get_stats ();
  const GstHeapLedgerBooks *books = gst_heap_ledger_open (self->ledger);
  g_autofree gchar *table = gst_heap_trace_table (books, allocators, gst_heap_trace_terminal_columns ());
  g_autofree gchar *json = gst_heap_trace_json (books, allocators);
  g_autofree gchar *dot = gst_heap_trace_dot (books);

  gst_heap_ledger_close (self->ledger);
  g_ptr_array_unref (allocators);
  g_printerr ("%s", table);
  write_file (self->file, json);
  write_file (self->dot, dot);
}

/* For applications that do not call gst_deinit(). */
static void
report_at_exit (void)
{
  GstHeapTracer *self = g_atomic_pointer_get (&the_tracer);

  if (self && getpid () == the_process && g_atomic_pointer_compare_and_exchange (&the_tracer, self, NULL))
    report (self);
}

static gboolean
read_parameter (GQuark field, const GValue *value, gpointer tracer)
{
  GstHeapTracer *self = tracer;
  const gchar *name = g_quark_to_string (field);
  gchar **where = g_str_equal (name, "file") ? &self->file : g_str_equal (name, "dot") ? &self->dot : NULL;

  if (where && G_VALUE_HOLDS_STRING (value))
    *where = g_value_dup_string (value);
  else
    g_printerr ("heaps tracer: \"%s\" is no parameter of it, or not of that type: it has file and dot, which are names "
                "of files\n",
        name);
  return TRUE;
}

static void
read_parameters (GstHeapTracer *self)
{
  g_autofree gchar *params = NULL, *text = NULL;
  GstStructure *structure;

  g_object_get (self, "params", &params, NULL);
  if (!params || *params == '\0')
    return;
  text = g_strdup_printf ("heaps,%s", params);
  structure = gst_structure_from_string (text, NULL);
  if (!structure) {
    g_printerr (
        "heaps tracer: \"%s\" cannot be parsed: what it wants is like file=/tmp/heaps.json,dot=/tmp/heaps.dot\n",
        params);
    return;
  }
  gst_structure_foreach (structure, read_parameter, self);
  gst_structure_free (structure);
}

static void
gst_heap_tracer_constructed (GObject *object)
{
  GstHeapTracer *self = GST_HEAP_TRACER (object);

  G_OBJECT_CLASS (gst_heap_tracer_parent_class)->constructed (object);
  if (!g_atomic_pointer_compare_and_exchange (&the_tracer, NULL, self)) {
    g_printerr ("heaps tracer: there is one at work in this process already\n");
    return;
  }
  if (!the_ledger) {
    the_ledger = gst_heap_ledger_new ();
    the_process = getpid ();
    atexit (report_at_exit);
  }
  self->ledger = the_ledger;
  read_parameters (self);
  gst_heap_trace_log_start (note_copy, self->ledger);
  register_hooks (GST_TRACER (self));
  self->signal = gst_heap_trace_signal_new (report, self);
}

static void
gst_heap_tracer_finalize (GObject *object)
{
  GstHeapTracer *self = GST_HEAP_TRACER (object);

  gst_heap_trace_signal_free (self->signal);
  if (self->ledger)
    gst_heap_trace_log_stop ();
  if (g_atomic_pointer_compare_and_exchange (&the_tracer, self, NULL))
    report (self);
  g_free (self->file);
  g_free (self->dot);
  G_OBJECT_CLASS (gst_heap_tracer_parent_class)->finalize (object);
}

static void
gst_heap_tracer_class_init (GstHeapTracerClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = gst_heap_tracer_constructed;
  G_OBJECT_CLASS (klass)->finalize = gst_heap_tracer_finalize;
}

static void
gst_heap_tracer_init (GstHeapTracer *self)
{
  GST_OBJECT_FLAG_SET (self, GST_OBJECT_FLAG_MAY_BE_LEAKED); /* the hooks have references */
}

GstHeapLedger *
gst_heap_tracer_get_ledger (GstHeapTracer *self)
{
  return self->ledger;
}
