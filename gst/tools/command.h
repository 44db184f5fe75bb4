/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a command of the tool is, and the list of them all. */
#pragma once

#include <glib.h>

/* What the tool exits with; the same for every command. */
enum tool_exit
{
  TOOL_EXIT_OK = 0,
  TOOL_EXIT_NO = 1,    /* the command ran, and the answer is no: no heap fits, for example */
  TOOL_EXIT_USAGE = 2, /* the command line makes no sense; nothing was done */
  TOOL_EXIT_WRITE = 3, /* the output could not be written */
};

typedef struct {
  const gchar *name;
  const gchar *arguments; /* as the help shows them; NULL for none */
  const gchar *summary;   /* one line, for the list of commands */
  const gchar *details;   /* for the command's own help */
  /* argv[0] is the command's name. A tool_exit. */
  int (*run) (int argc, gchar **argv);
} ToolCommand;

extern const ToolCommand tool_alloc;
extern const ToolCommand tool_bench;
extern const ToolCommand tool_lint;
extern const ToolCommand tool_list;
extern const ToolCommand tool_udev;
extern const ToolCommand tool_probe;
extern const ToolCommand tool_usage;
extern const ToolCommand tool_why;
