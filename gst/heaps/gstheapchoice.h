/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a selection came to: every candidate, and why it was taken or not. */
#pragma once

#include <gst/heaps/gstheap.h>

G_BEGIN_DECLS

/**
 * GstHeapVerdict:
 * @GST_HEAP_VERDICT_FITS: satisfies the selection; an earlier one was taken
 * @GST_HEAP_VERDICT_TAKEN: the heap that was taken
 * @GST_HEAP_VERDICT_CANNOT_OPEN: fits, and this process cannot open it
 * @GST_HEAP_VERDICT_ABSENT: named, and not there, nor one of its aliases
 * @GST_HEAP_VERDICT_INVALID_NAME: no heap can have that name
 * @GST_HEAP_VERDICT_LACKS: does not have a required property
 * @GST_HEAP_VERDICT_LACKS_UNKNOWN: is not known to have a required property
 * @GST_HEAP_VERDICT_HAS: has a forbidden property
 * @GST_HEAP_VERDICT_HAS_UNKNOWN: is not known to be without a forbidden property
 * @GST_HEAP_VERDICT_NOT_NAMED: the selection names others
 * @GST_HEAP_VERDICT_NOT_DEFAULT: nothing was asked for, and it is not for everything
 * @GST_HEAP_VERDICT_NOT_WANTED_PROTECTED: protected, which was not asked for
 * @GST_HEAP_VERDICT_TWIN: a second name of another candidate
 * @GST_HEAP_VERDICT_EMPTY: fits, and this machine has no memory for it: no huge page is reserved
 * @GST_HEAP_VERDICT_NO_HEAP: a file descriptor that was passed, by which no heap can be known
 *
 * Since: 0.1
 */
typedef enum
{
  GST_HEAP_VERDICT_FITS,
  GST_HEAP_VERDICT_TAKEN,
  GST_HEAP_VERDICT_CANNOT_OPEN,
  GST_HEAP_VERDICT_ABSENT,
  GST_HEAP_VERDICT_INVALID_NAME,
  GST_HEAP_VERDICT_LACKS,
  GST_HEAP_VERDICT_LACKS_UNKNOWN,
  GST_HEAP_VERDICT_HAS,
  GST_HEAP_VERDICT_HAS_UNKNOWN,
  GST_HEAP_VERDICT_NOT_NAMED,
  GST_HEAP_VERDICT_NOT_DEFAULT,
  GST_HEAP_VERDICT_NOT_WANTED_PROTECTED,
  GST_HEAP_VERDICT_TWIN,
  GST_HEAP_VERDICT_EMPTY,
  GST_HEAP_VERDICT_NO_HEAP,
} GstHeapVerdict;

typedef struct _GstHeapChoice GstHeapChoice;

#define GST_TYPE_HEAP_CHOICE (gst_heap_choice_get_type ())
GST_HEAPS_API
GType gst_heap_choice_get_type (void);

GST_HEAPS_API
GstHeapChoice *gst_heap_choice_ref (GstHeapChoice *choice);
GST_HEAPS_API
void gst_heap_choice_unref (GstHeapChoice *choice);

GST_HEAPS_API
GstHeap *gst_heap_choice_get_heap (GstHeapChoice *choice);
GST_HEAPS_API
guint gst_heap_choice_get_n_candidates (GstHeapChoice *choice);
GST_HEAPS_API
const gchar *gst_heap_choice_get_name (GstHeapChoice *choice, guint index);
GST_HEAPS_API
const gchar *gst_heap_choice_get_requested_name (GstHeapChoice *choice, guint index);
GST_HEAPS_API
GstHeapVerdict gst_heap_choice_get_verdict (GstHeapChoice *choice, guint index);
GST_HEAPS_API
gboolean gst_heap_choice_is_fallback (GstHeapChoice *choice, guint index);
GST_HEAPS_API
gchar *gst_heap_choice_get_reason (GstHeapChoice *choice, guint index);
GST_HEAPS_API
gchar *gst_heap_choice_to_string (GstHeapChoice *choice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstHeapChoice, gst_heap_choice_unref)

G_END_DECLS
