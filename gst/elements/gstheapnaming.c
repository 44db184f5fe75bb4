/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which element a dma-buf is of, as its name tells. */
#include "gstheapnaming.h"

#define MAX_NAME_LENGTH 24 /* of the 31 bytes that a dma-buf's name may have: there has to be room for a number */

/* A name may be anything: a % in it is no mark. */
static void
append_name (GString *label, const gchar *name)
{
  for (guint i = 0; i < MAX_NAME_LENGTH && name[i]; i++) {
    if (name[i] == '%')
      g_string_append_c (label, '%');
    g_string_append_c (label, name[i]);
  }
}

gchar *
gst_heap_naming_insert_element (const gchar *label, const gchar *name)
{
  GString *result;

  if (!label)
    return NULL;
  result = g_string_new (NULL);
  for (const gchar *at = label; *at; at++) {
    if (at[0] == '%' && at[1] == 'e') {
      append_name (result, name);
      at++;
    } else {
      g_string_append_c (result, *at);
      if (at[0] == '%' && at[1] == '%')
        g_string_append_c (result, *++at);
    }
  }
  return g_string_free (result, FALSE);
}
