/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapBufferPool: buffers in the memory of one heap, for video and for anything else. */
#include <gst/heaps/gstheapbufferpool.h>
#include <gst/heaps/gstheaperror.h>

#include "gstheapallocator-private.h"
#include "gstheapbufferpool-private.h"
#include "gstheapcompat.h"
#include "gstheapdebug.h"
#include "gstheapidle.h"
#include "gstheaplayout.h"
#include "gstheapmemory-private.h"
#include "gstheapretired.h"
#include "gstheaproom.h"

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

#define STARVED_AFTER (5 * G_USEC_PER_SEC)
#define ROOM_INTERVAL G_USEC_PER_SEC /* nobody tells when another process has freed memory */
#define FENCE_TIMEOUT 20             /* milliseconds, after which another buffer is looked for */

enum
{
  SIGNAL_FAILED,
  SIGNAL_STARVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _GstHeapBufferPool {
  GstVideoBufferPool parent;

  GstAllocator *allocator;     /* owned, constant */
  GstHeapLayoutParams offered; /* for who reads GstVideoMeta; constant once anybody else has the pool */

  /* Of the configuration: constant while the pool is active. */
  GstHeapLayout layout;
  const gchar *layout_names[GST_VIDEO_MAX_PLANES]; /* of each memory; interned */
  gboolean add_meta;
  GstAllocationParams params;

  guint min_buffers, max_buffers; /* max 0: no limit */

  gboolean has_fences; /* constant: whether devices may still use what came back */
  gint has_offsets;    /* atomic: whether any memory began behind the start of its fd when it was made */
  gboolean starting;   /* while buffers are preallocated: then none is out that could come back */
  gint n_buffers;      /* atomic: those that exist, in the pool and out, and those that are being made or freed */
  GstHeapIdle idle;
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

/* What the configuration asks of the layout; if it does not say, what the pool was offered with. Alignment counts only
 * for who reads GstVideoMeta, as everywhere in GStreamer, and so does what is offered. */
static gboolean
parse_layout_params (GstHeapBufferPool *self, GstStructure *config, GstHeapLayoutParams *ret_params, GError **error)
{
  GstVideoAlignment alignment;

  gst_heap_layout_params_init (ret_params);
  if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_HEAP_LAYOUT)) {
    if (!gst_heap_buffer_pool_config_get_layout (config, ret_params, error))
      return FALSE;
  } else if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META)) {
    *ret_params = self->offered;
  }
  if (gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META) &&
      gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT) &&
      gst_buffer_pool_config_get_video_alignment (config, &alignment))
    return gst_heap_layout_params_add_alignment (ret_params, &alignment, error);
  return TRUE;
}

/* What the configuration asks for. False: it makes no sense. */
static gboolean
parse_config (GstHeapBufferPool *self, GstStructure *config, GstHeapLayout *ret_layout, GError **error)
{
  GstHeapLayoutParams params;
  GstCaps *caps;
  guint size, min, max;

  if (!gst_buffer_pool_config_get_params (config, &caps, &size, &min, &max)) {
    g_set_error_literal (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "the configuration has no caps, size, min and max");
    return FALSE;
  }
  if (max != 0 && max < min) {
    g_set_error (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "at least %u buffers and at most %u cannot be", min, max);
    return FALSE;
  }
  if (!parse_layout_params (self, config, &params, error) ||
      !gst_heap_layout_compute (caps, size, &params, ret_layout, error))
    return FALSE;
  if (!ret_layout->is_default && !gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META)) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "the layout asked for takes a GstVideoMeta to be told, and the configuration is "
        "without " GST_BUFFER_POOL_OPTION_VIDEO_META);
    return FALSE;
  }
  return TRUE;
}

/* Makes the configuration say what the pool does. */
static void
complete_config (GstHeapBufferPool *self, GstStructure *config)
{
  GstAllocationParams params;
  GstCaps *caps;
  guint min, max;

  gst_buffer_pool_config_get_params (config, &caps, NULL, &min, &max);
  gst_buffer_pool_config_set_params (config, caps, self->layout.size, min, max);
  for (guint i = 0; i < self->layout.n_memories; i++)
    self->layout_names[i] = gst_heap_layout_intern (&self->layout, i, caps);
  if (self->layout.is_video && gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
    gst_buffer_pool_config_set_video_alignment (config, &self->layout.alignment);

  self->min_buffers = min;
  self->max_buffers = max;
  gst_allocation_params_init (&params);
  gst_buffer_pool_config_get_allocator (config, NULL, &params);
  params.prefix = 0;
  gst_buffer_pool_config_set_allocator (config, self->allocator, &params);
  self->params = params;
}

static gboolean
gst_heap_buffer_pool_set_config (GstBufferPool *pool, GstStructure *config)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);
  GError *error = NULL;
  GstHeapLayout layout;

  if (!parse_config (self, config, &layout, &error)) {
    GST_WARNING_OBJECT (self, "refused the configuration: %s", error->message);
    g_clear_error (&error);
    return FALSE;
  }
  self->layout = layout;
  self->add_meta = layout.is_video && gst_buffer_pool_config_has_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  complete_config (self, config);
  return base_class ()->set_config (pool, config);
}

static void
add_video_meta (GstHeapBufferPool *self, GstBuffer *buffer)
{
  GstVideoInfo *info = &self->layout.info;
  GstVideoMeta *meta = gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (info),
      GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), GST_VIDEO_INFO_N_PLANES (info), info->offset,
      info->stride);

  GST_META_FLAG_SET (meta, GST_META_FLAG_POOLED);
  if (self->layout.has_alignment && !gst_heap_compat_set_alignment (meta, &self->layout.alignment))
    GST_WARNING_OBJECT (self, "GStreamer does not take the alignment of its own layout");
}

/* What does not show of a memory is padding to the allocator. */
static GstAllocationParams
params_for (GstHeapBufferPool *self, guint memory)
{
  GstAllocationParams params = self->params;

  params.padding = MAX (params.padding, self->layout.behind[memory] - self->layout.shown[memory]);
  return params;
}

/* Frees what is in the pool and nobody has taken. Returns: when there was none left, for gst_heap_idle_wait() */
static guint
empty (GstBufferPool *pool)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);
  GstBuffer *buffer;
  guint count;

  while ((buffer = gst_heap_idle_take (&self->idle, &count)))
    GST_BUFFER_POOL_GET_CLASS (pool)->free_buffer (pool, buffer);
  return count;
}

static void
free_idle (GstBufferPool *pool)
{
  empty (pool);
}

/* An inactive pool keeps its idle buffers until the last one that is out comes back, which may be after those who
 * replaced it need the memory. */
static gboolean
reclaim (void)
{
  return gst_heap_retired_reclaim (free_idle);
}

static GstHeapDemand
demand_for (GstHeapBufferPool *self, guint memory, const GstAllocationParams *params)
{
  return (GstHeapDemand){ self->layout.shown[memory], params, self->layout_names[memory], reclaim };
}

static GstMemory *
alloc_memory (GstHeapBufferPool *self, guint memory, GError **error)
{
  const GstAllocationParams params = params_for (self, memory);
  const GstHeapDemand demand = demand_for (self, memory, &params);

  return gst_heap_allocator_try_alloc (GST_HEAP_ALLOCATOR (self->allocator), &demand, error);
}

/* A heap that is full, or a process out of fds, has room again when a buffer comes back: EOS makes acquire wait for
 * that. With no buffer out, and no other thread about to have one, none would. */
static GstFlowReturn
flow_for_error (GstHeapBufferPool *self, guint memory, guint n_others, GError *error)
{
  const GstAllocationParams params = params_for (self, memory);
  const GstHeapDemand demand = demand_for (self, memory, &params);
  gboolean may_pass = g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY) ||
                      g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_FDS);

  if (!may_pass || self->starting || n_others == 0) {
    gst_heap_allocator_add_figures (GST_HEAP_ALLOCATOR (self->allocator), &demand, error);
    GST_ERROR_OBJECT (self, "%s", error->message);
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
    return GST_FLOW_ERROR;
  }
  GST_DEBUG_OBJECT (self, "%s; there are %u buffers to wait for", error->message, n_others);
  return GST_FLOW_EOS;
}

/* What is added to the buffer later goes when it comes back, and this stays. */
static gboolean
keep_meta (GstBuffer *buffer, GstMeta **meta, gpointer user_data)
{
  GST_META_FLAG_SET (*meta, GST_META_FLAG_POOLED | GST_META_FLAG_LOCKED);
  return TRUE;
}

/* NULL: *ret_memory is the one that is not to be had. */
static GstBuffer *
create_buffer (GstHeapBufferPool *self, guint *ret_memory, GError **error)
{
  GstBuffer *buffer = gst_buffer_new ();

  for (guint i = 0; i < self->layout.n_memories; i++) {
    GstMemory *memory = alloc_memory (self, i, error);

    if (!memory) {
      gst_buffer_unref (buffer);
      *ret_memory = i;
      return NULL;
    }
    if (memory->offset > 0)
      g_atomic_int_set (&self->has_offsets, TRUE);
    gst_buffer_append_memory (buffer, memory);
  }
  if (self->add_meta)
    add_video_meta (self, buffer);
  gst_buffer_foreach_meta (buffer, keep_meta, NULL);
  GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  return buffer;
}

static void
gst_heap_buffer_pool_free_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);

  base_class ()->free_buffer (pool, buffer);
  g_atomic_int_add (&self->n_buffers, -1);
  gst_heap_idle_wake (&self->idle);
}

/* Counts one buffer more, unless there are as many as there may be. */
static gboolean
reserve_buffer (GstHeapBufferPool *self)
{
  guint n_buffers;

  do {
    n_buffers = g_atomic_int_get (&self->n_buffers);
    if (self->max_buffers > 0 && n_buffers >= self->max_buffers)
      return FALSE;
  } while (!g_atomic_int_compare_and_exchange (&self->n_buffers, n_buffers, n_buffers + 1));
  return TRUE;
}

/* One buffer more. GST_FLOW_EOS: there are as many as there may be now, and who may_wait waits for one. */
static GstFlowReturn
add_buffer (GstHeapBufferPool *self, GstBuffer **buffer, gboolean may_wait)
{
  GError *error = NULL;
  GstFlowReturn flow;
  guint memory;

  if (!reserve_buffer (self))
    return GST_FLOW_EOS;
  *buffer = create_buffer (self, &memory, &error);
  if (*buffer)
    return GST_FLOW_OK;
  flow = flow_for_error (self, memory, g_atomic_int_add (&self->n_buffers, -1) - 1, error);
  g_clear_error (&error);
  /* Others may have waited for this one, which was to be the last. Who waits itself looks for what they wait for. */
  if (flow != GST_FLOW_EOS || !may_wait)
    gst_heap_idle_wake (&self->idle);
  return flow;
}

/* No buffer is out. One may be in the hands of a thread that reclaims it. */
static gboolean
gst_heap_buffer_pool_stop (GstBufferPool *pool)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);
  guint count = empty (pool);

  while (g_atomic_int_get (&self->n_buffers) > 0) {
    gst_heap_idle_wait (&self->idle, count, STARVED_AFTER);
    count = empty (pool);
  }
  return TRUE;
}

/* A start that fails leaves nothing. */
static gboolean
gst_heap_buffer_pool_start (GstBufferPool *pool)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (pool);
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *buffer;

  self->starting = TRUE;
  for (guint i = 0; i < self->min_buffers && flow == GST_FLOW_OK; i++) {
    flow = add_buffer (self, &buffer, FALSE);
    if (flow == GST_FLOW_OK)
      gst_heap_idle_put (&self->idle, buffer);
  }
  self->starting = FALSE;
  if (flow != GST_FLOW_OK)
    free_idle (pool);
  return flow == GST_FLOW_OK;
}

/* Why a buffer that comes back cannot be given out again; NULL: it can. */
static const gchar *
unfit (GstHeapBufferPool *self, GstBuffer *buffer)
{
  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY))
    return "its memory was changed";
  for (guint i = 0; i < self->layout.n_memories; i++) {
    if (!gst_memory_is_writable (gst_buffer_peek_memory (buffer, i)))
      return "its memory is used elsewhere";
  }
  return NULL;
}

static void
gst_heap_buffer_pool_release_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  GstHeapBufferPool *self = (GstHeapBufferPool *) pool;
  const gchar *reason = unfit (self, buffer);

  if (G_LIKELY (!reason)) {
    gst_heap_idle_put (&self->idle, buffer);
    return;
  }
  GST_CAT_DEBUG_OBJECT (gst_heap_performance, pool, "a buffer does not come back to the pool: %s", reason);
  GST_BUFFER_POOL_GET_CLASS (pool)->free_buffer (pool, buffer);
}

/* Where a memory that is as it was made shows something. */
static gsize
start_of (GstHeapBufferPool *self, GstMemory *memory)
{
  return G_UNLIKELY (g_atomic_int_get (&self->has_offsets)) ? gst_heap_memory_get_start (memory) : 0;
}

/* Whoever had the buffer may have made its memories smaller. */
static void
restore_sizes (GstHeapBufferPool *self, GstBuffer *buffer)
{
  for (guint i = 0; i < self->layout.n_memories; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    gsize start = start_of (self, memory), size = self->layout.shown[i];

    if (G_UNLIKELY (memory->offset != start || memory->size != size) && gst_memory_is_writable (memory))
      gst_memory_resize (memory, (gssize) start - (gssize) memory->offset, size);
  }
}

/* The base class gives a buffer its size back, too, but takes each to begin at 0, and knows nothing of the sizes of
 * its memories. It leaves memory alone that is marked as changed. */
static void
gst_heap_buffer_pool_reset_buffer (GstBufferPool *pool, GstBuffer *buffer)
{
  GstHeapBufferPool *self = (GstHeapBufferPool *) pool;
  gboolean is_changed = GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY) ||
                        gst_buffer_n_memory (buffer) != self->layout.n_memories;

  if (!is_changed)
    restore_sizes (self, buffer);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  base_class ()->reset_buffer (pool, buffer);
  if (!is_changed)
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_TAG_MEMORY);
}

static gboolean
is_idle (GstBuffer *buffer, gint timeout)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    if (!gst_heap_memory_wait_idle (gst_buffer_peek_memory (buffer, i), timeout))
      return FALSE;
  }
  return TRUE;
}

/* A buffer that no device uses, without waiting for one: what came back while a display still shows it goes behind the
 * others. GST_FLOW_CUSTOM_SUCCESS: all are used, and *buffer is the last one that was looked at. GST_FLOW_EOS: there is
 * none, and *ret_count is for waiting. */
static GstFlowReturn
acquire_idle (GstHeapBufferPool *self, GstBuffer **buffer, gboolean may_wait, guint *ret_count)
{
  if (G_UNLIKELY (GST_BUFFER_POOL_IS_FLUSHING (GST_BUFFER_POOL_CAST (self))))
    return GST_FLOW_FLUSHING;
  *buffer = gst_heap_idle_take (&self->idle, ret_count);
  for (gint others = g_atomic_int_get (&self->n_buffers) - 1; *buffer; others--) {
    if (!self->has_fences || is_idle (*buffer, 0))
      return GST_FLOW_OK;
    if (others <= 0)
      return GST_FLOW_CUSTOM_SUCCESS;
    gst_heap_idle_put (&self->idle, *buffer);
    *buffer = gst_heap_idle_take (&self->idle, ret_count);
  }
  return add_buffer (self, buffer, may_wait);
}

/* Waits for the devices that use the buffer a while, or for the pool to be stopped. Else the buffer goes back. */
static GstFlowReturn
wait_for_devices (GstHeapBufferPool *self, GstBuffer **buffer, gboolean may_wait)
{
  if (may_wait && !GST_BUFFER_POOL_IS_FLUSHING (GST_BUFFER_POOL (self)) && is_idle (*buffer, FENCE_TIMEOUT))
    return GST_FLOW_OK;
  gst_heap_idle_put (&self->idle, g_steal_pointer (buffer));
  return GST_FLOW_EOS;
}

/* For a buffer to come back; and where another one could be made if there were memory, for that too. Who has just
 * joined those looks again first. */
static void
wait_for_buffer (GstHeapBufferPool *self, guint count, gboolean *has_joined)
{
  gboolean lacks_memory = self->max_buffers == 0 || (guint) g_atomic_int_get (&self->n_buffers) < self->max_buffers;

  if (lacks_memory && !*has_joined) {
    gst_heap_room_join (&self->idle);
    *has_joined = TRUE;
  } else {
    gst_heap_idle_wait (&self->idle, count, lacks_memory ? ROOM_INTERVAL : STARVED_AFTER);
  }
}

/* What the base class does, with an eye on the time and on the devices. */
static GstFlowReturn
acquire (GstBufferPool *pool, GstBuffer **buffer, GstBufferPoolAcquireParams *params, gboolean *has_joined)
{
  GstHeapBufferPool *self = (GstHeapBufferPool *) pool;
  gboolean may_wait = !params || !(params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT);
  gint64 begin = 0; /* of waiting; -1: it was said */
  GstFlowReturn flow;
  guint count;

  for (;;) {
    flow = acquire_idle (self, buffer, may_wait, &count);
    if (flow != GST_FLOW_EOS && flow != GST_FLOW_CUSTOM_SUCCESS)
      return flow;
    if (may_wait && begin == 0)
      begin = g_get_monotonic_time ();
    if (flow == GST_FLOW_CUSTOM_SUCCESS)
      flow = wait_for_devices (self, buffer, may_wait);
    else if (may_wait && !GST_BUFFER_POOL_IS_FLUSHING (pool)) /* looked at after count was taken */
      wait_for_buffer (self, count, has_joined);
    if (flow == GST_FLOW_OK || !may_wait)
      return flow;
    if (begin > 0 && g_get_monotonic_time () - begin >= STARVED_AFTER) {
      begin = -1;
      g_signal_emit (self, signals[SIGNAL_STARVED], 0, (guint) g_atomic_int_get (&self->n_buffers));
    }
  }
}

static GstFlowReturn
gst_heap_buffer_pool_acquire_buffer (GstBufferPool *pool, GstBuffer **buffer, GstBufferPoolAcquireParams *params)
{
  gboolean has_joined = FALSE;
  GstFlowReturn flow = acquire (pool, buffer, params, &has_joined);

  if (G_UNLIKELY (has_joined))
    gst_heap_room_leave (&((GstHeapBufferPool *) pool)->idle);
  return flow;
}

static void
gst_heap_buffer_pool_flush_start (GstBufferPool *pool)
{
  gst_heap_idle_wake (&GST_HEAP_BUFFER_POOL (pool)->idle);
}

static void
gst_heap_buffer_pool_finalize (GObject *object)
{
  GstHeapBufferPool *self = GST_HEAP_BUFFER_POOL (object);

  /* The pool was stopped when it was disposed of: it has no buffers. */
  gst_heap_idle_clear (&self->idle);
  gst_clear_object (&self->allocator);
  G_OBJECT_CLASS (gst_heap_buffer_pool_parent_class)->finalize (object);
}

static void
create_signals (GType type)
{
  /**
   * GstHeapBufferPool::failed:
   * @pool: the pool
   * @error: why
   *
   * Memory for a buffer is not to be had, and acquiring or starting fails. Emitted in the thread that does that, with
   * the pool locked while starting: not a place to use the pool in.
   *
   * Since: 0.1
   */
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  /**
   * GstHeapBufferPool::starved:
   * @pool: the pool
   * @n_buffers: the number of buffers there are, all of which are in use
   *
   * Who acquires has waited for five seconds, for a buffer to come back or for the devices that use those that did, and
   * goes on waiting. Said once for each wait.
   *
   * Since: 0.1
   */
  signals[SIGNAL_STARVED] =
      g_signal_new ("starved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
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
  create_signals (G_TYPE_FROM_CLASS (klass));
}

static void
gst_heap_buffer_pool_init (GstHeapBufferPool *self)
{
  gst_heap_idle_init (&self->idle);
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
  self->allocator = gst_object_ref (allocator);
  self->has_fences = gst_heap_allocator_get_shared (allocator)->is_dmabuf;
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

  return GST_HEAP_ALLOCATOR (pool->allocator);
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
