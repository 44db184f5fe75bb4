/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What probing found, for people and for scripts. */
#pragma once

#include "probe-heap.h"

void probe_print_text (const ProbeResult *result);
/* results: of ProbeResult. */
void probe_print_json (GPtrArray *results, gboolean is_interrupted);
