/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What another process needs to know of a buffer in dma-bufs. */
#include "gstheapmeta-private.h"

#include "gstheapcompat.h"
#include "gstheapexporter.h"

#include <gst/heaps/gstheapmemory.h>

#include <string.h>

/* The bytes, little-endian: of 2 bytes the length of the name; of 1 the numbers of memories and of planes; of 4 format,
 * width, height, padding (top, bottom, left, right) and the four masks of strides; of 8 four offsets; of 4 four
 * strides; of 8 four sizes; and the name. */
#define AT_NAME_LENGTH 0
#define AT_N_MEMORIES 2
#define AT_N_PLANES 3
#define AT_FORMAT 4
#define AT_WIDTH 8
#define AT_HEIGHT 12
#define AT_PADDING 16
#define AT_STRIDE_ALIGN 32
#define AT_OFFSET 48
#define AT_STRIDE 80
#define AT_SIZES 96
#define AT_NAME 128

G_STATIC_ASSERT (AT_NAME == GST_HEAP_META_LEAST_BYTES);
G_STATIC_ASSERT (GST_VIDEO_MAX_PLANES == 4 && GST_HEAP_META_MAX_MEMORIES == 4);

gsize
gst_heap_meta_pack (const GstHeapMeta *meta, guint8 bytes[GST_HEAP_META_MOST_BYTES])
{
  const GstVideoAlignment *alignment = &meta->alignment;
  gsize length = strnlen (meta->heap, GST_HEAP_META_NAME_SIZE - 1);

  GST_WRITE_UINT16_LE (bytes + AT_NAME_LENGTH, length);
  bytes[AT_N_MEMORIES] = meta->n_memories;
  bytes[AT_N_PLANES] = meta->n_planes;
  GST_WRITE_UINT32_LE (bytes + AT_FORMAT, meta->format);
  GST_WRITE_UINT32_LE (bytes + AT_WIDTH, meta->width);
  GST_WRITE_UINT32_LE (bytes + AT_HEIGHT, meta->height);
  GST_WRITE_UINT32_LE (bytes + AT_PADDING, alignment->padding_top);
  GST_WRITE_UINT32_LE (bytes + AT_PADDING + 4, alignment->padding_bottom);
  GST_WRITE_UINT32_LE (bytes + AT_PADDING + 8, alignment->padding_left);
  GST_WRITE_UINT32_LE (bytes + AT_PADDING + 12, alignment->padding_right);
  for (guint i = 0; i < 4; i++) {
    GST_WRITE_UINT32_LE (bytes + AT_STRIDE_ALIGN + 4 * i, alignment->stride_align[i]);
    GST_WRITE_UINT64_LE (bytes + AT_OFFSET + 8 * i, meta->offset[i]);
    GST_WRITE_UINT32_LE (bytes + AT_STRIDE + 4 * i, meta->stride[i]);
    GST_WRITE_UINT64_LE (bytes + AT_SIZES + 8 * i, meta->sizes[i]);
  }
  memcpy (bytes + AT_NAME, meta->heap, length);
  return AT_NAME + length;
}

static gboolean
read_size (const guint8 *bytes, gsize *ret_size)
{
  guint64 size = GST_READ_UINT64_LE (bytes);

  *ret_size = size;
  return size <= G_MAXSSIZE;
}

static void
read_alignment (const guint8 *bytes, GstVideoAlignment *alignment)
{
  alignment->padding_top = GST_READ_UINT32_LE (bytes + AT_PADDING);
  alignment->padding_bottom = GST_READ_UINT32_LE (bytes + AT_PADDING + 4);
  alignment->padding_left = GST_READ_UINT32_LE (bytes + AT_PADDING + 8);
  alignment->padding_right = GST_READ_UINT32_LE (bytes + AT_PADDING + 12);
  for (guint i = 0; i < 4; i++)
    alignment->stride_align[i] = GST_READ_UINT32_LE (bytes + AT_STRIDE_ALIGN + 4 * i);
}

static gboolean
read_name (const guint8 *bytes, gsize size, gchar *ret_name)
{
  gsize length = GST_READ_UINT16_LE (bytes + AT_NAME_LENGTH);

  if (length >= GST_HEAP_META_NAME_SIZE || size != AT_NAME + length)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isgraph (bytes[AT_NAME + i]))
      return FALSE;
  }
  memcpy (ret_name, bytes + AT_NAME, length);
  ret_name[length] = '\0';
  return TRUE;
}

gboolean
gst_heap_meta_unpack (const guint8 *bytes, gsize size, guint8 version, GstHeapMeta *ret_meta)
{
  GstHeapMeta meta = { 0 };
  guint32 format;

  if (version != GST_HEAP_META_VERSION || size < AT_NAME || !read_name (bytes, size, meta.heap))
    return FALSE;
  meta.n_memories = bytes[AT_N_MEMORIES];
  meta.n_planes = bytes[AT_N_PLANES];
  format = GST_READ_UINT32_LE (bytes + AT_FORMAT);
  if (meta.n_memories > GST_HEAP_META_MAX_MEMORIES || meta.n_planes > GST_VIDEO_MAX_PLANES || format > G_MAXINT)
    return FALSE;
  meta.format = format;
  meta.width = GST_READ_UINT32_LE (bytes + AT_WIDTH);
  meta.height = GST_READ_UINT32_LE (bytes + AT_HEIGHT);
  read_alignment (bytes, &meta.alignment);
  for (guint i = 0; i < 4; i++) {
    meta.stride[i] = (gint32) GST_READ_UINT32_LE (bytes + AT_STRIDE + 4 * i);
    if (!read_size (bytes + AT_OFFSET + 8 * i, &meta.offset[i]) ||
        !read_size (bytes + AT_SIZES + 8 * i, &meta.sizes[i]))
      return FALSE;
  }
  meta.meta = ret_meta->meta;
  *ret_meta = meta;
  return TRUE;
}

static gboolean
gst_heap_meta_init (GstMeta *meta, gpointer params, GstBuffer *buffer)
{
  GstMeta parent = *meta;

  *(GstHeapMeta *) meta = (GstHeapMeta){ .meta = parent };
  return TRUE;
}

/* The tags keep it off what has other memory. */
static gboolean
gst_heap_meta_transform (GstBuffer *dest, GstMeta *meta, GstBuffer *buffer, GQuark type, gpointer data)
{
  GstHeapMeta *copy;
  GstMeta parent;

  if (!GST_META_TRANSFORM_IS_COPY (type) || ((GstMetaTransformCopy *) data)->region)
    return FALSE;
  copy = (GstHeapMeta *) gst_buffer_add_meta (dest, gst_heap_meta_get_info (), NULL);
  if (!copy)
    return FALSE;
  parent = copy->meta;
  *copy = *(GstHeapMeta *) meta;
  copy->meta = parent;
  return TRUE;
}

static gboolean
gst_heap_meta_serialize (const GstMeta *meta, GstHeapCompatBytes *bytes, guint8 *version)
{
  guint8 packed[GST_HEAP_META_MOST_BYTES];
  gsize size = gst_heap_meta_pack ((const GstHeapMeta *) meta, packed);

  *version = GST_HEAP_META_VERSION;
  return gst_heap_compat_bytes_append (bytes, packed, size);
}

/* The buffer may have no memory yet. */
static GstMeta *
gst_heap_meta_deserialize (const GstMetaInfo *info, GstBuffer *buffer, const guint8 *data, gsize size, guint8 version)
{
  GstHeapMeta read = { .n_memories = 0 };
  GstHeapMeta *meta;
  GstMeta parent;

  if (!gst_heap_meta_unpack (data, size, version, &read))
    return NULL;
  meta = (GstHeapMeta *) gst_buffer_add_meta (buffer, info, NULL);
  if (!meta)
    return NULL;
  parent = meta->meta;
  *meta = read;
  meta->meta = parent;
  return &meta->meta;
}

GType
gst_heap_meta_api_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    static const gchar *tags[] = { GST_META_TAG_MEMORY_STR, GST_META_TAG_MEMORY_REFERENCE_STR, NULL };

    g_once_init_leave (&type, gst_meta_api_type_register ("GstHeapMetaAPI", tags));
  }
  return type;
}

/**
 * gst_heap_meta_get_info: (skip)
 *
 * Registers #GstHeapMeta where nobody has yet: what receives buffers from another process drops metas that it does not
 * know. The plugin registers it when it is loaded.
 *
 * Returns: the implementation
 *
 * Since: 0.1
 */
const GstMetaInfo *
gst_heap_meta_get_info (void)
{
  static gsize info = 0;

  if (g_once_init_enter (&info))
    g_once_init_leave (
        &info, (gsize) gst_heap_compat_meta_register (GST_HEAP_META_API_TYPE, "GstHeapMeta", sizeof (GstHeapMeta),
                   gst_heap_meta_init, gst_heap_meta_transform, gst_heap_meta_serialize, gst_heap_meta_deserialize));
  return (const GstMetaInfo *) info;
}

static void
describe_memory (GstHeapMeta *meta, GstBuffer *buffer)
{
  GstMemory *first = gst_buffer_peek_memory (buffer, 0);
  GstHeap *heap = gst_heap_memory_get_heap (first);
  const gchar *name = heap ? gst_heap_get_name (heap) : gst_heap_exporter_of_memory (first);

  if (g_strlcpy (meta->heap, name ? name : "", sizeof meta->heap) >= sizeof meta->heap)
    meta->heap[0] = '\0';
  meta->n_memories = gst_buffer_n_memory (buffer);
  for (guint i = 0; i < meta->n_memories; i++)
    meta->sizes[i] = gst_buffer_peek_memory (buffer, i)->maxsize;
}

static void
describe_frame (GstHeapMeta *meta, const GstVideoMeta *video)
{
  meta->n_planes = video->n_planes;
  meta->format = video->format;
  meta->width = video->width;
  meta->height = video->height;
  meta->alignment = video->alignment;
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++) {
    meta->offset[i] = i < video->n_planes ? video->offset[i] : 0;
    meta->stride[i] = i < video->n_planes ? video->stride[i] : 0;
  }
}

/**
 * gst_buffer_get_heap_meta:
 * @buffer: a #GstBuffer
 *
 * Returns: (transfer none) (nullable): the #GstHeapMeta of @buffer
 *
 * Since: 0.1
 */
GstHeapMeta *
gst_buffer_get_heap_meta (GstBuffer *buffer)
{
  return (GstHeapMeta *) gst_buffer_get_meta (buffer, GST_HEAP_META_API_TYPE);
}

/**
 * gst_buffer_add_heap_meta:
 * @buffer: a writable #GstBuffer
 *
 * Describes @buffer, as its memory and its #GstVideoMeta are now, for the process it is sent to; what was said of it
 * before is replaced. heapupload does this where buffers leave for a `unixfdsink`. To be called last, as what
 * is changed afterwards is not told.
 *
 * Returns: (transfer none) (nullable): the meta; %NULL where @buffer has no memory, or more memories than a meta can
 * tell of
 *
 * Since: 0.1
 */
GstHeapMeta *
gst_buffer_add_heap_meta (GstBuffer *buffer)
{
  GstVideoMeta *video;
  GstHeapMeta *meta;
  guint n;

  g_return_val_if_fail (GST_IS_BUFFER (buffer) && gst_buffer_is_writable (buffer), NULL);

  meta = gst_buffer_get_heap_meta (buffer);
  n = gst_buffer_n_memory (buffer);
  if (n == 0 || n > GST_HEAP_META_MAX_MEMORIES) {
    if (meta)
      gst_buffer_remove_meta (buffer, &meta->meta);
    return NULL;
  }
  if (!meta)
    meta = (GstHeapMeta *) gst_buffer_add_meta (buffer, gst_heap_meta_get_info (), NULL);
  describe_memory (meta, buffer);
  meta->n_planes = 0;
  video = gst_buffer_get_video_meta (buffer);
  if (video)
    describe_frame (meta, video);
  return meta;
}
