/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapUsage: how much of which heap is in use, and by whom. */
#include "gstheapusage-private.h"

#include "gstheapcensus.h"

/**
 * SECTION:gstheapusage
 * @title: GstHeapUsage
 * @short_description: which process holds how much of which heap
 *
 * What the kernel shows of all dma-bufs at one time: those that processes hold by an fd or a mapping, as far as this
 * process may look at others, and where it may read debugfs, those too that only devices hold. Heaps are named as the
 * exporters of their dma-bufs: by the heap's name for a heap of the kernel, and "udmabuf" for memory of processes.
 */

#define PROC "/proc"
#define BUFINFO "/sys/kernel/debug/dma_buf/bufinfo"

typedef struct {
  gint pid;
  const gchar *command; /* of the census */
  guint64 bytes, shared_bytes;
  guint n_buffers;
} Holder;

typedef struct {
  const gchar *name; /* of the census */
  guint64 bytes, unheld_bytes;
  guint n_buffers, n_unheld;
  GPtrArray *holders; /* of Holder, who holds most first */
} Heap;

/* Nothing of it changes. */
struct _GstHeapUsage {
  gatomicrefcount ref_count;
  GstHeapCensus census;
  GPtrArray *heaps; /* of Heap, the fullest first */
};

G_DEFINE_BOXED_TYPE (GstHeapUsage, gst_heap_usage, gst_heap_usage_ref, gst_heap_usage_unref)

static void
heap_free (gpointer data)
{
  Heap *heap = data;

  g_ptr_array_unref (heap->holders);
  g_free (heap);
}

static Heap *
get_heap (GPtrArray *heaps, const gchar *name)
{
  Heap *heap;

  for (guint i = 0; i < heaps->len; i++) {
    heap = heaps->pdata[i];
    if (g_str_equal (heap->name, name))
      return heap;
  }
  heap = g_new0 (Heap, 1);
  heap->name = name;
  heap->holders = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (heaps, heap);
  return heap;
}

static Holder *
get_holder (Heap *heap, gint pid, GHashTable *commands)
{
  Holder *holder;

  for (guint i = 0; i < heap->holders->len; i++) {
    holder = heap->holders->pdata[i];
    if (holder->pid == pid)
      return holder;
  }
  holder = g_new0 (Holder, 1);
  holder->pid = pid;
  holder->command = g_hash_table_lookup (commands, GINT_TO_POINTER (pid));
  g_ptr_array_add (heap->holders, holder);
  return holder;
}

static void
add_buffer (GstHeapUsage *usage, const GstHeapCensusBuffer *buffer)
{
  Heap *heap = get_heap (usage->heaps, buffer->exporter);

  heap->bytes += buffer->size;
  heap->n_buffers++;
  if (buffer->pids->len == 0) {
    heap->unheld_bytes += buffer->size;
    heap->n_unheld++;
  }
  for (guint i = 0; i < buffer->pids->len; i++) {
    Holder *holder = get_holder (heap, GPOINTER_TO_INT (buffer->pids->pdata[i]), usage->census.commands);

    holder->bytes += buffer->size;
    holder->n_buffers++;
    if (buffer->pids->len > 1)
      holder->shared_bytes += buffer->size;
  }
}

static gint
compare_holders (gconstpointer a, gconstpointer b)
{
  const Holder *first = *(Holder *const *) a, *second = *(Holder *const *) b;

  if (first->bytes != second->bytes)
    return first->bytes > second->bytes ? -1 : 1;
  return first->pid - second->pid;
}

static gint
compare_heaps (gconstpointer a, gconstpointer b)
{
  const Heap *first = *(Heap *const *) a, *second = *(Heap *const *) b;

  if (first->bytes != second->bytes)
    return first->bytes > second->bytes ? -1 : 1;
  return g_strcmp0 (first->name, second->name);
}

GstHeapUsage *
gst_heap_usage_new_from_files (const gchar *proc, const gchar *bufinfo, GError **error)
{
  GstHeapCensusBuffer *buffer;
  GstHeapCensus census;
  GstHeapUsage *usage;
  GHashTableIter iter;

  if (!gst_heap_census_take (&census, proc, bufinfo, error))
    return NULL;
  usage = g_new0 (GstHeapUsage, 1);
  g_atomic_ref_count_init (&usage->ref_count);
  usage->census = census;
  usage->heaps = g_ptr_array_new_with_free_func (heap_free);
  g_hash_table_iter_init (&iter, census.buffers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &buffer))
    add_buffer (usage, buffer);
  g_ptr_array_sort (usage->heaps, compare_heaps);
  for (guint i = 0; i < usage->heaps->len; i++)
    g_ptr_array_sort (((Heap *) usage->heaps->pdata[i])->holders, compare_holders);
  return usage;
}

/**
 * gst_heap_usage_new:
 * @error: #GST_HEAP_ERROR_NOT_FOUND where there is no `/proc`
 *
 * Looks at every process. What changes meanwhile is seen or not.
 *
 * Returns: (transfer full) (nullable): what is in use now
 *
 * Since: 0.1
 */
GstHeapUsage *
gst_heap_usage_new (GError **error)
{
  return gst_heap_usage_new_from_files (PROC, BUFINFO, error);
}

/**
 * gst_heap_usage_ref:
 * @usage: a #GstHeapUsage
 *
 * Returns: (transfer full): @usage
 *
 * Since: 0.1
 */
GstHeapUsage *
gst_heap_usage_ref (GstHeapUsage *usage)
{
  g_return_val_if_fail (usage != NULL, NULL);

  g_atomic_ref_count_inc (&usage->ref_count);
  return usage;
}

/**
 * gst_heap_usage_unref:
 * @usage: (transfer full): a #GstHeapUsage
 *
 * Since: 0.1
 */
void
gst_heap_usage_unref (GstHeapUsage *usage)
{
  g_return_if_fail (usage != NULL);

  if (!g_atomic_ref_count_dec (&usage->ref_count))
    return;
  g_ptr_array_unref (usage->heaps);
  gst_heap_census_clear (&usage->census);
  g_free (usage);
}

/**
 * gst_heap_usage_get_n_heaps:
 * @usage: a #GstHeapUsage
 *
 * Returns: of how many heaps and other exporters there are dma-bufs, the one with most bytes first
 *
 * Since: 0.1
 */
guint
gst_heap_usage_get_n_heaps (GstHeapUsage *usage)
{
  g_return_val_if_fail (usage != NULL, 0);

  return usage->heaps->len;
}

static const Heap *
nth_heap (GstHeapUsage *usage, guint heap)
{
  return heap < usage->heaps->len ? usage->heaps->pdata[heap] : NULL;
}

static const Holder *
nth_holder (GstHeapUsage *usage, guint heap, guint holder)
{
  const Heap *of = nth_heap (usage, heap);

  return of && holder < of->holders->len ? of->holders->pdata[holder] : NULL;
}

/**
 * gst_heap_usage_get_heap_name:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 *
 * Returns: (transfer none): its name, as the exporter of its dma-bufs; "?" for those of which only a mapping tells
 *
 * Since: 0.1
 */
const gchar *
gst_heap_usage_get_heap_name (GstHeapUsage *usage, guint heap)
{
  g_return_val_if_fail (usage != NULL && nth_heap (usage, heap), NULL);

  return nth_heap (usage, heap)->name;
}

/**
 * gst_heap_usage_get_heap_bytes:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 * @n_buffers: (out) (optional): how many dma-bufs there are of it
 *
 * Returns: the true sizes of the dma-bufs of the heap, each once
 *
 * Since: 0.1
 */
guint64
gst_heap_usage_get_heap_bytes (GstHeapUsage *usage, guint heap, guint *n_buffers)
{
  g_return_val_if_fail (usage != NULL && nth_heap (usage, heap), 0);

  if (n_buffers)
    *n_buffers = nth_heap (usage, heap)->n_buffers;
  return nth_heap (usage, heap)->bytes;
}

/**
 * gst_heap_usage_get_unheld_bytes:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 * @bytes: (out) (optional): the true sizes of the dma-bufs that no process was seen to hold: those that only devices
 *     have, or that belong to processes this one may not look at
 * @n_buffers: (out) (optional): how many these are
 *
 * Returns: whether that is known: whether this process may read debugfs' list of all dma-bufs
 *
 * Since: 0.1
 */
gboolean
gst_heap_usage_get_unheld_bytes (GstHeapUsage *usage, guint heap, guint64 *bytes, guint *n_buffers)
{
  g_return_val_if_fail (usage != NULL && nth_heap (usage, heap), FALSE);

  if (bytes)
    *bytes = nth_heap (usage, heap)->unheld_bytes;
  if (n_buffers)
    *n_buffers = nth_heap (usage, heap)->n_unheld;
  return usage->census.is_complete;
}

/**
 * gst_heap_usage_get_n_holders:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 *
 * Returns: how many processes hold memory of it, the one with most bytes first
 *
 * Since: 0.1
 */
guint
gst_heap_usage_get_n_holders (GstHeapUsage *usage, guint heap)
{
  g_return_val_if_fail (usage != NULL && nth_heap (usage, heap), 0);

  return nth_heap (usage, heap)->holders->len;
}

/**
 * gst_heap_usage_get_holder_pid:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 * @holder: which process
 *
 * Returns: the number of the process
 *
 * Since: 0.1
 */
gint
gst_heap_usage_get_holder_pid (GstHeapUsage *usage, guint heap, guint holder)
{
  g_return_val_if_fail (usage != NULL && nth_holder (usage, heap, holder), 0);

  return nth_holder (usage, heap, holder)->pid;
}

/**
 * gst_heap_usage_get_holder_command:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 * @holder: which process
 *
 * Returns: (transfer none): the name of the process, as it has given itself: any bytes
 *
 * Since: 0.1
 */
const gchar *
gst_heap_usage_get_holder_command (GstHeapUsage *usage, guint heap, guint holder)
{
  g_return_val_if_fail (usage != NULL && nth_holder (usage, heap, holder), NULL);

  return nth_holder (usage, heap, holder)->command;
}

/**
 * gst_heap_usage_get_holder_bytes:
 * @usage: a #GstHeapUsage
 * @heap: which heap
 * @holder: which process
 * @n_buffers: (out) (optional): how many dma-bufs of the heap the process holds
 * @shared_bytes: (out) (optional): the sizes of those of them that another process holds, too
 *
 * Returns: the true sizes of the dma-bufs of the heap that the process holds, each once, however many fds and mappings
 *     it has of it
 *
 * Since: 0.1
 */
guint64
gst_heap_usage_get_holder_bytes (GstHeapUsage *usage, guint heap, guint holder, guint *n_buffers, guint64 *shared_bytes)
{
  const Holder *of;

  g_return_val_if_fail (usage != NULL && nth_holder (usage, heap, holder), 0);

  of = nth_holder (usage, heap, holder);
  if (n_buffers)
    *n_buffers = of->n_buffers;
  if (shared_bytes)
    *shared_bytes = of->shared_bytes;
  return of->bytes;
}

/**
 * gst_heap_usage_get_n_unseen:
 * @usage: a #GstHeapUsage
 *
 * Returns: how many processes this one may not look at
 *
 * Since: 0.1
 */
guint
gst_heap_usage_get_n_unseen (GstHeapUsage *usage)
{
  g_return_val_if_fail (usage != NULL, 0);

  return usage->census.n_unseen;
}
