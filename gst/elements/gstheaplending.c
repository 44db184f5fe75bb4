/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What is lent to other processes. */
#include "gstheaplending.h"

#include "gstheapclients.h"
#include "gstheapwalk.h"

#include <gst/heaps/heaps.h>

#define SENDER "unixfdsink"
#define PATIENCE G_USEC_PER_SEC
#define LOOK_AFTER (20 * G_TIME_SPAN_MILLISECOND) /* whether the pad is to stop */

/* At one sink. Subtleties:
 * - unixfdsink keeps a reference of each buffer for each process that has it, and gives it up when the process says so
 *   or has closed its socket: as one does that is killed, but not one that is stopped.
 * - So each buffer leaves in one of its own, which is freed when it has come back; that of the pool is its parent.
 * - The last may come back after the element is gone: it has a reference of this, and this has none of the element. */
typedef struct {
  GWeakRef element;
  GstPad *pad;  /* owned; the sink's */
  gulong probe; /* 0: nothing is lent; whoever starts, stops or finds sinks */

  GMutex lock; /* protects what follows; never held when anything is called */
  GCond returned;
  guint most; /* 0: no limit */
  guint lent;
  guint64 dropped, dropped_before; /* all, and before what is said to have stopped last */
  gboolean stalled;
} Loans;

struct _GstHeapLending {
  GstElement *element; /* who owns this */
  guint most;

  GMutex lock;
  GPtrArray *loans; /* of Loans; who starts or finds them changes it with the lock, others read it with the lock */
};

static GQuark
loans_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-loans");
  return quark;
}

static void
clear_loans (gpointer data)
{
  Loans *loans = data;

  g_weak_ref_clear (&loans->element);
  gst_object_unref (loans->pad);
  g_mutex_clear (&loans->lock);
  g_cond_clear (&loans->returned);
}

static void
release_loans (gpointer loans)
{
  g_atomic_rc_box_release_full (loans, clear_loans);
}

/* A buffer has come back. */
static void
note_return (gpointer data)
{
  Loans *loans = data;

  g_mutex_lock (&loans->lock);
  loans->lent--;
  g_cond_signal (&loans->returned);
  g_mutex_unlock (&loans->lock);
  release_loans (loans);
}

/* Takes buffer. Returns: what stands for it until it comes back */
static GstBuffer *
lend (Loans *loans, GstBuffer *buffer)
{
  GstBuffer *lent = gst_buffer_copy (buffer);

  gst_buffer_add_parent_buffer_meta (lent, buffer);
  gst_buffer_add_heap_meta (lent);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (lent), loans_quark (), g_atomic_rc_box_acquire (loans), note_return);
  gst_buffer_unref (buffer);
  return lent;
}

static gboolean
is_full (Loans *loans)
{
  return loans->most > 0 && loans->lent >= loans->most;
}

/* With the lock. Who was said to have stopped is not waited for. */
static void
wait_for_return (Loans *loans)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (is_full (loans) && !loans->stalled && !GST_PAD_IS_FLUSHING (loans->pad) && g_get_monotonic_time () < end)
    g_cond_wait_until (&loans->returned, &loans->lock, g_get_monotonic_time () + LOOK_AFTER);
}

static gchar *
describe_sender (Loans *loans)
{
  GstElement *sender = gst_pad_get_parent_element (loans->pad);
  gchar *path = NULL, *text;

  if (!sender)
    return g_strdup (SENDER);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (sender), "socket-path"))
    g_object_get (sender, "socket-path", &path, NULL);
  text = g_strdup_printf ("%s (%s)", GST_OBJECT_NAME (sender), path ? path : "no socket");
  g_free (path);
  gst_object_unref (sender);
  return text;
}

static void
report_stall (Loans *loans)
{
  GstElement *element = g_weak_ref_get (&loans->element);
  gchar *sender = describe_sender (loans);

  if (element)
    GST_ELEMENT_WARNING (element, RESOURCE, BUSY,
        ("%s has %u buffers out to other processes, and none came back for a second: one of them has stopped, or is "
         "too slow. What comes is dropped there until a buffer comes back. If those processes need more at a time, and "
         "the heap has room for more, set max-lent higher.",
            sender, loans->most),
        (NULL));
  gst_clear_object (&element);
  g_free (sender);
}

static void
report_return (Loans *loans, guint64 n_dropped)
{
  GstElement *element = g_weak_ref_get (&loans->element);
  gchar *sender = describe_sender (loans);

  if (element)
    GST_ELEMENT_INFO (element, RESOURCE, BUSY,
        ("A buffer came back to %s, which goes on: %" G_GUINT64_FORMAT " were dropped.", sender, n_dropped), (NULL));
  gst_clear_object (&element);
  g_free (sender);
}

/* Waits a while until one more may be lent, and counts it. */
static gboolean
take_loan (Loans *loans)
{
  gboolean may, stalls = FALSE, returns = FALSE;
  guint64 n_dropped = 0;

  g_mutex_lock (&loans->lock);
  wait_for_return (loans);
  may = !is_full (loans);
  if (may) {
    returns = loans->stalled;
    loans->stalled = FALSE;
    loans->lent++;
    n_dropped = loans->dropped - loans->dropped_before;
  } else if (!GST_PAD_IS_FLUSHING (loans->pad)) {
    stalls = !loans->stalled;
    loans->stalled = TRUE;
    loans->dropped_before = stalls ? loans->dropped : loans->dropped_before;
    loans->dropped++;
  }
  g_mutex_unlock (&loans->lock);

  if (stalls)
    report_stall (loans);
  if (returns)
    report_return (loans, n_dropped);
  return may;
}

static GstPadProbeReturn
lend_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  Loans *loans = data;

  if (!take_loan (loans))
    return GST_PAD_PROBE_DROP;
  GST_PAD_PROBE_INFO_DATA (info) = lend (loans, buffer);
  return GST_PAD_PROBE_OK;
}

static Loans *
loans_new (GstElement *element, GstPad *pad, guint most)
{
  Loans *loans = g_atomic_rc_box_new0 (Loans);

  g_weak_ref_init (&loans->element, element);
  loans->pad = gst_object_ref (pad);
  loans->most = most;
  g_mutex_init (&loans->lock);
  g_cond_init (&loans->returned);
  return loans;
}

static void
begin_to_lend (Loans *loans)
{
  if (loans->probe == 0)
    loans->probe = gst_pad_add_probe (
        loans->pad, GST_PAD_PROBE_TYPE_BUFFER, lend_buffer, g_atomic_rc_box_acquire (loans), release_loans);
}

static void
end_lending (Loans *loans)
{
  if (loans->probe != 0)
    gst_pad_remove_probe (loans->pad, loans->probe);
  loans->probe = 0;
}

/* Whether it is one; it is guarded then. */
static gboolean
guard_sender (GstPad *input)
{
  GstElement *element = gst_pad_get_parent_element (input);
  GstElementFactory *factory = element ? gst_element_get_factory (element) : NULL;
  gboolean is = factory && g_str_equal (GST_OBJECT_NAME (factory), SENDER);

  if (is)
    gst_heap_clients_guard (element);
  gst_clear_object (&element);
  return is;
}

/* Returns: (nullable): the loans at pad */
static Loans *
find_loans (GPtrArray *loans, GstPad *pad)
{
  for (guint i = 0; i < loans->len; i++) {
    if (((Loans *) loans->pdata[i])->pad == pad)
      return loans->pdata[i];
  }
  return NULL;
}

static Loans *
continue_or_begin (GstHeapLending *lending, GstPad *pad)
{
  Loans *loans = find_loans (lending->loans, pad);

  loans = loans ? g_atomic_rc_box_acquire (loans) : loans_new (lending->element, pad, lending->most);
  begin_to_lend (loans);
  return loans;
}

/* Takes the array. */
static void
end_all_but (GPtrArray *loans, GPtrArray *those)
{
  for (guint i = 0; i < loans->len; i++) {
    Loans *one = loans->pdata[i];

    if (!those || !find_loans (those, one->pad))
      end_lending (one);
  }
  g_ptr_array_unref (loans);
}

/* As after a start: what is out stays out. */
static void
begin_anew (Loans *loans, guint most)
{
  g_mutex_lock (&loans->lock);
  loans->most = most;
  loans->dropped = loans->dropped_before = 0;
  loans->stalled = FALSE;
  g_mutex_unlock (&loans->lock);
}

GstHeapLending *
gst_heap_lending_new (GstElement *element)
{
  GstHeapLending *lending = g_new0 (GstHeapLending, 1);

  lending->element = element;
  g_mutex_init (&lending->lock);
  lending->loans = g_ptr_array_new_with_free_func (release_loans);
  return lending;
}

void
gst_heap_lending_free (GstHeapLending *lending)
{
  end_all_but (lending->loans, NULL);
  g_mutex_clear (&lending->lock);
  g_free (lending);
}

void
gst_heap_lending_start (GstHeapLending *lending, guint most)
{
  lending->most = most;
  for (guint i = 0; i < lending->loans->len; i++)
    begin_anew (lending->loans->pdata[i], most);
}

void
gst_heap_lending_stop (GstHeapLending *lending)
{
  for (guint i = 0; i < lending->loans->len; i++)
    end_lending (lending->loans->pdata[i]);
}

void
gst_heap_lending_guard (GstPad *srcpad)
{
  GPtrArray *ends = gst_heap_walk_find_ends (srcpad);

  for (guint i = 0; i < ends->len; i++)
    guard_sender (ends->pdata[i]);
  g_ptr_array_unref (ends);
}

gboolean
gst_heap_lending_find (GstHeapLending *lending, GstPad *srcpad)
{
  GPtrArray *ends = gst_heap_walk_find_ends (srcpad);
  GPtrArray *found = g_ptr_array_new_with_free_func (release_loans), *before = lending->loans;
  gboolean all;

  for (guint i = 0; i < ends->len; i++) {
    if (guard_sender (ends->pdata[i]))
      g_ptr_array_add (found, continue_or_begin (lending, ends->pdata[i]));
  }
  all = found->len > 0 && found->len == ends->len;

  g_mutex_lock (&lending->lock);
  lending->loans = found;
  g_mutex_unlock (&lending->lock);

  end_all_but (before, found);
  g_ptr_array_unref (ends);
  return all;
}

void
gst_heap_lending_count (GstHeapLending *lending, guint64 *ret_lent, guint64 *ret_dropped)
{
  *ret_lent = *ret_dropped = 0;
  g_mutex_lock (&lending->lock);
  for (guint i = 0; i < lending->loans->len; i++) {
    Loans *loans = lending->loans->pdata[i];

    g_mutex_lock (&loans->lock);
    *ret_lent += loans->lent;
    *ret_dropped += loans->dropped;
    g_mutex_unlock (&loans->lock);
  }
  g_mutex_unlock (&lending->lock);
}
