/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What goes through a pad. */
#include "pad-watch.h"

#include "dmabuf-info.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/allocators/gstfdmemory.h>

#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static int
fd_of (GstBuffer *buffer)
{
  GstMemory *memory = gst_buffer_peek_memory (buffer, 0);

  return gst_is_dmabuf_memory (memory) ? gst_fd_memory_get_fd (memory) : -1;
}

static void
sync_access (int fd, guint64 flags)
{
  struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_RW };

  while (ioctl (fd, DMA_BUF_IOCTL_SYNC, &sync) < 0)
    continue;
}

guint8 *
dmabuf_map (GstBuffer *buffer, gsize *ret_size)
{
  int fd = fd_of (buffer);
  void *data;

  if (fd < 0)
    return NULL;
  *ret_size = gst_buffer_get_size (buffer);
  data = mmap (NULL, *ret_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (data == MAP_FAILED)
    return NULL;
  sync_access (fd, DMA_BUF_SYNC_START);
  return data;
}

void
dmabuf_unmap (GstBuffer *buffer, guint8 *data, gsize size)
{
  sync_access (fd_of (buffer), DMA_BUF_SYNC_END);
  munmap (data, size);
}

static gchar *
digest (const guint8 *data, gsize size)
{
  return g_compute_checksum_for_data (G_CHECKSUM_MD5, data, size);
}

static gchar *
digest_of_other_memory (GstBuffer *buffer)
{
  GstMapInfo map;
  gchar *content;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return NULL;
  content = digest (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return content;
}

static void
free_frame (gpointer data)
{
  WatchedFrame *frame = data;

  g_free (frame->exporter);
  g_free (frame->content);
  g_free (frame);
}

static void
count_our_map (PadWatch *watch, guint64 inode)
{
  gpointer key = GSIZE_TO_POINTER (inode);

  g_hash_table_insert (
      watch->our_maps, key, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (watch->our_maps, key)) + 1));
}

static WatchedFrame *
look_at (PadWatch *watch, GstBuffer *buffer)
{
  WatchedFrame *frame = g_new0 (WatchedFrame, 1);
  gsize size;
  guint8 *data = dmabuf_map (buffer, &size);

  if (!data) {
    frame->content = digest_of_other_memory (buffer);
    return frame;
  }
  frame->inode = dmabuf_info_inode (fd_of (buffer));
  frame->exporter = dmabuf_info_exporter (fd_of (buffer));
  frame->content = digest (data, size);
  dmabuf_unmap (buffer, data, size);
  count_our_map (watch, frame->inode);
  return frame;
}

static GstPadProbeReturn
on_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  PadWatch *watch = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  WatchedFrame *frame = look_at (watch, buffer);

  g_mutex_lock (&watch->lock);
  g_ptr_array_add (watch->frames, frame);
  g_mutex_unlock (&watch->lock);
  gst_buffer_replace (&watch->last, buffer);
  return GST_PAD_PROBE_OK;
}

PadWatch *
pad_watch_new (GstElement *pipeline, const gchar *element, const gchar *pad)
{
  PadWatch *watch = g_new0 (PadWatch, 1);
  GstElement *of = gst_bin_get_by_name (GST_BIN (pipeline), element);
  GstPad *watched = gst_element_get_static_pad (of, pad);

  g_mutex_init (&watch->lock);
  watch->frames = g_ptr_array_new_with_free_func (free_frame);
  watch->our_maps = g_hash_table_new (NULL, NULL);
  gst_pad_add_probe (watched, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, watch, NULL);
  gst_object_unref (watched);
  gst_object_unref (of);
  return watch;
}

void
pad_watch_free (PadWatch *watch)
{
  gst_buffer_replace (&watch->last, NULL);
  g_ptr_array_unref (watch->frames);
  g_hash_table_unref (watch->our_maps);
  g_mutex_clear (&watch->lock);
  g_free (watch);
}

guint
pad_watch_count (PadWatch *watch, const gchar *exporter)
{
  guint count = 0;

  for (guint i = 0; i < watch->frames->len; i++)
    count += g_strcmp0 (((WatchedFrame *) watch->frames->pdata[i])->exporter, exporter) == 0;
  return count;
}

GHashTable *
pad_watch_inodes (PadWatch *watch)
{
  GHashTable *inodes = g_hash_table_new_full (NULL, NULL, NULL, g_free);

  for (guint i = 0; i < watch->frames->len; i++) {
    const WatchedFrame *frame = watch->frames->pdata[i];

    if (frame->inode != 0)
      g_hash_table_insert (inodes, GSIZE_TO_POINTER (frame->inode), g_strdup (frame->exporter));
  }
  return inodes;
}

GHashTable *
pad_watch_contents (PadWatch *watch)
{
  GHashTable *contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_mutex_lock (&watch->lock);
  for (guint i = 0; i < watch->frames->len; i++)
    g_hash_table_add (contents, g_strdup (((WatchedFrame *) watch->frames->pdata[i])->content));
  g_mutex_unlock (&watch->lock);
  return contents;
}

guint
pad_watch_our_maps (PadWatch *watch, guint64 inode)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (watch->our_maps, GSIZE_TO_POINTER (inode)));
}
