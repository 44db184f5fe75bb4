/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* For authors of elements: the properties that select a heap, and what they come to. */
#include <gst/heaps/gstheapcontext.h>
#include <gst/heaps/gstheapelement.h>
#include <gst/heaps/gstheaperror.h>

#include "gstheapchoice-private.h"

/**
 * SECTION:gstheapelement
 * @title: Elements
 * @short_description: the properties heap-name, heap-require, heap-prefer, heap-forbid and heap-fd for any element
 *
 * gst_heap_element_class_install_properties() gives a class of elements the five properties, and keeps what the user
 * sets; gst_heap_element_decide_allocation() and gst_heap_element_propose_allocation() do what they ask for.
 *
 * |[<!-- language="C" -->
 * static gboolean
 * my_src_decide_allocation (GstBaseSrc *src, GstQuery *query)
 * {
 *   return gst_heap_element_decide_allocation (GST_ELEMENT (src), query) &&
 *          GST_BASE_SRC_CLASS (my_src_parent_class)->decide_allocation (src, query);
 * }
 *
 * static void
 * my_src_class_init (MySrcClass *klass)
 * {
 *   ...
 *   gst_heap_element_class_install_properties (GST_ELEMENT_CLASS (klass));
 * }
 * ]|
 */

#define WORDS "importable, contiguous, cacheable, protected, dma32, decrypted"

enum
{
  FIELD_NAME,
  FIELD_REQUIRE,
  FIELD_PREFER,
  FIELD_FORBID,
  N_FIELDS,
  FIELD_FD = N_FIELDS, /* a number, and the others are text */
};

static const struct {
  const gchar *name, *nick, *blurb;
} field_info[N_FIELDS] = {
  [FIELD_NAME] = { "heap-name", "Heap name",
      "Name of the heap, as in /dev/dma_heap, or 'process' for memory of this process; several in order of preference "
      "are separated by ';' (none: any heap that has what heap-require asks for; with no heap-* set: as the context "
      "gst.heaps.Selection of the pipeline says, else the environment variable GST_HEAPS, else heaps.conf)" },
  [FIELD_REQUIRE] = { "heap-require", "Required heap properties",
      "Properties the heap must be known to have, joined by '+', of: " WORDS },
  [FIELD_PREFER] = { "heap-prefer", "Preferred heap properties",
      "Properties that put a heap before others, joined by '+', of: " WORDS },
  [FIELD_FORBID] = { "heap-forbid", "Forbidden heap properties",
      "Properties the heap must be known not to have, joined by '+', of: " WORDS },
};

#define FD_BLURB                                                                                                       \
  "Number of a file descriptor that is an open node of a heap: that heap and no other, for a process that is handed "  \
  "one (-1: none). heap-require and heap-forbid, and heap-name if set, have to be true of it"

/* What the user set: as text, so that a word nobody knows gets an error that lists those that are known. NULL where
 * nothing was set. The object lock of the element protects it. */
typedef struct {
  gchar *values[N_FIELDS];
  gint fd; /* -1 where none was set */
} Fields;

/* What a class does with its own properties. */
typedef struct {
  GObjectSetPropertyFunc set_property;
  GObjectGetPropertyFunc get_property;
} Accessors;

/* Of an element: Fields; of a class: Accessors; of a property: its field, counted from 1. */
static GQuark
element_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-element");
  return quark;
}

static void
free_fields (gpointer data)
{
  Fields *fields = data;

  for (guint i = 0; i < N_FIELDS; i++)
    g_free (fields->values[i]);
  g_free (fields);
}

/* With the object lock. */
static Fields *
fields_of (GObject *element)
{
  Fields *fields = g_object_get_qdata (element, element_quark ());

  if (!fields) {
    fields = g_new0 (Fields, 1);
    fields->fd = -1;
    g_object_set_qdata_full (element, element_quark (), fields, free_fields);
  }
  return fields;
}

static gboolean
is_field (GParamSpec *pspec, guint *ret_field)
{
  guint count = GPOINTER_TO_UINT (g_param_spec_get_qdata (pspec, element_quark ()));

  *ret_field = count - 1;
  return count > 0;
}

/* One class of those that object is of has some. A property's owner would not tell which, as it may be an interface. */
static const Accessors *
accessors_of (GObject *object)
{
  const Accessors *accessors = NULL;

  for (GType type = G_OBJECT_TYPE (object); !accessors; type = g_type_parent (type))
    accessors = g_type_get_qdata (type, element_quark ());
  return accessors;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  guint field;

  if (!is_field (pspec, &field)) {
    accessors_of (object)->set_property (object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (object);
  if (field == FIELD_FD) {
    fields_of (object)->fd = g_value_get_int (value);
  } else {
    g_free (fields_of (object)->values[field]);
    fields_of (object)->values[field] = g_value_dup_string (value);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  guint field;

  if (!is_field (pspec, &field)) {
    accessors_of (object)->get_property (object, id, value, pspec);
    return;
  }
  GST_OBJECT_LOCK (object);
  if (field == FIELD_FD)
    g_value_set_int (value, fields_of (object)->fd);
  else
    g_value_set_string (value, fields_of (object)->values[field]);
  GST_OBJECT_UNLOCK (object);
}

/* GObject calls these two for each property of the class, and has no other place for properties that are another's. */
static void
wrap_accessors (GObjectClass *klass)
{
  Accessors *accessors = g_new (Accessors, 1);

  *accessors = (Accessors){ klass->set_property, klass->get_property };
  g_type_set_qdata (G_OBJECT_CLASS_TYPE (klass), element_quark (), accessors);
  klass->set_property = set_property;
  klass->get_property = get_property;
}

static void
install_fd (GObjectClass *klass, GParamFlags flags)
{
  GParamSpec *pspec = g_param_spec_int ("heap-fd", "Heap file descriptor", FD_BLURB, -1, G_MAXINT, -1, flags);

  g_param_spec_set_qdata (pspec, element_quark (), GUINT_TO_POINTER (FIELD_FD + 1));
  g_object_class_install_property (klass, FIELD_FD + 1, pspec);
}

/**
 * gst_heap_element_class_install_properties:
 * @klass: a class of elements, in its class_init
 *
 * Gives elements of @klass the properties "heap-name", "heap-require", "heap-prefer", "heap-forbid" and "heap-fd". The
 * library keeps what is set; gst_heap_element_find_selection() makes a selection of it.
 *
 * To be called when `set_property` and `get_property` of @klass are what they shall be, as they are wrapped. They never
 * see the five properties, and @klass uses whatever property ids it likes.
 *
 * Since: 0.1
 */
void
gst_heap_element_class_install_properties (GstElementClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  g_return_if_fail (GST_IS_ELEMENT_CLASS (klass));
  g_return_if_fail (!g_object_class_find_property (object_class, field_info[FIELD_NAME].name));

  wrap_accessors (object_class);
  for (guint i = 0; i < N_FIELDS; i++) {
    GParamSpec *pspec = g_param_spec_string (field_info[i].name, field_info[i].nick, field_info[i].blurb, NULL, flags);

    g_param_spec_set_qdata (pspec, element_quark (), GUINT_TO_POINTER (i + 1));
    g_object_class_install_property (object_class, i + 1, pspec);
  }
  install_fd (object_class, flags);
}

/* Returns: (nullable): what the user set, as a selection; NULL without an error: nothing was set */
static GstHeapSelection *
selection_of_properties (GstElement *element, GError **error)
{
  GstHeapSelection *selection = NULL;
  gboolean any;
  gchar **values;
  gint fd;

  GST_OBJECT_LOCK (element);
  values = fields_of (G_OBJECT (element))->values;
  fd = fields_of (G_OBJECT (element))->fd;
  any = fd >= 0;
  for (guint i = 0; i < N_FIELDS; i++)
    any = any || values[i];
  if (any)
    selection = gst_heap_selection_new_from_fields (
        values[FIELD_NAME], values[FIELD_REQUIRE], values[FIELD_PREFER], values[FIELD_FORBID], error);
  GST_OBJECT_UNLOCK (element);
  return gst_heap_selection_with_fd (selection, fd, error);
}

static gboolean
has_context (GstElement *element)
{
  GstContext *context = gst_element_get_context (element, GST_HEAP_CONTEXT_TYPE);

  if (!context)
    return FALSE;
  gst_context_unref (context);
  return TRUE;
}

static gboolean
ask_neighbour (GstElement *element, GstPad *pad, gpointer query)
{
  GstContext *context = NULL;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_context (query, &context);
  if (context)
    gst_element_set_context (element, context);
  return context == NULL; /* whether to ask the next one */
}

/* As GStreamer does for contexts of its own: downstream, upstream, then whoever reads the bus. */
static void
ask_for_context (GstElement *element)
{
  GstQuery *query = gst_query_new_context (GST_HEAP_CONTEXT_TYPE);

  gst_element_foreach_src_pad (element, ask_neighbour, query);
  if (!has_context (element))
    gst_element_foreach_sink_pad (element, ask_neighbour, query);
  if (!has_context (element))
    gst_element_post_message (element, gst_message_new_need_context (GST_OBJECT (element), GST_HEAP_CONTEXT_TYPE));
  gst_query_unref (query);
}

/* Returns: (nullable): what the context says; NULL without an error: there is none */
static GstHeapSelection *
selection_of_context (GstElement *element, GError **error)
{
  GstHeapSelection *selection;
  GstContext *context;

  if (!has_context (element))
    ask_for_context (element);
  context = gst_element_get_context (element, GST_HEAP_CONTEXT_TYPE);
  if (!context)
    return NULL;
  selection = gst_heap_selection_new_from_context (context, error);
  gst_context_unref (context);
  return selection;
}

/**
 * gst_heap_element_find_selection:
 * @element: an element
 * @error: #GST_HEAP_ERROR_INVALID when what was found makes no sense; it says where that was
 *
 * The first there is of: the properties of @element, if at least one is set; its context of type
 * #GST_HEAP_CONTEXT_TYPE, for which it asks; and gst_heap_selection_get_default(). They are not mixed: one property
 * that is set hides all of the context. To ask for nothing in particular, whatever the context says, set "heap-name" to
 * the empty string.
 *
 * The context is looked for where gst_element_set_context() leaves it: a class with a `set_context` of its own has to
 * chain up.
 *
 * Returns: (transfer full) (nullable): what memory is wanted of @element; %NULL when nobody has said, and then @error
 *     is not set either
 *
 * Since: 0.1
 */
GstHeapSelection *
gst_heap_element_find_selection (GstElement *element, GError **error)
{
  GstHeapSelection *selection;
  GError *invalid = NULL;

  g_return_val_if_fail (GST_IS_ELEMENT (element), NULL);

  selection = selection_of_properties (element, &invalid);
  if (!selection && !invalid)
    selection = selection_of_context (element, &invalid);
  if (!selection && !invalid)
    selection = gst_heap_selection_get_default (&invalid);
  if (invalid)
    g_propagate_error (error, invalid);
  return selection;
}

static gint
resource_error (const GError *error)
{
  if (error->domain != GST_HEAP_ERROR)
    return GST_RESOURCE_ERROR_FAILED;

  switch ((GstHeapError) error->code) {
    case GST_HEAP_ERROR_INVALID:
      return GST_RESOURCE_ERROR_SETTINGS;
    case GST_HEAP_ERROR_NOT_FOUND:
    case GST_HEAP_ERROR_UNSATISFIED:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case GST_HEAP_ERROR_PERMISSION:
      return GST_RESOURCE_ERROR_OPEN_READ;
    case GST_HEAP_ERROR_NO_MEMORY:
    case GST_HEAP_ERROR_NO_FDS:
      return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
    case GST_HEAP_ERROR_FAILED:
      break;
  }
  return GST_RESOURCE_ERROR_FAILED;
}

/**
 * gst_heap_element_post_error:
 * @element: any element
 * @error: an error of this library
 *
 * Posts @error, whose message says all there is to say, on the bus as an error of @element, of the
 * #GstResourceError that comes nearest.
 *
 * Since: 0.1
 */
void
gst_heap_element_post_error (GstElement *element, const GError *error)
{
  g_return_if_fail (GST_IS_ELEMENT (element));
  g_return_if_fail (error != NULL);

  gst_element_message_full (element, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, resource_error (error),
      g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
}
