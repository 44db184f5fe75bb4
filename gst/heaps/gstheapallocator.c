/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapAllocator: memory of one heap, by the allocator interface all of GStreamer knows. */
#include "gstheapallocator-private.h"

#include <gst/heaps/gstheaperror.h>

#include "gstheap-private.h"
#include "gstheaperror-private.h"
#include "gstheapfailure.h"
#include "gstheapfallback.h"
#include "gstheapprocessbudget.h"

#include "heaps/carved-heap.h"

#include <errno.h>

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
 * - Memory of a protected heap cannot be mapped, and has %GST_MEMORY_FLAG_NOT_MAPPABLE set. It cannot be copied, and
 *   not be had with zeroes in it either, which is an error where it is asked for. #GstHeapAllocator::map-refused tells
 *   of those who try to map it.
 * - When the heap has no room, another one may stand in: see gst_heap_allocator_new().
 * - When there is no memory, the error of gst_heap_allocator_alloc() has the figures. It takes several allocations to
 *   find the largest piece the heap gives: what tries again and again should use gst_allocator_alloc().
 */

/* Returns: (nullable): the default of the process; where it has none, what asks for nothing in particular */
static GstHeapSelection *
default_or_any (GError **error)
{
  GError *invalid = NULL;
  GstHeapSelection *selection = gst_heap_selection_get_default (&invalid);

  if (invalid)
    g_propagate_error (error, invalid);
  else if (!selection)
    selection = gst_heap_selection_new (NULL, 0, 0, 0);
  return selection;
}

/**
 * gst_heap_allocator_new:
 * @selection: (nullable): what memory is asked for; %NULL: as gst_heap_selection_get_default() says, and if that says
 *     nothing, nothing in particular
 * @error: as of gst_heap_selection_select() and gst_heap_selection_get_default()
 *
 * When that heap has no room (`ENOMEM`, `EMFILE` and the like), what is kept of it and not used is freed; when that is
 * not enough, the allocator gives memory of the next heap that satisfies @selection, which is opened then. What it
 * gives is never of a weaker class: that heap is importable and protected just as the first one is, and is known to
 * have each property that @selection requires or prefers and the first one has. Two names of one region are no fallback
 * for each other, and where @selection names one heap alone there is none. gst_heap_choice_is_fallback() tells.
 *
 * Such memory has an allocator of its own, with the same settings and within the same #GstHeapAllocator:max-bytes: a
 * budget that is used up makes nobody fall back. #GstHeapAllocator::fell-back says when it comes to that, and
 * gst_heap_allocator_get_stats() how often. The first heap is asked again, before the others, once some of its memory
 * has come back to this allocator, and every second.
 *
 * Returns: (transfer full) (nullable): an allocator of the heap that @selection comes to, which is open
 *
 * Since: 0.1
 */
GstAllocator *
gst_heap_allocator_new (GstHeapSelection *selection, GError **error)
{
  GstHeapSelection *wanted = selection ? gst_heap_selection_ref (selection) : default_or_any (error);
  GstHeapChoice *choice = wanted ? gst_heap_selection_take (wanted, error) : NULL;
  GstHeapMemoryShared *shared;
  GstAllocator *allocator;

  g_clear_pointer (&wanted, gst_heap_selection_unref);
  if (!choice)
    return NULL;
  allocator = gst_heap_allocator_new_for_heap (gst_heap_choice_get_heap (choice), error); /* which is open */
  shared = gst_heap_allocator_get_shared (allocator);
  shared->fallback = gst_heap_fallback_new (shared, choice);
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
  return core ? gst_heap_allocator_create (heap, heap_ref (core), 0, NULL) : NULL;
}

/* Within what the process may hold of the heap. 0 or -errno. */
static int
carve (struct heap *core, gsize size, struct heap **ret_carved)
{
  GstHeapBudget *budget = gst_heap_process_budget_get (&core->info);
  gsize whole;
  int result = heap_round_size (size, &whole);

  if (result < 0)
    return result;
  if (!gst_heap_process_budget_take (budget, &core->info, whole))
    return -EDQUOT;
  result = carved_heap_new (core, size, ret_carved);
  if (result < 0)
    gst_heap_budget_give_back (budget, whole);
  return result;
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
  result = carve (core, carve_size, &carved);
  if (result == -EDQUOT) {
    gst_heap_failure_set_process_budget (error, &core->info, carve_size);
    return NULL;
  }
  if (result < 0) {
    g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (-result),
        "%" G_GSIZE_FORMAT " bytes of heap \"%s\" cannot be had to be divided: %s%s", carve_size,
        gst_heap_get_name (heap), g_strerror (-result), gst_heap_failure_hint (core->info.backend, -result));
    return NULL;
  }
  return gst_heap_allocator_create (heap, carved, carve_size, NULL);
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

  return gst_heap_allocator_get_shared (allocator)->carve_size;
}

/**
 * gst_heap_allocator_get_heap:
 * @allocator: a #GstHeapAllocator
 *
 * Returns: (transfer none): the heap whose memory it gives, as long as that has some: see gst_heap_allocator_new()
 *
 * Since: 0.1
 */
GstHeap *
gst_heap_allocator_get_heap (GstHeapAllocator *allocator)
{
  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);

  return gst_heap_allocator_get_shared (allocator)->heap;
}

/**
 * gst_heap_selection_accepts_allocator:
 * @selection: a #GstHeapSelection
 * @allocator: a #GstHeapAllocator
 *
 * An allocator that was made for another selection may give memory of other heaps than its first, see
 * gst_heap_allocator_new().
 *
 * Returns: whether all memory of @allocator satisfies @selection: the heap it is of, and each that may stand in for it,
 *     does so by gst_heap_selection_accepts()
 *
 * Since: 0.1
 */
gboolean
gst_heap_selection_accepts_allocator (GstHeapSelection *selection, GstHeapAllocator *allocator)
{
  GstHeapMemoryShared *shared;

  g_return_val_if_fail (selection != NULL, FALSE);
  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), FALSE);

  shared = gst_heap_allocator_get_shared (allocator);
  return gst_heap_selection_accepts (selection, shared->heap) &&
         gst_heap_fallback_is_accepted (shared->fallback, selection);
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

  gst_heap_allocator_get_shared (allocator)->min_size = min_size;
  gst_heap_fallback_copy_settings (gst_heap_allocator_get_shared (allocator)->fallback);
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
  GstHeapMemoryShared *shared;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), 0);

  shared = gst_heap_allocator_get_shared (allocator);
  return gst_heap_cache_trim (shared->cache) + gst_heap_fallback_trim (shared->fallback);
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
  const GstHeapDemand demand = { .size = size, .params = params };
  GError *failure = NULL;
  GstMemory *memory;

  g_return_val_if_fail (GST_IS_HEAP_ALLOCATOR (allocator), NULL);

  memory = gst_heap_allocator_try_alloc (allocator, &demand, error ? &failure : NULL);
  if (failure) {
    gst_heap_allocator_add_figures (allocator, &demand, failure);
    g_propagate_error (error, failure);
  }
  return memory;
}

/**
 * gst_heap_allocator_get_stats:
 * @allocator: a #GstHeapAllocator
 *
 * Figures since the allocator was made, in a structure with the fields: `heap` (string), and as #guint64 `bytes-live`
 * and `bytes-peak` (true sizes of the memory that is in use, now and at the most), `bytes-cached` (kept and not in
 * use), `bytes-given-up` (kept, and freed because the machine was short of memory), `memories` (in use), `allocations`
 * (from the heap), `reuses` (of what was kept), `fallbacks` (memory that another heap gave, as this one had no room),
 * `syncs` (`DMA_BUF_IOCTL_SYNC` calls), `copies` and `copied-bytes` (memory copied to system memory).
 *
 * The figures are of one heap. Once another heap was needed (see gst_heap_allocator_new()), its own stand in a nested
 * structure of the same kind, the field `fallback`, and those of a third one in that: what the allocator holds in all
 * is the sum.
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

  shared = gst_heap_allocator_get_shared (allocator);
  stats = gst_structure_new ("heap-allocator-stats", "heap", G_TYPE_STRING, gst_heap_get_name (shared->heap),
      "bytes-live", G_TYPE_UINT64, (guint64) shared->bytes_live, "bytes-peak", G_TYPE_UINT64,
      (guint64) shared->bytes_peak, "memories", G_TYPE_UINT64, (guint64) shared->memories, "bytes-cached",
      G_TYPE_UINT64, gst_heap_cache_get_bytes (shared->cache), "bytes-given-up", G_TYPE_UINT64,
      gst_heap_cache_get_bytes_given_up (shared->cache), "allocations", G_TYPE_UINT64, (guint64) shared->allocations,
      "reuses", G_TYPE_UINT64, (guint64) shared->reuses, "fallbacks", G_TYPE_UINT64, (guint64) shared->fallbacks,
      "syncs", G_TYPE_UINT64, (guint64) shared->syncs, "copies", G_TYPE_UINT64, (guint64) shared->copies,
      "copied-bytes", G_TYPE_UINT64, (guint64) shared->copied_bytes, NULL);
  if (heap_get_usage (shared->core, &usage))
    gst_structure_set (stats, "bytes-held", G_TYPE_UINT64, (guint64) usage.held, "bytes-used", G_TYPE_UINT64,
        (guint64) usage.used, "largest-hole", G_TYPE_UINT64, (guint64) usage.largest, "holes", G_TYPE_UINT64,
        (guint64) usage.n_holes, NULL);
  gst_heap_fallback_add_stats (shared->fallback, stats);
  return stats;
}
