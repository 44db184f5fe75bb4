/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Who exported a dma-buf that is not of this library: what the kernel says in fdinfo. */
#include "gstheapexporter.h"

#include <gst/allocators/gstdmabuf.h>

#include "heaps/catalog.h"

/* Each exporter is a driver or a heap of this machine, so that interning is bounded. */
static const gchar *
exporter_of_fd (int fd)
{
  char name[HEAP_NAME_SIZE];

  if (sys_dmabuf_exporter (fd, name, sizeof name) < 0)
    return "unknown exporter";
  if (g_str_equal (name, "udmabuf"))
    return HEAP_PROCESS_NAME;
  return g_intern_string (name);
}

static GQuark
exporter_quark (void)
{
  static GQuark quark = 0;

  if (G_UNLIKELY (quark == 0))
    quark = g_quark_from_static_string ("gst-heap-exporter");
  return quark;
}

const gchar *
gst_heap_exporter_of_memory (GstMemory *memory)
{
  const gchar *exporter;

  if (!gst_is_dmabuf_memory (memory))
    return NULL;

  exporter = gst_mini_object_get_qdata (GST_MINI_OBJECT (memory), exporter_quark ());
  if (!exporter) {
    exporter = exporter_of_fd (gst_dmabuf_memory_get_fd (memory));
    gst_mini_object_set_qdata (GST_MINI_OBJECT (memory), exporter_quark (), (gpointer) exporter, NULL);
  }
  return exporter;
}
