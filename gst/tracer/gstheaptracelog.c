/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Copies that GStreamer says in its debug log: the only trace there is of what happens inside of elements. */
#include "gstheaptracelog.h"

#include <stdio.h>
#include <string.h>

/* Messages are made for those categories alone, and looked at by their first words. Read in the sources of 1.22 to
 * 1.28, where all of these are the same. The level LOG, at which GStreamer calls its log many times for each buffer, is
 * only let through where there are elements to say something there. */
typedef struct {
  const gchar *category;
  const gchar *description; /* for the category, should its plugin not be loaded yet */
  const gchar *function;    /* that says it; NULL: any, as the category says little */
  const gchar *begin;       /* of the text */
  const gchar *factories;   /* what those of the elements begin with that say it; NULL: anybody may */
  GstDebugLevel level;
  const gchar *why;
  gboolean tells_bytes;
  gboolean of_a_frame;
} Saying;

static const Saying sayings[] = {
  { "GST_PERFORMANCE", "performance", NULL, "memcpy ", NULL, GST_LEVEL_DEBUG,
      "copies memory that it cannot map or share", TRUE, FALSE },
  { "GST_PERFORMANCE", "performance", NULL, "copied ", NULL, GST_LEVEL_DEBUG,
      "copies memory of a heap to system memory", TRUE, FALSE },
  { "GST_PERFORMANCE", "performance", NULL, "copy plane ", NULL, GST_LEVEL_DEBUG, "copies frames plane by plane", TRUE,
      FALSE },
  { "GST_PERFORMANCE", "performance", NULL, "frame copy", NULL, GST_LEVEL_INFO, "cannot import frames", FALSE, FALSE },
  { "GST_PERFORMANCE", "performance", NULL, "slow copy into", "v4l2", GST_LEVEL_LOG,
      "copies into buffers of its device", FALSE, FALSE },
  { "libav", "libav elements", "get_output_buffer", "get output buffer", "avdec_", GST_LEVEL_LOG,
      "decodes into memory of its own", FALSE, TRUE },
};

/* Categories with what they let through before, so that no more than that is printed. */
typedef struct {
  const gchar *name;
  const gchar *function;
  GstDebugCategory *category;
  GstDebugLevel printed;
} Category;

static struct {
  Category categories[2];
  guint n_categories;
  GstHeapTraceCopyFunction function; /* NULL: nobody listens */
  gpointer user_data;
} listener;

static guint64
product (const gchar *text)
{
  gint plane, width, height;

  if (sscanf (text, "copy plane %d, w:%d h:%d", &plane, &width, &height) != 3 || width < 0 || height < 0)
    return 0;
  return (guint64) width * height;
}

static guint64
bytes_of (const Saying *saying, const gchar *text)
{
  if (g_str_has_prefix (saying->begin, "copy plane"))
    return product (text);
  return g_ascii_strtoull (text + strlen (saying->begin), NULL, 10);
}

gboolean
gst_heap_trace_log_parse (const gchar *category, const gchar *text, GstDebugLevel level, GstHeapTraceCopy *ret_copy)
{
  for (guint i = 0; i < G_N_ELEMENTS (sayings); i++) {
    const Saying *saying = &sayings[i];

    if (level != saying->level || !g_str_equal (category, saying->category) || !g_str_has_prefix (text, saying->begin))
      continue;
    if (saying->tells_bytes && bytes_of (saying, text) == 0)
      continue;
    *ret_copy = (GstHeapTraceCopy){
      .why = saying->why, .bytes = saying->tells_bytes ? bytes_of (saying, text) : 0, .of_a_frame = saying->of_a_frame
    };
    return TRUE;
  }
  return FALSE;
}

static const Category *
find_category (GstDebugCategory *category)
{
  for (guint i = 0; i < listener.n_categories; i++) {
    if (listener.categories[i].category == category)
      return &listener.categories[i];
  }
  return NULL;
}

static void
listen (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function, gint line,
    GObject *object, GstDebugMessage *message, gpointer unused)
{
  GstHeapTraceCopyFunction call = g_atomic_pointer_get (&listener.function);
  const Category *known = call ? find_category (category) : NULL;
  GstHeapTraceCopy copy;

  if (!known || (known->function && !g_str_equal (known->function, function)))
    return;
  if (!gst_heap_trace_log_parse (known->name, gst_debug_message_get (message), level, &copy))
    return;
  copy.object = object;
  call (&copy, listener.user_data);
}

/* In place of GStreamer's own. */
static void
print (GstDebugCategory *category, GstDebugLevel level, const gchar *file, const gchar *function, gint line,
    GObject *object, GstDebugMessage *message, gpointer unused)
{
  const Category *known = find_category (category);

  if (!known || level <= known->printed)
    gst_debug_log_default (category, level, file, function, line, object, message, NULL);
}

/* GStreamer's own is given the file as its data, which nobody else can know: so where there is one it stays. */
static void
replace_printer (void)
{
  if (g_getenv ("GST_DEBUG_FILE") == NULL && gst_debug_remove_log_function (gst_debug_log_default) > 0)
    gst_debug_add_log_function (print, NULL, NULL);
}

static void
listen_to (const Saying *saying, GstDebugCategory *category)
{
  if (gst_debug_category_get_threshold (category) < saying->level)
    gst_debug_category_set_threshold (category, saying->level);
}

static void
add_category (const Saying *saying)
{
  GstDebugCategory *category = _gst_debug_category_new (saying->category, 0, saying->description);
  Category *known = (Category *) find_category (category);

  if (!known) {
    known = &listener.categories[listener.n_categories++];
    *known = (Category){ saying->category, saying->function, category, gst_debug_category_get_threshold (category) };
  }
  if (!saying->factories)
    listen_to (saying, category);
}

static GstDebugCategory *
category_called (const gchar *name)
{
  for (guint i = 0; i < listener.n_categories; i++) {
    if (g_str_equal (listener.categories[i].name, name))
      return listener.categories[i].category;
  }
  g_assert_not_reached ();
}

void
gst_heap_trace_log_expect (const gchar *factory)
{
  if (!g_atomic_pointer_get (&listener.function))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (sayings); i++) {
    if (sayings[i].factories && g_str_has_prefix (factory, sayings[i].factories))
      listen_to (&sayings[i], category_called (sayings[i].category));
  }
}

void
gst_heap_trace_log_start (GstHeapTraceCopyFunction function, gpointer user_data)
{
  listener.n_categories = 0;
  listener.user_data = user_data;
  replace_printer ();
  for (guint i = 0; i < G_N_ELEMENTS (sayings); i++)
    add_category (&sayings[i]);
  g_atomic_pointer_set (&listener.function, function);
  gst_debug_add_log_function (listen, NULL, NULL);
}

void
gst_heap_trace_log_stop (void)
{
  g_atomic_pointer_set (&listener.function, NULL);
  gst_debug_remove_log_function (listen);
  for (guint i = 0; i < listener.n_categories; i++)
    gst_debug_category_set_threshold (listener.categories[i].category, listener.categories[i].printed);
}
