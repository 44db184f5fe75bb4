/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Buffers from another process as what they were there: one memory for each dma-buf, its size, its layout. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapmemory.h>
#include <gst/heaps/gstheapmeta.h>
#include <gst/heaps/gstheapreceiver.h>

#include "gstheapclaims.h"
#include "gstheapcompat.h"
#include "gstheaperror-private.h"
#include "gstheapknown.h"
#include "gstheaplayout.h"

#include <gst/allocators/allocators.h>

#include "heaps/sys.h"

#include <string.h>

/**
 * SECTION:gstheapreceiver
 * @title: GstHeapReceiver
 * @short_description: buffers from another process as what they were there
 *
 * What GStreamer's `unixfdsrc` makes of a dma-buf that another process sends is another #GstMemory for each frame, no
 * larger than the frame, and without its layout (1.28.8 loses #GstVideoMeta). A #GstHeapReceiver gives each dma-buf one
 * #GstMemory with all its bytes, so that importers import it once, and the frame the layout that the sender's
 * #GstHeapMeta tells. All that the sender says is checked: against the dma-bufs, and against the caps. Nothing it may
 * say has anybody read where no memory is.
 *
 * Up to 64 dma-bufs are remembered, until caps or layout change, until 256 frames came without them, or
 * gst_heap_receiver_forget(). As long as one is, its memory is in use, though the sender may have freed it.
 *
 * For one thread at a time, but for gst_heap_receiver_get_stats(). The element `heapimport` is made of this.
 */

#define MOST_MEMORIES 16 /* GstBuffer has no more */

/* Where the layout of a frame is told. */
typedef struct {
  GstHeapFrameClaim frame; /* n_planes 0: nowhere */
  GstVideoAlignment alignment;
  gboolean is_lost; /* by our meta alone */
} LayoutClaim;

struct _GstHeapReceiver {
  GObject parent;

  GstHeapKnown *known;
  GstVideoInfo info; /* as the caps have it */
  gboolean has_info; /* FALSE: no frame that the CPU could read */
  gboolean is_video;
  LayoutClaim last_claim; /* of the memory that is known */

  GMutex lock; /* protects what follows */
  guint64 frames, imports, layouts_restored;
  guint n_known;
};

G_DEFINE_TYPE (GstHeapReceiver, gst_heap_receiver, G_TYPE_OBJECT)

static gboolean
refuse (GError **error, const gchar *why, gsize said, gsize is)
{
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s: %" G_GSIZE_FORMAT ", and there are %" G_GSIZE_FORMAT,
      why, said, is);
  return FALSE;
}

/* Shared memory that is no dma-buf: the sender may still make it smaller, so there is no more to it than this. */
static gboolean
check_plain (GstMemory *memory, gsize *ret_size, GError **error)
{
  size_t size;
  int result = sys_fd_size (gst_fd_memory_get_fd (memory), &size);

  if (result < 0) {
    g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (-result),
        "a file descriptor that was received has no size: %s", g_strerror (-result));
    return FALSE;
  }
  *ret_size = size;
  return gst_heap_claims_check_range (memory->offset, memory->size, size, error);
}

/* Returns: (transfer full): what stands for memory here; in *ret_size the bytes there are behind it */
static GstMemory *
receive_memory (GstHeapReceiver *self, GstMemory *memory, gsize *ret_size, GError **error)
{
  gboolean is_new = FALSE;
  GstMemory *known;

  *ret_size = memory->maxsize;
  if (gst_is_heap_memory (memory) || !gst_is_fd_memory (memory))
    return gst_memory_ref (memory);
  if (!gst_is_dmabuf_memory (memory))
    return check_plain (memory, ret_size, error) ? gst_memory_ref (memory) : NULL;

  known = gst_heap_known_get (self->known, memory, &is_new, error);
  if (!known)
    return NULL;
  *ret_size = known->maxsize;
  g_mutex_lock (&self->lock);
  self->imports += is_new;
  g_mutex_unlock (&self->lock);
  return known;
}

/* Gives result, which is a copy of buffer, its own memory, and tells in sizes the bytes behind each. */
static gboolean
receive_memories (GstHeapReceiver *self, GstBuffer *buffer, GstBuffer *result, gsize *sizes, GError **error)
{
  guint n = gst_buffer_n_memory (buffer);

  gst_heap_known_begin_frame (self->known);
  for (guint i = 0; i < n; i++) {
    GstMemory *memory = receive_memory (self, gst_buffer_peek_memory (buffer, i), &sizes[i], error);

    if (!memory)
      return FALSE;
    gst_buffer_replace_memory (result, i, memory);
  }
  return TRUE;
}

static gboolean
check_sizes (const GstHeapMeta *meta, const gsize *sizes, guint n, GError **error)
{
  if (meta->n_memories != n)
    return refuse (error, "the sender says how many memories a frame has", meta->n_memories, n);
  for (guint i = 0; i < n; i++) {
    if (meta->sizes[i] > sizes[i])
      return refuse (error, "the sender says how many bytes a memory has", meta->sizes[i], sizes[i]);
  }
  return TRUE;
}

/* Of planes that are not there, the alignment of a GstVideoMeta that was received says nothing (1.26.2, seen
 * 2026-11). */
static void
read_video_meta (const GstVideoMeta *meta, LayoutClaim *claim)
{
  claim->frame.format = meta->format;
  claim->frame.width = meta->width;
  claim->frame.height = meta->height;
  claim->frame.n_planes = meta->n_planes;
  claim->alignment = meta->alignment;
  memset (claim->alignment.stride_align, 0, sizeof claim->alignment.stride_align);
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES && i < meta->n_planes; i++) {
    claim->alignment.stride_align[i] = meta->alignment.stride_align[i];
    claim->frame.offset[i] = meta->offset[i];
    claim->frame.stride[i] = meta->stride[i];
  }
}

static void
read_heap_meta (const GstHeapMeta *meta, LayoutClaim *claim)
{
  claim->frame.format = meta->format;
  claim->frame.width = meta->width;
  claim->frame.height = meta->height;
  claim->frame.n_planes = meta->n_planes;
  claim->alignment = meta->alignment;
  claim->is_lost = TRUE;
  memcpy (claim->frame.offset, meta->offset, sizeof claim->frame.offset);
  memcpy (claim->frame.stride, meta->stride, sizeof claim->frame.stride);
}

/* What GStreamer itself carried may have been changed after ours was written, so it counts. All of ret_claim is
 * written, with what lies between its fields. */
static void
read_claim (GstHeapReceiver *self, GstBuffer *buffer, LayoutClaim *ret_claim)
{
  GstVideoMeta *video = self->is_video ? gst_buffer_get_video_meta (buffer) : NULL;
  GstHeapMeta *meta = self->is_video ? gst_buffer_get_heap_meta (buffer) : NULL;

  memset (ret_claim, 0, sizeof *ret_claim);
  if (video)
    read_video_meta (video, ret_claim);
  else if (meta && meta->n_planes > 0)
    read_heap_meta (meta, ret_claim);
}

static gboolean
check_claim (GstHeapReceiver *self, GstBuffer *buffer, const LayoutClaim *claim, GError **error)
{
  gsize sizes[MOST_MEMORIES];
  guint n = gst_buffer_n_memory (buffer);

  if (claim->frame.n_planes > GST_VIDEO_MAX_PLANES)
    return refuse (error, "the sender says how many planes a frame has", claim->frame.n_planes, GST_VIDEO_MAX_PLANES);
  if (!gst_heap_layout_alignment_is_sane (&claim->alignment)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "the sender says that its frames have a padding or an alignment that no frame has: %u rows at the top, %u at "
        "the bottom, %u pixels at the left, %u at the right, or a mask for strides as %#x",
        claim->alignment.padding_top, claim->alignment.padding_bottom, claim->alignment.padding_left,
        claim->alignment.padding_right, claim->alignment.stride_align[0]);
    return FALSE;
  }
  for (guint i = 0; i < n; i++)
    sizes[i] = gst_buffer_peek_memory (buffer, i)->size;
  return gst_heap_claims_check_frame (&claim->frame, self->has_info ? &self->info : NULL, sizes, n, error);
}

static void
restore_layout (GstHeapReceiver *self, GstBuffer *buffer, LayoutClaim *claim)
{
  GstHeapFrameClaim *frame = &claim->frame;
  GstVideoMeta *video = gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, frame->format, frame->width,
      frame->height, frame->n_planes, frame->offset, frame->stride);

  gst_heap_compat_set_alignment (video, &claim->alignment);
  g_mutex_lock (&self->lock);
  self->layouts_restored++;
  g_mutex_unlock (&self->lock);
}

static gboolean
receive_layout (GstHeapReceiver *self, GstBuffer *buffer, LayoutClaim *claim, const gsize *sizes, GError **error)
{
  GstHeapMeta *meta = gst_buffer_get_heap_meta (buffer);

  if (meta && !check_sizes (meta, sizes, gst_buffer_n_memory (buffer), error))
    return FALSE;
  if (claim->frame.n_planes == 0)
    return TRUE;
  if (!check_claim (self, buffer, claim, error))
    return FALSE;
  if (claim->is_lost)
    restore_layout (self, buffer, claim);
  else
    gst_buffer_get_video_meta (buffer)->alignment = claim->alignment;
  return TRUE;
}

/* Importers take it that a memory they know has the layout it had. */
static void
note_claim (GstHeapReceiver *self, const LayoutClaim *claim)
{
  if (memcmp (&self->last_claim, claim, sizeof *claim) == 0)
    return;
  gst_heap_known_clear (self->known);
  self->last_claim = *claim;
}

static void
count_frame (GstHeapReceiver *self)
{
  g_mutex_lock (&self->lock);
  self->frames++;
  self->n_known = gst_heap_known_count (self->known);
  g_mutex_unlock (&self->lock);
}

static void
gst_heap_receiver_finalize (GObject *object)
{
  GstHeapReceiver *self = GST_HEAP_RECEIVER (object);

  gst_heap_known_free (self->known);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_heap_receiver_parent_class)->finalize (object);
}

static void
gst_heap_receiver_class_init (GstHeapReceiverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_heap_receiver_finalize;
}

static void
gst_heap_receiver_init (GstHeapReceiver *self)
{
  self->known = gst_heap_known_new ();
  g_mutex_init (&self->lock);
}

/**
 * gst_heap_receiver_new:
 *
 * Registers #GstHeapMeta and #GstVideoMeta, too: before buffers come, as those that came earlier have lost it.
 *
 * Returns: (transfer full): a receiver of the buffers of one stream
 *
 * Since: 0.1
 */
GstHeapReceiver *
gst_heap_receiver_new (void)
{
  gst_heap_meta_get_info ();
  gst_video_meta_get_info ();
  return g_object_new (GST_TYPE_HEAP_RECEIVER, NULL);
}

/**
 * gst_heap_receiver_set_caps:
 * @receiver: a #GstHeapReceiver
 * @caps: those of the buffers that come from now on
 * @error: #GST_HEAP_ERROR_INVALID when no frame can be of @caps
 *
 * Forgets the dma-bufs of the caps before.
 *
 * Returns: whether buffers of @caps can be received
 *
 * Since: 0.1
 */
gboolean
gst_heap_receiver_set_caps (GstHeapReceiver *receiver, GstCaps *caps, GError **error)
{
  GstHeapLayout layout;
  GstStructure *structure;

  g_return_val_if_fail (GST_IS_HEAP_RECEIVER (receiver) && GST_IS_CAPS (caps), FALSE);

  gst_heap_receiver_forget (receiver);
  structure = gst_caps_get_size (caps) > 0 ? gst_caps_get_structure (caps, 0) : NULL;
  receiver->is_video = structure && gst_structure_has_name (structure, "video/x-raw");
  receiver->has_info = FALSE;
  if (!receiver->is_video)
    return TRUE;
  if (!gst_heap_layout_compute (
          caps, 1, NULL, &layout, gst_structure_has_field (structure, "drm-format") ? NULL : error))
    return gst_structure_has_field (structure, "drm-format");
  receiver->has_info = layout.is_video;
  if (layout.is_video)
    receiver->info = layout.info;
  return TRUE;
}

/**
 * gst_heap_receiver_receive:
 * @receiver: a #GstHeapReceiver
 * @buffer: what another process has sent, in memory of file descriptors
 * @error: #GST_HEAP_ERROR_INVALID when what the sender says of @buffer cannot be: sizes, offsets, strides or padding
 *   that the memory or the caps contradict, what is no dma-buf as one; #GST_HEAP_ERROR_NO_FDS
 *
 * The frame of @buffer, in memory that is the same for the same dma-buf, read-only and with the true size as its
 * maxsize; with a #GstVideoMeta of the sender's layout where @buffer has none. Timestamps, flags and metas are those of
 * @buffer, of which the new one keeps a reference: so the sender does not write the next frame into the memory before
 * the new one is freed. Who wants to keep the frame keeps the buffer, not the memory alone.
 *
 * A memory that is no dma-buf is passed on, after a look at its size.
 *
 * Returns: (transfer full) (nullable): the new buffer
 *
 * Since: 0.1
 */
GstBuffer *
gst_heap_receiver_receive (GstHeapReceiver *receiver, GstBuffer *buffer, GError **error)
{
  gsize sizes[MOST_MEMORIES] = { 0 };
  LayoutClaim claim;
  GstBuffer *result;

  g_return_val_if_fail (GST_IS_HEAP_RECEIVER (receiver) && GST_IS_BUFFER (buffer), NULL);
  g_return_val_if_fail (gst_buffer_n_memory (buffer) <= MOST_MEMORIES, NULL);

  read_claim (receiver, buffer, &claim);
  note_claim (receiver, &claim);
  result = gst_buffer_copy (buffer);
  gst_buffer_add_parent_buffer_meta (result, buffer);
  if (!receive_memories (receiver, buffer, result, sizes, error))
    goto drop_result;
  if (!receive_layout (receiver, result, &claim, sizes, error))
    goto drop_result;
  count_frame (receiver);
  return result;

drop_result:
  gst_buffer_unref (result);
  return NULL;
}

/**
 * gst_heap_receiver_forget:
 * @receiver: a #GstHeapReceiver
 *
 * Lets go of the dma-bufs that are remembered, as for a stream that has ended.
 *
 * Since: 0.1
 */
void
gst_heap_receiver_forget (GstHeapReceiver *receiver)
{
  g_return_if_fail (GST_IS_HEAP_RECEIVER (receiver));

  gst_heap_known_clear (receiver->known);
  g_mutex_lock (&receiver->lock);
  receiver->n_known = 0;
  g_mutex_unlock (&receiver->lock);
}

/**
 * gst_heap_receiver_get_stats:
 * @receiver: a #GstHeapReceiver
 *
 * Any thread may call this.
 *
 * Returns: (transfer full): a structure of #guint64: `frames` received, `imports`: memories that had to be made,
 *   `known`: dma-bufs that are remembered now, `layouts-restored`: frames that had lost their #GstVideoMeta
 *
 * Since: 0.1
 */
GstStructure *
gst_heap_receiver_get_stats (GstHeapReceiver *receiver)
{
  GstStructure *stats;

  g_return_val_if_fail (GST_IS_HEAP_RECEIVER (receiver), NULL);

  g_mutex_lock (&receiver->lock);
  stats = gst_structure_new ("heap-receiver-stats", "frames", G_TYPE_UINT64, receiver->frames, "imports", G_TYPE_UINT64,
      receiver->imports, "known", G_TYPE_UINT64, (guint64) receiver->n_known, "layouts-restored", G_TYPE_UINT64,
      receiver->layouts_restored, NULL);
  g_mutex_unlock (&receiver->lock);
  return stats;
}
