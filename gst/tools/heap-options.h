/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Which heaps a command is for. */
#pragma once

#include "options.h"

#include <gst/heaps/heaps.h>

/* What the options --heap-require and --heap-forbid say; NULL: nothing. */
typedef struct {
  gchar *require, *forbid;
} ToolHeapOptions;

/* For the options of a command: they fill in options, a ToolHeapOptions. */
#define TOOL_HEAP_OPTION_ENTRIES(options)                                                                              \
  { "heap-require", 0, 0, G_OPTION_ARG_STRING, &(options).require, "Heaps that have all of these properties",          \
    "PROPERTIES" },                                                                                                    \
  {                                                                                                                    \
    "heap-forbid", 0, 0, G_OPTION_ARG_STRING, &(options).forbid, "Heaps that have none of these properties",           \
        "PROPERTIES"                                                                                                   \
  }

/* The heaps that selections ask for, one each, in the form of `why`; or where there are none, those that have the
 * properties; or all. A second name of a region is not among these, nor what has no memory on this machine. A
 * tool_exit: TOOL_EXIT_OK, and *ret_heaps, a list of GstHeap; or what is wrong, which was said. */
int tool_heap_options_find (const ToolHeapOptions *options, gchar **selections, GList **ret_heaps);
/* What elements go by that were told nothing; never NULL without an error. */
GstHeapSelection *tool_default_selection (GError **error);
/* The one heap that it takes, in the same way. */
int tool_heap_options_find_default (GList **ret_heaps);
void tool_heap_options_clear (ToolHeapOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ToolHeapOptions, tool_heap_options_clear)
