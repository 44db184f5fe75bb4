/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapBufferPool: buffers in the memory of one heap, for video and for anything else. */
#include <gst/heaps/gstheapbufferpool.h>

#include "gstheapbufferpool-private.h"
#include "gstheapdebug.h"
#include "gstheappoolsignals.h"
#include "gstheappoolstock.h"
#include "gstheapretired.h"

#define GST_CAT_DEFAULT gst_heap_debug

/**
 * SECTION:gstheapbufferpool
 * @title: GstHeapBufferPool
 * @short_description: a pool of buffers in heap memory
 *
 * Raw video has #GstVideoMeta if the configuration has %GST_BUFFER_POOL_OPTION_VIDEO_META, and strides and padding as
 * of %GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT and %GST_BUFFER_POOL_OPTION_HEAP_LAYOUT if it has these too; GStreamer's
 * default layout otherwise. Of anything else buffers have the size that is configured. A buffer is one memory, at
 * offset 0, or one for each plane with #GST_HEAP_PLANES_SPLIT, each at offset 0.
 *
 * The memory is always of the allocator the pool was made with: another one in the configuration is replaced. When the
 * heap is full, and no other heap may stand in for it (gst_heap_allocator_new()), acquiring waits for a buffer to come
 * back, as it does for a pool that has its most buffers, if any is out.
 *
 * A buffer may come back while a device still uses it: a display shows it, a GPU draws it. What fences the device has
 * left in the dma-buf are looked at, with one poll, when the buffer is next acquired: another one is taken if there is
 * one, else acquiring waits for the device.
 *
 * A pool has nobody to give an error to but who acquires, who seldom passes it on. Signals say it to whoever made the
 * pool: #GstHeapBufferPool::failed and #GstHeapBufferPool::starved.
 */

struct _GstHeapBufferPool {
  GstVideoBufferPool parent;

  GstHeapPoolStock stock;
  GstHeapLayoutParams offered; /* for who reads GstVideoMeta; constant once anybody else has the pool */
};

G_DEFINE_TYPE (GstHeapBufferPool, gst_heap_buffer_pool, GST_TYPE_VIDEO_BUFFER_POOL)

static GstBufferPoolClass *buffer_pool_class;

/* GstVideoBufferPool gives the type only, which some elements look for: it takes no caps but
 * video, and knows one layout. What it would do is done here, on top of what it stands on itself. */
static GstBufferPoolClass *
base_class (void)
{
  return buffer_pool_class;
}

static const gchar **
gst_heap_buffer_pool_get_options (GstBufferPool *pool)
{
  static const gchar *options[] = { GST_BUFFER_POOL_OPTION_VIDEO_META, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT,
    GST_BUFFER_POOL_OPTION_HEAP_LAYOUT, NULL };

  return options;
}

static gboolean
gst_heap_buffer_pool_set_config (GstBufferPool *pool, GstStructure *config)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);
  GError *error = NULL;

  if (!gst_heap_pool_config_parse (config, &self->offered, &self->stock.shared.config, &error)) {
    GST_WARNING_OBJECT (self, "refused the configuration: %s", error->message);
    g_clear_error (&error);
    return FALSE;
  }
  gst_heap_pool_config_complete (&self->stock.shared.config, self->stock.shared.allocator, config);
  return base_class ()->set_config (pool, config);
}

static void
free_idle (GstBufferPool *pool)
{
  gst_heap_pool_stock_empty (&GST_HEAP_BUFFER_POOL (pool)->stock);
}

/* An inactive pool keeps its idle buffers until the last one that is out comes back, which may be after those who
 * replaced it need the memory. */
static gboolean
reclaim (void)
{
  return gst_heap_retired_reclaim (free_idle);
}

static void
gst_heap_buffer_pool_free_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);

  base_class ()->free_buffer (pool, buffer);
  gst_heap_pool_stock_note_freed (&self->stock);
}

static gboolean
gst_heap_buffer_pool_stop (GstBufferPool *pool)
{
  gst_heap_pool_stock_drain (&GST_HEAP_BUFFER_POOL (pool)->stock);
  return TRUE;
}

static gboolean
gst_heap_buffer_pool_start (GstBufferPool *pool)
{
  return gst_heap_pool_stock_fill (&GST_HEAP_BUFFER_POOL (pool)->stock);
}

static void
gst_heap_buffer_pool_release_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  GstHeapBufferPool *self = (GstHeapBufferPool *) pool;
  const gchar *reason = gst_heap_pool_buffer_unfit (&self->stock.shared, buffer);

  if (G_LIKELY (!reason)) {
    gst_heap_idle_put (&self->stock.idle, buffer);
    return;
  }
  GST_CAT_DEBUG_OBJECT (gst_heap_performance, pool, "a buffer does not come back to the pool: %s", reason);
  GST_BUFFER_POOL_GET_CLASS (pool)->free_buffer (pool, buffer);
}

/* The base class gives a buffer its size back, too, but takes each to begin at 0, and knows nothing of the sizes of
 * its memories. It leaves memory alone that is marked as changed. */
static void
gst_heap_buffer_pool_reset_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  GstHeapBufferPool *self = (GstHeapBufferPool *) pool;
  gboolean is_changed = gst_heap_pool_buffer_is_changed (&self->stock.shared, buffer);

  if (!is_changed)
    gst_heap_pool_buffer_restore_sizes (&self->stock.shared, buffer);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  base_class ()->reset_buffer (pool, buffer);
  if (!is_changed)
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);
}

/* What the base class does, with an eye on the time and on the devices. */
static GstFlowReturn
gst_heap_buffer_pool_acquire_buffer (GstBufferPool *pool, GstBuffer **buffer, GstBufferPoolAcquireParams *params)
{
  GstHeapPoolStock *stock = &((GstHeapBufferPool *) pool)->stock;
  gboolean may_wait = !params || !(params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT);
  guint count;
  GstFlowReturn flow = gst_heap_pool_stock_take (stock, buffer, may_wait, &count);

  if (G_UNLIKELY (gst_heap_pool_stock_is_out (flow)))
    return gst_heap_pool_stock_wait (stock, buffer, may_wait, flow, count);
  return flow;
}

static void
gst_heap_buffer_pool_flush_start (GstBufferPool *pool)
{
  gst_heap_idle_wake (&GST_HEAP_BUFFER_POOL (pool)->stock.idle);
}

static void
gst_heap_buffer_pool_finalize (GObject *object)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (object);

  /* The pool was stopped when it was disposed of: it has no buffers. */
  gst_heap_idle_clear (&self->stock.idle);
  gst_clear_object (&self->stock.shared.allocator);
  G_OBJECT_CLASS (gst_heap_buffer_pool_parent_class)->finalize (object);
}

static void
gst_heap_buffer_pool_class_init (GstHeapBufferPoolClass *klass)
{
  GstBufferPoolClass *pool_class = GST_BUFFER_POOL_CLASS (klass);

  buffer_pool_class = g_type_class_peek_parent (gst_heap_buffer_pool_parent_class);
  G_OBJECT_CLASS (klass)->finalize = gst_heap_buffer_pool_finalize;
  pool_class->get_options = gst_heap_buffer_pool_get_options;
  pool_class->set_config = gst_heap_buffer_pool_set_config;
  pool_class->start = gst_heap_buffer_pool_start;
  pool_class->stop = gst_heap_buffer_pool_stop;
  pool_class->free_buffer = gst_heap_buffer_pool_free_buffer;
  pool_class->reset_buffer = gst_heap_buffer_pool_reset_buffer;
  pool_class->acquire_buffer = gst_heap_buffer_pool_acquire_buffer;
  pool_class->release_buffer = gst_heap_buffer_pool_release_buffer;
  pool_class->flush_start = gst_heap_buffer_pool_flush_start;
  gst_heap_pool_signals_install (G_TYPE_FROM_CLASS (klass));
}

static void
gst_heap_buffer_pool_init (GstHeapBufferPool *self)
{
  self->stock.shared.pool = GST_BUFFER_POOL (self);
  self->stock.shared.reclaim = reclaim;
  gst_heap_idle_init (&self->stock.idle);
}

/**
 * gst_heap_buffer_pool_new:
 * @allocator: a #GstHeapAllocator, of which the pool takes a reference
 *
 * Returns: (transfer full): a pool that is yet to be configured
 *
 * Since: 0.1
 */
GstBufferPool *
gst_heap_buffer_pool_new (GstHeapAllocator *allocator)
{
  GstHeapBufferPool *self;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);

  self = g_object_new (GST_TYPE_HEAP_BUFFER_POOL, NULL);
  self->stock.shared.allocator = gst_object_ref (allocator);
  self->stock.shared.has_fences = gst_heap_allocator_get_shared (allocator)->is_dmabuf;
  return gst_object_ref_sink (self);
}

void
gst_heap_buffer_pool_offer_layout (GstHeapBufferPool *self, const GstHeapLayoutParams *params)
{
  self->offered = *params;
}

/**
 * gst_heap_buffer_pool_get_allocator:
 * @pool: a #GstHeapBufferPool
 *
 * Returns: (transfer none): the allocator it was made with, whose memory its buffers have
 *
 * Since: 0.1
 */
GstHeapAllocator *
gst_heap_buffer_pool_get_allocator (GstHeapBufferPool *pool)
{
  g_return_val_if_fail (GST_IS_HEAP_BUFFER_POOL (pool), NULL);

  return GST_HEAP_ALLOCATOR (pool->stock.shared.allocator);
}

/**
 * gst_heap_buffer_pool_retire:
 * @pool: a pool that another one replaces
 *
 * Says that @pool is there for those alone who use it now. It goes on as before; but when a heap has no room for a
 * buffer of another pool, the buffers that lie idle in @pool are freed first.
 *
 * Since: 0.1
 */
void
gst_heap_buffer_pool_retire (GstHeapBufferPool *pool)
{
  g_return_if_fail (GST_IS_HEAP_BUFFER_POOL (pool));

  gst_heap_retired_add (GST_BUFFER_POOL (pool));
}
