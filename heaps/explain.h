/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* The text that says why a heap was taken or not: the error message, the debug
 * log and the tool's "why" are all this. Names from the system and from users are escaped: what
 * comes out has no control characters but newlines. */
#pragma once

#include "selection.h"

/* Whether any candidate of the choice was taken. */
bool heap_choice_is_taken (const struct heap_choice *choice);
/* One line on a candidate of the choice, without its name: "taken", "contiguous is required,
 * and it is not (kernel documentation)", "no permission: owner root, group root, mode 0600". The caller frees it.
 * NULL when out of memory. */
char *heap_candidate_explain (const struct heap_candidate *candidate, const struct heap_choice *choice);
/* The whole choice: a line for each candidate, "NAME: why", and what can be done
 * where none was taken and none can be (the udev rule for a node without permission, how to declare
 * an unknown property in heaps.conf). The caller frees it. NULL when out of memory. */
char *heap_choice_explain (const struct heap_choice *choice);
