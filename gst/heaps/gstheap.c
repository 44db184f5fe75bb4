/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeap: one heap of this machine, opened when memory of it is first asked for. */
#include <gst/heaps/gstheapselection.h>

#include "gstheap-private.h"

#include "gstheapconfig.h"
#include "gstheaperror-private.h"
#include "gstheapprocessbudget.h"

#include "heaps/capacity.h"
#include "heaps/open.h"

#include <errno.h>
#include <limits.h>

/**
 * SECTION:gstheap
 * @title: GstHeap
 * @short_description: one heap of this machine
 *
 * A #GstHeap has a name, and properties each of which is yes, no or unknown. The kernel offers no way to ask a heap for
 * them, so what is known stems from the user's heaps.conf, from the kernel's documentation, from the names vendors use,
 * or from the name by the kernel's naming convention; gst_heap_get_answer_source() tells which.
 *
 * Besides the kernel's heaps, nodes in `/dev/dma_heap` (or in the directory named by the environment variable
 * `GST_HEAPS_DIR`), there are always two: `process` is memory of this process, as dma-bufs where `/dev/udmabuf` is
 * there, else as shared memory that no device can import; `process-contiguous` is the same in huge pages, and
 * physically contiguous, as long as the system has huge pages reserved.
 */

struct _GstHeap {
  GObject parent;

  struct heap_info info;
  gchar *path;

  GMutex lock;       /* protects core until it is set */
  struct heap *core; /* atomic; NULL until opened, then constant */
};

G_DEFINE_TYPE (GstHeap, gst_heap, G_TYPE_OBJECT)

static void
set_open_error (GError **error, GstHeap *self, int code)
{
  const gchar *reason = code == ENODATA ? "no huge page is reserved (sysctl vm.nr_hugepages)" : g_strerror (code);

  g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (code), "heap \"%s\" cannot be opened (%s): %s",
      self->info.name, self->path ? self->path : "no node", reason);
}

static gboolean
single_property (GstHeapProperties properties, enum heap_property *ret_property)
{
  *ret_property = g_bit_nth_lsf (properties, -1);
  return *ret_property < HEAP_N_PROPERTIES && properties == HEAP_PROPERTY_BIT (*ret_property);
}

static void
gst_heap_finalize (GObject *object)
{
  GstHeap *self = GST_HEAP (object);

  heap_unref (self->core);
  g_free (self->path);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_heap_parent_class)->finalize (object);
}

static void
gst_heap_class_init (GstHeapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_heap_finalize;
}

static void
gst_heap_init (GstHeap *self)
{
  g_mutex_init (&self->lock);
}

GstHeap *
gst_heap_new (const struct heap_info *info, const gchar *path, struct heap *core)
{
  GstHeap *self = g_object_new (GST_TYPE_HEAP, NULL);

  self->info = *info;
  self->path = g_strdup (path);
  self->core = core;
  return self;
}

GstHeap *
gst_heap_new_in_directory (const struct heap_info *info, const gchar *directory, struct heap *core)
{
  gchar *path = NULL;
  GstHeap *self;

  if (info->backend == HEAP_BACKEND_KERNEL)
    path = g_build_filename (directory, info->name, NULL);
  self = gst_heap_new (info, path, core);
  g_free (path);
  return self;
}

const struct heap_info *
gst_heap_get_info (GstHeap *self)
{
  return &self->info;
}

struct heap *
gst_heap_open (GstHeap *self, GError **error)
{
  struct heap *core = g_atomic_pointer_get (&self->core);
  int result = 0;

  if (core)
    return core;

  g_mutex_lock (&self->lock);
  core = self->core;
  if (!core) {
    result = heap_open (&self->info, self->path, &core);
    if (result == 0)
      g_atomic_pointer_set (&self->core, core);
  }
  g_mutex_unlock (&self->lock);

  if (result < 0) {
    set_open_error (error, self, -result);
    return NULL;
  }
  return core;
}

/**
 * gst_heap_list:
 *
 * Looks which heaps this machine has. Opens none of them.
 *
 * Returns: (transfer full) (element-type GstHeap): all heaps, the kernel's first, then `process` and
 *   `process-contiguous`
 *
 * Since: 0.1
 */
GList *
gst_heap_list (void)
{
  struct heap_catalog catalog = { 0 };
  GList *heaps = NULL;

  if (heap_catalog_read (NULL, gst_heap_config_get (), &catalog) < 0)
    return NULL;
  for (gsize i = catalog.n_heaps; i > 0; i--)
    heaps = g_list_prepend (heaps, gst_heap_new_in_directory (&catalog.heaps[i - 1], catalog.directory, NULL));
  heap_catalog_finish (&catalog);
  return heaps;
}

/**
 * gst_heap_new_from_fd:
 * @fd: an open node of a heap, which stays the caller's
 * @error: #GST_HEAP_ERROR_INVALID when @fd is not open, #GST_HEAP_ERROR_NOT_FOUND when it is no node of a heap, or
 *     nothing tells of which
 *
 * For sandboxes, in which no node can be opened, but one may be handed over: the heap that
 * gst_heap_selection_new_for_fd() selects.
 *
 * Returns: (transfer full) (nullable): the heap, open
 *
 * Since: 0.1
 */
GstHeap *
gst_heap_new_from_fd (gint fd, GError **error)
{
  GstHeapSelection *selection;
  GstHeap *heap;

  g_return_val_if_fail (fd >= 0, NULL);

  selection = gst_heap_selection_new_for_fd (fd, 0, 0, error);
  if (!selection)
    return NULL;
  heap = gst_heap_selection_select (selection, error);
  gst_heap_selection_unref (selection);
  return heap;
}

/**
 * gst_heap_get_name:
 * @heap: a #GstHeap
 *
 * Returns: the name, which is the node's in the heap directory: any bytes but "/" and control characters
 *
 * Since: 0.1
 */
const gchar *
gst_heap_get_name (GstHeap *heap)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);

  return heap->info.name;
}

/**
 * gst_heap_get_path:
 * @heap: a #GstHeap
 *
 * Returns: (nullable): the path of the heap's node, %NULL for the heaps of the process
 *
 * Since: 0.1
 */
const gchar *
gst_heap_get_path (GstHeap *heap)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);

  return heap->path;
}

/**
 * gst_heap_get_twin_of:
 * @heap: a #GstHeap
 *
 * Linux 7 shows the default CMA region under two names. Such heaps share their memory: sizes count once, and one is no
 * fallback for the other.
 *
 * Returns: (nullable): the other name of the heap's memory, where the heap listed under that name comes first
 *
 * Since: 0.1
 */
const gchar *
gst_heap_get_twin_of (GstHeap *heap)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);

  return heap->info.twin_of[0] ? heap->info.twin_of : NULL;
}

/**
 * gst_heap_get_twin_evidence:
 * @heap: a #GstHeap
 *
 * By what @heap and the one of gst_heap_get_twin_of() are known to share their memory: "device number" for a link to
 * the same node, "device tree" where the node of @heap has the property `linux,cma-default`, "kernel documentation" for
 * names of the default CMA region. The kernel itself tells of no two heaps that they are one: heaps without such
 * evidence are taken for different ones.
 *
 * Returns: (nullable): the evidence in a few words; %NULL when @heap is no twin
 *
 * Since: 0.1
 */
const gchar *
gst_heap_get_twin_evidence (GstHeap *heap)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);

  return heap_evidence_name (heap->info.twin_evidence);
}

/**
 * gst_heap_get_capacity:
 * @heap: a #GstHeap
 * @total: (out) (optional): bytes there are in all
 * @free: (out) (optional): bytes of them that are free
 *
 * How much memory there is, by what the kernel says now: of a CMA region by `/sys/kernel/mm/cma` (CONFIG_CMA_SYSFS),
 * where there is one region alone also by `CmaTotal` and `CmaFree` of `/proc/meminfo`; of `system` and of `process` the
 * memory of the machine. What is free need not lie in one piece. A heap and its twin have the same memory, which counts
 * once.
 *
 * Returns: whether it is known; nothing is written where it is not
 *
 * Since: 0.1
 */
gboolean
gst_heap_get_capacity (GstHeap *heap, guint64 *total, guint64 *free)
{
  struct heap_capacity capacity;

  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);

  if (heap_capacity_read (&heap->info, &capacity) < 0)
    return FALSE;
  if (total)
    *total = capacity.total;
  if (free)
    *free = capacity.free;
  return TRUE;
}

/* As large as its memory is, where that is known. */
static int
find_largest (GstHeap *self, struct heap *core, gsize *ret_largest)
{
  struct heap_capacity capacity;
  gsize bound;
  int result = 0;

  if (heap_capacity_read (&self->info, &capacity) == 0)
    bound = MIN (capacity.total, G_MAXSSIZE);
  else
    result = heap_find_bound (core, &bound);
  return result == 0 ? heap_largest (core, bound, ret_largest) : result;
}

/**
 * gst_heap_find_largest:
 * @heap: a #GstHeap, which is opened where it is not open yet
 * @largest: (out): bytes
 * @error: #GST_HEAP_ERROR_PERMISSION and the like, or #GST_HEAP_ERROR_INVALID for a heap that is not known to be
 *   contiguous: of single pages there is no largest piece
 *
 * Looks how large a buffer @heap gives now. The kernel does not tell, so it is found by trial: it takes and gives back
 * memory a dozen times, which somebody else might have got, and the kernel logs what it refuses. For a person who asks.
 *
 * Returns: whether it is known
 *
 * Since: 0.1
 */
gboolean
gst_heap_find_largest (GstHeap *heap, guint64 *largest, GError **error)
{
  struct heap *core;
  gsize found;
  int result;

  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);
  g_return_val_if_fail (largest != NULL, FALSE);

  core = gst_heap_open (heap, error);
  if (!core)
    return FALSE;
  result = find_largest (heap, core, &found);
  if (result < 0) {
    g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (-result),
        "how large a piece heap \"%s\" gives cannot be found: %s", heap->info.name, g_strerror (-result));
    return FALSE;
  }
  *largest = found;
  return TRUE;
}

/**
 * gst_heap_get_answer:
 * @heap: a #GstHeap
 * @property: one property
 *
 * Returns: whether the memory of @heap has @property
 *
 * Since: 0.1
 */
GstHeapAnswer
gst_heap_get_answer (GstHeap *heap, GstHeapProperties property)
{
  enum heap_property index;

  g_return_val_if_fail (GST_IS_HEAP (heap), GST_HEAP_ANSWER_UNKNOWN);
  g_return_val_if_fail (single_property (property, &index), GST_HEAP_ANSWER_UNKNOWN);

  return (GstHeapAnswer) heap->info.facts.of[index].answer;
}

/**
 * gst_heap_get_answer_source:
 * @heap: a #GstHeap
 * @property: one property
 *
 * Returns: (nullable): in a few words, where the answer about @property is known from; %NULL when it is unknown
 *
 * Since: 0.1
 */
const gchar *
gst_heap_get_answer_source (GstHeap *heap, GstHeapProperties property)
{
  enum heap_property index;

  g_return_val_if_fail (GST_IS_HEAP (heap), NULL);
  g_return_val_if_fail (single_property (property, &index), NULL);

  if (heap->info.facts.of[index].answer == HEAP_UNKNOWN)
    return NULL;
  return heap_source_name (heap->info.facts.of[index].source);
}

/**
 * gst_heap_has:
 * @heap: a #GstHeap
 * @properties: a set of properties
 *
 * Returns: whether the memory of @heap is known to have all of @properties
 *
 * Since: 0.1
 */
gboolean
gst_heap_has (GstHeap *heap, GstHeapProperties properties)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);

  for (gint i = 0; i < HEAP_N_PROPERTIES; i++) {
    if ((properties & HEAP_PROPERTY_BIT (i)) && heap->info.facts.of[i].answer != HEAP_YES)
      return FALSE;
  }
  return TRUE;
}

/**
 * gst_heap_check_access:
 * @heap: a #GstHeap
 * @error: #GST_HEAP_ERROR_PERMISSION and the like
 *
 * Whether this process could open the heap when it was listed. Opens nothing.
 *
 * Returns: %TRUE when it could
 *
 * Since: 0.1
 */
gboolean
gst_heap_check_access (GstHeap *heap, GError **error)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);

  if (heap->info.access < 0)
    set_open_error (error, heap, -heap->info.access);
  return heap->info.access == 0;
}

/**
 * gst_heap_get_node:
 * @heap: a #GstHeap
 * @uid: (out) (optional): the user who owns the node
 * @gid: (out) (optional): its group
 * @mode: (out) (optional): its permission bits
 *
 * Returns: whether the heap has a node; nothing is written where it has none
 *
 * Since: 0.1
 */
gboolean
gst_heap_get_node (GstHeap *heap, guint *uid, guint *gid, guint *mode)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);

  if (heap->info.backend != HEAP_BACKEND_KERNEL)
    return FALSE;
  if (uid)
    *uid = heap->info.node.uid;
  if (gid)
    *gid = heap->info.node.gid;
  if (mode)
    *mode = heap->info.node.mode & 07777;
  return TRUE;
}

/**
 * gst_heap_set_max_bytes:
 * @heap: a #GstHeap
 * @max_bytes: bytes; 0 for no limit
 *
 * Limits how much memory of the heap this process holds at a time, whichever allocators have it, whichever #GstHeap
 * they were made for, and by whichever of its names: twins have one limit. It counts by the true sizes of memory, with
 * what is kept and nobody uses, and by the whole of what gst_heap_allocator_new_carved() divides. What comes from
 * others does not count.
 *
 * Within that limit the process sees a smaller heap: when it is used up, what allocators keep of the heap is freed, and
 * when that is not enough another heap stands in where one may (gst_heap_allocator_new()); else a pool waits, if a
 * buffer of it is out, and what does not wait fails with #GST_HEAP_ERROR_NO_MEMORY. A limit below what the process
 * holds takes nothing away.
 *
 * It takes the place of `max-bytes` in heaps.conf. Any thread may call this.
 *
 * Since: 0.1
 */
void
gst_heap_set_max_bytes (GstHeap *heap, guint64 max_bytes)
{
  g_return_if_fail (GST_IS_HEAP (heap));

  gst_heap_process_budget_set (&heap->info, max_bytes);
}

/**
 * gst_heap_get_max_bytes:
 * @heap: a #GstHeap
 *
 * Returns: how many bytes of the heap this process may hold at a time, as of gst_heap_set_max_bytes() or `max-bytes` in
 *     heaps.conf; 0 when there is no limit
 *
 * Since: 0.1
 */
guint64
gst_heap_get_max_bytes (GstHeap *heap)
{
  g_return_val_if_fail (GST_IS_HEAP (heap), 0);

  return gst_heap_process_budget_get (&heap->info)->max_bytes;
}
