/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* heaps.conf: what the user declares about the heaps of a board. */
#pragma once

#include <glib.h>

#include "heaps/names.h"

/* The declarations of this process, read on first use and kept; never NULL. */
G_GNUC_INTERNAL
const struct heap_config *gst_heap_config_get (void);
/* How many bytes of the heap of that name a process may hold; 0: no limit. */
G_GNUC_INTERNAL
guint64 gst_heap_config_get_max_bytes (const gchar *name);
