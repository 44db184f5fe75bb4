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
 */

#define FIELD_NAME "heap-name"
#define FIELD_REQUIRE "heap-require"
#define FIELD_PREFER "heap-prefer"
#define FIELD_FORBID "heap-forbid"
#define NAME_SEPARATOR ";"
#define MOST_NAMES 64
#define LONGEST_STRING (64 * 1024) /* bytes; more is no selection but an accident or an attack */

struct _GstHeapSelection {
  gatomicrefcount ref_count;
  gchar **names;
  struct heap_request request; /* borrows names */

  GMutex lock;
  GHashTable *judged; /* name of a heap -> Judged; the lock protects it */
};

/* What is found out once for each name that memory comes under. */
typedef struct {
  gboolean is_meant;
  struct heap_facts facts;
} Judged;

G_DEFINE_BOXED_TYPE (GstHeapSelection, gst_heap_selection, gst_heap_selection_ref, gst_heap_selection_unref)

/* Splits, strips, and drops what is empty. */
static gchar **
split_names (const gchar *string)
{
  gchar **names = g_strsplit (string ? string : "", NAME_SEPARATOR, -1);
  guint n = 0;

  for (guint i = 0; names[i]; i++) {
    g_strstrip (names[i]);
    if (names[i][0])
      names[n++] = names[i];
    else
      g_free (names[i]);
  }
  names[n] = NULL;
  return names;
}

static gboolean
parse_field (const gchar *field, const gchar *value, GstHeapProperties *properties, GError **error)
{
  if (gst_heap_properties_from_string (value, properties, error))
    return TRUE;
  g_prefix_error (error, "%s: ", field);
  return FALSE;
}

static gboolean
check_field (GQuark field, const GValue *value, gpointer user_data)
{
  GError **error = user_data;
  const gchar *name = g_quark_to_string (field);

  if (!g_str_equal (name, FIELD_NAME) && !g_str_equal (name, FIELD_REQUIRE) && !g_str_equal (name, FIELD_PREFER) &&
      !g_str_equal (name, FIELD_FORBID)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "a selection has no field \"%.64s\"; there are " FIELD_NAME ", " FIELD_REQUIRE ", " FIELD_PREFER
        " and " FIELD_FORBID,
        name);
    return FALSE;
  }
  if (!G_VALUE_HOLDS_STRING (value)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s is no text; write %s=(string)...", name, name);
    return FALSE;
  }
  return TRUE;
}

static GstStructure *
parse_fields (const gchar *string, GError **error)
{
  gchar *whole = g_strconcat ("selection, ", string, NULL);
  GstStructure *fields = NULL;
  GError *wrong = NULL;
  gchar *end = NULL;

  if (strlen (string) <= LONGEST_STRING && g_utf8_validate (string, -1, NULL))
    fields = gst_structure_from_string (whole, &end);
  if (fields && *end != '\0')
    g_clear_pointer (&fields, gst_structure_free);
  g_free (whole);

  if (!fields) {
    gchar *shown = g_strescape (string, NULL);

    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "\"%.200s\" is no selection; write names, as \"video@c000000;system\", or fields, as " FIELD_NAME
        "=\"linux,cma\", " FIELD_REQUIRE "=contiguous (quotes around values with , ; @ or spaces)",
        shown);
    g_free (shown);
    return NULL;
  }
  if (!gst_structure_foreach (fields, check_field, &wrong)) {
    g_propagate_error (error, wrong);
    gst_structure_free (fields);
    return NULL;
  }
  return fields;
}

static void
append_field (GString *text, const gchar *field, const gchar *value)
{
  if (*value == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append_printf (text, "%s=%s", field, value);
}

static void
append_properties (GString *text, const gchar *field, heap_property_set set)
{
  gchar *value = gst_heap_properties_to_string ((GstHeapProperties) set);

  append_field (text, field, value);
  g_free (value);
}

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

/**
 * gst_heap_selection_new_from_fields:
 * @heap_name: (nullable): names of heaps in order of preference, separated by ";"
 * @heap_require: (nullable): properties joined by "+"
 * @heap_prefer: (nullable): properties joined by "+"
 * @heap_forbid: (nullable): properties joined by "+"
 * @error: #GST_HEAP_ERROR_INVALID when a field makes no sense
 *
 * For elements, which have a property of each of these names.
 *
 * Returns: (transfer full) (nullable): a selection
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_new_from_fields (const gchar *heap_name, const gchar *heap_require, const gchar *heap_prefer,
    const gchar *heap_forbid, GError **error)
{
  GstHeapProperties required, preferred, forbidden;
  GstHeapSelection *selection;
  gchar **names;

  if (!parse_field (FIELD_REQUIRE, heap_require, &required, error) ||
      !parse_field (FIELD_PREFER, heap_prefer, &preferred, error) ||
      !parse_field (FIELD_FORBID, heap_forbid, &forbidden, error))
    return NULL;

  names = split_names (heap_name);
  if (g_strv_length (names) > MOST_NAMES) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, FIELD_NAME ": %u names are more than %d",
        g_strv_length (names), MOST_NAMES);
    g_strfreev (names);
    return NULL;
  }
  selection = gst_heap_selection_new ((const gchar *const *) names, required, preferred, forbidden);
  g_strfreev (names);
  return selection;
}

/**
 * gst_heap_selection_new_from_string:
 * @string: the string form of a selection
 * @error: #GST_HEAP_ERROR_INVALID when @string makes no sense
 *
 * Returns: (transfer full) (nullable): a selection
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_selection_new_from_string (const gchar *string, GError **error)
{
  GstHeapSelection *selection;
  GstStructure *fields;

  g_return_val_if_fail (string != NULL, NULL);

  if (!strchr (string, '='))
    return gst_heap_selection_new_from_fields (string, NULL, NULL, NULL, error);

  fields = parse_fields (string, error);
  if (!fields)
    return NULL;
  selection = gst_heap_selection_new_from_fields (gst_structure_get_string (fields, FIELD_NAME),
      gst_structure_get_string (fields, FIELD_REQUIRE), gst_structure_get_string (fields, FIELD_PREFER),
      gst_structure_get_string (fields, FIELD_FORBID), error);
  gst_structure_free (fields);
  return selection;
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
  g_strfreev (selection->names);
  g_free (selection);
}

/**
 * gst_heap_selection_to_string:
 * @selection: a #GstHeapSelection
 *
 * Returns: (transfer full): the fields, which gst_heap_selection_new_from_string() reads again; "" when nothing is
 *   asked for
 *
 * Since: 0.1
 */
gchar *
gst_heap_selection_to_string (GstHeapSelection *selection)
{
  GString *text;

  g_return_val_if_fail (selection != NULL, NULL);

  text = g_string_new (NULL);
  if (selection->request.n_names > 0) {
    gchar *names = g_strjoinv (NAME_SEPARATOR, selection->names);
    gchar *escaped = g_strescape (names, NULL);

    g_string_append_printf (text, FIELD_NAME "=\"%s\"", escaped);
    g_free (escaped);
    g_free (names);
  }
  append_properties (text, FIELD_REQUIRE, selection->request.required);
  append_properties (text, FIELD_PREFER, selection->request.preferred);
  append_properties (text, FIELD_FORBID, selection->request.forbidden);
  return g_string_free (text, FALSE);
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
  struct heap_catalog catalog = { 0 };
  struct heap_choice core = { 0 };
  struct heap *opened;
  GstHeap *heap = NULL;
  gsize index;

  g_return_val_if_fail (selection != NULL, NULL);

  if (heap_catalog_read (NULL, gst_heap_config_get (), &catalog) == 0 &&
      heap_select (&selection->request, &catalog, gst_heap_config_get (), &core) == 0 &&
      heap_choice_open (&core, 0, &opened, &index) == 0)
    heap = gst_heap_new_in_directory (&core.candidates[index].info, core.directory, opened);
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
  struct heap_catalog catalog = { 0 };

  heap_catalog_read (NULL, gst_heap_config_get (), &catalog);
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
         (selection->request.n_names == 0 || get_judged (selection, info->name)->is_meant);
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
