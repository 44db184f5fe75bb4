/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* GstHeapLayoutParams as a structure and as text. */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheaps-enumtypes.h>

#include "gstheaplayoutparams-private.h"

#define MOST_ALIGN (1u << 26)
#define MOST_PADDING (1u << 24)

typedef enum
{
  RULE_POWER_OF_TWO,
  RULE_UP_TO,
} Rule;

/* All fields but planes, which are guint or arrays of it. */
static const struct {
  const gchar *name;
  gsize offset;
  guint n;
  Rule rule;
  guint most;
} fields[] = {
  { "stride-align", offsetof (GstHeapLayoutParams, stride_align), GST_VIDEO_MAX_PLANES, RULE_POWER_OF_TWO,
      GST_HEAP_LAYOUT_MOST_STRIDE_ALIGN },
  { "min-stride", offsetof (GstHeapLayoutParams, min_stride), GST_VIDEO_MAX_PLANES, RULE_UP_TO, G_MAXINT },
  { "plane-offset-align", offsetof (GstHeapLayoutParams, plane_offset_align), GST_VIDEO_MAX_PLANES, RULE_POWER_OF_TWO,
      MOST_ALIGN },
  { "height-align", offsetof (GstHeapLayoutParams, height_align), 1, RULE_POWER_OF_TWO, MOST_ALIGN },
  { "min-height", offsetof (GstHeapLayoutParams, min_height), 1, RULE_UP_TO, MOST_PADDING },
  { "size-align", offsetof (GstHeapLayoutParams, size_align), 1, RULE_POWER_OF_TWO, MOST_ALIGN },
  { "min-size", offsetof (GstHeapLayoutParams, min_size), GST_VIDEO_MAX_PLANES, RULE_UP_TO, G_MAXINT },
  { "padding-top", offsetof (GstHeapLayoutParams, padding_top), 1, RULE_UP_TO, MOST_PADDING },
  { "padding-bottom", offsetof (GstHeapLayoutParams, padding_bottom), 1, RULE_UP_TO, MOST_PADDING },
  { "padding-left", offsetof (GstHeapLayoutParams, padding_left), 1, RULE_UP_TO, MOST_PADDING },
  { "padding-right", offsetof (GstHeapLayoutParams, padding_right), 1, RULE_UP_TO, MOST_PADDING },
};

static guint *
values_of (const GstHeapLayoutParams *params, guint field)
{
  return (guint *) G_STRUCT_MEMBER_P (params, fields[field].offset);
}

static gboolean
check_value (guint field, guint64 value, GError **error)
{
  gboolean is_power = (value & (value - 1)) == 0;

  if (value <= fields[field].most && (fields[field].rule != RULE_POWER_OF_TWO || is_power))
    return TRUE;
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "%s cannot be %" G_GUINT64_FORMAT ": it is %s %u at the most", fields[field].name, value,
      fields[field].rule == RULE_POWER_OF_TWO ? "a power of two," : "a number,", fields[field].most);
  return FALSE;
}

/* One number of a field. */
static gboolean
parse_number (guint field, const GValue *value, guint *ret_number, GError **error)
{
  guint64 number = G_MAXUINT64;

  if (G_VALUE_HOLDS_UINT (value))
    number = g_value_get_uint (value);
  else if (G_VALUE_HOLDS_INT (value) && g_value_get_int (value) >= 0)
    number = g_value_get_int (value);
  else if (!G_VALUE_HOLDS_STRING (value) || !g_value_get_string (value) ||
           !g_ascii_string_to_unsigned (g_value_get_string (value), 10, 0, G_MAXUINT, &number, NULL)) {
    gchar *text = gst_value_serialize (value);

    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s is a number, and \"%s\" is none",
        fields[field].name, text ? text : "");
    g_free (text);
    return FALSE;
  }
  if (!check_value (field, number, error))
    return FALSE;
  *ret_number = number;
  return TRUE;
}

static gboolean
refuse_count (guint field, guint n, GError **error)
{
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "%s takes %s; there are %u", fields[field].name,
      fields[field].n > 1 ? "one number, or up to four with commas in between, one for each plane" : "one number", n);
  return FALSE;
}

/* One number counts for all planes; in a list, planes that have none there have 0. */
static gboolean
parse_list (guint field, const GValue *list, guint *ret_numbers, GError **error)
{
  guint n = gst_value_array_get_size (list);

  if (n == 0 || n > fields[field].n)
    return refuse_count (field, n, error);
  for (guint i = 0; i < n; i++) {
    if (!parse_number (field, gst_value_array_get_value (list, i), &ret_numbers[i], error))
      return FALSE;
  }
  for (guint i = 1; n == 1 && i < fields[field].n; i++)
    ret_numbers[i] = ret_numbers[0];
  return TRUE;
}

/* As a GST_TYPE_ARRAY, whatever it came as: a number, a list, text with commas. */
static void
init_list (GValue *list, const GValue *value)
{
  GValue element = G_VALUE_INIT;
  gchar **words;

  g_value_init (list, GST_TYPE_ARRAY);
  if (GST_VALUE_HOLDS_ARRAY (value)) {
    g_value_copy (value, list);
  } else if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value)) {
    words = g_strsplit (g_value_get_string (value), ",", -1);
    for (guint i = 0; words[i]; i++) {
      g_value_init (&element, G_TYPE_STRING);
      g_value_set_string (&element, g_strstrip (words[i]));
      gst_value_array_append_and_take_value (list, &element);
    }
    g_strfreev (words);
  } else {
    gst_value_array_append_value (list, value);
  }
}

static gboolean
parse_planes (GstHeapLayoutParams *params, const GValue *value, GError **error)
{
  GEnumClass *klass = g_type_class_ref (GST_TYPE_HEAP_PLANES);
  const GEnumValue *known = NULL;

  if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value))
    known = g_enum_get_value_by_nick (klass, g_value_get_string (value));
  else if (G_VALUE_HOLDS (value, GST_TYPE_HEAP_PLANES))
    known = g_enum_get_value (klass, g_value_get_enum (value));
  if (known)
    params->planes = known->value;
  else
    g_set_error_literal (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "planes is one of auto, single, split");
  g_type_class_unref (klass);
  return known != NULL;
}

static gboolean
parse_field (GstHeapLayoutParams *params, const gchar *name, const GValue *value, GError **error)
{
  GValue list = G_VALUE_INIT;
  gboolean parsed;

  if (g_str_equal (name, "planes"))
    return parse_planes (params, value, error);
  for (guint field = 0; field < G_N_ELEMENTS (fields); field++) {
    if (!g_str_equal (name, fields[field].name))
      continue;
    init_list (&list, value);
    parsed = parse_list (field, &list, values_of (params, field), error);
    g_value_unset (&list);
    return parsed;
  }
  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID, "a layout has no \"%s\"", name);
  return FALSE;
}

/* Whether the numbers can be written as one. */
static gboolean
are_the_same (const guint *numbers, guint n)
{
  for (guint i = 1; i < n; i++) {
    if (numbers[i] != numbers[0])
      return FALSE;
  }
  return TRUE;
}

static void
add_field (GstStructure *structure, guint field, const guint *numbers)
{
  gboolean one = are_the_same (numbers, fields[field].n);
  GValue list = G_VALUE_INIT;

  if (one && numbers[0] == 0)
    return;
  if (one) {
    gst_structure_set (structure, fields[field].name, G_TYPE_UINT, numbers[0], NULL);
    return;
  }
  g_value_init (&list, GST_TYPE_ARRAY);
  for (guint i = 0; i < fields[field].n; i++) {
    GValue element = G_VALUE_INIT;

    g_value_init (&element, G_TYPE_UINT);
    g_value_set_uint (&element, numbers[i]);
    gst_value_array_append_and_take_value (&list, &element);
  }
  gst_structure_take_value (structure, fields[field].name, &list);
}

gboolean
gst_heap_layout_params_check (const GstHeapLayoutParams *params, GError **error)
{
  for (guint field = 0; field < G_N_ELEMENTS (fields); field++) {
    for (guint i = 0; i < fields[field].n; i++) {
      if (!check_value (field, values_of (params, field)[i], error))
        return FALSE;
    }
  }
  return TRUE;
}

/**
 * gst_heap_layout_params_new_from_structure:
 * @structure: a structure of any name
 * @error: #GST_HEAP_ERROR_INVALID for a field that is not known, and for a value that makes no sense
 *
 * Numbers may be #gint, #guint or text; what is for each plane a #GstValueArray of them, or text as in "64,32".
 *
 * Returns: (transfer full) (nullable): what the fields of @structure ask for
 *
 * Since: 0.1
 */
GstHeapLayoutParams *
gst_heap_layout_params_new_from_structure (const GstStructure *structure, GError **error)
{
  GstHeapLayoutParams *params;

  g_return_val_if_fail (GST_IS_STRUCTURE (structure), NULL);

  params = gst_heap_layout_params_new ();
  for (gint i = 0; i < gst_structure_n_fields (structure); i++) {
    const gchar *name = gst_structure_nth_field_name (structure, i);

    if (!parse_field (params, name, gst_structure_get_value (structure, name), error)) {
      gst_heap_layout_params_free (params);
      return NULL;
    }
  }
  return params;
}

/**
 * gst_heap_layout_params_new_from_string:
 * @string: a structure as text, the name of which is ignored
 * @error: as of gst_heap_layout_params_new_from_structure()
 *
 * Returns: (transfer full) (nullable): what @string asks for
 *
 * Since: 0.1
 */
GstHeapLayoutParams *
gst_heap_layout_params_new_from_string (const gchar *string, GError **error)
{
  GstHeapLayoutParams *params;
  GstStructure *structure;

  g_return_val_if_fail (string != NULL, NULL);

  structure = gst_structure_from_string (string, NULL);
  if (!structure) {
    g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
        "\"%s\" is no structure, as in: layout, planes=split, stride-align=64", string);
    return NULL;
  }
  params = gst_heap_layout_params_new_from_structure (structure, error);
  gst_structure_free (structure);
  return params;
}

/**
 * gst_heap_layout_params_to_structure:
 * @params: a #GstHeapLayoutParams
 *
 * Returns: (transfer full): what @params asks for, as gst_heap_layout_params_new_from_structure() reads it
 *
 * Since: 0.1
 */
GstStructure *
gst_heap_layout_params_to_structure (const GstHeapLayoutParams *params)
{
  GstStructure *structure;

  g_return_val_if_fail (params != NULL, NULL);

  structure = gst_structure_new_empty ("layout");
  if (params->planes != GST_HEAP_PLANES_AUTO)
    gst_structure_set (
        structure, "planes", G_TYPE_STRING, params->planes == GST_HEAP_PLANES_SPLIT ? "split" : "single", NULL);
  for (guint field = 0; field < G_N_ELEMENTS (fields); field++)
    add_field (structure, field, values_of (params, field));
  return structure;
}
