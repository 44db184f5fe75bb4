/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Writing for people: nothing a name or an argument holds gets at the terminal. */
#pragma once

#include <glib.h>

/* Before anything is opened: where stdin, stdout or stderr is closed, no file takes its place, a dma-buf least of all.
 * What is written there fails. */
void tool_occupy_streams (void);
/* text with all but printable characters, spaces and newlines as \xNN, and valid
 * UTF-8. transfer full. */
gchar *tool_printable (const gchar *text);
/* Prints text, made printable, on stdout. */
void tool_print (const gchar *text);
/* Prints text, made printable, on stdout; in bold where that is a terminal that wants it. */
void tool_print_bold (const gchar *text);
/* "gst-heaps-1.0 list: error: ..." on stderr, made printable. */
void tool_error (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
/* The same for what ends nothing. */
void tool_warning (const gchar *format, ...) G_GNUC_PRINTF (1, 2);
/* Writes out what is still buffered. Returns exit_code, or TOOL_EXIT_WRITE with a message when something
 * could not be written. */
int tool_finish_output (int exit_code);
