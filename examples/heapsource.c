/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An element of one's own that has heap-name, heap-require, heap-prefer and heap-forbid, and writes into the heap that
 * they select: a source of grey frames. All there is of heaps in it are the two calls of gst_heap_element_...().
 *
 * cc -shared -fPIC heapsource.c -o libheapsource.so $(pkg-config --cflags --libs gstreamer-heaps-1.0)
 * gst-launch-1.0 --gst-plugin-path=. heapsource heap-require=contiguous ! kmssink */
#include <gst/base/gstpushsrc.h>
#include <gst/heaps/heaps.h>
#include <gst/video/video.h>

#include <string.h>

#define PACKAGE "heapsource" /* for GST_PLUGIN_DEFINE */
#define CAPS "video/x-raw, format=NV12, width=[16, 8192], height=[16, 8192], framerate=(fraction)[1/1, 120/1]"

#define HEAP_TYPE_SOURCE (heap_source_get_type ())
G_DECLARE_FINAL_TYPE (HeapSource, heap_source, HEAP, SOURCE, GstPushSrc)

struct _HeapSource {
  GstPushSrc parent;

  GstVideoInfo info;
  guint64 n_frames;
};

static GstStaticPadTemplate template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (CAPS));

G_DEFINE_TYPE (HeapSource, heap_source, GST_TYPE_PUSH_SRC)

static GstCaps *
heap_source_fixate (GstBaseSrc *src, GstCaps *caps)
{
  GstStructure *structure;

  caps = gst_caps_make_writable (gst_caps_truncate (caps));
  structure = gst_caps_get_structure (caps, 0);
  gst_structure_fixate_field_nearest_int (structure, "width", 320);
  gst_structure_fixate_field_nearest_int (structure, "height", 240);
  gst_structure_fixate_field_nearest_fraction (structure, "framerate", 30, 1);
  return GST_BASE_SRC_CLASS (heap_source_parent_class)->fixate (src, caps);
}

static gboolean
heap_source_set_caps (GstBaseSrc *src, GstCaps *caps)
{
  HeapSource *self = HEAP_SOURCE (src);

  if (!gst_video_info_from_caps (&self->info, caps))
    return FALSE;
  gst_base_src_set_blocksize (src, GST_VIDEO_INFO_SIZE (&self->info));
  return TRUE;
}

/* The base class then makes buffers with what is in the query. */
static gboolean
heap_source_decide_allocation (GstBaseSrc *src, GstQuery *query)
{
  return gst_heap_element_decide_allocation (GST_ELEMENT (src), query) &&
         GST_BASE_SRC_CLASS (heap_source_parent_class)->decide_allocation (src, query);
}

static GstFlowReturn
heap_source_fill (GstPushSrc *src, GstBuffer *buffer)
{
  HeapSource *self = HEAP_SOURCE (src);
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_WRITE)) {
    GST_ELEMENT_ERROR (self, RESOURCE, WRITE, ("the CPU cannot write into this memory"), (NULL));
    return GST_FLOW_ERROR;
  }
  for (gint y = 0; y < GST_VIDEO_FRAME_HEIGHT (&frame); y++)
    memset ((guint8 *) frame.data[0] + y * frame.info.stride[0], (guint8) (self->n_frames + y), frame.info.width);
  for (gint y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (&frame, 1); y++)
    memset ((guint8 *) frame.data[1] + y * frame.info.stride[1], 128, frame.info.width);
  gst_video_frame_unmap (&frame);

  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale_int (GST_SECOND, self->info.fps_d, self->info.fps_n);
  GST_BUFFER_PTS (buffer) = self->n_frames++ * GST_BUFFER_DURATION (buffer);
  return GST_FLOW_OK;
}

static void
heap_source_class_init (HeapSourceClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class, &template);
  gst_element_class_set_static_metadata (
      element_class, "Source in a heap", "Source/Video", "Grey frames in memory of a heap", "The gst-heaps authors");
  src_class->fixate = heap_source_fixate;
  src_class->set_caps = heap_source_set_caps;
  src_class->decide_allocation = heap_source_decide_allocation;
  GST_PUSH_SRC_CLASS (klass)->fill = heap_source_fill;

  gst_heap_element_class_install_properties (element_class);
}

static void
heap_source_init (HeapSource *self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

static gboolean
plugin_init (GstPlugin *plugin)
{
  return gst_element_register (plugin, "heapsource", GST_RANK_NONE, HEAP_TYPE_SOURCE);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, heapsource, "A source that writes into a heap", plugin_init,
    "0.1.0", "LGPL", PACKAGE, "gst-heaps")
