/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Taking memory of a heap, and keeping it until somebody says that it is enough. */
#include "hold.h"

#include "interrupt.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static const gint ends[] = { SIGINT, SIGTERM, SIGHUP };

struct _ToolHold {
  GstAllocator *allocator;
  GPtrArray *buffers;
  guint sources[G_N_ELEMENTS (ends)];
  gboolean is_over; /* a signal came, or the time is over */
};

static gboolean
end_holding (gpointer data)
{
  ToolHold *hold = data;

  hold->is_over = TRUE;
  return G_SOURCE_CONTINUE;
}

/* A dma-buf is a file descriptor, of which there are 1024 at first. */
static void
permit_many_fds (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static gboolean
fill (GstMemory *memory, GError **error)
{
  GstMapInfo map;

  if (!gst_memory_map (memory, &map, GST_MAP_WRITE)) {
    g_set_error_literal (
        error, GST_HEAP_ERROR, GST_HEAP_ERROR_FAILED, "the memory cannot be mapped, and so not filled");
    return FALSE;
  }
  memset (map.data, 0xa5, map.size);
  gst_memory_unmap (memory, &map);
  return TRUE;
}

static void
take (ToolHold *hold, const ToolHoldWish *wish, GError **ret_refusal)
{
  while (!hold->is_over && hold->buffers->len < wish->count) {
    GstMemory *memory = gst_heap_allocator_alloc (GST_HEAP_ALLOCATOR (hold->allocator), wish->size, NULL, ret_refusal);

    if (!memory)
      return;
    g_ptr_array_add (hold->buffers, memory);
    if (wish->fill && !fill (memory, ret_refusal))
      return;
    g_main_context_iteration (NULL, FALSE);
  }
}

ToolHold *
tool_hold_new (GstHeap *heap, const ToolHoldWish *wish, GError **ret_refusal, GError **error)
{
  GstAllocator *allocator = gst_heap_allocator_new_for_heap (heap, error);
  ToolHold *hold;

  if (!allocator)
    return NULL;
  permit_many_fds ();
  hold = g_new0 (ToolHold, 1);
  hold->allocator = allocator;
  hold->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_memory_unref);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    hold->sources[i] = tool_interrupt_is_ignored (ends[i]) ? 0 : g_unix_signal_add (ends[i], end_holding, hold);
  take (hold, wish, ret_refusal);
  return hold;
}

void
tool_hold_free (ToolHold *hold)
{
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    if (hold->sources[i] > 0)
      g_source_remove (hold->sources[i]);
  }
  g_ptr_array_unref (hold->buffers);
  gst_heap_allocator_trim (GST_HEAP_ALLOCATOR (hold->allocator));
  gst_object_unref (hold->allocator);
  g_free (hold);
}

void
tool_hold_wait (ToolHold *hold, gint milliseconds)
{
  guint timeout = milliseconds >= 0 ? g_timeout_add (milliseconds, end_holding, hold) : 0;

  while (!hold->is_over)
    g_main_context_iteration (NULL, TRUE);
  if (timeout > 0)
    g_source_remove (timeout);
}

guint
tool_hold_get_n_buffers (ToolHold *hold)
{
  return hold->buffers->len;
}

GstMemory *
tool_hold_get_buffer (ToolHold *hold, guint index)
{
  return g_ptr_array_index (hold->buffers, index);
}

guint64
tool_hold_get_buffer_bytes (ToolHold *hold, guint index)
{
  GstMemory *memory = g_ptr_array_index (hold->buffers, index);

  /* Its dma-buf may have other buffers before it. */
  return memory->maxsize - memory->offset;
}

guint64
tool_hold_get_bytes (ToolHold *hold)
{
  guint64 bytes = 0;

  for (guint i = 0; i < hold->buffers->len; i++)
    bytes += tool_hold_get_buffer_bytes (hold, i);
  return bytes;
}
