/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The cache below the pools. */
#include "gstheapcache.h"

#include <gst/heaps/gstheapmemory.h>

#include "gstheapdebug.h"

#include "heaps/pressure.h"

#define GST_CAT_DEFAULT gst_heap_debug

#define PRESSURE_INTERVAL (G_USEC_PER_SEC / 2)

/* Subtleties:
 * - What is in the cache holds no reference of its allocator, or that would never go. What leaves it takes one under
 *   the lock: the allocator empties the cache, under the lock too, before it goes.
 * - Memory is freed without the lock, as that may be the end of the allocator.
 * - The timer runs only while there is something to grow old, and holds a reference of the cache. It goes on when the
 *   cache is trimmed: an allocation waits for that, and not for what it takes to stop watching. */
typedef struct {
  GstClockID timer; /* NULL: does not run */
  struct pressure_watch pressure;
} Attention;

struct _GstHeapCache {
  gatomicrefcount ref_count;
  GstClock *clock; /* the system's */
  void (*free_memory) (GstMemory *memory);

  GMutex lock;    /* protects what follows */
  GQueue entries; /* of GstHeapCacheEntry, the oldest first */
  guint64 bytes, max_bytes;
  guint64 max_age; /* microseconds */
  guint64 bytes_given_up;
  Attention attention;
};

/* With the lock. To be stopped without it. */
static Attention
steal_attention (GstHeapCache *self)
{
  Attention attention = self->attention;

  self->attention = (Attention){ 0 };
  return attention;
}

/* Without the lock. Takes one that does not run. */
static void
stop (Attention *attention)
{
  if (!attention->timer)
    return;
  gst_clock_id_unschedule (attention->timer);
  gst_clock_id_unref (attention->timer);
  pressure_watch_end (&attention->pressure);
}

/* With the lock. */
static void
remove_entry (GstHeapCache *self, GstHeapCacheEntry *entry)
{
  gst_object_ref (entry->memory->allocator);
  g_queue_unlink (&self->entries, &entry->link);
  self->bytes -= entry->key.size;
}

/* With the lock. The oldest one. */
static void
move_to (GstHeapCache *self, GQueue *ret_removed)
{
  GstHeapCacheEntry *oldest = g_queue_peek_head (&self->entries);

  remove_entry (self, oldest);
  g_queue_push_tail_link (ret_removed, &oldest->link);
}

/* With the lock. Moves the oldest entries to ret_removed, while they are more than max_bytes. */
static void
remove_beyond (GstHeapCache *self, guint64 max_bytes, GQueue *ret_removed)
{
  while (self->bytes > max_bytes)
    move_to (self, ret_removed);
}

/* With the lock. The same while they are older than max_age. */
static void
remove_old (GstHeapCache *self, GQueue *ret_removed)
{
  guint64 now = g_get_monotonic_time ();
  GstHeapCacheEntry *oldest;

  while ((oldest = g_queue_peek_head (&self->entries)) && now - oldest->put_at >= self->max_age)
    move_to (self, ret_removed);
}

/* Without the lock. */
static void
free_removed (GstHeapCache *self, GQueue *removed)
{
  GList *link;

  while ((link = g_queue_pop_head_link (removed)))
    self->free_memory (((GstHeapCacheEntry *) link->data)->memory);
}

/* Without the lock. Of memory that goes as the machine is short of memory. */
static void
log_given_up (GQueue *removed, guint64 bytes)
{
  GstMemory *memory = removed->head ? ((GstHeapCacheEntry *) removed->head->data)->memory : NULL;

  if (memory)
    GST_INFO_OBJECT (memory->allocator,
        "the machine is short of memory: %" G_GUINT64_FORMAT " bytes of heap \"%s\" are freed that nobody used", bytes,
        gst_heap_get_name (gst_heap_memory_get_heap (memory)));
}

/* In a thread for it: freeing a memory ends what importers made of it, which may take its time. */
static void
sweep (gpointer data, gpointer user_data)
{
  GstHeapCache *self = data;
  GQueue removed = G_QUEUE_INIT;
  Attention finished = { 0 };
  guint64 given_up = 0;

  g_mutex_lock (&self->lock);
  if (pressure_watch_check (&self->attention.pressure)) {
    given_up = self->bytes;
    self->bytes_given_up += given_up;
  }
  remove_beyond (self, given_up > 0 ? 0 : self->max_bytes, &removed);
  remove_old (self, &removed);
  if (g_queue_is_empty (&self->entries))
    finished = steal_attention (self);
  g_mutex_unlock (&self->lock);
  if (given_up > 0)
    log_given_up (&removed, given_up);
  stop (&finished);
  free_removed (self, &removed);
  gst_heap_cache_unref (self);
}

static gpointer
create_sweeper (gpointer data)
{
  return g_thread_pool_new (sweep, NULL, 1, FALSE, NULL);
}

/* In the thread of the system's clock, in which everybody's timers wait. */
static gboolean
on_timer (GstClock *clock, GstClockTime time, GstClockID id, gpointer data)
{
  static GOnce sweeper = G_ONCE_INIT;
  GstHeapCache *self = data;

  g_atomic_ref_count_inc (&self->ref_count);
  g_thread_pool_push (g_once (&sweeper, create_sweeper, NULL), self, NULL);
  return TRUE;
}

/* With the lock. Looks every now and then: what is kept may get half as old again as it should. Where the kernel tells
 * of pressure, that is asked for at the same time, and so often that somebody is helped by it. */
static void
start (GstHeapCache *self)
{
  Attention *attention = &self->attention;
  gboolean has_pressure;
  GstClockTime interval;

  if (attention->timer)
    return;
  has_pressure = pressure_watch_begin (&attention->pressure) == 0;
  interval = CLAMP (self->max_age / 2, 1000, has_pressure ? PRESSURE_INTERVAL : G_MAXINT64 / GST_SECOND) * GST_USECOND;
  attention->timer = gst_clock_new_periodic_id (self->clock, gst_clock_get_time (self->clock) + interval, interval);
  g_atomic_ref_count_inc (&self->ref_count);
  gst_clock_id_wait_async (attention->timer, on_timer, self, (GDestroyNotify) gst_heap_cache_unref);
}

GstHeapCache *
gst_heap_cache_new (void (*free_memory) (GstMemory *memory))
{
  GstHeapCache *self = g_new0 (GstHeapCache, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  g_queue_init (&self->entries);
  self->clock = gst_system_clock_obtain ();
  self->free_memory = free_memory;
  return self;
}

void
gst_heap_cache_unref (GstHeapCache *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_assert (g_queue_is_empty (&self->entries));
  gst_object_unref (self->clock);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_heap_cache_set_limits (GstHeapCache *self, guint64 max_bytes, guint64 max_age)
{
  GQueue removed = G_QUEUE_INIT;
  Attention outdated;

  g_mutex_lock (&self->lock);
  self->max_bytes = max_bytes;
  self->max_age = max_age;
  remove_beyond (self, max_bytes, &removed);
  remove_old (self, &removed);
  outdated = steal_attention (self);
  if (!g_queue_is_empty (&self->entries))
    start (self);
  g_mutex_unlock (&self->lock);
  stop (&outdated);
  free_removed (self, &removed);
}

guint64
gst_heap_cache_get_max_bytes (GstHeapCache *self)
{
  guint64 max_bytes;

  g_mutex_lock (&self->lock);
  max_bytes = self->max_bytes;
  g_mutex_unlock (&self->lock);
  return max_bytes;
}

guint64
gst_heap_cache_get_max_age (GstHeapCache *self)
{
  guint64 max_age;

  g_mutex_lock (&self->lock);
  max_age = self->max_age;
  g_mutex_unlock (&self->lock);
  return max_age;
}

gboolean
gst_heap_cache_put (GstHeapCache *self, GstHeapCacheEntry *entry)
{
  GQueue removed = G_QUEUE_INIT;

  g_mutex_lock (&self->lock);
  if (entry->key.size > self->max_bytes || self->max_age == 0) {
    g_mutex_unlock (&self->lock);
    return FALSE;
  }
  remove_beyond (self, self->max_bytes - entry->key.size, &removed); /* what is old goes by the timer */
  entry->put_at = g_get_monotonic_time ();
  entry->link = (GList){ .data = entry };
  g_queue_push_tail_link (&self->entries, &entry->link);
  self->bytes += entry->key.size;
  start (self);
  g_mutex_unlock (&self->lock);
  free_removed (self, &removed);
  return TRUE;
}

/* With the lock. From the youngest on, whose content may still be in the processor's cache. */
static GstHeapCacheEntry *
find_entry (GstHeapCache *self, const GstHeapCacheKey *key)
{
  GstHeapCacheEntry *other = NULL;

  for (GList *link = self->entries.tail; link; link = link->prev) {
    GstHeapCacheEntry *entry = link->data;

    if (entry->key.size != key->size)
      continue;
    if (key->layout && entry->key.layout == key->layout)
      return entry;
    if (!other)
      other = entry;
  }
  return other;
}

/* Back to where the old ones are: there they are looked at last. */
static void
put_back (GstHeapCache *self, GQueue *refused)
{
  GstHeapCacheEntry *entry;

  g_mutex_lock (&self->lock);
  for (GList *link; (link = g_queue_pop_tail_link (refused));) {
    entry = link->data;
    g_queue_push_head_link (&self->entries, link);
    self->bytes += entry->key.size;
    gst_object_unref (entry->memory->allocator); /* not the last: who asks has one */
  }
  start (self); /* which may have found nothing to look after meanwhile */
  g_mutex_unlock (&self->lock);
}

GstMemory *
gst_heap_cache_take (GstHeapCache *self, const GstHeapCacheKey *key, GstHeapCacheCheck is_usable)
{
  GQueue refused = G_QUEUE_INIT;
  GstHeapCacheEntry *entry;

  for (;;) {
    g_mutex_lock (&self->lock);
    entry = find_entry (self, key);
    if (entry)
      remove_entry (self, entry);
    g_mutex_unlock (&self->lock);
    if (!entry || is_usable (entry->memory, key->layout && entry->key.layout == key->layout))
      break;
    g_queue_push_tail_link (&refused, &entry->link);
  }
  if (!g_queue_is_empty (&refused))
    put_back (self, &refused);
  return entry ? entry->memory : NULL;
}

guint64
gst_heap_cache_trim (GstHeapCache *self)
{
  GQueue removed = G_QUEUE_INIT;
  guint64 bytes;

  g_mutex_lock (&self->lock);
  bytes = self->bytes;
  remove_beyond (self, 0, &removed);
  g_mutex_unlock (&self->lock);
  free_removed (self, &removed);
  return bytes;
}

void
gst_heap_cache_close (GstHeapCache *self)
{
  Attention attention;

  gst_heap_cache_trim (self);
  g_mutex_lock (&self->lock);
  attention = steal_attention (self);
  g_mutex_unlock (&self->lock);
  stop (&attention);
}

guint64
gst_heap_cache_get_bytes (GstHeapCache *self)
{
  guint64 bytes;

  g_mutex_lock (&self->lock);
  bytes = self->bytes;
  g_mutex_unlock (&self->lock);
  return bytes;
}

guint64
gst_heap_cache_get_bytes_given_up (GstHeapCache *self)
{
  guint64 bytes;

  g_mutex_lock (&self->lock);
  bytes = self->bytes_given_up;
  g_mutex_unlock (&self->lock);
  return bytes;
}
