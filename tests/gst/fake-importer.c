/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* An element that is set to import dma-bufs, as those of V4L2 are. */
#include "fake-importer.h"

#include <gst/video/video.h>

gint fake_importer_device_fd = -1;

G_DEFINE_TYPE (FakeImporter, fake_importer, GST_TYPE_ELEMENT)

enum
{
  PROP_IO_MODE = 1,
  PROP_DEVICE_FD,
};

#define MODE_IMPORT 5

static GType
io_mode_get_type (void)
{
  static const GEnumValue values[] = { { 0, "auto", "auto" }, { MODE_IMPORT, "import", "dmabuf-import" }, { 0 } };
  static GType type = 0;

  if (type == 0)
    type = g_enum_register_static ("FakeImporterMode", values);
  return type;
}

static void
fake_importer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ((FakeImporter *) object)->imports = g_value_get_enum (value) == MODE_IMPORT;
}

static void
fake_importer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FakeImporter *self = (FakeImporter *) object;

  if (id == PROP_IO_MODE)
    g_value_set_enum (value, self->imports ? MODE_IMPORT : 0);
  else
    g_value_set_int (value, self->device_fd);
}

static GstFlowReturn
fake_importer_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  FakeImporter *self = (FakeImporter *) parent;

  gst_buffer_unref (buffer);
  if (!self->fails)
    return GST_FLOW_OK;
  if (self->n_taken > 0) {
    self->n_taken--;
    return GST_FLOW_OK;
  }
  if (!self->is_silent)
    GST_ELEMENT_ERROR (parent, RESOURCE, FAILED, ("cannot queue"), ("Bad address"));
  return GST_FLOW_ERROR;
}

static gboolean
fake_importer_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    gst_element_post_message (GST_ELEMENT (parent), gst_message_new_eos (parent));
  return gst_pad_event_default (pad, parent, event);
}

static gboolean
fake_importer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static void
fake_importer_class_init (FakeImporterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = fake_importer_set_property;
  object_class->get_property = fake_importer_get_property;
  g_object_class_install_property (object_class, PROP_IO_MODE,
      g_param_spec_enum ("io-mode", "io-mode", "io-mode", io_mode_get_type (), 0, G_PARAM_READWRITE));
  g_object_class_install_property (object_class, PROP_DEVICE_FD,
      g_param_spec_int ("device-fd", "device-fd", "device-fd", -1, G_MAXINT, -1, G_PARAM_READABLE));
  gst_element_class_set_static_metadata (klass, "importer", "Sink", "imports", "nobody");
}

static void
fake_importer_init (FakeImporter *self)
{
  GstPad *pad = gst_pad_new ("sink", GST_PAD_SINK);

  self->device_fd = fake_importer_device_fd;
  gst_pad_set_chain_function (pad, fake_importer_chain);
  gst_pad_set_event_function (pad, fake_importer_event);
  gst_pad_set_query_function (pad, fake_importer_query);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}
