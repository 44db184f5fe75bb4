/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who in a pipeline keeps buffers, by the properties of its elements. */
#include "gstheapkeepers.h"

typedef struct {
  GstBufferPool *pool;
  GString *text;
} Search;

static gboolean
has_property (GstElement *element, const gchar *name, GType type)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), name);

  return pspec && pspec->flags & G_PARAM_READABLE && G_PARAM_SPEC_VALUE_TYPE (pspec) == type;
}

static void
add_keeper (Search *search, GstElement *element, guint n_buffers, const gchar *where)
{
  g_string_append_printf (search->text, "%s%s %s%u%s", search->text->len > 0 ? ", " : "", GST_OBJECT_NAME (element),
      search->text->len > 0 ? "" : "keeps ", n_buffers, where);
}

/* As queues and the like have it. */
static void
look_at_level (Search *search, GstElement *element)
{
  guint n_buffers = 0;

  if (!has_property (element, "current-level-buffers", G_TYPE_UINT))
    return;
  g_object_get (element, "current-level-buffers", &n_buffers, NULL);
  if (n_buffers > 0)
    add_keeper (search, element, n_buffers, "");
}

static void
look_at_last_sample (Search *search, GstElement *element)
{
  GstSample *sample = NULL;
  GstBuffer *buffer;

  if (!has_property (element, "last-sample", GST_TYPE_SAMPLE))
    return;
  g_object_get (element, "last-sample", &sample, NULL);
  buffer = sample ? gst_sample_get_buffer (sample) : NULL;
  if (buffer && buffer->pool == search->pool)
    add_keeper (search, element, 1, " (its last sample)");
  if (sample)
    gst_sample_unref (sample);
}

static void
look_at_element (const GValue *value, gpointer data)
{
  GstElement *element = g_value_get_object (value);

  look_at_level (data, element);
  look_at_last_sample (data, element);
}

static GstObject *
find_top (GstElement *element)
{
  GstObject *top = gst_object_ref (GST_OBJECT (element)), *parent;

  while ((parent = gst_object_get_parent (top))) {
    gst_object_unref (top);
    top = parent;
  }
  return top;
}

gchar *
gst_heap_keepers_describe (GstElement *element, GstBufferPool *pool)
{
  GstObject *top = find_top (element);
  Search search = { pool, g_string_new (NULL) };
  GstIterator *elements;

  if (GST_IS_BIN (top)) {
    elements = gst_bin_iterate_recurse (GST_BIN (top));
    /* Where elements come and go meanwhile, what was found until then will do. */
    gst_iterator_foreach (elements, look_at_element, &search);
    gst_iterator_free (elements);
  }
  gst_object_unref (top);
  return g_string_free (search.text, search.text->len == 0);
}
