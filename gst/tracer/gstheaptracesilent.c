/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Elements that copy and say so nowhere: what their sources say they do. */
#include "gstheaptracesilent.h"

#include <gst/allocators/gstfdmemory.h>

/* gst_unix_fd_sink_render() of 1.28, with or without a client; up to 1.26 it is an error. */
static gboolean
sends_copies (const GstHeapLedgerElement *element)
{
  guint major, minor, micro, nano;

  if (!g_str_equal (element->factory, "unixfdsink"))
    return FALSE;
  gst_version (&major, &minor, &micro, &nano);
  return major > 1 || minor >= 28;
}

gsize
gst_heap_trace_silent_copy (const GstHeapLedgerElement *to, GstBuffer *buffer, const gchar **ret_why)
{
  gsize bytes = 0;

  if (!sends_copies (to))
    return 0;
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);

    bytes += gst_is_fd_memory (memory) ? 0 : memory->size;
  }
  *ret_why = "copies what is not in memory of file descriptors";
  return bytes;
}
