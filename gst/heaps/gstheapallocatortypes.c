/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a GstHeapAllocator is as an object: the interface with its properties, and the three types that implement it. */
#include "gstheapallocator-private.h"

#include "gstheapcompat.h"
#include "gstheapdebug.h"
#include "gstheapfallback.h"
#include "gstheapprocessbudget.h"
#include "gstheapregistry.h"
#include "gstheaproom.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/allocators/gstphysmemory.h>

#include <errno.h>

#define GST_CAT_DEFAULT gst_heap_debug

#define DEFAULT_CACHE_AGE GST_SECOND

enum
{
  PROP_CACHE_BYTES = 1,
  PROP_CACHE_AGE,
  PROP_MAX_BYTES,
  PROP_LABEL,
};

enum
{
  SIGNAL_MAP_REFUSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Implemented by the three types below alone, which differ in what they are besides. */
struct _GstHeapAllocatorInterface {
  GTypeInterface parent;

  gsize shared_offset;        /* of the GstHeapMemoryShared in the instance */
  GObjectClass *parent_class; /* of the type that implements this, and not of one derived from that */
};

G_DEFINE_INTERFACE (GstHeapAllocator, gst_heap_allocator, GST_TYPE_ALLOCATOR)

GstHeapMemoryShared *
gst_heap_allocator_get_shared (gpointer allocator)
{
  return G_STRUCT_MEMBER_P (allocator, GST_HEAP_ALLOCATOR_GET_IFACE (allocator)->shared_offset);
}

static GstMemory *
heap_allocator_alloc (GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
  const GstHeapDemand demand = { .size = size, .params = params };
  GError *error = NULL;
  GstMemory *memory = gst_heap_allocator_try_alloc ((GstHeapAllocator *) allocator, &demand, &error);

  if (!memory) {
    GST_WARNING_OBJECT (allocator, "%s", error->message);
    g_clear_error (&error);
  }
  return memory;
}

/* What is in the cache goes while the allocator can still be referred to. */
static void
heap_allocator_dispose (GObject *object)
{
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (object);

  gst_heap_registry_remove (shared);
  gst_heap_cache_close (shared->cache);
  GST_HEAP_ALLOCATOR_GET_IFACE (object)->parent_class->dispose (object);
}

static void
give_back_carved (GstHeapMemoryShared *shared)
{
  gsize whole;

  if (shared->carve_size == 0 || heap_round_size (shared->carve_size, &whole) < 0)
    return;
  gst_heap_budget_give_back (shared->process_budget, whole);
  gst_heap_room_note ();
}

static void
heap_allocator_finalize (GObject *object)
{
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (object);

  gst_heap_cache_unref (shared->cache);
  gst_heap_budget_unref (shared->budget);
  gst_heap_fallback_free (shared->fallback);
  heap_unref (shared->core);
  give_back_carved (shared);
  gst_heap_label_clear (&shared->label);
  g_clear_object (&shared->heap);
  GST_HEAP_ALLOCATOR_GET_IFACE (object)->parent_class->finalize (object);
}

static void
heap_allocator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstHeapCache *cache = gst_heap_allocator_get_shared (object)->cache;

  switch (id) {
    case PROP_CACHE_BYTES:
      gst_heap_cache_set_limits (cache, g_value_get_uint64 (value), gst_heap_cache_get_max_age (cache));
      break;
    case PROP_CACHE_AGE:
      gst_heap_cache_set_limits (cache, gst_heap_cache_get_max_bytes (cache), g_value_get_uint64 (value) / GST_USECOND);
      break;
    case PROP_MAX_BYTES:
      gst_heap_allocator_get_shared (object)->budget->max_bytes = g_value_get_uint64 (value);
      gst_heap_room_note ();
      break;
    case PROP_LABEL:
      gst_heap_label_set_text (&gst_heap_allocator_get_shared (object)->label, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  gst_heap_fallback_copy_settings (gst_heap_allocator_get_shared (object)->fallback);
}

static void
heap_allocator_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstHeapCache *cache = gst_heap_allocator_get_shared (object)->cache;

  switch (id) {
    case PROP_CACHE_BYTES:
      g_value_set_uint64 (value, gst_heap_cache_get_max_bytes (cache));
      break;
    case PROP_CACHE_AGE:
      g_value_set_uint64 (value, gst_heap_cache_get_max_age (cache) * GST_USECOND);
      break;
    case PROP_MAX_BYTES:
      g_value_set_uint64 (value, gst_heap_allocator_get_shared (object)->budget->max_bytes);
      break;
    case PROP_LABEL:
      g_value_take_string (value, gst_heap_label_get_text (&gst_heap_allocator_get_shared (object)->label));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
create_signals (GType type)
{
  /**
   * GstHeapAllocator::map-refused:
   * @allocator: the allocator
   * @flags: what it was to be mapped for
   *
   * Emitted when somebody tried to map memory of a protected heap, which fails, in the thread that did: many elements
   * go on as if nothing had happened.
   *
   * Since: 0.1
   */
  signals[SIGNAL_MAP_REFUSED] =
      g_signal_new ("map-refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GST_TYPE_MAP_FLAGS);
}

void
gst_heap_allocator_note_map_refused (gpointer allocator, GstMapFlags flags)
{
  g_signal_emit (allocator, signals[SIGNAL_MAP_REFUSED], 0, flags);
}

static void
install_properties (GstHeapAllocatorInterface *iface)
{
  /**
   * GstHeapAllocator:cache-bytes:
   *
   * How many bytes of memory that nobody uses any more are kept for the next who asks for as much. The next gets the
   * same #GstMemory again, which importers know, and what was in it. It is freed when the heap has no room for
   * something else, by gst_heap_allocator_trim(), when it gets older than #GstHeapAllocator:cache-age, and with the
   * allocator. It is also freed within half a second when the kernel tells of memory pressure: when somebody on the
   * machine has waited for memory for 150 ms of any two seconds, by `/proc/pressure/memory`. Every process is told of
   * that from Linux 6.4 on, and ones with CAP_SYS_RESOURCE from 5.2 on.
   *
   * Allocators of this process that are of one heap, by whichever of its names, have what they keep in common: who
   * keeps none that fits gets what another one keeps, and it is its own from then on. Not so an allocator that keeps
   * nothing (0, as at first), nor what is carved out of one buffer.
   *
   * Since: 0.1
   */
  g_object_interface_install_property (
      iface, g_param_spec_uint64 ("cache-bytes", "Cache bytes",
                 "Bytes of unused memory that are kept for who asks for as much (0 = none)", 0, G_MAXUINT64, 0,
                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstHeapAllocator:cache-age:
   *
   * For how long memory is kept that nobody uses, in nanoseconds; up to half as long again may pass until it is freed.
   *
   * Since: 0.1
   */
  g_object_interface_install_property (
      iface, g_param_spec_uint64 ("cache-age", "Cache age", "How long unused memory is kept, in nanoseconds", 0,
                 G_MAXUINT64, DEFAULT_CACHE_AGE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstHeapAllocator:max-bytes:
   *
   * How many bytes of the heap the allocator may hold at a time, counted by the true sizes of its memory. What would be
   * more fails with #GST_HEAP_ERROR_NO_MEMORY, as if the heap were full: a #GstHeapBufferPool waits for a buffer to
   * come back then, if any is out.
   *
   * Since: 0.1
   */
  g_object_interface_install_property (iface,
      g_param_spec_uint64 ("max-bytes", "Maximum bytes", "Bytes of the heap that may be held at a time (0 = no limit)",
          0, G_MAXUINT64, 0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  /**
   * GstHeapAllocator:label:
   *
   * What the kernel calls the dma-bufs allocated from now on, in `/sys/kernel/debug/dma_buf/bufinfo` and
   * `/proc/PID/fdinfo`: up to 31 characters, of which `%n` becomes the number of the memory, counted from 0 by this
   * allocator, and `%%` a "%". What is not printable ASCII becomes "?". %NULL or "": they have no name.
   *
   * Memory keeps the name it was given first, also when it is used again. Memory that is no dma-buf has none, nor has
   * what is carved out of a larger one. That the kernel does not take a name is no error.
   *
   * Since: 0.1
   */
  g_object_interface_install_property (iface,
      g_param_spec_string ("label", "Label", "Name of the dma-bufs, with %n for the number of each (empty = none)",
          NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
gst_heap_allocator_default_init (GstHeapAllocatorInterface *iface)
{
  create_signals (G_TYPE_FROM_INTERFACE (iface));
  install_properties (iface);
  gst_heap_fallback_create_signal (G_TYPE_FROM_INTERFACE (iface));
}

static void
heap_allocator_class_init (gpointer klass)
{
  GstHeapAllocatorInterface *iface = g_type_interface_peek (klass, GST_TYPE_HEAP_ALLOCATOR);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  iface->parent_class = g_type_class_peek_parent (klass);
  GST_ALLOCATOR_CLASS (klass)->alloc = heap_allocator_alloc;
  object_class->set_property = heap_allocator_set_property;
  object_class->get_property = heap_allocator_get_property;
  object_class->dispose = heap_allocator_dispose;
  object_class->finalize = heap_allocator_finalize;
  g_object_class_override_property (object_class, PROP_CACHE_BYTES, "cache-bytes");
  g_object_class_override_property (object_class, PROP_CACHE_AGE, "cache-age");
  g_object_class_override_property (object_class, PROP_MAX_BYTES, "max-bytes");
  g_object_class_override_property (object_class, PROP_LABEL, "label");
}

/* CUSTOM_ALLOC is unset so that gst_allocator_alloc() and others' pools may use it. Copies must then be kept off the
 * heap, by NO_COPY and an own mem_copy: without, a full heap crashes GStreamer from 1.24 on. */
static void
heap_allocator_init (GstAllocator *allocator, GstHeapMemoryShared *shared)
{
  GST_OBJECT_FLAG_UNSET (allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
  GST_OBJECT_FLAG_SET (allocator, GST_HEAP_COMPAT_NO_COPY);

  shared->allocator = allocator;
  shared->budget = gst_heap_budget_new ();
  gst_heap_label_init (&shared->label);
  shared->cache = gst_heap_cache_new (gst_heap_memory_discard);
  gst_heap_cache_set_limits (shared->cache, 0, DEFAULT_CACHE_AGE / GST_USECOND);
  shared->fd_share = allocator->mem_share;
  allocator->mem_share = gst_heap_memory_share;
  allocator->mem_copy = gst_heap_memory_copy;
  allocator->mem_map_full = gst_heap_memory_map;
  allocator->mem_unmap_full = gst_heap_memory_unmap;
}

/* For heaps that are importable. */
typedef struct {
  GstDmaBufAllocator parent;
  GstHeapMemoryShared shared;
} GstHeapDmaBufAllocator;

typedef GstDmaBufAllocatorClass GstHeapDmaBufAllocatorClass;

static GType gst_heap_dmabuf_allocator_get_type (void);

static void
gst_heap_dmabuf_allocator_iface_init (GstHeapAllocatorInterface *iface)
{
  iface->shared_offset = G_STRUCT_OFFSET (GstHeapDmaBufAllocator, shared);
}

G_DEFINE_TYPE_WITH_CODE (GstHeapDmaBufAllocator, gst_heap_dmabuf_allocator, GST_TYPE_DMABUF_ALLOCATOR,
    G_IMPLEMENT_INTERFACE (GST_TYPE_HEAP_ALLOCATOR, gst_heap_dmabuf_allocator_iface_init))

static void
gst_heap_dmabuf_allocator_class_init (GstHeapDmaBufAllocatorClass *klass)
{
  heap_allocator_class_init (klass);
}

static void
gst_heap_dmabuf_allocator_init (GstHeapDmaBufAllocator *self)
{
  self->shared.is_dmabuf = TRUE;
  heap_allocator_init (GST_ALLOCATOR (self), &self->shared);
}

/* For those whose memory has an address that this process may know. */
typedef GstHeapDmaBufAllocator GstHeapPhysAllocator;
typedef GstDmaBufAllocatorClass GstHeapPhysAllocatorClass;

static GType gst_heap_phys_allocator_get_type (void);

static guintptr
heap_phys_allocator_get_phys_addr (GstPhysMemoryAllocator *allocator, GstMemory *memory)
{
  return gst_heap_memory_get_address (memory);
}

static void
gst_heap_phys_allocator_phys_init (GstPhysMemoryAllocatorInterface *iface)
{
  iface->get_phys_addr = heap_phys_allocator_get_phys_addr;
}

G_DEFINE_TYPE_WITH_CODE (GstHeapPhysAllocator, gst_heap_phys_allocator, gst_heap_dmabuf_allocator_get_type (),
    G_IMPLEMENT_INTERFACE (GST_TYPE_PHYS_MEMORY_ALLOCATOR, gst_heap_phys_allocator_phys_init))

static void
gst_heap_phys_allocator_class_init (GstHeapPhysAllocatorClass *klass)
{
}

static void
gst_heap_phys_allocator_init (GstHeapPhysAllocator *self)
{
}

/* For heaps that are not. */
typedef struct {
  GstFdAllocator parent;
  GstHeapMemoryShared shared;
} GstHeapFdAllocator;

typedef GstFdAllocatorClass GstHeapFdAllocatorClass;

static GType gst_heap_fd_allocator_get_type (void);

static void
gst_heap_fd_allocator_iface_init (GstHeapAllocatorInterface *iface)
{
  iface->shared_offset = G_STRUCT_OFFSET (GstHeapFdAllocator, shared);
}

G_DEFINE_TYPE_WITH_CODE (GstHeapFdAllocator, gst_heap_fd_allocator, GST_TYPE_FD_ALLOCATOR,
    G_IMPLEMENT_INTERFACE (GST_TYPE_HEAP_ALLOCATOR, gst_heap_fd_allocator_iface_init))

static void
gst_heap_fd_allocator_class_init (GstHeapFdAllocatorClass *klass)
{
  heap_allocator_class_init (klass);
}

static void
gst_heap_fd_allocator_init (GstHeapFdAllocator *self)
{
  heap_allocator_init (GST_ALLOCATOR (self), &self->shared);
}

/* Whether the kernel tells this process where its memory lies. Of a variable there surely is something to tell, but in
 * tests, whose machine knows the pages of heaps alone. */
static gboolean
may_know_addresses (void)
{
  guint64 frame = 0;
  int result = sys_page_frame (&frame, &frame);

  return result == 0 || result == -ENODATA;
}

static GType
type_for (const struct heap_info *info)
{
  if (info->facts.of[HEAP_IMPORTABLE].answer != HEAP_YES)
    return gst_heap_fd_allocator_get_type ();
  if (info->backend == HEAP_BACKEND_CONTIGUOUS && may_know_addresses ())
    return gst_heap_phys_allocator_get_type ();
  return gst_heap_dmabuf_allocator_get_type ();
}

GstAllocator *
gst_heap_allocator_create (GstHeap *heap, struct heap *core, gsize carve_size, GstHeapBudget *budget)
{
  GstAllocator *allocator = g_object_new (type_for (&core->info), NULL);
  GstHeapMemoryShared *shared = gst_heap_allocator_get_shared (allocator);

  shared->heap = g_object_ref (heap);
  shared->core = core;
  shared->carve_size = carve_size;
  shared->process_budget = gst_heap_process_budget_get (&core->info);
  if (budget) {
    gst_heap_budget_unref (shared->budget);
    shared->budget = gst_heap_budget_ref (budget);
  }
  gst_heap_registry_add (shared);
  return gst_object_ref_sink (allocator);
}
