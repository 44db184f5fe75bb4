/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Processes at a unixfdsink that end, or stop, in the middle of a command. */
#include "gstheapclients.h"

#include <gio/gio.h>

#include <poll.h>
#include <sys/socket.h>

/* From 1.26.7 on, and in 1.28.6 still, unixfdsrc sends "I am done with this buffer" as a header, and then what belongs
 * to it. unixfdsink reads the header, and then the rest with its object lock, until all is there. Its peer may have
 * been killed in between: then there is an end of file, which it takes for zero bytes, and reads on, for ever. Frames
 * wait for that lock, and so does the rest of the pipeline. A peer that was stopped in between does the same to it.
 *
 * The sink tells of each new client, from the thread in which it reads. That thread's context has a source for each,
 * with a callback of the sink: one of ours takes its place, and calls it when it is safe to. */

#define MOST_PAYLOAD 4096 /* a client's commands have eight bytes of it */
#define PAUSE 1000        /* microseconds, for the rest of a command */

/* As GStreamer has it in gstunixfd.c. */
typedef struct {
  guint32 type;
  guint32 payload_size;
} Header;

/* What the sink gave the source. */
typedef struct {
  GSource *source; /* which owns this */
  GSourceCallbackFuncs *funcs;
  gpointer data;
} Reader;

typedef enum
{
  WHOLE,
  PARTIAL,
  NONSENSE,
} Command;

static Reader *
reader_new (GSource *source)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->source = source;
  reader->funcs = source->callback_funcs;
  reader->data = source->callback_data;
  reader->funcs->ref (reader->data);
  return reader;
}

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  reader->funcs->unref (reader->data);
  g_free (reader);
}

static gboolean
let_sink_read (Reader *reader, GSocket *socket, GIOCondition condition)
{
  GSourceFunc func = NULL;
  gpointer data = NULL;

  reader->funcs->get (reader->data, reader->source, &func, &data);
  return ((GSocketSourceFunc) G_CALLBACK (func)) (socket, condition, data);
}

/* The socket that listens is none to read from, and an end or an error is the sink's to see: both are whole. */
static Command
look_at_command (GSocket *socket)
{
  Header header;
  gssize size = recv (g_socket_get_fd (socket), &header, sizeof header, MSG_PEEK | MSG_DONTWAIT);

  if (size <= 0)
    return WHOLE;
  if (size < (gssize) sizeof header)
    return PARTIAL;
  if (header.payload_size > MOST_PAYLOAD)
    return NONSENSE;
  return g_socket_get_available_bytes (socket) < (gssize) (sizeof header + header.payload_size) ? PARTIAL : WHOLE;
}

static gboolean
has_ended (int fd)
{
  struct pollfd event = { .fd = fd, .events = POLLRDHUP };

  return poll (&event, 1, 0) == 1;
}

/* What the sink sees next is the end. */
static void
cut_off (int fd)
{
  gchar bytes[MOST_PAYLOAD];

  shutdown (fd, SHUT_RDWR);
  while (recv (fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
  }
}

/* In the sink's thread. What is partial is looked at again: after the end, in case the rest came just before it. */
static gboolean
read_whole (GSocket *socket, GIOCondition condition, gpointer data)
{
  int fd = g_socket_get_fd (socket);
  Command command = look_at_command (socket);
  gboolean ended = command == PARTIAL && has_ended (fd);

  if (ended)
    command = look_at_command (socket);
  if (command == NONSENSE || (command == PARTIAL && ended))
    cut_off (fd);
  else if (command == PARTIAL) {
    g_usleep (PAUSE);
    return G_SOURCE_CONTINUE;
  }
  return let_sink_read (data, socket, condition);
}

/* In the sink's thread for a new client, or in another, where one was removed. The sink destroys sources with its
 * object lock. */
static void
guard_sources (GstObject *sink, GParamSpec *property, gpointer data)
{
  GSource *current = g_main_current_source ();
  GMainContext *context = current ? g_source_get_context (current) : NULL;
  GSource *source;

  if (!context || context == g_main_context_default ())
    return;
  GST_OBJECT_LOCK (sink);
  while ((source = g_main_context_find_source_by_user_data (context, sink)) != NULL)
    g_source_set_callback (source, G_SOURCE_FUNC (read_whole), reader_new (source), reader_free);
  GST_OBJECT_UNLOCK (sink);
}

void
gst_heap_clients_guard (GstElement *sink)
{
  GSignalMatchType by_func = G_SIGNAL_MATCH_FUNC;

  if (!g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "num-clients"))
    return;
  if (g_signal_handler_find (sink, by_func, 0, 0, NULL, (gpointer) guard_sources, NULL) == 0)
    g_signal_connect (sink, "notify::num-clients", G_CALLBACK (guard_sources), NULL);
}
