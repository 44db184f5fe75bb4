/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The heaps of this machine among the devices of GStreamer: what gst-device-monitor-1.0 and applications find under
 * the class "Memory/Heap". As with cameras, only those that can be opened. */
#include "gstheapdeviceprovider.h"

#include <gst/heaps/heaps.h>

#define CLASSES "Memory/Heap"
#define PROPERTY "heap-name"

/* A type of their own: who looks for the devices that have some kind of video does not find heaps. */
#define CAPS "memory/x-dma-heap"

struct _GstHeapMemoryDevice {
  GstDevice parent;
};

struct _GstHeapDeviceProvider {
  GstDeviceProvider parent;
};

G_DEFINE_TYPE (GstHeapMemoryDevice, gst_heap_memory_device, GST_TYPE_DEVICE)
G_DEFINE_TYPE (GstHeapDeviceProvider, gst_heap_device_provider, GST_TYPE_DEVICE_PROVIDER)
GST_DEVICE_PROVIDER_REGISTER_DEFINE (
    heapdeviceprovider, "heapdeviceprovider", GST_RANK_MARGINAL, GST_TYPE_HEAP_DEVICE_PROVIDER)

/* For any element that takes the properties heap-*. */
static gboolean
reconfigure_element (GstDevice *device, GstElement *element)
{
  gchar *heap;

  if (!g_object_class_find_property (G_OBJECT_GET_CLASS (element), PROPERTY))
    return FALSE;
  heap = gst_device_get_display_name (device);
  g_object_set (element, PROPERTY, heap, NULL);
  g_free (heap);
  return TRUE;
}

static GstElement *
create_element (GstDevice *device, const gchar *name)
{
  GstElement *element = gst_element_factory_make ("heapupload", name);

  if (element)
    reconfigure_element (device, element);
  return element;
}

static void
gst_heap_memory_device_class_init (GstHeapMemoryDeviceClass *klass)
{
  GST_DEVICE_CLASS (klass)->create_element = create_element;
  GST_DEVICE_CLASS (klass)->reconfigure_element = reconfigure_element;
}

static void
gst_heap_memory_device_init (GstHeapMemoryDevice *device)
{
}

static const gchar *
answer_name (GstHeap *heap, GstHeapProperties property)
{
  GEnumClass *answers = g_type_class_ref (GST_TYPE_HEAP_ANSWER);
  const gchar *name = g_enum_get_value (answers, gst_heap_get_answer (heap, property))->value_nick;

  g_type_class_unref (answers);
  return name;
}

/* The node, what is known of the heap, and where it is another name for one before: all text. */
static GstStructure *
describe (GstHeap *heap)
{
  GFlagsClass *properties = g_type_class_ref (GST_TYPE_HEAP_PROPERTIES);
  GstStructure *about = gst_structure_new ("heap", "device.path", G_TYPE_STRING, gst_heap_get_path (heap), NULL);

  for (guint i = 0; i < properties->n_values; i++) {
    GstHeapProperties property = properties->values[i].value;

    if (property != GST_HEAP_PROPERTY_NONE)
      gst_structure_set (about, properties->values[i].value_nick, G_TYPE_STRING, answer_name (heap, property), NULL);
  }
  if (gst_heap_get_twin_of (heap))
    gst_structure_set (about, "twin-of", G_TYPE_STRING, gst_heap_get_twin_of (heap), NULL);
  g_type_class_unref (properties);
  return about;
}

static GstDevice *
device_new (GstHeap *heap)
{
  GstStructure *about = describe (heap);
  GstCaps *caps = gst_caps_new_empty_simple (CAPS);
  GstDevice *device = g_object_new (GST_TYPE_HEAP_MEMORY_DEVICE, "display-name", gst_heap_get_name (heap),
      "device-class", CLASSES, "caps", caps, "properties", about, NULL);

  gst_caps_unref (caps);
  gst_structure_free (about);
  return device;
}

/* Those of processes are no devices. */
static GList *
probe (GstDeviceProvider *provider)
{
  GList *heaps = gst_heap_list (), *devices = NULL;

  for (GList *item = heaps; item; item = item->next) {
    if (gst_heap_get_path (item->data) && gst_heap_check_access (item->data, NULL))
      devices = g_list_prepend (devices, device_new (item->data));
  }
  g_list_free_full (heaps, g_object_unref);
  return g_list_reverse (devices);
}

static void
gst_heap_device_provider_class_init (GstHeapDeviceProviderClass *klass)
{
  GST_DEVICE_PROVIDER_CLASS (klass)->probe = probe;
  gst_device_provider_class_set_static_metadata (GST_DEVICE_PROVIDER_CLASS (klass), "Heap device provider", CLASSES,
      "Lists the DMA-BUF heaps of this machine", "The gst-heaps authors");
}

static void
gst_heap_device_provider_init (GstHeapDeviceProvider *provider)
{
}
