/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The string form of a GstHeapSelection, and the fields of elements: reading and writing them. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapselection.h>

#include "gstheapchoice-private.h"

#include <string.h>

#define FIELD_NAME "heap-name"
#define FIELD_REQUIRE "heap-require"
#define FIELD_PREFER "heap-prefer"
#define FIELD_FORBID "heap-forbid"
#define FIELD_FD "heap-fd"
#define NAME_SEPARATOR ";"
#define MOST_NAMES 64
#define LONGEST_STRING (64 * 1024) /* bytes; more is no selection but an accident or an attack */

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
      !g_str_equal (name, FIELD_FORBID) && !g_str_equal (name, FIELD_FD)) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "a selection has no field \"%.64s\"; there are " FIELD_NAME ", " FIELD_REQUIRE ", " FIELD_PREFER
        ", " FIELD_FORBID " and " FIELD_FD,
        name);
    return FALSE;
  }
  /* A negative one is what failing to open a heap gives: that may not end in any heap. */
  if (g_str_equal (name, FIELD_FD) && (!G_VALUE_HOLDS_INT (value) || g_value_get_int (value) < 0)) {
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        FIELD_FD " is no number of a file descriptor; write " FIELD_FD "=3");
    return FALSE;
  }
  if (!g_str_equal (name, FIELD_FD) && !G_VALUE_HOLDS_STRING (value)) {
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
  gint fd = -1;

  g_return_val_if_fail (string != NULL, NULL);

  if (!strchr (string, '='))
    return gst_heap_selection_new_from_fields (string, NULL, NULL, NULL, error);

  fields = parse_fields (string, error);
  if (!fields)
    return NULL;
  selection = gst_heap_selection_new_from_fields (gst_structure_get_string (fields, FIELD_NAME),
      gst_structure_get_string (fields, FIELD_REQUIRE), gst_structure_get_string (fields, FIELD_PREFER),
      gst_structure_get_string (fields, FIELD_FORBID), error);
  gst_structure_get_int (fields, FIELD_FD, &fd);
  gst_structure_free (fields);
  return gst_heap_selection_with_fd (selection, fd, error);
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
  const struct heap_request *request;
  GString *text;

  g_return_val_if_fail (selection != NULL, NULL);

  request = gst_heap_selection_get_request (selection);
  text = g_string_new (NULL);
  if (request->n_names > 0) {
    gchar *names = g_strjoinv (NAME_SEPARATOR, (gchar **) request->names);
    gchar *escaped = g_strescape (names, NULL);

    g_string_append_printf (text, FIELD_NAME "=\"%s\"", escaped);
    g_free (escaped);
    g_free (names);
  }
  append_properties (text, FIELD_REQUIRE, request->required);
  append_properties (text, FIELD_PREFER, request->preferred);
  append_properties (text, FIELD_FORBID, request->forbidden);
  if (request->has_fd) {
    gchar *number = g_strdup_printf ("%d", request->shown_fd);

    append_field (text, FIELD_FD, number);
    g_free (number);
  }
  return g_string_free (text, FALSE);
}
