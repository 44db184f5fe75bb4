/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What long work is about, for who waits for it. */
#pragma once

#include <glib.h>

/* A line on stderr in place of the one before, made printable and cut where the terminal ends. Where stderr is no
 * terminal, nothing. */
void tool_progress (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
/* Takes the line away. */
void tool_progress_end (void);
