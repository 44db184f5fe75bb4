/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapAllocator: memory of one heap, by the allocator interface all of GStreamer knows. */
#include "gstheapallocator-private.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheap-private.h"
#include "gstheapcompat.h"
#include "gstheapdebug.h"
#include "gstheaperror-private.h"
#include "gstheapfailure.h"
#include "gstheapmemory-private.h"
#include "gstheapregistry.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/allocators/gstphysmemory.h>

#include "heaps/carved-heap.h"

#include <errno.h>
#include <stdatomic.h>

#define GST_CAT_DEFAULT gst_heap_debug

#define DEFAULT_CACHE_AGE GST_SECOND

enum
{
  PROP_CACHE_BYTES = 1,
  PROP_CACHE_AGE,
  PROP_MAX_BYTES,
  PROP_LABEL,
};

/**
 * SECTION:gstheapallocator
 * @title: GstHeapAllocator
 * @short_description: memory of a heap
 *
 * Allocators of this library implement #GstHeapAllocator. What they are besides depends on the heap: one for a heap
 * that is importable is a #GstDmaBufAllocator, so that its memory is taken for what it is by everything that imports
 * dma-bufs; one for a heap that is not is a #GstFdAllocator, and no memory of it ever passes for a dma-buf.
 *
 * They are used like any other, through gst_allocator_alloc() and in the configuration of pools, the
 * `GstVideoDmabufPool` of GStreamer 1.28 included. What is particular:
 *
 * - Sizes are rounded up to whole pages: `maxsize` is the true size of the dma-buf. `prefix` is not honoured, as
 *   importers want their data at offset 0; `align` is a mask, up to a page.
 * - Fresh memory is zeroed by the kernel. What comes out of the cache (#GstHeapAllocator:cache-bytes) has the content
 *   that it had; who wants zeroes sets %GST_MEMORY_FLAG_ZERO_PADDED in the parameters, and gets fresh memory.
 * - The first map makes one mapping that stays. The outermost map and unmap make one `DMA_BUF_IOCTL_SYNC` each, however
 *   many are nested inside, as for the planes of a frame. A SYNC that fails fails the map.
 * - Copies go to system memory, not to the heap.
 * - Memory of the heap `process-contiguous` has a physical address, gst_phys_memory_get_phys_addr(), where this process
 *   may know it (CAP_SYS_ADMIN): its allocator implements #GstPhysMemoryAllocator then. The address is that of the
 *   whole memory, to which the offset of what is part of it has to be added.
 * - What others have still open of such memory once it was freed, another process or a device, is not given to the next
 *   user before they have let go of it.
 * - Memory of a protected heap cannot be mapped, and has %GST_MEMORY_FLAG_NOT_MAPPABLE set.
 * - When there is no memory, the error of gst_heap_allocator_alloc() has the figures. It takes several allocations to
 *   find the largest piece the heap gives: what tries again and again should use gst_allocator_alloc().
 */

/* Implemented by the three types below alone, which differ in what they are besides. */
struct _GstHeapAllocatorInterface {
  GTypeInterface parent;

  gsize shared_offset; /* of the GstHeapMemoryShared in the instance */
};

G_DEFINE_INTERFACE (GstHeapAllocator, gst_heap_allocator, GST_TYPE_ALLOCATOR)

static GstHeapMemoryShared *
shared_of (gpointer allocator)
{
  return G_STRUCT_MEMBER_P (allocator, GST_HEAP_ALLOCATOR_GET_IFACE (allocator)->shared_offset);
}

/* The size to ask the heap for. */
static gboolean
compute_size (
    GstHeapMemoryShared *shared, gsize size, const GstAllocationParams *params, gsize *ret_total, GError **error)
{
  gsize align = params ? params->align : 0;
  gsize padding = params ? params->padding : 0;

  if (size == 0) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "a heap gives no memory of 0 bytes");
    return FALSE;
  }
  if (align & (align + 1) || align >= sys_page_size ()) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "an alignment mask of %#" G_GSIZE_MODIFIER "x cannot be had: heaps align to a page, mask %#" G_GSIZE_MODIFIER
        "x",
        align, sys_page_size () - 1);
    return FALSE;
  }
  if (!g_size_checked_add (ret_total, size, padding) || *ret_total > G_MAXSSIZE) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "%" G_GSIZE_FORMAT " bytes and %" G_GSIZE_FORMAT " of padding are more than there can be", size, padding);
    return FALSE;
  }
  *ret_total = MAX (*ret_total, shared->min_size);
  return TRUE;
}

static void
set_flags (GstMemory *memory, const struct heap_facts *facts, const GstAllocationParams *params)
{
  if (facts->of[HEAP_PROTECTED].answer == HEAP_YES)
    GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_NOT_MAPPABLE);
  if (facts->of[HEAP_CONTIGUOUS].answer == HEAP_YES)
    GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_PHYSICALLY_CONTIGUOUS);
  if (params)
    GST_MINI_OBJECT_FLAG_SET (memory, params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED));
}

static GstMemory *
heap_allocator_alloc (GstAllocator *allocator, gsize size, GstAllocationParams *params)
{
  GError *error = NULL;
  GstMemory *memory = gst_heap_allocator_try_alloc (GST_HEAP_ALLOCATOR (allocator), size, params, NULL, &error);

  if (!memory) {
    GST_WARNING_OBJECT (allocator, "%s", error->message);
    g_clear_error (&error);
  }
  return memory;
}

/* What is in the cache goes while the allocator can still be referred to. */
static void
dispose (GstHeapMemoryShared *shared)
{
  gst_heap_registry_remove (shared);
  gst_heap_cache_trim (shared->cache);
}

static void
finalize (GstHeapMemoryShared *shared)
{
  gst_heap_cache_unref (shared->cache);
  heap_unref (shared->core);
  gst_heap_label_clear (&shared->label);
  g_clear_object (&shared->heap);
}

static void
heap_allocator_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstHeapCache *cache = shared_of (object)->cache;

  switch (id) {
    case PROP_CACHE_BYTES:
      gst_heap_cache_set_limits (cache, g_value_get_uint64 (value), gst_heap_cache_get_max_age (cache));
      break;
    case PROP_CACHE_AGE:
      gst_heap_cache_set_limits (cache, gst_heap_cache_get_max_bytes (cache), g_value_get_uint64 (value) / GST_USECOND);
      break;
    case PROP_MAX_BYTES:
      shared_of (object)->max_bytes = g_value_get_uint64 (value);
      break;
    case PROP_LABEL:
      gst_heap_label_set_text (&shared_of (object)->label, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
heap_allocator_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstHeapCache *cache = shared_of (object)->cache;

  switch (id) {
    case PROP_CACHE_BYTES:
      g_value_set_uint64 (value, gst_heap_cache_get_max_bytes (cache));
      break;
    case PROP_CACHE_AGE:
      g_value_set_uint64 (value, gst_heap_cache_get_max_age (cache) * GST_USECOND);
      break;
    case PROP_MAX_BYTES:
      g_value_set_uint64 (value, shared_of (object)->max_bytes);
      break;
    case PROP_LABEL:
      g_value_take_string (value, gst_heap_label_get_text (&shared_of (object)->label));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_heap_allocator_default_init (GstHeapAllocatorInterface *iface)
{
  /**
   * GstHeapAllocator:cache-bytes:
   *
   * How many bytes of memory that nobody uses any more are kept for the next who asks for as much. The next gets the
   * same #GstMemory again, which importers know, and what was in it. It is freed when the heap has no room for
   * something else, by gst_heap_allocator_trim(), and when it gets older than #GstHeapAllocator:cache-age.
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
heap_allocator_class_init (
    gpointer klass, void (*dispose_object) (GObject *object), void (*finalize_object) (GObject *object))
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  GST_ALLOCATOR_CLASS (klass)->alloc = heap_allocator_alloc;
  object_class->set_property = heap_allocator_set_property;
  object_class->get_property = heap_allocator_get_property;
  object_class->dispose = dispose_object;
  object_class->finalize = finalize_object;
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
gst_heap_dmabuf_allocator_dispose (GObject *object)
{
  dispose (shared_of (object));
  G_OBJECT_CLASS (gst_heap_dmabuf_allocator_parent_class)->dispose (object);
}

static void
gst_heap_dmabuf_allocator_finalize (GObject *object)
{
  finalize (shared_of (object));
  G_OBJECT_CLASS (gst_heap_dmabuf_allocator_parent_class)->finalize (object);
}

static void
gst_heap_dmabuf_allocator_class_init (GstHeapDmaBufAllocatorClass *klass)
{
  heap_allocator_class_init (klass, gst_heap_dmabuf_allocator_dispose, gst_heap_dmabuf_allocator_finalize);
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
gst_heap_fd_allocator_dispose (GObject *object)
{
  dispose (shared_of (object));
  G_OBJECT_CLASS (gst_heap_fd_allocator_parent_class)->dispose (object);
}

static void
gst_heap_fd_allocator_finalize (GObject *object)
{
  finalize (shared_of (object));
  G_OBJECT_CLASS (gst_heap_fd_allocator_parent_class)->finalize (object);
}

static void
gst_heap_fd_allocator_class_init (GstHeapFdAllocatorClass *klass)
{
  heap_allocator_class_init (klass, gst_heap_fd_allocator_dispose, gst_heap_fd_allocator_finalize);
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

/* Takes over core. */
static GstAllocator *
create_allocator (GstHeap *heap, struct heap *core, gsize carve_size)
{
  GstAllocator *allocator = g_object_new (type_for (&core->info), NULL);
  GstHeapMemoryShared *shared = shared_of (allocator);

  shared->heap = g_object_ref (heap);
  shared->core = core;
  shared->carve_size = carve_size;
  gst_heap_registry_add (shared);
  return gst_object_ref_sink (allocator);
}

/**
 * gst_heap_allocator_new:
 * @selection: (nullable): what memory is asked for; %NULL asks for nothing in particular
 * @error: as of gst_heap_selection_select()
 *
 * Returns: (transfer full) (nullable): an allocator of the heap that @selection comes to, which is open
 *
 * Since: 0.1
 */
GstAllocator *
gst_heap_allocator_new (GstHeapSelection *selection, GError **error)
{
  GstHeapSelection *any = selection ? gst_heap_selection_ref (selection) : gst_heap_selection_new (NULL, 0, 0, 0);
  GstHeap *heap = gst_heap_selection_select (any, error);
  GstAllocator *allocator = NULL;

  if (heap) {
    allocator = gst_heap_allocator_new_for_heap (heap, error);
    g_object_unref (heap);
  }
  gst_heap_selection_unref (any);
  return allocator;
}

/**
 * gst_heap_allocator_new_for_heap:
 * @heap: a #GstHeap, which is opened where it is not open yet
 * @error: #GST_HEAP_ERROR_PERMISSION and the like, when it cannot be opened
 *
 * Returns: (transfer full) (nullable): an allocator of @heap
 *
 * Since: 0.1
 */
GstAllocator *
gst_heap_allocator_new_for_heap (GstHeap *heap, GError **error)
{
  struct heap *core;

  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);

  core = gst_heap_open (heap, error);
  return core ? create_allocator (heap, heap_ref (core), 0) : NULL;
}

/**
 * gst_heap_allocator_new_carved:
 * @heap: a #GstHeap, which is opened where it is not open yet
 * @carve_size: bytes
 * @error: as of gst_heap_allocator_new_for_heap() and gst_heap_allocator_alloc()
 *
 * For many small buffers: takes one large buffer of @carve_size bytes from @heap now, and divides it. That costs no
 * system call for each, and wastes nothing where @heap aligns coarsely, as CMA does.
 *
 * All its memory is in one fd, at offsets. Who gets that fd can see all of it, and memory that is freed is used again
 * even while somebody else has the fd open: it is for one process, and for consumers that mind the offset of a memory.
 * gst_heap_allocator_propose() proposes no such allocator, as nothing tells which consumers do. When the size is used
 * up, allocating fails with #GST_HEAP_ERROR_NO_MEMORY.
 *
 * Returns: (transfer full) (nullable): an allocator of @carve_size bytes of @heap, rounded up to whole pages
 *
 * Since: 0.1
 */
GstAllocator *
gst_heap_allocator_new_carved (GstHeap *heap, gsize carve_size, GError **error)
{
  struct heap *core, *carved;
  int result;

  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);

  core = gst_heap_open (heap, error);
  if (!core)
    return NULL;
  result = carved_heap_new (core, carve_size, &carved);
  if (result < 0) {
    g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (-result),
        "%" G_GSIZE_FORMAT " bytes of heap \"%s\" cannot be had to be divided: %s%s", carve_size,
        gst_heap_get_name (heap), g_strerror (-result), gst_heap_failure_hint (core->info.backend, -result));
    return NULL;
  }
  return create_allocator (heap, carved, carve_size);
}

/**
 * gst_heap_allocator_get_carve_size:
 * @allocator: a #GstHeapAllocator
 *
 * Returns: the bytes @allocator divides, as of gst_heap_allocator_new_carved(); 0 for any other, whose memory the heap
 * gives piece by piece
 *
 * Since: 0.1
 */
gsize
gst_heap_allocator_get_carve_size (GstHeapAllocator *allocator)
{
  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), 0);

  return shared_of (allocator)->carve_size;
}

/**
 * gst_heap_allocator_get_heap:
 * @allocator: a #GstHeapAllocator
 *
 * Returns: (transfer none): the heap whose memory it gives
 *
 * Since: 0.1
 */
GstHeap *
gst_heap_allocator_get_heap (GstHeapAllocator *allocator)
{
  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);

  return shared_of (allocator)->heap;
}

/**
 * gst_heap_allocator_set_min_size:
 * @allocator: a #GstHeapAllocator
 * @min_size: bytes; 0, as it is at first, for no such limit
 *
 * From now on each memory has at least @min_size bytes of the heap behind it, as its `maxsize` says: drivers refuse
 * dma-bufs that are smaller than the largest frame they reckon with, however little is in them. The size asked for
 * stays what shows of the memory. Any thread may call this.
 *
 * Since: 0.1
 */
void
gst_heap_allocator_set_min_size (GstHeapAllocator *allocator, gsize min_size)
{
  g_return_if_fail (GST_IS_HEAP_ALLOCATOR (allocator));
  g_return_if_fail (min_size <= G_MAXSSIZE);

  shared_of (allocator)->min_size = min_size;
}

/**
 * gst_heap_allocator_trim:
 * @allocator: a #GstHeapAllocator
 *
 * Frees the memory that is kept although nobody uses it: see #GstHeapAllocator:cache-bytes.
 *
 * Returns: the bytes that were freed
 *
 * Since: 0.1
 */
guint64
gst_heap_allocator_trim (GstHeapAllocator *allocator)
{
  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), 0);

  return gst_heap_cache_trim (shared_of (allocator)->cache);
}

/**
 * gst_heap_allocator_alloc:
 * @allocator: a #GstHeapAllocator
 * @size: bytes, more than 0
 * @params: (nullable): alignment mask and padding; the prefix is not honoured
 * @error: #GST_HEAP_ERROR_NO_MEMORY, #GST_HEAP_ERROR_NO_FDS, #GST_HEAP_ERROR_INVALID and the like
 *
 * What gst_allocator_alloc() does, with an error that says why it failed. Where there is no memory it has the figures:
 * how much the heap has in all and free, the largest piece it gives now, and how much of it allocators of this library
 * hold in this process. The largest piece is found by trial, with several allocations.
 *
 * Returns: (transfer full) (nullable): memory of @size bytes, zeroed unless it comes out of the cache
 *
 * Since: 0.1
 */
GstMemory *
gst_heap_allocator_alloc (GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, GError **error)
{
  GError *failure = NULL;
  GstMemory *memory;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);

  memory = gst_heap_allocator_try_alloc (allocator, size, params, NULL, error ? &failure : NULL);
  if (failure) {
    gst_heap_allocator_add_figures (allocator, size, params, failure);
    g_propagate_error (error, failure);
  }
  return memory;
}

/* Memory from the cache. Not for who wants some of it zeroed. */
static GstMemory *
reuse (GstHeapMemoryShared *shared, gsize size, gsize total, const GstAllocationParams *params, const gchar *layout)
{
  GstHeapCacheKey key = { .layout = layout };
  GstMemory *memory;

  if (params && params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED))
    return NULL;
  if (heap_round_size (total, &key.size) < 0)
    return NULL;
  memory = gst_heap_cache_take (shared->cache, &key, gst_heap_memory_is_reusable);
  if (memory)
    gst_heap_memory_renew (memory, size, layout);
  return memory;
}

/* From the heap, if need be once what nobody uses of it has been freed. */
static int
take_from_heap (GstHeapMemoryShared *shared, gsize total, struct heap_buffer *ret_buffer)
{
  int result = heap_alloc (shared->core, total, ret_buffer);

  if (shared->carve_size > 0 || (result != -ENOMEM && result != -EMFILE && result != -ENFILE))
    return result;
  return gst_heap_registry_trim (&shared->core->info) ? heap_alloc (shared->core, total, ret_buffer) : result;
}

static gboolean
fits_into_budget (GstHeapMemoryShared *shared, gsize bytes)
{
  guint64 taken = shared->bytes_taken, budget = shared->max_bytes;

  do {
    if (budget > 0 && (bytes > budget || taken > budget - bytes))
      return FALSE;
  } while (!atomic_compare_exchange_weak (&shared->bytes_taken, &taken, taken + bytes));
  return TRUE;
}

/* If need be, without what is kept although nobody uses it. */
static gboolean
take_from_budget (GstHeapMemoryShared *shared, gsize bytes)
{
  if (fits_into_budget (shared, bytes))
    return TRUE;
  gst_heap_cache_trim (shared->cache);
  return fits_into_budget (shared, bytes);
}

/* Memory of total bytes, of which size show. */
static GstMemory *
alloc_fresh (GstHeapMemoryShared *shared, gsize size, gsize total, const gchar *layout, GError **error)
{
  struct heap_buffer buffer;
  GstMemory *memory = NULL;
  gsize taken = 0; /* of a size that makes no sense, nothing: the heap says so */
  int result;

  heap_round_size (total, &taken);
  if (!take_from_budget (shared, taken)) {
    gst_heap_failure_set_budget (error, shared, taken);
    return NULL;
  }
  result = take_from_heap (shared, total, &buffer);
  if (result == 0) {
    memory = gst_heap_memory_wrap (shared->allocator, shared, &buffer, size, layout);
    result = memory ? 0 : -ENOTSUP;
  }
  if (result < 0) {
    shared->bytes_taken -= taken;
    gst_heap_failure_set (error, shared, total, -result);
  }
  return memory;
}

GstMemory *
gst_heap_allocator_try_alloc (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, const gchar *layout, GError **error)
{
  GstHeapMemoryShared *shared = shared_of (allocator);
  GstMemory *memory;
  gsize total;

  if (!compute_size (shared, size, params, &total, error))
    return NULL;
  memory = reuse (shared, size, total, params, layout);
  if (memory)
    return memory;
  memory = alloc_fresh (shared, size, total, layout, error);
  if (memory)
    set_flags (memory, &shared->core->info.facts, params);
  return memory;
}

void
gst_heap_allocator_add_figures (
    GstHeapAllocator *allocator, gsize size, const GstAllocationParams *params, GError *error)
{
  GstHeapMemoryShared *shared = shared_of (allocator);
  gsize total;

  if (g_error_matches (error, GST_HEAP_ERROR, GST_HEAP_ERROR_NO_MEMORY) &&
      compute_size (shared, size, params, &total, NULL))
    gst_heap_failure_add_figures (error, shared, total);
}

/**
 * gst_heap_allocator_get_stats:
 * @allocator: a #GstHeapAllocator
 *
 * Figures since the allocator was made, in a structure with the fields: `heap` (string), and as #guint64 `bytes-live`
 * and `bytes-peak` (true sizes of the memory that is in use, now and at the most), `bytes-cached` (kept and not in
 * use), `memories` (in use), `allocations` (from the heap), `reuses` (of what was kept), `syncs`
 * (`DMA_BUF_IOCTL_SYNC` calls), `copies` and `copied-bytes` (memory copied to system memory).
 *
 * Where this library divides the memory itself, of the heap `process-contiguous` and of an allocator of
 * gst_heap_allocator_new_carved(), also `bytes-held` (taken from the system), `bytes-used` (of these, what is in use by
 * whichever allocator, or was freed and somebody else has it still open), `largest-hole` (bytes) and `holes` (how many
 * pieces the rest is in).
 *
 * Returns: (transfer full): the figures
 *
 * Since: 0.1
 */
GstStructure *
gst_heap_allocator_get_stats (GstHeapAllocator *allocator)
{
  GstHeapMemoryShared *shared;
  struct heap_usage usage;
  GstStructure *stats;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);

  shared = shared_of (allocator);
  stats =
      gst_structure_new ("heap-allocator-stats", "heap", G_TYPE_STRING, gst_heap_get_name (shared->heap), "bytes-live",
          G_TYPE_UINT64, (guint64) shared->bytes_live, "bytes-peak", G_TYPE_UINT64, (guint64) shared->bytes_peak,
          "memories", G_TYPE_UINT64, (guint64) shared->memories, "bytes-cached", G_TYPE_UINT64,
          gst_heap_cache_get_bytes (shared->cache), "allocations", G_TYPE_UINT64, (guint64) shared->allocations,
          "reuses", G_TYPE_UINT64, (guint64) shared->reuses, "syncs", G_TYPE_UINT64, (guint64) shared->syncs, "copies",
          G_TYPE_UINT64, (guint64) shared->copies, "copied-bytes", G_TYPE_UINT64, (guint64) shared->copied_bytes, NULL);
  if (heap_get_usage (shared->core, &usage))
    gst_structure_set (stats, "bytes-held", G_TYPE_UINT64, (guint64) usage.held, "bytes-used", G_TYPE_UINT64,
        (guint64) usage.used, "largest-hole", G_TYPE_UINT64, (guint64) usage.largest, "holes", G_TYPE_UINT64,
        (guint64) usage.n_holes, NULL);
  return stats;
}
