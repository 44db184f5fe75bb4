/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Other heaps, whose memory satisfies the same selection, for when that of an allocator has none left. */
#include "gstheapfallback.h"

#include "gstheap-private.h"
#include "gstheapdebug.h"
#include "gstheapfailure.h"

#define GST_CAT_DEFAULT gst_heap_debug

/* Another heap that has been needed. */
typedef struct {
  GstAllocator *allocator; /* owned */
  gint announced;          /* atomic: that it gave memory has been said */
} Other;

/* Subtleties:
 * - A heap that has just had no room is passed over for a while, and asked once all others have failed: an allocation
 *   asks each heap once at the most.
 * - An Other stays for as long as this does, so that it is used without the lock. */
struct _GstHeapFallback {
  GstHeapMemoryShared *own;

  GMutex lock;           /* protects what follows; held while a heap is opened */
  GstHeapChoice *choice; /* owned */
  GPtrArray *others;     /* owned; of Other, in the order in which they are asked */
};

static guint fell_back_signal;

static void
free_other (gpointer data)
{
  Other *other = data;

  gst_object_unref (other->allocator);
  g_free (other);
}

static GstHeapMemoryShared *
shared_of (Other *other)
{
  return gst_heap_allocator_get_shared (other->allocator);
}

static void
copy_settings (GstHeapMemoryShared *from, GstHeapMemoryShared *to)
{
  gchar *label = gst_heap_label_get_text (&from->label);

  gst_heap_cache_set_limits (
      to->cache, gst_heap_cache_get_max_bytes (from->cache), gst_heap_cache_get_max_age (from->cache));
  gst_heap_label_set_text (&to->label, label);
  to->min_size = from->min_size;
  g_free (label);
}

/* Who listens to own is told of all memory. */
static void
forward_map_refused (GstAllocator *allocator, GstMapFlags flags, GstAllocator *own)
{
  gst_heap_allocator_note_map_refused (own, flags);
}

/* With the lock. */
static void
add_next (GstHeapFallback *self)
{
  GstHeap *heap = gst_heap_choice_open_fallback (self->choice);
  Other *other;

  if (!heap)
    return;
  other = g_new0 (Other, 1);
  other->allocator = gst_heap_allocator_create (heap, heap_ref (gst_heap_open (heap, NULL)), 0, self->own->budget);
  copy_settings (self->own, shared_of (other));
  g_signal_connect_object (other->allocator, "map-refused", G_CALLBACK (forward_map_refused), self->own->allocator, 0);
  g_ptr_array_add (self->others, other);
  g_object_unref (heap);
}

/* NULL: there is none. */
static Other *
get_other (GstHeapFallback *self, guint index, gboolean may_open)
{
  Other *other;

  g_mutex_lock (&self->lock);
  if (may_open && index == self->others->len)
    add_next (self);
  other = index < self->others->len ? g_ptr_array_index (self->others, index) : NULL;
  g_mutex_unlock (&self->lock);
  return other;
}

/* Why own had no room, nor those that are asked before other. */
static GError *
make_reason (GstHeapFallback *self, Other *other, gsize total, gboolean with_figures)
{
  GError *error = NULL;
  Other *before;

  gst_heap_failure_set (&error, self->own, total, self->own->shortage.error);
  if (with_figures)
    gst_heap_failure_add_figures (error, self->own, total);
  for (guint i = 0; (before = get_other (self, i, FALSE)) && before != other; i++)
    gst_heap_failure_add_other (error, shared_of (before), total, with_figures);
  return error;
}

/* Says once of each heap that it gives memory in the place of own. */
static void
announce (GstHeapFallback *self, Other *other, gsize total)
{
  GstAllocator *allocator = self->own->allocator;
  GstHeap *heap = shared_of (other)->heap;
  GError *reason;

  if (!g_atomic_int_compare_and_exchange (&other->announced, FALSE, TRUE))
    return;
  reason = make_reason (self, other, total, g_signal_has_handler_pending (allocator, fell_back_signal, 0, FALSE));
  GST_WARNING_OBJECT (
      allocator, "%s; memory of heap \"%s\" is given in its place", reason->message, gst_heap_get_name (heap));
  g_signal_emit (allocator, fell_back_signal, 0, heap, (guint64) total, reason);
  g_error_free (reason);
}

static GstMemory *
alloc_of_other (GstHeapFallback *self, Other *other, const GstHeapDemand *demand, gsize total)
{
  GstHeapDemand plain = *demand;
  GstMemory *memory;

  plain.reclaim = NULL;
  memory = gst_heap_allocator_try_alloc (GST_HEAP_ALLOCATOR (other->allocator), &plain, NULL);
  if (memory) {
    self->own->fallbacks++;
    announce (self, other, total);
  }
  return memory;
}

/* Those that are full for all anybody knows come last. */
static GstMemory *
alloc_of_others (GstHeapFallback *self, const GstHeapDemand *demand, gsize total)
{
  GstMemory *memory = NULL;
  GSList *full = NULL;
  Other *other;

  for (guint i = 0; !memory && (other = get_other (self, i, TRUE)); i++) {
    if (gst_heap_shortage_lasts (&shared_of (other)->shortage, total))
      full = g_slist_append (full, other);
    else
      memory = alloc_of_other (self, other, demand, total);
  }
  for (GSList *item = full; item && !memory; item = item->next)
    memory = alloc_of_other (self, item->data, demand, total);
  g_slist_free (full);
  return memory;
}

/* Whether own had no room a moment ago, and nothing has changed that since. */
static gboolean
is_still_short (GstHeapFallback *self, const GstHeapDemand *demand, gsize total)
{
  GstHeapShortage *shortage = &self->own->shortage;

  if (!gst_heap_shortage_lasts (shortage, total))
    return FALSE;
  return !demand->reclaim || !demand->reclaim () || gst_heap_shortage_lasts (shortage, total);
}

GstHeapFallback *
gst_heap_fallback_new (GstHeapMemoryShared *own, GstHeapChoice *choice)
{
  GstHeapFallback *self;

  if (!gst_heap_choice_has_fallback (choice)) {
    gst_heap_choice_unref (choice);
    return NULL;
  }
  self = g_new0 (GstHeapFallback, 1);
  self->own = own;
  g_mutex_init (&self->lock);
  self->choice = choice;
  self->others = g_ptr_array_new_with_free_func (free_other);
  return self;
}

void
gst_heap_fallback_free (GstHeapFallback *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->others);
  gst_heap_choice_unref (self->choice);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GstMemory *
gst_heap_fallback_alloc (GstHeapFallback *self, const GstHeapDemand *demand, gsize total, GError **error)
{
  gboolean was_short = is_still_short (self, demand, total), is_short = was_short;
  GError *failure = NULL;
  GstMemory *memory = NULL;

  if (!was_short)
    memory = gst_heap_allocator_alloc_own (self->own, demand, total, &is_short, &failure);
  if (!memory && is_short)
    memory = alloc_of_others (self, demand, total);
  if (!memory && was_short)
    memory = gst_heap_allocator_alloc_own (self->own, demand, total, &is_short, &failure);

  if (memory)
    g_clear_error (&failure);
  else
    g_propagate_error (error, failure);
  return memory;
}

void
gst_heap_fallback_explain (GstHeapFallback *self, gsize total, gboolean with_figures, GError *error)
{
  Other *other;

  if (!self || !gst_heap_shortage_lasts (&self->own->shortage, total))
    return;
  for (guint i = 0; (other = get_other (self, i, FALSE)); i++)
    gst_heap_failure_add_other (error, shared_of (other), total, with_figures);
}

gboolean
gst_heap_fallback_is_accepted (GstHeapFallback *self, GstHeapSelection *selection)
{
  gboolean is = TRUE;

  if (!self)
    return TRUE;
  g_mutex_lock (&self->lock);
  for (guint i = 0; is && i < self->others->len; i++)
    is = gst_heap_selection_accepts (selection, shared_of (self->others->pdata[i])->heap);
  is = is && gst_heap_choice_fallbacks_are_accepted (self->choice, selection);
  g_mutex_unlock (&self->lock);
  return is;
}

void
gst_heap_fallback_copy_settings (GstHeapFallback *self)
{
  Other *other;

  for (guint i = 0; self && (other = get_other (self, i, FALSE)); i++)
    copy_settings (self->own, shared_of (other));
}

guint64
gst_heap_fallback_trim (GstHeapFallback *self)
{
  guint64 freed = 0;
  Other *other;

  for (guint i = 0; self && (other = get_other (self, i, FALSE)); i++)
    freed += gst_heap_cache_trim (shared_of (other)->cache);
  return freed;
}

void
gst_heap_fallback_add_stats (GstHeapFallback *self, GstStructure *stats)
{
  GstStructure *nested = NULL, *next;
  Other *other;
  guint n = 0;

  while (self && get_other (self, n, FALSE))
    n++;
  while (n > 0) {
    other = get_other (self, --n, FALSE);
    next = nested;
    nested = gst_heap_allocator_get_stats (GST_HEAP_ALLOCATOR (other->allocator));
    if (next)
      gst_structure_set (nested, "fallback", GST_TYPE_STRUCTURE, next, NULL);
    g_clear_pointer (&next, gst_structure_free);
  }
  if (nested)
    gst_structure_set (stats, "fallback", GST_TYPE_STRUCTURE, nested, NULL);
  g_clear_pointer (&nested, gst_structure_free);
}

void
gst_heap_fallback_create_signal (GType type)
{
  /**
   * GstHeapAllocator::fell-back:
   * @allocator: the allocator
   * @heap: the heap that gives memory in the place of the allocator's own
   * @size: the bytes that were wanted
   * @reason: why the allocator's own heap, and those between it and @heap, do not give them, with figures
   *
   * The allocator's heap has no room, and memory of another heap is given that satisfies the same selection: see
   * gst_heap_allocator_new(). Said once of each such heap, in the thread that allocates.
   *
   * Since: 0.1
   */
  fell_back_signal = g_signal_new ("fell-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
      GST_TYPE_HEAP, G_TYPE_UINT64, G_TYPE_ERROR);
}
