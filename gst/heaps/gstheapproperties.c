/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The text form of a set of properties: names joined by "+". */
#include <gst/heaps/gstheaperror.h>
#include <gst/heaps/gstheapproperties.h>

#include "heaps/property.h"

#include <string.h>

#define SEPARATOR "+"

G_STATIC_ASSERT (GST_HEAP_PROPERTY_IMPORTABLE == HEAP_PROPERTY_BIT (HEAP_IMPORTABLE));
G_STATIC_ASSERT (GST_HEAP_PROPERTY_CONTIGUOUS == HEAP_PROPERTY_BIT (HEAP_CONTIGUOUS));
G_STATIC_ASSERT (GST_HEAP_PROPERTY_CACHEABLE == HEAP_PROPERTY_BIT (HEAP_CACHEABLE));
G_STATIC_ASSERT (GST_HEAP_PROPERTY_PROTECTED == HEAP_PROPERTY_BIT (HEAP_PROTECTED));
G_STATIC_ASSERT (GST_HEAP_PROPERTY_DMA32 == HEAP_PROPERTY_BIT (HEAP_DMA32));
G_STATIC_ASSERT (GST_HEAP_PROPERTY_DECRYPTED == HEAP_PROPERTY_BIT (HEAP_DECRYPTED));
G_STATIC_ASSERT (HEAP_N_PROPERTIES == 6);

static gchar *
properties_join (GstHeapProperties properties, const gchar *separator)
{
  GString *text = g_string_new (NULL);

  for (gint i = 0; i < HEAP_N_PROPERTIES; i++) {
    if (!(properties & HEAP_PROPERTY_BIT (i)))
      continue;
    if (text->len > 0)
      g_string_append (text, separator);
    g_string_append (text, heap_property_name (i));
  }
  return g_string_free (text, FALSE);
}

static void
set_unknown_property_error (GError **error, const gchar *word)
{
  gchar *known = properties_join (HEAP_PROPERTY_BIT (HEAP_N_PROPERTIES) - 1, ", ");
  gchar *shown = g_strescape (word, NULL);

  g_set_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID,
      "no property of heaps is called \"%.64s\"; there are %s, and several are joined by \"" SEPARATOR "\"", shown,
      known);
  g_free (shown);
  g_free (known);
}

/**
 * gst_heap_properties_from_string:
 * @string: (nullable): names of properties joined by "+", as "contiguous+cacheable"; %NULL or "" for none
 * @properties: (out): the set of them; written on success only
 * @error: #GST_HEAP_ERROR_INVALID for a word that is no property; the message lists those there are
 *
 * Returns: whether @string made sense
 *
 * Since: 0.1
 */
gboolean
gst_heap_properties_from_string (const gchar *string, GstHeapProperties *properties, GError **error)
{
  GstHeapProperties set = GST_HEAP_PROPERTY_NONE;
  gchar **words;
  gboolean known = TRUE;

  g_return_val_if_fail (properties != NULL, FALSE);

  words = g_strsplit (string ? string : "", SEPARATOR, -1);
  for (gchar **word = words; known && *word; word++) {
    enum heap_property property;

    g_strstrip (*word);
    if (**word == '\0' && words[1] == NULL)
      break;
    known = heap_property_from_name (*word, strlen (*word), &property);
    if (known)
      set |= HEAP_PROPERTY_BIT (property);
    else
      set_unknown_property_error (error, *word);
  }
  g_strfreev (words);

  if (known)
    *properties = set;
  return known;
}

/**
 * gst_heap_properties_to_string:
 * @properties: a set of properties
 *
 * Returns: (transfer full): their names joined by "+"; "" for none
 *
 * Since: 0.1
 */
gchar *
gst_heap_properties_to_string (GstHeapProperties properties)
{
  return properties_join (properties, SEPARATOR);
}
