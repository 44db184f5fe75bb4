/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapSelection: what memory is asked for, and the heap that gives it. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapmemory.h>
#include <gst/heaps/gstheapselection.h>

#include "gstheap-private.h"
#include "gstheapchoice-private.h"
#include "gstheapconfig.h"
#include "gstheapdebug.h"
#include "gstheapexporter.h"
#include "gstheapfacts.h"

#include "heaps/selection.h"
#include "heaps/sys.h"

#include <errno.h>
#include <string.h>

#define GST_CAT_DEFAULT gst_heap_debug

/**
 * SECTION:gstheapselection
 * @title: GstHeapSelection
 * @short_description: what memory is asked for
 *
 * A selection consists of names of heaps in order of preference, and of required, preferred and forbidden properties.
 * Required means that only a heap known to have the property will do, forbidden that only a heap known not to have it
 * will; neither is ever relaxed. With no name and no property it is `system`, or `process` where that is not there.
 *
 * It is immutable, and may be used from any thread.
 *
 * Its string form is a list of names, as `video@c000000;system`, or the fields of the element properties, as
 * `heap-name="video@c000000;system", heap-require=contiguous+cacheable`.
 *
 * With a field `heap-fd` it is the heap of which that file descriptor is an open node, and no other: for processes that
 * are handed a heap, and may not open one (gst_heap_selection_new_for_fd()).
 */

struct _GstHeapSelection {
  gatomicrefcount ref_count;
  gchar **names;
  struct heap_request request; /* borrows names */
  gint fd;                     /* owned; -1: none */

  GMutex lock;
  GHashTable *judged; /* name of a heap -> Judged; the lock protects it */
};

/* What is found out once for each name that memory comes under. */
typedef struct {
  gboolean is_meant;
  struct heap_facts facts;
} Judged;

G_DEFINE_BOXED_TYPE (GstHeapSelection, gst_heap_selection, gst_heap_selection_ref, gst_heap_selection_unref)

static GstHeapError
code_of_failure (GstHeapChoice *choice)
{
  GstHeapError code = GST_HEAP_ERROR_NOT_FOUND;

  for (guint i = 0; i < gst_heap_choice_get_n_candidates (choice); i++) {
    switch (gst_heap_choice_get_verdict (choice, i)) {
      case GST_HEAP_VERDICT_CANNOT_OPEN:
        return GST_HEAP_ERROR_PERMISSION;
      case GST_HEAP_VERDICT_INVALID_NAME:
        code = GST_HEAP_ERROR_INVALID;
        break;
      case GST_HEAP_VERDICT_LACKS:
      case GST_HEAP_VERDICT_LACKS_UNKNOWN:
      case GST_HEAP_VERDICT_HAS:
      case GST_HEAP_VERDICT_HAS_UNKNOWN:
      case GST_HEAP_VERDICT_NOT_WANTED_PROTECTED:
      case GST_HEAP_VERDICT_EMPTY:
        code = GST_HEAP_ERROR_UNSATISFIED;
        break;
      default:
        break;
    }
  }
  return code;
}

/**
 * gst_heap_selection_new:
 * @names: (nullable) (array zero-terminated=1): names of heaps in order of preference
 * @required: properties the memory must have
 * @preferred: properties that put one heap before another
 * @forbidden: properties the memory must not have
 *
 * Returns: (transfer full): a selection
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_new (
    const gchar *const *names, GstHeapProperties required, GstHeapProperties preferred, GstHeapProperties forbidden)
{
  GstHeapSelection *selection = g_new0 (GstHeapSelection, 1);

  g_atomic_ref_count_init (&selection->ref_count);
  g_mutex_init (&selection->lock);
  selection->judged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  selection->fd = -1;
  selection->names = names ? g_strdupv ((gchar **) names) : g_new0 (gchar *, 1);
  selection->request = (struct heap_request){
    .names = (const char *const *) selection->names,
    .n_names = g_strv_length (selection->names),
    .required = required,
    .preferred = preferred,
    .forbidden = forbidden,
  };
  return selection;
}

const struct heap_request *
gst_heap_selection_get_request (GstHeapSelection *selection)
{
  return &selection->request;
}

GstHeapSelection *
gst_heap_selection_with_fd (GstHeapSelection *selection, gint fd, GError **error)
{
  gint own_fd;

  if (!selection || fd < 0)
    return selection;
  own_fd = sys_dup (fd);
  if (own_fd < 0) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "heap-fd: file descriptor %d is not open in this process (%s); "
        "whoever passes it has to leave it open across exec, without FD_CLOEXEC",
        fd, g_strerror (-own_fd));
    gst_heap_selection_unref (selection);
    return NULL;
  }
  selection->fd = own_fd;
  selection->request.has_fd = TRUE;
  selection->request.shown_fd = fd;
  return selection;
}

/**
 * gst_heap_selection_new_for_fd:
 * @fd: an open node of a heap, as a supervisor, systemd or a sandbox hands it over; it stays the caller's
 * @required: properties the memory must have
 * @forbidden: properties the memory must not have
 * @error: #GST_HEAP_ERROR_INVALID when @fd is not open
 *
 * For processes that may not open a heap. Of which heap @fd is, the kernel tells by its device number, or by the path
 * it was opened by; the heap directory need not be there. What is wrong with an @fd that is open is told when the heap
 * is chosen. No other heap stands in.
 *
 * Returns: (transfer full) (nullable): a selection of that heap alone
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_new_for_fd (gint fd, GstHeapProperties required, GstHeapProperties forbidden, GError **error)
{
  g_return_val_if_fail (fd >= 0, NULL);

  return gst_heap_selection_with_fd (gst_heap_selection_new (NULL, required, 0, forbidden), fd, error);
}

/**
 * gst_heap_selection_ref:
 * @selection: a #GstHeapSelection
 *
 * Returns: (transfer full): @selection
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_ref (GstHeapSelection *selection)
{
  g_return_val_if_fail (selection != NULL, NULL);

  g_atomic_ref_count_inc (&selection->ref_count);
  return selection;
}

/**
 * gst_heap_selection_unref:
 * @selection: (transfer full): a #GstHeapSelection
 *
 * Since: 0.1
 */
void
gst_heap_selection_unref (GstHeapSelection *selection)
{
  g_return_if_fail (selection != NULL);

  if (!g_atomic_ref_count_dec (&selection->ref_count))
    return;
  g_hash_table_unref (selection->judged);
  g_mutex_clear (&selection->lock);
  if (selection->fd >= 0)
    sys_close (selection->fd);
  g_strfreev (selection->names);
  g_free (selection);
}

/* The heaps there are, that of the fd among them. Zeroed where memory runs out. */
static void
read_catalog (GstHeapSelection *selection, struct heap_catalog *catalog)
{
  *catalog = (struct heap_catalog){ 0 };
  if (selection->fd >= 0)
    heap_catalog_read_with_fd (NULL, gst_heap_config_get (), selection->fd, catalog);
  else
    heap_catalog_read (NULL, gst_heap_config_get (), catalog);
}

static GstHeap *
new_heap (const struct heap_choice *choice, const struct heap_info *info, struct heap *opened)
{
  const gchar *path = choice->passing.path;

  if (info->is_passed)
    return gst_heap_new (info, *path ? path : NULL, opened);
  return gst_heap_new_in_directory (info, choice->directory, opened);
}

/**
 * gst_heap_selection_choose:
 * @selection: a #GstHeapSelection
 *
 * Looks at the heaps of this machine, and opens the first that satisfies @selection and can be opened.
 *
 * Returns: (transfer full): what came of it
 *
 * Since: 0.1
 */
GstHeapChoice *
gst_heap_selection_choose (GstHeapSelection *selection)
{
  struct heap_catalog catalog;
  struct heap_choice core = { 0 };
  struct heap *opened;
  GstHeap *heap = NULL;
  gsize index;

  g_return_val_if_fail (selection != NULL, NULL);

  read_catalog (selection, &catalog);
  if (catalog.directory && heap_select (&selection->request, &catalog, gst_heap_config_get (), &core) == 0 &&
      heap_choice_open (&core, 0, &opened, &index) == 0)
    heap = new_heap (&core, &core.candidates[index].info, opened);
  heap_catalog_finish (&catalog);
  return gst_heap_choice_new (&core, heap);
}

GstHeapChoice *
gst_heap_selection_take (GstHeapSelection *selection, GError **error)
{
  GstHeapChoice *choice = gst_heap_selection_choose (selection);
  gchar *asked = gst_heap_selection_to_string (selection);
  gchar *story = gst_heap_choice_to_string (choice);
  GstHeap *heap = gst_heap_choice_get_heap (choice);

  if (heap) {
    GST_INFO ("%s: took \"%s\"\n%s", *asked ? asked : "any heap", gst_heap_get_name (heap), story);
  } else {
    g_set_error (error, GST_HEAP_ERROR, code_of_failure (choice), "no heap satisfies %s:\n%s",
        *asked ? asked : "even a selection that asks for nothing", story);
    g_clear_pointer (&choice, gst_heap_choice_unref);
  }
  g_free (story);
  g_free (asked);
  return choice;
}

/**
 * gst_heap_selection_select:
 * @selection: a #GstHeapSelection
 * @error: #GST_HEAP_ERROR_NOT_FOUND, #GST_HEAP_ERROR_PERMISSION, #GST_HEAP_ERROR_UNSATISFIED or
 *     #GST_HEAP_ERROR_INVALID; the message lists every candidate, why it would not do, and what can be done
 *
 * Returns: (transfer full) (nullable): the first heap that satisfies @selection and can be opened, open
 *
 * Since: 0.1
 */
GstHeap *
gst_heap_selection_select (GstHeapSelection *selection, GError **error)
{
  GstHeapChoice *choice;
  GstHeap *heap;

  g_return_val_if_fail (selection != NULL, NULL);

  choice = gst_heap_selection_take (selection, error);
  if (!choice)
    return NULL;
  heap = g_object_ref (gst_heap_choice_get_heap (choice));
  gst_heap_choice_unref (choice);
  return heap;
}

static Judged *
judge_name (GstHeapSelection *selection, const gchar *name)
{
  Judged *judged = g_new0 (Judged, 1);
  struct heap_catalog catalog;

  read_catalog (selection, &catalog);
  judged->is_meant = heap_request_names (&selection->request, name, &catalog, gst_heap_config_get ());
  gst_heap_facts_find (&catalog, name, &judged->facts);
  heap_catalog_finish (&catalog);
  return judged;
}

/* What comes of it stays valid as long as selection. */
static const Judged *
get_judged (GstHeapSelection *selection, const gchar *name)
{
  Judged *judged;

  g_mutex_lock (&selection->lock);
  judged = g_hash_table_lookup (selection->judged, name);
  if (!judged) {
    judged = judge_name (selection, name);
    g_hash_table_insert (selection->judged, g_strdup (name), judged);
  }
  g_mutex_unlock (&selection->lock);
  return judged;
}

static gboolean
accepts_facts (GstHeapSelection *selection, const struct heap_facts *facts)
{
  enum heap_verdict verdict;
  enum heap_property property;

  return heap_request_accepts_facts (&selection->request, facts, &verdict, &property);
}

/**
 * gst_heap_selection_has_demands:
 * @selection: a #GstHeapSelection
 *
 * Returns: whether it asks for names, properties required or forbidden, or the heap of a `heap-fd`; what it prefers is
 *     no demand
 *
 * Since: 0.1
 */
gboolean
gst_heap_selection_has_demands (GstHeapSelection *selection)
{
  const struct heap_request *request;

  g_return_val_if_fail (selection != NULL, FALSE);

  request = &selection->request;
  return request->n_names > 0 || request->required != 0 || request->forbidden != 0 || request->has_fd;
}

/**
 * gst_heap_selection_accepts:
 * @selection: a #GstHeapSelection
 * @heap: a #GstHeap
 *
 * Returns: whether memory of @heap satisfies @selection: has its name where names are given, by an alias or as a twin
 *     too, and its properties
 *
 * Since: 0.1
 */
gboolean
gst_heap_selection_accepts (GstHeapSelection *selection, GstHeap *heap)
{
  const struct heap_info *info;

  g_return_val_if_fail (selection != NULL, FALSE);
  g_return_val_if_fail (GST_IS_HEAP (heap), FALSE);

  info = gst_heap_get_info (heap);
  return accepts_facts (selection, &info->facts) &&
         ((selection->request.n_names == 0 && selection->fd < 0) || get_judged (selection, info->name)->is_meant);
}

/**
 * gst_heap_selection_accepts_memory:
 * @selection: a #GstHeapSelection
 * @memory: any memory
 *
 * Memory of this library is judged by its heap. A dma-buf from elsewhere is judged by what the kernel says of its
 * exporter, which is the heap's name for memory of a heap; that is looked up once for each #GstMemory. Which names are
 * of one heap is found out once for each name, as it is when a heap is chosen.
 *
 * Returns: whether @memory satisfies @selection; never for memory that is neither of a heap nor a dma-buf
 *
 * Since: 0.1
 */
gboolean
gst_heap_selection_accepts_memory (GstHeapSelection *selection, GstMemory *memory)
{
  struct heap_facts facts;
  const Judged *judged;
  const gchar *name;
  GstHeap *heap;

  g_return_val_if_fail (selection != NULL, FALSE);
  g_return_val_if_fail (memory != NULL, FALSE);

  heap = gst_heap_memory_get_heap (memory);
  if (heap)
    return gst_heap_selection_accepts (selection, heap);

  name = gst_heap_exporter_of_memory (memory);
  if (!name)
    return FALSE;
  judged = get_judged (selection, name);
  facts = judged->facts;
  heap_facts_learn (&facts, HEAP_IMPORTABLE, HEAP_YES, HEAP_SOURCE_BACKEND);
  return judged->is_meant && accepts_facts (selection, &facts);
}
