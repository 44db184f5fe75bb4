/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heaps.conf: what the user declares about the heaps of a board, and which he takes where nobody asks. */
#pragma once

#include <glib.h>

#include "heaps/names.h"

/* The declarations of this process, read on first use and kept; never NULL. */
G_GNUC_INTERNAL
const struct heap_config *gst_heap_config_get (void);
/* How many bytes of the heap of that name a process may hold; 0: no limit. */
G_GNUC_INTERNAL
guint64 gst_heap_config_get_max_bytes (const gchar *name);
/* The default selection as text, which need not make sense; NULL: there is none. *ret_place: "FILE:LINE" */
G_GNUC_INTERNAL
const gchar *gst_heap_config_get_selection (const gchar **ret_place);
