/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Memory as it is on a machine that has run for a while. */
#pragma once

/* Leaves this machine with free memory in small pieces, until this process ends: on one just booted, memory that nobody
 * promised to be contiguous is so by luck. */
void scattered_memory_begin (void);
