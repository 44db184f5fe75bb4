/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The gst-heaps authors */
/* Counts what is copied out of and into some memory, by whatever library of the process: the memcpy() of the program
 * stands in front of that of libc. What a library copies by instructions of its own (x264, orc) is not seen. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Counts copies of that memory from now on. Returns: the range; -1 when there are too many of them */
int copy_meter_add (const void *begin, size_t size);
void copy_meter_remove (int range);

/* Bytes copied into the range since the last call, from elsewhere: not from another range. */
uint64_t copy_meter_take_written (int range);
/* Bytes copied out of all ranges since the last call, wherever to. */
uint64_t copy_meter_take_read (void);
