/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What the commands have in common on their command lines. */
#pragma once

#include "command.h"

typedef struct {
  gboolean json;
  gchar **arguments; /* what is no option, as bytes; NULL for none */
} ToolOptions;

/* Takes argv apart, where at most max_arguments are no options; own are options of the command alone, or NULL. Handles
 * --help. FALSE, and why on
 * stderr, when it makes no sense. Warns of what is wrong in heaps.conf. Free with tool_options_clear(). */
gboolean tool_options_parse (ToolOptions *options, const ToolCommand *command, const GOptionEntry *own,
    guint max_arguments, int argc, gchar **argv);
void tool_options_clear (ToolOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ToolOptions, tool_options_clear)
