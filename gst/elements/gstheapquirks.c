/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Elements upstream that would take an offer and then not use it, and what keeps them from that. */
#include "gstheapquirks.h"

#include "gstheaporigin.h"

#include <gst/video/video.h>

static gboolean
renders_directly (GstElement *element)
{
  gboolean enabled = FALSE;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "direct-rendering"))
    g_object_get (element, "direct-rendering", &enabled, NULL);
  return enabled;
}

/* GStreamer's libav decoders (avdec_h264 and the like, 1.22 to 1.28, seen 2026-11), where a consumer reads
 * GstVideoMeta, either let libav decode right into the memory of our pool, or ignore the pool for one of system memory
 * of their own. Decoding into it is of no use: libav keeps each frame that others refer to mapped for writing, the base
 * class needs the buffer writable, and GStreamer then copies what is mapped, into system memory, for each frame.
 * Besides, libav reads such frames again, which is slow out of uncached memory. Without the meta they decode into
 * memory of their own and copy each frame once, into our pool. See gst_ffmpegviddec_decide_allocation() in
 * https://gitlab.freedesktop.org/gstreamer/gstreamer/-/blob/1.22/subprojects/gst-libav/ext/libav/gstavviddec.c */
static void
hide_video_meta (GstQuery *query)
{
  guint index;

  while (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, &index))
    gst_query_remove_nth_allocation_meta (query, index);
}

/* To be called with the answer of downstream, before a pool is made of it. */
void
gst_heap_quirks_apply (GstPad *sinkpad, GstQuery *query)
{
  GstHeapOrigin origin;

  gst_heap_origin_find (&origin, sinkpad);
  if (origin.producer && renders_directly (origin.producer)) {
    GST_INFO_OBJECT (sinkpad, "%s is kept from rendering directly", GST_OBJECT_NAME (origin.producer));
    hide_video_meta (query);
  }
  gst_heap_origin_clear (&origin);
}
