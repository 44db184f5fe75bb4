/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Being interrupted in long work, with what is done so far to tell. */
#pragma once

#include <glib.h>

/* Whether the signal is ignored, as it is with nohup, for example, or in what a shell runs in the background. */
gboolean tool_interrupt_is_ignored (int number);
/* From now on the first SIGINT or SIGTERM is noted, and no more; the next one ends the process. What was ignored
 * stays ignored. */
void tool_interrupt_catch (void);
gboolean tool_interrupted (void);
/* For the end of a command: if one was noted, writes out what is buffered and ends the process by that signal, as it
 * would have ended without all this. */
void tool_interrupt_pass_on (void);
