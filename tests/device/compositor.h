/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* A Wayland compositor without a display: weston. */
#pragma once

#include <gio/gio.h>

/* Starts weston with that renderer ("pixman", "gl"), as display "weston-RENDERER" of $XDG_RUNTIME_DIR, and has it show
 * a few frames. */
GSubprocess *compositor_start (const gchar *renderer);
/* Ends it, and waits for that. */
void compositor_stop (GSubprocess *weston);
