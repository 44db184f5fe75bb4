/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* One buffer of a pool: making it. */
#include "gstheappoolbuffer.h"

#include "gstheapcompat.h"
#include "gstheapdebug.h"

#define GST_CAT_DEFAULT gst_heap_debug

static void
add_video_meta (GstHeapPoolShared *shared, GstBuffer *buffer)
{
  const GstHeapLayout *layout = &shared->config.layout;
  GstVideoInfo *info = &shared->config.layout.info;
  GstVideoMeta *meta = gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (info),
      GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), GST_VIDEO_INFO_N_PLANES (info), info->offset,
      info->stride);

  GST_META_FLAG_SET (meta, GST_META_FLAG_POOLED);
  if (layout->has_alignment && !gst_heap_compat_set_alignment (meta, &layout->alignment))
    GST_WARNING_OBJECT (shared->pool, "GStreamer does not take the alignment of its own layout");
}

/* What does not show of a memory is padding to the allocator. */
static GstAllocationParams
params_for (GstHeapPoolShared *shared, guint memory)
{
  const GstHeapLayout *layout = &shared->config.layout;
  GstAllocationParams params = shared->config.params;

  params.padding = MAX (params.padding, layout->behind[memory] - layout->shown[memory]);
  return params;
}

static GstHeapDemand
demand_for (GstHeapPoolShared *shared, guint memory, const GstAllocationParams *params)
{
  return (GstHeapDemand){ shared->config.layout.shown[memory], params, shared->config.layout_names[memory],
    shared->reclaim };
}

static GstMemory *
alloc_memory (GstHeapPoolShared *shared, guint memory, GError **error)
{
  const GstAllocationParams params = params_for (shared, memory);
  const GstHeapDemand demand = demand_for (shared, memory, &params);

  return gst_heap_allocator_try_alloc (GST_HEAP_ALLOCATOR (shared->allocator), &demand, error);
}

/* What is added to the buffer later goes when it comes back, and this stays. */
static gboolean
keep_meta (GstBuffer *buffer, GstMeta **meta, gpointer user_data)
{
  GST_META_FLAG_SET (*meta, GST_META_FLAG_POOLED | GST_META_FLAG_LOCKED);
  return TRUE;
}

GstBuffer *
gst_heap_pool_buffer_new (GstHeapPoolShared *shared, guint *ret_memory, GError **error)
{
  GstBuffer *buffer = gst_buffer_new ();

  for (guint i = 0; i < shared->config.layout.n_memories; i++) {
    GstMemory *memory = alloc_memory (shared, i, error);

    if (!memory) {
      gst_buffer_unref (buffer);
      *ret_memory = i;
      return NULL;
    }
    if (memory->offset > 0)
      g_atomic_int_set (&shared->has_offsets, TRUE);
    gst_buffer_append_memory (buffer, memory);
  }
  if (shared->config.add_meta)
    add_video_meta (shared, buffer);
  gst_buffer_foreach_meta (buffer, keep_meta, NULL);
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  return buffer;
}

void
gst_heap_pool_buffer_add_figures (GstHeapPoolShared *shared, guint memory, GError *error)
{
  const GstAllocationParams params = params_for (shared, memory);
  const GstHeapDemand demand = demand_for (shared, memory, &params);

  gst_heap_allocator_add_figures (GST_HEAP_ALLOCATOR (shared->allocator), &demand, error);
}
