/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A pipeline that a test drives step by step. */
#include "playback.h"

#include "dmabuf-info.h"

#include <gst/allocators/allocators.h>
#include <gst/check/gstcheck.h>

#define WAIT_SECONDS 60
#define ERROR_SECONDS 10

static gboolean
is_in_heap (Playback *self, GstBuffer *buffer)
{
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    gchar *exporter = gst_is_fd_memory (memory) ? dmabuf_info_exporter (gst_fd_memory_get_fd (memory)) : NULL;
    gboolean is_ours = g_strcmp0 (exporter, self->exporter) == 0;

    g_free (exporter);
    if (!is_ours)
      return FALSE;
  }
  return n > 0;
}

static GstPadProbeReturn
look_at_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Playback *self = data;
  gboolean in_heap = is_in_heap (self, GST_PAD_PROBE_INFO_BUFFER (info));

  g_mutex_lock (&self->lock);
  self->frames++;
  self->frames_of_width++;
  self->frames_in_heap += in_heap;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
look_at_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Playback *self = data;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  g_mutex_lock (&self->lock);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "width", &self->width);
  self->frames_of_width = 0;
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static GstBusSyncReply
look_at_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Playback *self = data;

  g_mutex_lock (&self->lock);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    self->ended = TRUE;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && !self->error) {
    gst_message_parse_error (message, &self->error, NULL);
    self->error_source = g_strdup (GST_MESSAGE_SRC_NAME (message));
  }
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
watch (Playback *self)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  GstPad *pad = gst_element_get_static_pad (sink, "sink");
  GstBus *bus = gst_element_get_bus (self->pipeline);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, look_at_buffer, self, NULL);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, look_at_event, self, NULL);
  gst_bus_set_sync_handler (bus, look_at_message, self, NULL);
  gst_object_unref (bus);
  gst_object_unref (pad);
  gst_object_unref (sink);
}

/* With the lock. */
static void
fail_on_error (Playback *self)
{
  fail_unless (self->error == NULL, "%s: %s", self->error_source, self->error ? self->error->message : "");
}

static gint64
seconds_from_now (guint seconds)
{
  return g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
}

Playback *
playback_new (const gchar *exporter, const gchar *description)
{
  Playback *self = g_new0 (Playback, 1);
  GError *error = NULL;

  self->pipeline = gst_parse_launch (description, &error);
  fail_unless (error == NULL, "%s: %s", description, error ? error->message : "");
  self->exporter = g_strdup (exporter);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  watch (self);
  gst_element_set_state (self->pipeline, GST_STATE_READY);
  return self;
}

void
playback_free (Playback *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  g_clear_error (&self->error);
  g_free (self->error_source);
  g_free (self->exporter);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
playback_set_state (Playback *self, GstState state)
{
  GstStateChangeReturn result = gst_element_set_state (self->pipeline, state);

  if (result == GST_STATE_CHANGE_ASYNC)
    result = gst_element_get_state (self->pipeline, NULL, NULL, WAIT_SECONDS * GST_SECOND);
  g_mutex_lock (&self->lock);
  fail_on_error (self);
  g_mutex_unlock (&self->lock);
  fail_unless (result == GST_STATE_CHANGE_SUCCESS || result == GST_STATE_CHANGE_NO_PREROLL, "%s was not reached: %s",
      gst_element_state_get_name (state), gst_element_state_change_return_get_name (result));
}

/* With the lock. */
static gboolean
has_reached (Playback *self, gint width, guint frames)
{
  if (width == 0)
    return self->frames >= frames;
  return self->width == width && self->frames_of_width >= frames;
}

/* Until there are that many frames, of this width or of any, which is 0. */
static void
wait_for_frames (Playback *self, gint width, guint frames)
{
  gint64 end = seconds_from_now (WAIT_SECONDS);

  while (!self->error && !self->ended && !has_reached (self, width, frames)) {
    if (!g_cond_wait_until (&self->changed, &self->lock, end))
      break;
  }
  fail_on_error (self);
  fail_unless (has_reached (self, width, frames),
      "waited for %u frames; there were %u, the last %u of width %d, and %s", frames, self->frames,
      self->frames_of_width, self->width, self->ended ? "the end" : "no more");
}

void
playback_wait_for_frames (Playback *self, guint more)
{
  g_mutex_lock (&self->lock);
  wait_for_frames (self, 0, self->frames + more);
  g_mutex_unlock (&self->lock);
}

void
playback_wait_for_width (Playback *self, gint width, guint frames)
{
  g_mutex_lock (&self->lock);
  wait_for_frames (self, width, frames);
  g_mutex_unlock (&self->lock);
}

void
playback_wait_for_end (Playback *self)
{
  gint64 end = seconds_from_now (WAIT_SECONDS);

  g_mutex_lock (&self->lock);
  while (!self->error && !self->ended && g_cond_wait_until (&self->changed, &self->lock, end))
    ;
  fail_on_error (self);
  fail_unless (self->ended, "no end after %u frames", self->frames);
  g_mutex_unlock (&self->lock);
}

void
playback_seek (Playback *self, guint frame)
{
  GstClockTime position = gst_util_uint64_scale (frame, GST_SECOND, 30);
  GstStateChangeReturn result;

  g_mutex_lock (&self->lock);
  self->ended = FALSE;
  g_mutex_unlock (&self->lock);
  fail_unless (gst_element_seek_simple (
      self->pipeline, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT, position));
  result = gst_element_get_state (self->pipeline, NULL, NULL, WAIT_SECONDS * GST_SECOND);
  g_mutex_lock (&self->lock);
  fail_on_error (self);
  g_mutex_unlock (&self->lock);
  fail_unless (result == GST_STATE_CHANGE_SUCCESS, "no frame after the seek to %u", frame);
}

const GError *
playback_wait_for_error (Playback *self)
{
  gint64 end = seconds_from_now (ERROR_SECONDS);
  const GError *error;

  g_mutex_lock (&self->lock);
  while (!self->error && !self->ended && g_cond_wait_until (&self->changed, &self->lock, end))
    ;
  error = self->error;
  fail_unless (error != NULL, "no error after %u frames, and %s", self->frames, self->ended ? "the end" : "no end");
  g_mutex_unlock (&self->lock);
  return error;
}

void
playback_assert_all_in_heap (Playback *self)
{
  g_mutex_lock (&self->lock);
  fail_on_error (self);
  fail_unless (self->frames > 0, "no frame came");
  fail_unless (self->frames_in_heap == self->frames, "%u of %u frames lay in dma-bufs of %s", self->frames_in_heap,
      self->frames, self->exporter);
  g_mutex_unlock (&self->lock);
}
