/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Sizes as people write them. */
#pragma once

#include <glib.h>

/* "4096", "64K", "16M", "1G": digits and a unit, in powers of 1024. FALSE, with a message on stderr that calls it what,
 * when text is none, is 0, or is more than fits. */
gboolean tool_parse_size (const gchar *what, const gchar *text, guint64 *ret_bytes);
