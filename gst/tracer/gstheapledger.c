/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The tracer's books: what memory went over which link, and which element wrote it anew. */
#include "gstheapledger.h"

#include <string.h>

/* Subtleties:
 * - Memory that an element's pool gets back comes out of it again, and must not pass for memory that came in when that
 *   was a frame before. So what is known of where memory has been ends when it is written anew; and what comes out in a
 *   buffer of a pool came in in a buffer of the same pool, or did not come in. Copies of buffers are of no pool.
 * - Copies that an element says it made come before the frame they are for, and are that frame where it copies. What is
 *   over went nowhere: a sink's copy, what was merged for reading, a decoder's out of its own memory, a frame for a
 *   device that converts it.
 * - Memory has a reference of the ledger, as it is freed later than everything else. */
struct _GstHeapLedger {
  gint references;
  GMutex lock; /* protects what follows, and all that is the ledger's */
  GstHeapLedgerBooks books;
  GHashTable *dmabufs; /* of GstHeapLedgerMemory, by inode */
};

/* An element that memory came into. */
typedef struct {
  GstHeapLedgerElement *element;
  gconstpointer pool; /* of the buffer it came in */
  guint round;
} Visit;

struct _GstHeapLedgerMemory {
  GstHeapLedger *ledger;
  guint references;
  GstHeapLedgerKind *kind;
  guint64 inode;
  guint64 bytes;
  guint round;                  /* how often it was written anew */
  GstHeapLedgerElement *writer; /* by whom */
  GArray *visits;               /* of Visit, one for each element; those of other rounds are over */
};

static void
element_free (gpointer data)
{
  GstHeapLedgerElement *element = data;

  g_free (element->name);
  g_free (element->path);
  g_free (element->factory);
  g_hash_table_unref (element->reasons);
  g_free (element);
}

static void
link_free (gpointer data)
{
  GstHeapLedgerLink *link = data;

  g_free (link->from_pad);
  g_free (link->to_pad);
  g_free (link->offered);
  g_array_unref (link->shares);
  g_free (link);
}

static void
kind_free (gpointer data)
{
  GstHeapLedgerKind *kind = data;

  g_free (kind->name);
  g_free (kind);
}

GstHeapLedger *
gst_heap_ledger_new (void)
{
  GstHeapLedger *ledger = g_new0 (GstHeapLedger, 1);

  ledger->references = 1;
  g_mutex_init (&ledger->lock);
  ledger->books.elements = g_ptr_array_new_with_free_func (element_free);
  ledger->books.links = g_ptr_array_new_with_free_func (link_free);
  ledger->books.kinds = g_ptr_array_new_with_free_func (kind_free);
  ledger->dmabufs = g_hash_table_new (g_int64_hash, g_int64_equal);
  return ledger;
}

GstHeapLedger *
gst_heap_ledger_ref (GstHeapLedger *ledger)
{
  g_atomic_int_inc (&ledger->references);
  return ledger;
}

void
gst_heap_ledger_unref (GstHeapLedger *ledger)
{
  if (!g_atomic_int_dec_and_test (&ledger->references))
    return;
  g_hash_table_unref (ledger->dmabufs);
  g_ptr_array_unref (ledger->books.links);
  g_ptr_array_unref (ledger->books.elements);
  g_ptr_array_unref (ledger->books.kinds);
  g_mutex_clear (&ledger->lock);
  g_free (ledger);
}

GstHeapLedgerElement *
gst_heap_ledger_add_element (GstHeapLedger *ledger, const gchar *name, const gchar *path, const gchar *factory)
{
  GstHeapLedgerElement *element = g_new0 (GstHeapLedgerElement, 1);

  element->name = g_strdup (name);
  element->path = g_strdup (path);
  element->factory = g_strdup (factory);
  element->reasons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_lock (&ledger->lock);
  g_ptr_array_add (ledger->books.elements, element);
  g_mutex_unlock (&ledger->lock);
  return element;
}

static gboolean
link_is (const GstHeapLedgerLink *link, const GstHeapLedgerElement *from, const gchar *from_pad,
    const GstHeapLedgerElement *to, const gchar *to_pad)
{
  return link->from == from && link->to == to && g_str_equal (link->from_pad, from_pad) &&
         g_str_equal (link->to_pad, to_pad);
}

/* With the lock. */
static GstHeapLedgerLink *
find_link (GstHeapLedger *ledger, const GstHeapLedgerElement *from, const gchar *from_pad,
    const GstHeapLedgerElement *to, const gchar *to_pad)
{
  for (guint i = 0; i < ledger->books.links->len; i++) {
    GstHeapLedgerLink *link = g_ptr_array_index (ledger->books.links, i);

    if (link_is (link, from, from_pad, to, to_pad))
      return link;
  }
  return NULL;
}

GstHeapLedgerLink *
gst_heap_ledger_get_link (GstHeapLedger *ledger, GstHeapLedgerElement *from, const gchar *from_pad,
    GstHeapLedgerElement *to, const gchar *to_pad)
{
  GstHeapLedgerLink *link;

  g_mutex_lock (&ledger->lock);
  link = find_link (ledger, from, from_pad, to, to_pad);
  if (!link) {
    link = g_new0 (GstHeapLedgerLink, 1);
    link->from = from;
    link->to = to;
    link->from_pad = g_strdup (from_pad);
    link->to_pad = g_strdup (to_pad);
    link->shares = g_array_new (FALSE, TRUE, sizeof (GstHeapLedgerShare));
    g_ptr_array_add (ledger->books.links, link);
  }
  g_mutex_unlock (&ledger->lock);
  return link;
}

/* With the lock. */
static GstHeapLedgerKind *
find_kind (GstHeapLedger *ledger, const gchar *name)
{
  for (guint i = 0; i < ledger->books.kinds->len; i++) {
    GstHeapLedgerKind *kind = g_ptr_array_index (ledger->books.kinds, i);

    if (g_str_equal (kind->name, name))
      return kind;
  }
  return NULL;
}

GstHeapLedgerKind *
gst_heap_ledger_get_kind (GstHeapLedger *ledger, const gchar *name, gboolean is_dmabuf)
{
  GstHeapLedgerKind *kind;

  g_mutex_lock (&ledger->lock);
  kind = find_kind (ledger, name);
  if (!kind) {
    kind = g_new0 (GstHeapLedgerKind, 1);
    kind->name = g_strdup (name);
    kind->is_dmabuf = is_dmabuf;
    g_ptr_array_add (ledger->books.kinds, kind);
  }
  g_mutex_unlock (&ledger->lock);
  return kind;
}

/* With the lock. */
static GstHeapLedgerMemory *
memory_new (GstHeapLedger *ledger, GstHeapLedgerKind *kind, guint64 inode, guint64 bytes)
{
  GstHeapLedgerMemory *memory = g_new0 (GstHeapLedgerMemory, 1);

  memory->ledger = gst_heap_ledger_ref (ledger);
  memory->kind = kind;
  memory->inode = inode;
  memory->bytes = bytes;
  memory->visits = g_array_new (FALSE, FALSE, sizeof (Visit));
  kind->memories++;
  kind->live += bytes;
  kind->peak = MAX (kind->peak, kind->live);
  if (inode)
    g_hash_table_insert (ledger->dmabufs, &memory->inode, memory);
  return memory;
}

GstHeapLedgerMemory *
gst_heap_ledger_add_memory (GstHeapLedger *ledger, GstHeapLedgerKind *kind, guint64 inode, guint64 bytes)
{
  GstHeapLedgerMemory *memory;

  g_mutex_lock (&ledger->lock);
  memory = inode ? g_hash_table_lookup (ledger->dmabufs, &inode) : NULL;
  if (!memory)
    memory = memory_new (ledger, kind, inode, bytes);
  memory->references++;
  g_mutex_unlock (&ledger->lock);
  return memory;
}

void
gst_heap_ledger_memory_unref (GstHeapLedgerMemory *memory)
{
  GstHeapLedger *ledger = memory->ledger;
  gboolean is_gone;

  g_mutex_lock (&ledger->lock);
  is_gone = --memory->references == 0;
  if (is_gone) {
    memory->kind->live -= memory->bytes;
    if (memory->inode)
      g_hash_table_remove (ledger->dmabufs, &memory->inode);
  }
  g_mutex_unlock (&ledger->lock);

  if (!is_gone)
    return;
  g_array_unref (memory->visits);
  g_free (memory);
  gst_heap_ledger_unref (ledger);
}

GstHeapLedgerKind *
gst_heap_ledger_memory_get_kind (GstHeapLedgerMemory *memory)
{
  return memory->kind;
}

/* With the lock. */
static Visit *
find_visit (GstHeapLedgerMemory *memory, const GstHeapLedgerElement *element)
{
  for (guint i = 0; i < memory->visits->len; i++) {
    Visit *visit = &g_array_index (memory->visits, Visit, i);

    if (visit->element == element)
      return visit;
  }
  return NULL;
}

/* With the lock. */
static gboolean
came_in (GstHeapLedgerMemory *memory, const GstHeapLedgerElement *element, gconstpointer pool)
{
  const Visit *visit = find_visit (memory, element);

  return visit && visit->round == memory->round && (pool == NULL || pool == visit->pool);
}

gsize
gst_heap_ledger_count_written (GstHeapLedger *ledger, GstHeapLedgerElement *element, GstHeapLedgerFrame *frame)
{
  gsize bytes = 0;

  g_mutex_lock (&ledger->lock);
  for (guint i = 0; i < frame->n_parts; i++) {
    if (!came_in (frame->parts[i].memory, element, frame->pool))
      bytes += frame->parts[i].size;
  }
  g_mutex_unlock (&ledger->lock);
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
  for (guint i = 0; i < frame->n_parts; i++) {
    GstHeapLedgerKind *kind = frame->parts[i].memory->kind;
    GstHeapLedgerShare *share = NULL;

    for (guint j = 0; j < link->shares->len && !share; j++) {
      if (g_array_index (link->shares, GstHeapLedgerShare, j).kind == kind)
        share = &g_array_index (link->shares, GstHeapLedgerShare, j);
    }
    if (!share) {
      g_array_set_size (link->shares, link->shares->len + 1);
      share = &g_array_index (link->shares, GstHeapLedgerShare, link->shares->len - 1);
      share->kind = kind;
    }
    share->count.frames += i == 0;
    share->count.bytes += frame->parts[i].size;
  }
}

/* With the lock. */
static void
begin_rounds (GstHeapLedgerElement *element, GstHeapLedgerFrame *frame)
{
  for (guint i = 0; i < frame->n_parts; i++) {
    GstHeapLedgerMemory *memory = frame->parts[i].memory;

    if (came_in (memory, element, frame->pool))
      continue;
    memory->round++;
    memory->writer = element;
  }
}

/* With the lock. */
static void
enter (GstHeapLedgerElement *element, GstHeapLedgerFrame *frame)
{
  for (guint i = 0; i < frame->n_parts; i++) {
    GstHeapLedgerMemory *memory = frame->parts[i].memory;
    Visit *visit = find_visit (memory, element);
    Visit now = { element, frame->pool, memory->round };

    if (visit) {
      *visit = now;
      continue;
    }
    element->memories++;
    g_array_append_val (memory->visits, now);
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
  link->elsewhere_by = frame->parts[0].memory->writer;
}

void
gst_heap_ledger_push (
    GstHeapLedger *ledger, GstHeapLedgerLink *link, GstHeapLedgerFrame *frame, gsize written, GstHeapWay way)
{
  gsize bytes = frame_bytes (frame);

  g_mutex_lock (&ledger->lock);
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
  g_mutex_unlock (&ledger->lock);
}

/* With the lock. */
static void
add_reason (GstHeapLedgerElement *element, const gchar *why)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (element->reasons, why));

  g_hash_table_insert (element->reasons, g_strdup (why), GUINT_TO_POINTER (n + 1));
}

void
gst_heap_ledger_note_copy (GstHeapLedger *ledger, GstHeapLedgerElement *element, const gchar *why, guint64 bytes)
{
  g_mutex_lock (&ledger->lock);
  if (element) {
    element->pending += bytes;
    element->pending_copies += bytes > 0;
    add_reason (element, why);
  } else {
    ledger->books.unattributed += bytes;
  }
  g_mutex_unlock (&ledger->lock);
}

void
gst_heap_ledger_note_frame_inside (GstHeapLedger *ledger, GstHeapLedgerElement *element, const gchar *why)
{
  g_mutex_lock (&ledger->lock);
  element->frame_inside = TRUE;
  add_reason (element, why);
  g_mutex_unlock (&ledger->lock);
}

void
gst_heap_ledger_set_offer (GstHeapLedger *ledger, GstHeapLedgerLink *link, const gchar *offered)
{
  g_mutex_lock (&ledger->lock);
  g_free (link->offered);
  link->offered = g_strdup (offered);
  g_mutex_unlock (&ledger->lock);
}

const GstHeapLedgerBooks *
gst_heap_ledger_open (GstHeapLedger *ledger)
{
  g_mutex_lock (&ledger->lock);
  return &ledger->books;
}

void
gst_heap_ledger_close (GstHeapLedger *ledger)
{
  g_mutex_unlock (&ledger->lock);
}

GstHeapLedgerCount
gst_heap_ledger_inside (const GstHeapLedgerElement *element)
{
  GstHeapLedgerCount inside = element->inside;

  inside.frames += element->pending_copies;
  inside.bytes += element->pending;
  return inside;
}

guint64
gst_heap_ledger_copied (const GstHeapLedgerElement *element)
{
  return element->ways[GST_HEAP_WAY_COPIED].bytes + gst_heap_ledger_inside (element).bytes;
}

static const GstHeapLedgerLink *
find_link_into (const GstHeapLedgerBooks *books, const GstHeapLedgerElement *element)
{
  for (guint i = 0; i < books->links->len; i++) {
    const GstHeapLedgerLink *link = g_ptr_array_index (books->links, i);

    if (link->to == element && link->count.frames > 0)
      return link;
  }
  return NULL;
}

/* Upstream, for as long as what is offered is the same. Pipelines that go round in a circle end it, too. */
GstHeapLedgerElement *
gst_heap_ledger_find_dropper (const GstHeapLedgerBooks *books, const GstHeapLedgerLink *link)
{
  GstHeapLedgerElement *writer = link->elsewhere_by, *element = link->from;

  for (guint i = 0; i < books->links->len && element != writer; i++) {
    const GstHeapLedgerLink *before = find_link_into (books, element);

    if (!before || g_strcmp0 (before->offered, link->offered) != 0)
      break;
    element = before->from;
  }
  return element;
}

guint64
gst_heap_ledger_frames (const GstHeapLedgerBooks *books)
{
  guint64 at_ends = 0, anywhere = 0;

  for (guint i = 0; i < books->elements->len; i++) {
    const GstHeapLedgerElement *element = g_ptr_array_index (books->elements, i);

    if (element->out.frames == 0)
      at_ends = MAX (at_ends, element->in.frames);
    anywhere = MAX (anywhere, element->out.frames);
  }
  return at_ends > 0 ? at_ends : anywhere;
}
