/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A pipeline with heapupload, beside the same without. */
#include "benchmarks.h"

#define MAX_RATIO (1 / 0.98)

static const gchar *const heaps[] = { "process", "system" };

/* A pipeline that plays as many frames as it is told to, and then waits at its end. */
typedef struct {
  GstElement *pipeline;
  GMutex lock;
  GCond cond;
  guint n_wanted, n_played; /* wrap around */
  gboolean is_ending;
} Side;

static GstPadProbeReturn
count_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Side *side = data;

  g_mutex_lock (&side->lock);
  while (side->n_played == side->n_wanted && !side->is_ending)
    g_cond_wait (&side->cond, &side->lock);
  side->n_played++;
  g_cond_broadcast (&side->cond);
  g_mutex_unlock (&side->lock);
  return GST_PAD_PROBE_OK;
}

static gboolean
run (gpointer data, guint n)
{
  Side *side = data;

  g_mutex_lock (&side->lock);
  side->n_wanted += n;
  g_cond_broadcast (&side->cond);
  while (side->n_played != side->n_wanted)
    g_cond_wait (&side->cond, &side->lock);
  g_mutex_unlock (&side->lock);
  return TRUE;
}

static void
side_free (gpointer data)
{
  Side *side = data;

  g_mutex_lock (&side->lock);
  side->is_ending = TRUE;
  g_cond_broadcast (&side->cond);
  g_mutex_unlock (&side->lock);
  gst_element_set_state (side->pipeline, GST_STATE_NULL);
  gst_object_unref (side->pipeline);
  g_cond_clear (&side->cond);
  g_mutex_clear (&side->lock);
  g_free (side);
}

static BenchSide
create_side (const gchar *name, const gchar *upload, gchar **ret_reason)
{
  gchar *description = g_strdup_printf (
      "videotestsrc ! video/x-raw,format=NV12,width=3840,height=2160 %s ! fakevideosink name=sink sync=false", upload);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error), *sink;
  Side *side;
  GstPad *pad;

  g_free (description);
  if (!pipeline) {
    *ret_reason = g_strdup (error->message);
    g_clear_error (&error);
    return (BenchSide){ 0 };
  }
  side = g_new0 (Side, 1);
  side->pipeline = pipeline;
  g_mutex_init (&side->lock);
  g_cond_init (&side->cond);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count_frame, side, NULL);
  gst_object_unref (pad);
  gst_object_unref (sink);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  return (BenchSide){ name, run, side, side_free };
}

static BenchCase *
create (guint number, gchar **ret_reason)
{
  GstAllocator *allocator = bench_allocator_new (heaps[number], ret_reason);
  gchar *upload = g_strdup_printf ("! heapupload heap-name=%s", heaps[number]);
  BenchCase *self = NULL;

  if (allocator) {
    self = bench_case_new (g_strdup_printf ("%s, 2160p NV12", heaps[number]));
    self->clock = CLOCK_MONOTONIC;
    self->max_ratio = MAX_RATIO;
    self->ours = create_side ("with heapupload", upload, ret_reason);
    self->peer = create_side ("without", "", ret_reason);
    gst_object_unref (allocator);
  }
  if (self && (!self->ours.run || !self->peer.run))
    g_clear_pointer (&self, bench_case_free);
  g_free (upload);
  return self;
}

const BenchGroup bench_upload = {
  "upload",
  "a frame goes from videotestsrc to fakevideosink; the peer is the pipeline without heapupload",
  G_N_ELEMENTS (heaps),
  FALSE,
  create,
};
