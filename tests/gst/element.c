/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The properties that select a heap, on elements that are not of this project. */
#include "testing.h"

#include "heaps/sys.h"

#include <errno.h>

/* An element with a property of its own, one of an interface, and the five. */
typedef struct {
  GstElement parent;
  gint own, direction;
} Any;

typedef struct {
  GstElementClass parent;
} AnyClass;

enum
{
  PROP_OWN = 1, /* heap-name has that id, too */
  PROP_DIRECTION,
};

static void
any_direction_init (GstVideoDirectionInterface *iface)
{
}

static GType any_get_type (void);
G_DEFINE_TYPE_WITH_CODE (
    Any, any, GST_TYPE_ELEMENT, G_IMPLEMENT_INTERFACE (GST_TYPE_VIDEO_DIRECTION, any_direction_init))

static void
any_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_OWN)
    ((Any *) object)->own = g_value_get_int (value);
  else
    ((Any *) object)->direction = g_value_get_enum (value);
}

static void
any_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_OWN)
    g_value_set_int (value, ((Any *) object)->own);
  else
    g_value_set_enum (value, ((Any *) object)->direction);
}

static void
any_class_init (AnyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = any_set_property;
  object_class->get_property = any_get_property;
  g_object_class_install_property (
      object_class, PROP_OWN, g_param_spec_int ("own", NULL, NULL, 0, 99, 0, G_PARAM_READWRITE));
  g_object_class_override_property (object_class, PROP_DIRECTION, "video-direction");
  gst_heap_element_class_install_properties (GST_ELEMENT_CLASS (klass));
}

static void
any_init (Any *self)
{
}

/* Of a class that says nothing of properties, and of one that has its own. */
typedef Any Plain;
typedef AnyClass PlainClass;
static GType plain_get_type (void);
G_DEFINE_TYPE (Plain, plain, any_get_type ())

static void
plain_class_init (PlainClass *klass)
{
}

static void
plain_init (Plain *self)
{
}

typedef Any Special;
typedef AnyClass SpecialClass;
static GType special_get_type (void);
G_DEFINE_TYPE (Special, special, any_get_type ())

static gint special; /* the property of the only one there is */

static void
special_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  special = g_value_get_int (value);
}

static void
special_class_init (SpecialClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = special_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_OWN, g_param_spec_int ("special", NULL, NULL, 0, 99, 0, G_PARAM_WRITABLE));
}

static void
special_init (Special *self)
{
}

static GstElement *
element_new (GType type)
{
  return gst_object_ref_sink (g_object_new (type, NULL));
}

/* Takes element. */
static void
assert_keeps_properties (GstElement *element)
{
  gchar *name, *require, *prefer, *forbid;
  gint own, direction;

  g_object_set (element, "heap-name", "a;b", "heap-require", "contiguous", "heap-prefer", "cacheable", "heap-forbid",
      "protected", "own", 7, "video-direction", GST_VIDEO_ORIENTATION_180, NULL);
  g_object_get (element, "heap-name", &name, "heap-require", &require, "heap-prefer", &prefer, "heap-forbid", &forbid,
      "own", &own, "video-direction", &direction, NULL);
  fail_unless_equals_string (name, "a;b");
  fail_unless_equals_string (require, "contiguous");
  fail_unless_equals_string (prefer, "cacheable");
  fail_unless_equals_string (forbid, "protected");
  fail_unless_equals_int (own, 7);
  fail_unless_equals_int (direction, GST_VIDEO_ORIENTATION_180);
  g_free (name);
  g_free (require);
  g_free (prefer);
  g_free (forbid);
  gst_object_unref (element);
}

GST_START_TEST (test_keeps_its_own_properties_and_these)
{
  assert_keeps_properties (element_new (any_get_type ()));
}
GST_END_TEST

GST_START_TEST (test_classes_below_have_the_properties)
{
  GstElement *element = element_new (special_get_type ());

  g_object_set (element, "special", 5, NULL);
  fail_unless_equals_int (special, 5);
  assert_keeps_properties (element);
  assert_keeps_properties (element_new (plain_get_type ()));
}
GST_END_TEST

GST_START_TEST (test_properties_take_effect_up_to_ready)
{
  const gchar *names[] = { "heap-name", "heap-require", "heap-prefer", "heap-forbid" };
  GstElement *element = element_new (any_get_type ());

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (element), names[i]);

    fail_unless (pspec && (pspec->flags & GST_PARAM_MUTABLE_READY));
    fail_unless (g_value_get_string (g_param_spec_get_default_value (pspec)) == NULL);
  }
  gst_object_unref (element);
}
GST_END_TEST

/* What element selects, as text. */
static void
assert_selects (GstElement *element, const gchar *expected)
{
  GError *error = NULL;
  GstHeapSelection *selection = gst_heap_element_find_selection (element, &error);
  gchar *text;

  g_assert_no_error (error);
  if (!expected) {
    fail_unless (selection == NULL);
    return;
  }
  fail_unless (selection);
  text = gst_heap_selection_to_string (selection);
  fail_unless_equals_string (text, expected);
  g_free (text);
  gst_heap_selection_unref (selection);
}

GST_START_TEST (test_selects_what_is_set)
{
  GstElement *element = element_new (any_get_type ());

  assert_selects (element, NULL);
  g_object_set (element, "heap-require", "contiguous", NULL);
  assert_selects (element, "heap-require=contiguous");
  g_object_set (element, "heap-require", NULL, "heap-name", "system", NULL);
  assert_selects (element, "heap-name=\"system\"");
  g_object_set (element, "heap-name", NULL, NULL);
  assert_selects (element, NULL);
  g_object_set (element, "heap-name", "", NULL);
  assert_selects (element, "");
  gst_object_unref (element);
}
GST_END_TEST

/* As a supervisor passes it; this process may not open a heap. */
GST_START_TEST (test_takes_the_heap_of_a_file_descriptor)
{
  gint fd = sys_open_heap ("/dev/dma_heap/reserved");
  GstElement *element = g_object_ref_sink (g_object_new (any_get_type (), "heap-fd", fd, NULL));
  GstHeapSelection *selection;
  GstHeap *heap;
  gint value;

  fake_set_directory (EACCES);
  g_object_get (element, "heap-fd", &value, NULL);
  fail_unless_equals_int (value, fd);
  selection = gst_heap_element_find_selection (element, NULL);
  sys_close (fd); /* which the selection has by now */
  fail_if (gst_heap_element_find_selection (element, NULL));
  heap = gst_heap_selection_select (selection, NULL);
  fail_unless_equals_string (gst_heap_get_name (heap), "reserved");
  fail_unless (gst_heap_selection_accepts (selection, heap));
  g_object_unref (heap);
  gst_heap_selection_unref (selection);
  gst_object_unref (element);
}

GST_END_TEST

GST_START_TEST (test_a_word_nobody_knows_is_an_error)
{
  GstElement *element = element_new (any_get_type ());
  GError *error = NULL;

  g_object_set (element, "heap-forbid", "cached", NULL);
  fail_if (gst_heap_element_find_selection (element, &error));
  g_assert_error (error, GST_HEAP_ERROR, GST_HEAP_ERROR_INVALID);
  fail_unless (strstr (error->message, "heap-forbid") && strstr (error->message, "cacheable"), "%s", error->message);
  g_error_free (error);
  gst_object_unref (element);
}
GST_END_TEST

static Suite *
element_suite (void)
{
  Suite *suite = suite_create ("element");
  TCase *properties = test_case_new (suite, "properties", test_setup);

  tcase_add_test (properties, test_keeps_its_own_properties_and_these);
  tcase_add_test (properties, test_classes_below_have_the_properties);
  tcase_add_test (properties, test_properties_take_effect_up_to_ready);
  tcase_add_test (properties, test_selects_what_is_set);
  tcase_add_test (properties, test_takes_the_heap_of_a_file_descriptor);
  tcase_add_test (properties, test_a_word_nobody_knows_is_an_error);
  return suite;
}

GST_CHECK_MAIN (element)
