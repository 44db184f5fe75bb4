/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Runs a pipeline of the list, and measures. */
#pragma once

#include "pipeline-list.h"

/* program: this one, which runs the pipeline of another process when called as PROGRAM --send PIPELINE. directory: for
 * files and sockets. */
void pipeline_run_prepare (const gchar *program, const gchar *directory);
/* Whether this GStreamer has all elements of it. */
gboolean pipeline_is_there (const Pipeline *pipeline);
/* Runs it, and says how many bytes were copied for each buffer. Returns: (nullable): what is wrong. The caller frees
 * it */
gchar *pipeline_run (const Pipeline *pipeline, guint64 *ret_copied);
