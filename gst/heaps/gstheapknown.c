/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The dma-bufs that a stream goes round in. */
#include "gstheapknown.h"

#include "gstheapclaims.h"
#include "gstheaperror-private.h"

#include <gst/allocators/gstfdmemory.h>
#include <gst/heaps/gstheapmemory.h>

#include "heaps/sys.h"

/* Subtleties:
 * - What is remembered has its fd open, so that no other file has its identity: what has it is that dma-buf.
 * - Whoever imports a memory remembers it by its address. So each part of a dma-buf that is sent has one memory, and
 *   the dma-buf one that these are shared from.
 * - It keeps the sender's memory in use as long as it is remembered. */
typedef struct {
  struct sys_identity identity;
  gsize offset, size;
  guint64 last_frame;
  GstMemory *memory; /* owned */
} Entry;

struct _GstHeapKnown {
  guint64 frame; /* number of the one that has begun */
  guint n;
  Entry entries[GST_HEAP_KNOWN_MOST]; /* the first n */
};

GstHeapKnown *
gst_heap_known_new (void)
{
  return g_new0 (GstHeapKnown, 1);
}

void
gst_heap_known_free (GstHeapKnown *known)
{
  if (known)
    gst_heap_known_clear (known);
  g_free (known);
}

static void
drop (GstHeapKnown *known, guint i)
{
  gst_memory_unref (known->entries[i].memory);
  known->entries[i] = known->entries[--known->n];
}

static Entry *
find (GstHeapKnown *known, const struct sys_identity *identity, gsize offset, gsize size)
{
  for (guint i = 0; i < known->n; i++) {
    Entry *entry = &known->entries[i];

    if (entry->identity.inode == identity->inode && entry->identity.device == identity->device &&
        entry->offset == offset && entry->size == size)
      return entry;
  }
  return NULL;
}

static void
drop_oldest (GstHeapKnown *known)
{
  guint oldest = 0;

  for (guint i = 1; i < known->n; i++) {
    if (known->entries[i].last_frame < known->entries[oldest].last_frame)
      oldest = i;
  }
  drop (known, oldest);
}

static GstMemory *
make_memory (gint fd, gsize offset, gsize size, GError **error)
{
  GstMemory *whole = gst_heap_memory_wrap_fd (fd, error);
  GstMemory *part = NULL;

  if (!whole)
    return NULL;
  if (gst_heap_claims_check_range (offset, size, whole->maxsize, error))
    part = gst_memory_share (whole, offset, size);
  gst_memory_unref (whole);
  if (part)
    GST_MINI_OBJECT_FLAG_SET (part, GST_MEMORY_FLAG_READONLY);
  return part;
}

GstMemory *
gst_heap_known_get (GstHeapKnown *known, GstMemory *memory, gboolean *ret_is_new, GError **error)
{
  gint fd = gst_fd_memory_get_fd (memory);
  Entry entry = { .offset = memory->offset, .size = memory->size };
  int result = sys_fd_identity (fd, &entry.identity);
  Entry *found;

  if (result < 0) {
    g_set_error (error, GST_HEAP_ERROR, gst_heap_error_code_from_errno (-result),
        "file descriptor %d, which was received, cannot be looked at: %s", fd, g_strerror (-result));
    return NULL;
  }
  found = find (known, &entry.identity, entry.offset, entry.size);
  *ret_is_new = !found;
  if (!found) {
    entry.memory = make_memory (fd, entry.offset, entry.size, error);
    if (!entry.memory)
      return NULL;
    if (known->n == GST_HEAP_KNOWN_MOST)
      drop_oldest (known);
    found = &known->entries[known->n++];
    *found = entry;
  }
  found->last_frame = known->frame;
  return gst_memory_ref (found->memory);
}

void
gst_heap_known_begin_frame (GstHeapKnown *known)
{
  known->frame++;
  for (guint i = known->n; i > 0; i--) {
    if (known->frame - known->entries[i - 1].last_frame > GST_HEAP_KNOWN_MOST_FRAMES)
      drop (known, i - 1);
  }
}

void
gst_heap_known_clear (GstHeapKnown *known)
{
  while (known->n > 0)
    drop (known, known->n - 1);
}

guint
gst_heap_known_count (GstHeapKnown *known)
{
  return known->n;
}
