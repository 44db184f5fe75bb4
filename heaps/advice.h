/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* What a user can do about a choice in which nothing was taken. */
#pragma once

#include "selection.h"

#include <stdio.h>

/* Writes whole lines, or nothing where nothing can be done. */
void advice_write (FILE *out, const struct heap_choice *choice);
