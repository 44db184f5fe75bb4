/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What an element asks of memory that others allocated, and what to say of memory that is otherwise. */
#pragma once

#include <gst/heaps/heaps.h>

G_BEGIN_DECLS

/* By gst_heap_element_find_selection(). In *ret_demand a selection, which the caller unrefs, or NULL where there is
 * nothing that memory could lack: a preference is no demand. Returns: FALSE with an error when the properties make no
 * sense */
gboolean gst_heap_demand_find (GstElement *element, GstHeapSelection **ret_demand, GError **error);
/* Whether all memory of buffer is what is demanded. Else the error says what came, what of it is not as demanded, and
 * what can be done. */
gboolean gst_heap_demand_check (GstHeapSelection *demand, GstBuffer *buffer, GError **error);

G_END_DECLS
