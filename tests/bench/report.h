/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What benchmarks say: a table to read, and JSON to keep. */
#pragma once

#include "case.h"

#include <json-glib/json-glib.h>

typedef struct {
  BenchTimes times;
  gboolean are_counted;                                      /* where tracing is not allowed they are not */
  gdouble our_calls[N_CALL_KINDS], peer_calls[N_CALL_KINDS]; /* for each frame */
} BenchResult;

typedef struct _Report Report;

/* With the table on stdout; json_path NULL: without JSON; "-": JSON on stdout, and the table on stderr. */
Report *report_new (const gchar *json_path);
void report_begin_group (Report *self, const BenchGroup *group);
void report_add (Report *self, const BenchCase *what, const BenchResult *result);
void report_add_skipped (Report *self, guint number, const gchar *reason);
void report_end_group (Report *self);
/* Writes the JSON and frees the report. FALSE: it cannot be written, which was said, or a count is higher than it may
 * be. What takes too long is told and no more: time depends on the machine and on what else runs there. */
gboolean report_finish (Report *self);
