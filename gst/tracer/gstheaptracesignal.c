/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* SIGUSR1, for a process that may have no main loop. */
#include "gstheaptracesignal.h"

#include <glib-unix.h>
#include <signal.h>

struct _GstHeapTraceSignal {
  GMainLoop *loop;
  GThread *thread;
  void (*function) (gpointer data);
  gpointer data;
};

static gboolean
is_free (void)
{
  struct sigaction action;

  return sigaction (SIGUSR1, NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL;
}

static gboolean
call (gpointer data)
{
  GstHeapTraceSignal *self = data;

  self->function (self->data);
  return G_SOURCE_CONTINUE;
}

static gpointer
run (gpointer data)
{
  GstHeapTraceSignal *self = data;

  g_main_loop_run (self->loop);
  return NULL;
}

static void
add_source (GstHeapTraceSignal *self, GSource *source, GSourceFunc function)
{
  g_source_set_callback (source, function, self, NULL);
  g_source_attach (source, g_main_loop_get_context (self->loop));
  g_source_unref (source);
}

GstHeapTraceSignal *
gst_heap_trace_signal_new (void (*function) (gpointer data), gpointer data)
{
  GstHeapTraceSignal *self;
  GMainContext *context;

  if (!is_free ())
    return NULL;
  self = g_new0 (GstHeapTraceSignal, 1);
  context = g_main_context_new ();
  self->loop = g_main_loop_new (context, FALSE);
  self->function = function;
  self->data = data;
  add_source (self, g_unix_signal_source_new (SIGUSR1), call);
  self->thread = g_thread_new ("heaps tracer", run, self);
  g_main_context_unref (context);
  return self;
}

/* A source, as the thread may not have begun to run the loop yet. */
static gboolean
quit (gpointer data)
{
  g_main_loop_quit (((GstHeapTraceSignal *) data)->loop);
  return G_SOURCE_REMOVE;
}

void
gst_heap_trace_signal_free (GstHeapTraceSignal *self)
{
  if (!self)
    return;
  add_source (self, g_idle_source_new (), quit);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_free (self);
}
