/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapChoice: what a selection came to, for people and programs. */
#include "gstheapchoice-private.h"

#include "gstheap-private.h"

#include "heaps/explain.h"
#include "heaps/fallback.h"

#include <stdlib.h>

struct _GstHeapChoice {
  gatomicrefcount ref_count;
  struct heap_choice core;
  GstHeap *heap;
};

G_DEFINE_BOXED_TYPE (GstHeapChoice, gst_heap_choice, gst_heap_choice_ref, gst_heap_choice_unref)

G_STATIC_ASSERT ((int) GST_HEAP_VERDICT_FITS == HEAP_FITS);
G_STATIC_ASSERT ((int) GST_HEAP_VERDICT_CANNOT_OPEN == HEAP_CANNOT_OPEN);
G_STATIC_ASSERT ((int) GST_HEAP_VERDICT_HAS_UNKNOWN == HEAP_HAS_UNKNOWN);
G_STATIC_ASSERT ((int) GST_HEAP_VERDICT_EMPTY == HEAP_EMPTY);
G_STATIC_ASSERT ((int) GST_HEAP_VERDICT_NO_HEAP == HEAP_NO_HEAP);

/* libc's string as GLib's. */
static gchar *
take_libc_string (char *string)
{
  gchar *copy = g_strdup (string ? string : "out of memory");

  free (string);
  return copy;
}

GstHeapChoice *
gst_heap_choice_new (const struct heap_choice *core, GstHeap *heap)
{
  GstHeapChoice *choice = g_new0 (GstHeapChoice, 1);

  g_atomic_ref_count_init (&choice->ref_count);
  choice->core = *core;
  choice->heap = heap;
  return choice;
}

gboolean
gst_heap_choice_has_fallback (GstHeapChoice *choice)
{
  for (guint i = 0; i < choice->core.n_candidates; i++) {
    if (gst_heap_choice_is_fallback (choice, i))
      return TRUE;
  }
  return FALSE;
}

gboolean
gst_heap_choice_fallbacks_are_accepted (GstHeapChoice *choice, GstHeapSelection *selection)
{
  gboolean all = TRUE;

  for (guint i = 0; all && i < choice->core.n_candidates; i++) {
    GstHeap *heap;

    if (!gst_heap_choice_is_fallback (choice, i))
      continue;
    heap = gst_heap_new (&choice->core.candidates[i].info, NULL, NULL);
    all = gst_heap_selection_accepts (selection, heap);
    g_object_unref (heap);
  }
  return all;
}

GstHeap *
gst_heap_choice_open_fallback (GstHeapChoice *choice)
{
  struct heap *opened;
  gsize index;

  if (heap_choice_open_fallback (&choice->core, &opened, &index) < 0)
    return NULL;
  return gst_heap_new_in_directory (&choice->core.candidates[index].info, choice->core.directory, opened);
}

/**
 * gst_heap_choice_ref:
 * @choice: a #GstHeapChoice
 *
 * Returns: (transfer full): @choice
 *
 * Since: 0.1
 */
GstHeapChoice *
gst_heap_choice_ref (GstHeapChoice *choice)
{
  g_return_val_if_fail (choice != NULL, NULL);

  g_atomic_ref_count_inc (&choice->ref_count);
  return choice;
}

/**
 * gst_heap_choice_unref:
 * @choice: (transfer full): a #GstHeapChoice
 *
 * Since: 0.1
 */
void
gst_heap_choice_unref (GstHeapChoice *choice)
{
  g_return_if_fail (choice != NULL);

  if (!g_atomic_ref_count_dec (&choice->ref_count))
    return;
  heap_choice_finish (&choice->core);
  g_clear_object (&choice->heap);
  g_free (choice);
}

/**
 * gst_heap_choice_get_heap:
 * @choice: a #GstHeapChoice
 *
 * Returns: (transfer none) (nullable): the heap that was taken; %NULL when none would do
 *
 * Since: 0.1
 */
GstHeap *
gst_heap_choice_get_heap (GstHeapChoice *choice)
{
  g_return_val_if_fail (choice != NULL, NULL);

  return choice->heap;
}

/**
 * gst_heap_choice_get_n_candidates:
 * @choice: a #GstHeapChoice
 *
 * Returns: the number of heaps that were looked at, those that are named and not there included
 *
 * Since: 0.1
 */
guint
gst_heap_choice_get_n_candidates (GstHeapChoice *choice)
{
  g_return_val_if_fail (choice != NULL, 0);

  return choice->core.n_candidates;
}

/**
 * gst_heap_choice_get_name:
 * @choice: a #GstHeapChoice
 * @index: which candidate
 *
 * Returns: the name of the candidate
 *
 * Since: 0.1
 */
const gchar *
gst_heap_choice_get_name (GstHeapChoice *choice, guint index)
{
  g_return_val_if_fail (choice != NULL && index < choice->core.n_candidates, NULL);

  return choice->core.candidates[index].info.name;
}

/**
 * gst_heap_choice_get_requested_name:
 * @choice: a #GstHeapChoice
 * @index: which candidate
 *
 * Returns: (nullable): the name the candidate was asked for by, where that is an alias of its name
 *
 * Since: 0.1
 */
const gchar *
gst_heap_choice_get_requested_name (GstHeapChoice *choice, guint index)
{
  g_return_val_if_fail (choice != NULL && index < choice->core.n_candidates, NULL);

  return choice->core.candidates[index].requested[0] ? choice->core.candidates[index].requested : NULL;
}

/**
 * gst_heap_choice_get_verdict:
 * @choice: a #GstHeapChoice
 * @index: which candidate
 *
 * Returns: what became of the candidate
 *
 * Since: 0.1
 */
GstHeapVerdict
gst_heap_choice_get_verdict (GstHeapChoice *choice, guint index)
{
  g_return_val_if_fail (choice != NULL && index < choice->core.n_candidates, GST_HEAP_VERDICT_ABSENT);

  return (GstHeapVerdict) choice->core.candidates[index].verdict;
}

/**
 * gst_heap_choice_is_fallback:
 * @choice: a #GstHeapChoice
 * @index: which candidate
 *
 * Returns: whether an allocator of the selection gives memory of the candidate when the heap that was taken has none
 *     left: see gst_heap_allocator_new()
 *
 * Since: 0.1
 */
gboolean
gst_heap_choice_is_fallback (GstHeapChoice *choice, guint index)
{
  enum heap_property property;

  g_return_val_if_fail (choice != NULL && index < choice->core.n_candidates, FALSE);

  return heap_choice_judge_fallback (&choice->core, &choice->core.candidates[index], &property) == HEAP_FALLBACK_FITS;
}

/**
 * gst_heap_choice_get_reason:
 * @choice: a #GstHeapChoice
 * @index: which candidate
 *
 * Returns: (transfer full): why that became of the candidate, in a line without its name
 *
 * Since: 0.1
 */
gchar *
gst_heap_choice_get_reason (GstHeapChoice *choice, guint index)
{
  g_return_val_if_fail (choice != NULL && index < choice->core.n_candidates, NULL);

  return take_libc_string (heap_candidate_explain (&choice->core.candidates[index], &choice->core));
}

/**
 * gst_heap_choice_to_string:
 * @choice: a #GstHeapChoice
 *
 * Returns: (transfer full): the whole story: each candidate and why it was taken or not, a line each, and what can be
 *     done where none was
 *
 * Since: 0.1
 */
gchar *
gst_heap_choice_to_string (GstHeapChoice *choice)
{
  g_return_val_if_fail (choice != NULL, NULL);

  return take_libc_string (heap_choice_explain (&choice->core));
}
