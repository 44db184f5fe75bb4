/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What goes over the links of the tracer's books. */
#include "gstheapledger-private.h"

/* Subtleties:
 * - Memory that an element's pool gets back comes out of it again, and must not pass for memory that came in when that
 *   was a frame before. So what is known of where memory has been ends when it is written anew; and what comes out in a
 *   buffer of a pool came in in a buffer of the same pool, or did not come in. Copies of buffers are of no pool.
 * - Copies that an element says it made come before the frame they are for, and are that frame where it copies. What is
 *   over went nowhere: a sink's copy, what was merged for reading, a decoder's out of its own memory, a frame for a
 *   device that converts it.
 * - Memory has a reference of the ledger, as it is freed later than everything else. */

/* With the lock. */
static GstHeapLedgerVisit *
find_visit (GstHeapLedgerMemory *memory, const GstHeapLedgerElement *element)
{
  for (guint i = 0; i < memory->visits->len; i++) {
    GstHeapLedgerVisit *visit = &g_array_index (memory->visits, GstHeapLedgerVisit, i);

    if (visit->element == element)
      return visit;
  }
  return NULL;
}

/* With the lock. */
static gboolean
came_in (GstHeapLedgerMemory *memory, const GstHeapLedgerElement *element, gconstpointer pool)
{
  const GstHeapLedgerVisit *visit = find_visit (memory, element);

  return visit && visit->round == memory->round && (pool == NULL || pool == visit->pool);
}

/* With the lock. */
static gsize
count_written (const GstHeapLedgerElement *element, const GstHeapLedgerFrame *frame)
{
  gsize bytes = 0;

  for (guint i = 0; i < frame->n_parts; i++) {
    if (!came_in (frame->parts[i].memory, element, frame->pool))
      bytes += frame->parts[i].size;
  }
  return bytes;
}

static void
count (GstHeapLedgerCount *counter, guint64 bytes)
{
  counter->frames++;
  counter->bytes += bytes;
}

/* With the lock. A frame of one memory or several counts with the first of them, its bytes with each. */
static void
count_shares (GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame)
{
  for (guint i = 0; i < frame->n_parts; i++)
    gst_heap_ledger_add_share (
        link, frame->parts[i].memory->kind, (GstHeapLedgerCount){ i == 0, frame->parts[i].size });
}

/* With the lock. */
static void
begin_rounds (GstHeapLedgerElement *element, const GstHeapLedgerFrame *frame)
{
  for (guint i = 0; i < frame->n_parts; i++) {
    GstHeapLedgerMemory *memory = frame->parts[i].memory;

    if (came_in (memory, element, frame->pool))
      continue;
    memory->round++;
    gst_heap_ledger_set_element (&memory->writer, element);
  }
}

/* With the lock. Memory outlives the elements that it goes to. */
static void
add_visit (GstHeapLedgerMemory *memory, const GstHeapLedgerVisit *visit)
{
  for (guint i = memory->visits->len; i > 0; i--) {
    if (g_array_index (memory->visits, GstHeapLedgerVisit, i - 1).element->is_gone)
      g_array_remove_index_fast (memory->visits, i - 1);
  }
  g_array_append_val (memory->visits, *visit);
  gst_heap_ledger_element_ref (visit->element);
}

/* With the lock. */
static void
enter (GstHeapLedgerElement *element, const GstHeapLedgerFrame *frame)
{
  for (guint i = 0; i < frame->n_parts; i++) {
    GstHeapLedgerMemory *memory = frame->parts[i].memory;
    GstHeapLedgerVisit *visit = find_visit (memory, element);
    GstHeapLedgerVisit now = { element, frame->pool, memory->round };

    if (visit) {
      *visit = now;
      continue;
    }
    element->memories++;
    add_visit (memory, &now);
  }
}

/* With the lock. */
static void
settle_pending (GstHeapLedgerElement *element, gsize written, GstHeapWay way)
{
  guint64 explained = way == GST_HEAP_WAY_COPIED ? written : 0;

  if (element->pending > explained) {
    element->inside.frames += explained > 0 ? 1 : element->pending_copies;
    element->inside.bytes += element->pending - explained;
  }
  element->pending = 0;
  element->pending_copies = 0;
  if (written > 0 && element->frame_inside) {
    count (&element->inside, written);
    element->frame_inside = FALSE;
  }
}

static gsize
frame_bytes (const GstHeapLedgerFrame *frame)
{
  gsize bytes = 0;

  for (guint i = 0; i < frame->n_parts; i++)
    bytes += frame->parts[i].size;
  return bytes;
}

/* With the lock. */
static void
count_offer (GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame)
{
  if (!link->offered || frame->as_offered || frame->n_parts == 0)
    return;
  link->elsewhere++;
  gst_heap_ledger_set_element (&link->elsewhere_by, gst_heap_ledger_current_element (frame->parts[0].memory->writer));
}

/* With the lock. */
static void
push (GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame, gsize written, GstHeapWay way)
{
  gsize bytes = frame_bytes (frame);

  count (&link->count, bytes);
  count_shares (link, frame);
  count (&link->from->out, bytes);
  count (&link->from->ways[way], written);
  settle_pending (link->from, written, way);
  begin_rounds (link->from, frame);
  count_offer (link, frame);
  if (link->to) {
    count (&link->to->in, bytes);
    enter (link->to, frame);
  }
}

gsize
gst_heap_ledger_pass (GstHeapLedger *ledger, GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame)
{
  gsize written;

  g_mutex_lock (&ledger->lock);
  link = gst_heap_ledger_current_link (link);
  written = count_written (link->from, frame);
  if (written == 0)
    push (link, frame, 0, GST_HEAP_WAY_PASSED);
  g_mutex_unlock (&ledger->lock);
  return written;
}

void
gst_heap_ledger_push (
    GstHeapLedger *ledger, GstHeapLedgerLink *link, const GstHeapLedgerFrame *frame, gsize written, GstHeapWay way)
{
  g_mutex_lock (&ledger->lock);
  push (gst_heap_ledger_current_link (link), frame, written, way);
  g_mutex_unlock (&ledger->lock);
}

void
gst_heap_ledger_note_copy (GstHeapLedger *ledger, GstHeapLedgerElement *element, const gchar *why, guint64 bytes)
{
  g_mutex_lock (&ledger->lock);
  if (element) {
    element = gst_heap_ledger_current_element (element);
    element->pending += bytes;
    element->pending_copies += bytes > 0;
    gst_heap_ledger_add_reason (element, why, 1);
  } else {
    ledger->books.unattributed += bytes;
  }
  g_mutex_unlock (&ledger->lock);
}

void
gst_heap_ledger_note_frame_inside (GstHeapLedger *ledger, GstHeapLedgerElement *element, const gchar *why)
{
  g_mutex_lock (&ledger->lock);
  element = gst_heap_ledger_current_element (element);
  element->frame_inside = TRUE;
  gst_heap_ledger_add_reason (element, why, 1);
  g_mutex_unlock (&ledger->lock);
}

void
gst_heap_ledger_set_offer (GstHeapLedger *ledger, GstHeapLedgerLink *link, const gchar *offered)
{
  g_mutex_lock (&ledger->lock);
  link = gst_heap_ledger_current_link (link);
  g_free (link->offered);
  link->offered = g_strdup (offered);
  g_mutex_unlock (&ledger->lock);
}
