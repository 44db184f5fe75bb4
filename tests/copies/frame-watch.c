/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* How many bytes of raw video a pipeline copies. */
#include "frame-watch.h"

#include "copy-meter.h"

#include <gst/base/gstbasetransform.h>
#include <gst/heaps/heaps.h>

#define DMABUF_ID (G_GUINT64_CONSTANT (1) << 63) /* tells inodes from numbers */

/* Some memory of frames, as long as it lives, whoever uses it again. */
typedef struct {
  guint64 id; /* never used again, as addresses are; of a dma-buf the same in each memory that is of it */
  GstMemory *memory;
  int range;
} Frame;

typedef struct {
  GstElement *element;
  GHashTable *came;  /* ids of the frames that came in */
  guint64 new_bytes; /* of frames that went out and had not come in */
  guint64 new_frames;
  guint64 known;   /* those of them whose memory was known before, so that writes to it were counted */
  guint64 written; /* bytes that memcpy() wrote to these from elsewhere */
} Stage;

struct _FrameWatch {
  GstObject *pipeline; /* not owned */
  GHashTable *stages;  /* element -> Stage */
  guint n_at_sink, n_held, n_held_in_heap;
};

/* Of the process, as memory may outlive the pipeline, and be freed by any thread. */
static GMutex lock;
static GHashTable *frames; /* GstMemory -> Frame */
static guint64 last_id;

static FrameWatch *the_watch;

static void
free_stage (gpointer data)
{
  Stage *stage = data;

  g_hash_table_unref (stage->came);
  gst_object_unref (stage->element);
  g_free (stage);
}

static void
free_frame (gpointer data)
{
  Frame *frame = data;

  copy_meter_remove (frame->range);
  g_free (frame);
}

static void
on_memory_freed (gpointer data, GstMiniObject *memory)
{
  g_mutex_lock (&lock);
  g_hash_table_remove (frames, memory);
  g_mutex_unlock (&lock);
}

/* To map a texture, GL's thread fetches it, which may be about to free another one, and wait for the lock. No memcpy()
 * of frames reads it. */
static gboolean
is_texture (GstMemory *memory)
{
  return memory->allocator && memory->allocator->mem_type && g_str_has_prefix (memory->allocator->mem_type, "GLMemory");
}

static int
meter (GstMemory *memory)
{
  GstMapInfo map;
  int range;

  if (is_texture (memory) || !gst_memory_map (memory, &map, GST_MAP_READ))
    return -1;
  range = copy_meter_add (map.data, map.maxsize);
  gst_memory_unmap (memory, &map);
  return range;
}

static guint64
make_id (GstMemory *memory)
{
  guint64 inode;

  return gst_heap_memory_get_inode (memory, &inode) ? inode | DMABUF_ID : ++last_id;
}

static Frame *
frame_of (GstMemory *memory, gboolean *ret_known)
{
  GstMemory *root = memory->parent ? memory->parent : memory;
  Frame *frame = g_hash_table_lookup (frames, root);

  *ret_known = frame != NULL;
  if (!frame) {
    frame = g_new0 (Frame, 1);
    frame->id = make_id (root);
    frame->memory = root;
    frame->range = meter (root);
    g_hash_table_insert (frames, root, frame);
    gst_mini_object_weak_ref (GST_MINI_OBJECT_CAST (root), on_memory_freed, NULL);
  }
  return frame;
}

static void
note_new (Stage *stage, Frame *frame, gsize size, gboolean known)
{
  guint64 written = copy_meter_take_written (frame->range);

  stage->new_bytes += size;
  stage->new_frames++;
  if (known) {
    stage->known++;
    stage->written += written;
  }
}

static void
look_at_memory (Stage *stage, GstPadDirection direction, GstMemory *memory)
{
  gboolean known;
  Frame *frame = frame_of (memory, &known);
  gpointer id = GSIZE_TO_POINTER (frame->id);

  if (direction == GST_PAD_SINK) {
    g_hash_table_add (stage->came, id);
    return;
  }
  if (!g_hash_table_contains (stage->came, id))
    note_new (stage, frame, memory->size, known);
}

static gboolean
is_raw_video (GstPad *pad)
{
  GstCaps *caps = gst_pad_get_current_caps (pad);
  gboolean is_raw = caps && gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw");

  gst_clear_caps (&caps);
  return is_raw;
}

static gboolean
is_in_heap (GstBuffer *buffer)
{
  guint n = gst_buffer_n_memory (buffer), n_in_heap = 0;

  for (guint i = 0; i < n; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);

    n_in_heap += gst_is_heap_memory (memory);
  }
  return n > 0 && n_in_heap == n;
}

static void
count_at (FrameWatch *watch, GstElement *element, GstPad *pad, GstBuffer *buffer)
{
  gboolean is_sink = GST_PAD_IS_SINK (pad);

  if (GST_OBJECT_PARENT (element) !=
      watch->pipeline) /* a part of an element: of fakevideosink, which has a "sink" too */
    return;
  if (is_sink && g_str_equal (GST_OBJECT_NAME (element), "sink"))
    watch->n_at_sink++;
  if (g_str_has_prefix (GST_OBJECT_NAME (element), "held") && (!is_sink || element->numsrcpads == 0)) {
    watch->n_held++;
    watch->n_held_in_heap += is_in_heap (buffer);
  }
}

static gboolean
look_at (FrameWatch *watch, GstPad *pad, GstBuffer *buffer)
{
  GstElement *element = gst_pad_get_parent_element (pad);
  Stage *stage = g_hash_table_lookup (watch->stages, element);

  g_mutex_lock (&lock);
  count_at (watch, element, pad, buffer);
  for (guint i = 0; is_raw_video (pad) && i < gst_buffer_n_memory (buffer); i++)
    look_at_memory (stage, GST_PAD_DIRECTION (pad), gst_buffer_peek_memory (buffer, i));
  g_mutex_unlock (&lock);
  gst_object_unref (element);
  return TRUE;
}

static gboolean
look_at_each (GstBuffer **buffer, guint index, gpointer data)
{
  return look_at (the_watch, data, *buffer);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    gst_buffer_list_foreach (GST_PAD_PROBE_INFO_BUFFER_LIST (info), look_at_each, pad);
  else
    look_at (data, pad, GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

static gboolean
watch_pad (GstElement *element, GstPad *pad, gpointer watch)
{
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_data, watch, NULL);
  return TRUE;
}

static void
on_pad_added (GstElement *element, GstPad *pad, gpointer watch)
{
  watch_pad (element, pad, watch);
}

static void
watch_element (const GValue *value, gpointer data)
{
  GstElement *element = g_value_get_object (value);
  FrameWatch *watch = data;
  Stage *stage = g_new0 (Stage, 1);

  stage->element = gst_object_ref (element);
  stage->came = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (watch->stages, element, stage);
  gst_element_foreach_pad (element, watch_pad, watch);
  g_signal_connect (element, "pad-added", G_CALLBACK (on_pad_added), watch);
}

FrameWatch *
frame_watch_new (GstElement *pipeline)
{
  FrameWatch *watch = g_new0 (FrameWatch, 1);
  GstIterator *elements = gst_bin_iterate_recurse (GST_BIN (pipeline));

  if (!frames)
    frames = g_hash_table_new_full (NULL, NULL, NULL, free_frame);
  watch->stages = g_hash_table_new_full (NULL, NULL, NULL, free_stage);
  watch->pipeline = GST_OBJECT_CAST (pipeline);
  the_watch = watch;
  copy_meter_take_read ();
  gst_iterator_foreach (elements, watch_element, watch);
  gst_iterator_free (elements);
  return watch;
}

void
frame_watch_free (FrameWatch *watch)
{
  g_hash_table_unref (watch->stages);
  g_free (watch);
}

guint
frame_watch_count (FrameWatch *watch)
{
  guint count;

  g_mutex_lock (&lock);
  count = watch->n_at_sink;
  g_mutex_unlock (&lock);
  return count;
}

void
frame_watch_count_held (FrameWatch *watch, guint *ret_in_heap, guint *ret_all)
{
  *ret_in_heap = watch->n_held_in_heap;
  *ret_all = watch->n_held;
}

/* Elements that give on what they got: whatever they make themselves is a copy. */
static gboolean
is_to_pass (Stage *stage)
{
  static const gchar *const names[] = { "queue", "tee", "multiqueue", "heapimport", "heapdownload" };
  const gchar *name = gst_plugin_feature_get_name (gst_element_get_factory (stage->element));

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (name, names[i]))
      return TRUE;
  }
  return !g_str_equal (name, "capsfilter") && GST_IS_BASE_TRANSFORM (stage->element) &&
         gst_base_transform_is_in_place (GST_BASE_TRANSFORM (stage->element));
}

static gboolean
is_source (Stage *stage)
{
  return stage->element->numsinkpads == 0;
}

guint64
frame_watch_copied (FrameWatch *watch)
{
  gdouble n = MAX (watch->n_at_sink, 1), by_memcpy = copy_meter_take_read () / n, by_pads = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, watch->stages);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Stage *stage = value;

    if (!is_source (stage) && stage->known > 0)
      by_memcpy += (gdouble) stage->written / stage->known;
    if (!is_source (stage) && is_to_pass (stage))
      by_pads += stage->new_bytes / n;
  }
  return MAX (by_memcpy, by_pads) + 0.5;
}

gchar *
frame_watch_describe (FrameWatch *watch)
{
  GString *text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, watch->stages);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Stage *stage = value;

    if (stage->new_frames > 0)
      g_string_append_printf (text,
          "  %s: %" G_GUINT64_FORMAT " frames of its own, %" G_GUINT64_FORMAT " bytes; into %" G_GUINT64_FORMAT
          " of them memcpy() wrote %" G_GUINT64_FORMAT " bytes\n",
          GST_OBJECT_NAME (stage->element), stage->new_frames, stage->new_bytes, stage->known, stage->written);
  }
  return g_string_free (text, FALSE);
}
