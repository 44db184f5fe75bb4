/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Taking memory of a heap, and keeping it until somebody says that it is enough. */
#pragma once

#include <gst/heaps/heaps.h>

typedef struct _ToolHold ToolHold;

/* What is to be held. */
typedef struct {
  guint64 size;  /* bytes of a buffer */
  guint64 count; /* buffers; G_MAXUINT64: as many as there are */
  gboolean fill; /* write them, so that what is given on first use is there */
} ToolHoldWish;

/* Takes memory of heap, and of no other, until there are that many buffers, one is refused, or a signal comes that ends
 * the program; from now on SIGINT, SIGTERM and SIGHUP end the holding alone, but for those that
 * were ignored. *ret_refusal is why there are fewer; NULL when there are all, or a signal came. NULL with an error when
 * the heap cannot be opened. */
ToolHold *tool_hold_new (GstHeap *heap, const ToolHoldWish *wish, GError **ret_refusal, GError **error);
/* Gives all of it back. */
void tool_hold_free (ToolHold *hold);
/* Keeps it until a signal comes, or for so many milliseconds; -1: as long as it takes. */
void tool_hold_wait (ToolHold *hold, gint milliseconds);
guint tool_hold_get_n_buffers (ToolHold *hold);
/* Owned by the hold. */
GstMemory *tool_hold_get_buffer (ToolHold *hold, guint index);
/* True sizes, of one and of all. */
guint64 tool_hold_get_buffer_bytes (ToolHold *hold, guint index);
guint64 tool_hold_get_bytes (ToolHold *hold);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolHold, tool_hold_free)
