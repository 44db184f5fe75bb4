/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What heapupload says of a neighbour that cannot import the memory it was offered. */
#include "heap-fixture.h"

#include "gst/elements/gstheapupload.h"

/* A sink that is set to import dma-bufs, and fails as those of V4L2 do at its first buffer. */
typedef struct {
  GstElement parent;
  gboolean imports;
} Importer;

typedef GstElementClass ImporterClass;

static GType importer_get_type (void);
G_DEFINE_TYPE (Importer, importer, GST_TYPE_ELEMENT)

enum
{
  PROP_0,
  PROP_IO_MODE,
};

static GType
io_mode_get_type (void)
{
  static const GEnumValue values[] = { { 0, "auto", "auto" }, { 5, "import", "dmabuf-import" }, { 0 } };
  static GType type = 0;

  if (type == 0)
    type = g_enum_register_static ("TestImporterIoMode", values);
  return type;
}

static void
importer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ((Importer *) object)->imports = g_value_get_enum (value) == 5;
}

static void
importer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_enum (value, ((Importer *) object)->imports ? 5 : 0);
}

static GstFlowReturn
importer_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  GST_ELEMENT_ERROR (parent, RESOURCE, FAILED, ("cannot queue"), ("Bad address"));
  return GST_FLOW_ERROR;
}

static void
importer_class_init (ImporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = importer_set_property;
  object_class->get_property = importer_get_property;
  g_object_class_install_property (object_class, PROP_IO_MODE,
      g_param_spec_enum ("io-mode", "io-mode", "io-mode", io_mode_get_type (), 0, G_PARAM_READWRITE));
  gst_element_class_set_static_metadata (klass, "importer", "Sink", "importer", "importer");
}

static void
importer_init (Importer *self)
{
  GstPad *pad = gst_pad_new ("sink", GST_PAD_SINK);

  gst_pad_set_chain_function (pad, importer_chain);
  gst_element_add_pad (GST_ELEMENT (self), pad);
}

static gchar *
pop_error (GstBus *bus, gchar **name)
{
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 10 * GST_SECOND, GST_MESSAGE_ERROR);
  GError *error = NULL;
  gchar *text;

  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  text = g_strdup (error->message);
  *name = g_strdup (GST_MESSAGE_SRC_NAME (message));
  g_clear_error (&error);
  gst_message_unref (message);
  return text;
}

/* The text of the importer's error, and of one of heapupload before it. */
static void
first_messages (const gchar *heap, const gchar *io_mode, gchar **explanation, gchar **error)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = gst_element_factory_make ("videotestsrc", NULL);
  GstElement *upload = gst_element_factory_make ("heapupload", "upload");
  GstElement *sink = g_object_new (importer_get_type (), NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  gchar *name;

  gst_util_set_object_arg (G_OBJECT (upload), "heap-name", heap);
  gst_util_set_object_arg (G_OBJECT (sink), "io-mode", io_mode);
  gst_bin_add_many (GST_BIN (pipeline), source, upload, sink, NULL);
  fail_unless (gst_element_link_many (source, upload, sink, NULL));
  gst_element_set_state (pipeline, GST_STATE_PLAYING);

  *explanation = NULL;
  *error = pop_error (bus, &name);
  if (g_str_equal (name, "upload")) {
    *explanation = *error;
    g_free (name);
    *error = pop_error (bus, &name);
  }
  g_free (name);

  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

static const struct {
  const gchar *heap, *io_mode;
  gboolean explained;
} cases[] = {
  { "system", "dmabuf-import", TRUE },
  { "system", "auto", FALSE },
  { "default_cma_region", "dmabuf-import", FALSE },
};

GST_START_TEST (test_refused_memory_is_explained_before_the_error)
{
  gchar *explanation, *error;

  first_messages (cases[__i__].heap, cases[__i__].io_mode, &explanation, &error);
  fail_unless_equals_int (explanation != NULL, cases[__i__].explained);
  if (explanation) {
    fail_unless (strstr (explanation, "memory of heap \"system\""), "%s", explanation);
    fail_unless (strstr (explanation, "heap-require=contiguous"), "%s", explanation);
  }
  fail_unless_equals_string (error, "cannot queue");
  g_free (explanation);
  g_free (error);
}

GST_END_TEST

static Suite *
watch_suite (void)
{
  Suite *suite = suite_create ("watch");
  TCase *tcase = heap_fixture_add_case (suite, "watch");

  GST_ELEMENT_REGISTER (heapupload, NULL);
  tcase_add_loop_test (tcase, test_refused_memory_is_explained_before_the_error, 0, G_N_ELEMENTS (cases));
  return suite;
}

GST_CHECK_MAIN (watch)
